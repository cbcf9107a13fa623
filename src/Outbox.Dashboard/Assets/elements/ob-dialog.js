// Asks before an act, and does it: await ask({ … }) is true when it was done.
//   title, text, figures: [[label, value]], fields: [{ name, label, type, value, hint, min, max, step, options, isRequired }]
//   content (a node), action: 'Purge 12 messages', dismiss: 'Cancel' (null for none), isDangerous
//   curl(values): the request that act makes, for a terminal
//   patience: the milliseconds after which somebody may close it while it still works, 15 s unless said
//   act(values): does it, and returns a sentence of what was done, which is shown; an error stays in the dialog
import { h, render, styled } from '../lib/dom.js';
import './ob-copy.js';
import { sentence } from './ob-error.js';
import { toast } from './ob-toast.js';

styled(import.meta.url);

let last = 0;

export function ask(options) {
  const before = document.activeElement;
  const id = `dialog-${++last}`;
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id });
  const {
    title,
    text,
    figures = [],
    fields = [],
    content,
    action = 'Continue',
    dismiss = 'Cancel',
    isDangerous,
    act,
    isWide,
    patience = 15_000,
  } = options;
  dialog.classList.toggle('wide', Boolean(isWide));
  let isBusy = false;
  let isLong = false; // no answer has come for so long that nobody has to wait for it
  let isStill = false; // nothing in its body takes the focus: then the body does, so that the keyboard scrolls it
  let isLeft = false; // somebody has left its page
  let error = null;
  const { promise, resolve } = Promise.withResolvers();

  const submit = async event => {
    event.preventDefault();
    if (isBusy) return;
    const values = read(event.target, fields);
    isBusy = true;
    error = null;
    draw();
    const long = setTimeout(() => {
      isLong = true;
      if (dialog.isConnected) draw();
    }, patience);
    const settle = () => {
      clearTimeout(long);
      isLong = false;
    };
    try {
      const done = await act?.(values);
      settle();
      if (done) toast(done, { kind: 'good' });
      close(!isLeft); // who has left the page must not be led to another one
    } catch (problem) {
      settle();
      isBusy = false;
      if (dialog.isConnected) {
        error = problem;
        return draw();
      }
      toast(`${title} ${sentence(problem)}`, { kind: 'bad' });
      resolve(false);
    }
  };

  const leave = () => {
    dialog.close();
    dialog.remove();
  };

  const giveBack = () => before?.focus?.();

  const close = isDone => {
    resolve(isDone);
    if (!dialog.isConnected) return;
    leave();
    giveBack();
  };

  /** What is under way has an outcome, which has to be seen: until then the dialog stays, or somebody has waited for long; then a toast says it. */
  const dismissed = event => {
    event?.preventDefault();
    if (!isBusy) return close(false);
    if (!isLong) return;
    leave();
    giveBack();
  };

  // It belongs to its page, and leaves with it; an act that is under way goes on, and says how it ended.
  document.addEventListener(
    'page-left',
    () => {
      isLeft = true;
      if (isBusy) leave();
      else close(false);
    },
    { once: true },
  );

  const draw = () =>
    render(
      dialog,
      h(
        'form',
        { method: 'dialog', onsubmit: submit },
        h('h2', { id }, title),
        h(
          'div',
          { class: 'dialog-body stack', ...(isStill ? { tabindex: '0', role: 'group', 'aria-labelledby': id } : {}) },
          text && h('p', { class: 'muted' }, text),
          figures.length > 0 &&
            h(
              'dl',
              { class: 'facts figures' },
              figures.map(([label, value]) => [h('dt', {}, label), h('dd', { class: 'number' }, value)]),
            ),
          content,
          fields.map(field => input(field, error, id)),
        ),
        error && h('p', { class: 'bad', role: 'alert' }, sentence(error)),
        h(
          'div',
          { class: 'dialog-foot' },
          (dismiss !== null || isLong) &&
            h(
              'button',
              {
                class: 'button',
                type: 'button',
                autofocus: isStill,
                'aria-disabled': isBusy && !isLong ? 'true' : null,
                onclick: dismissed,
              },
              isLong ? 'Close; it goes on' : dismiss,
            ),
          h(
            'button',
            {
              class: ['button primary', isDangerous && 'danger'],
              type: 'submit',
              autofocus: isStill && dismiss === null,
              'aria-disabled': isBusy ? 'true' : null,
            },
            isBusy ? 'Working …' : action,
          ),
          // At the left of the buttons for the eye; the last for the keyboard, so that a dialog does not begin with it.
          options.curl &&
            h('ob-copy', { class: 'dialog-curl', curl: true, text: () => options.curl(read(dialog.querySelector('form'), fields)) }),
        ),
      ),
    );

  draw();
  document.body.append(dialog);
  isStill = !dialog.querySelector('.dialog-body').querySelector('input, select, textarea, button, summary, a[href], [tabindex]');
  if (isStill) draw();
  dialog.showModal();
  dialog.onclick = event => {
    if (event.target === dialog) dismissed(event);
  };
  dialog.oncancel = dismissed;
  // The browser lets nobody refuse a second Escape as a `cancel`. The buttons keep the focus, so that it comes here.
  dialog.onkeydown = event => {
    if (event.key === 'Escape' && isBusy && !isLong) event.preventDefault();
  };
  return promise;
}

function input(field, error, dialog) {
  const { name, label, type = 'text', value, hint, options, isRequired, ...rest } = field;
  const wrong = Object.entries(error?.errors ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const id = `${dialog}-${name}`;
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  const props = {
    class: 'input',
    id,
    name,
    required: isRequired,
    'aria-invalid': wrong ? 'true' : null,
    'aria-describedby': described || null,
    ...rest,
  };
  const control = options
    ? h(
        'select',
        { ...props, value },
        options.map(([key, text]) => h('option', { value: key }, text)),
      )
    : type === 'textarea'
      ? h('textarea', { ...props, value })
      : h('input', { ...props, type, value: value ?? '' });
  return h(
    'div',
    { class: 'field', key: name },
    h('label', { for: id }, label),
    control,
    hint && h('small', { id: `${id}-hint` }, hint),
    wrong && h('span', { class: 'bad', id: `${id}-wrong` }, [wrong].flat().join(' ')),
  );
}

/** The values of the fields by their names; an empty number is null. */
function read(form, fields) {
  return Object.fromEntries(
    fields.map(({ name, type }) => {
      const { value } = form.elements[name];
      return [name, type !== 'number' ? value : value === '' ? null : Number(value)];
    }),
  );
}
