// Short messages at the foot of the page, read aloud politely: toast('2 tasks cancelled.', { kind: 'good' }).
// They leave after 6 s, those with a link after 15 s; errors stay until closed: toast('Sent.', { href, linkText }).
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';

styled(import.meta.url);

let messages = [];
let last = 0;

/** Says that something takes a moment, until what it returns is called. */
export function working(text) {
  const id = show({ text, kind: 'info' });
  return () => dismiss(id);
}

export function toast(text, { kind = 'info', href, linkText } = {}) {
  const id = show({ text, kind, href, linkText });
  if (kind !== 'bad') setTimeout(() => dismiss(id), href ? 15_000 : 6000);
}

function show(message) {
  const id = ++last;
  messages = [...messages.slice(-3), { id, ...message }];
  update();
  return id;
}

function dismiss(id) {
  messages = messages.filter(message => message.id !== id);
  update();
}

const update = () => document.querySelectorAll('ob-toasts').forEach(element => element.show());

class ObToasts extends ObElement {
  /** In the top layer, and again each time: a dialog may be open. */
  show() {
    this.update();
    this.firstChild.hidePopover();
    if (messages.length > 0) this.firstChild.showPopover();
  }

  draw() {
    return h(
      'div',
      { class: 'toasts', popover: 'manual', role: 'status', 'aria-live': 'polite' },
      messages.map(({ id, text, kind, href, linkText }) =>
        h(
          'div',
          { class: ['toast', kind], key: id },
          icon({ good: 'succeeded', bad: 'critical', warn: 'warning' }[kind] ?? 'info'),
          h('span', {}, text, href && ' ', href && h('a', { href }, linkText)),
          h(
            'button',
            { class: 'button quiet icon-only small', type: 'button', 'aria-label': 'Close', onclick: () => dismiss(id) },
            icon('close'),
          ),
        ),
      ),
    );
  }
}

ObToasts.define('ob-toasts');
