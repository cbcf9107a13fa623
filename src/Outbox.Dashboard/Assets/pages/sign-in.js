// Exchanges an access key for a session. The address stays, so that one goes on where one wanted to go.
import '../elements/ob-error.js';
import { h, render, styled } from '../lib/dom.js';
import { base, refresh } from '../lib/router.js';
import { session } from '../lib/session.js';

styled(import.meta.url);

export const title = 'Sign in';

export function page() {
  const root = h('div', { class: 'sign-in' });
  let error = session.codeError ?? null;
  let isBusy = false;

  async function submit(event) {
    event.preventDefault();
    const key = new FormData(event.target).get('key').trim();
    if (!key) return;
    isBusy = true;
    error = null;
    draw();
    try {
      await session.open(key);
      refresh();
    } catch (problem) {
      error = problem;
      isBusy = false;
      draw();
      root.querySelector('input[type="password"]').select();
    }
  }

  const draw = () =>
    render(
      root,
      h(
        'form',
        { class: 'card stack', onsubmit: submit },
        h('div', { class: 'brand' }, h('img', { src: `${base}icon.svg`, alt: '' }), 'Outbox'),
        h('h1', {}, 'Sign in'),
        error && h('ob-error', { error: words(error) }),
        h('input', { name: 'user', value: 'outbox', autocomplete: 'username', hidden: true }),
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Access key'),
          h('input', {
            class: 'input mono',
            name: 'key',
            type: 'password',
            autocomplete: 'current-password',
            required: true,
            placeholder: 'msg_…',
            spellcheck: 'false',
          }),
        ),
        h('button', { class: 'button primary', type: 'submit', disabled: isBusy }, isBusy ? 'Signing in …' : 'Sign in'),
        h(
          'details',
          { class: 'muted small' },
          h('summary', {}, 'Where is my key?'),
          h(
            'p',
            {},
            'Whoever operates this service has one. While none is configured, the log names a file with one at the start, and a terminal shows a link that signs in. The argument ',
            h('code', {}, '--new-key'),
            ' of the program makes others.',
          ),
        ),
      ),
    );

  draw();
  requestAnimationFrame(() => root.querySelector('input[type="password"]').focus());
  return root;
}

function words(error) {
  if (error.status === 401 || error.status === 403) {
    return {
      title: 'Not signed in',
      detail: error.detail ?? 'This key, or this link, is not valid here. A link works once, for ten minutes.',
    };
  }
  return error;
}
