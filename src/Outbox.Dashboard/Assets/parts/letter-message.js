// The message of a dead letter: as it was, what a redrive sent instead, or why it is not shown.
import '../elements/ob-diff.js';
import '../elements/ob-json.js';
import { h } from '../lib/dom.js';
import { parse } from '../lib/json.js';
import { messageOf } from '../lib/letters.js';

const card = (key, heading, ...content) =>
  h('section', { class: 'card', key }, h('div', { class: 'card-head' }, [heading].flat()), ...content);

const note = text => h('p', { class: 'small muted' }, text);

/** `isWhole` is whether the whole body is shown, and `onwhole` changes that; `refused` is why the caller may not act. */
export function messageCard({ body, contentType, redacted }, { isWhole, onwhole, refused }) {
  const message = messageOf(body);
  const choice = [
    [false, 'Message'],
    [true, 'Whole body'],
  ];
  return card(
    'message',
    [
      h('h2', {}, message && !isWhole ? 'Message' : 'Body'),
      message &&
        h(
          'div',
          { class: 'segments', role: 'group', 'aria-label': 'What is shown' },
          choice.map(([whole, text]) =>
            h('button', { type: 'button', key: text, 'aria-pressed': String(isWhole === whole), onclick: () => onwhole(whole) }, text),
          ),
        ),
    ],
    h(
      'div',
      { class: 'card-body stack' },
      message
        ? h('ob-json', { value: isWhole ? parse(body) : message, key: String(isWhole) })
        : h('pre', { class: 'letter-raw', tabindex: 0 }, body || '(empty)'),
      message ? null : note(`It cannot be read as a message (${contentType}); an edit replaces the whole body.`),
      redacted?.length ? note(`Redacted: ${redacted.join(', ')}. An edit that leaves "[redacted]" keeps the value.`) : null,
      refused ? note('E-mail addresses are redacted for keys that may only read.') : null,
    ),
  );
}

export const hiddenCard = (state, session) =>
  card(
    'message',
    h('h2', {}, 'Body'),
    h(
      'p',
      { class: 'card-body muted' },
      state === 'Sensitive'
        ? 'Messages of this type are marked as sensitive, so its body is not shown.'
        : session.seesPayloads
          ? 'Hidden: what is redacted in messages of this type cannot be found in this body.'
          : `Hidden: the key ${session.name} may not see messages (Access:Keys:…:Payloads).`,
    ),
  );

export function editedCard({ body, editedBody: edited, redacted, deadLetter: letter }) {
  if (typeof edited !== 'string' || typeof body !== 'string') return null;
  const pretty = text => (messageOf(text) ? JSON.stringify(messageOf(text), null, 2) : text);
  const [before, after] = [pretty(body), pretty(edited)];
  // A redrive to another queue changes the address in the envelope alone.
  if (before === after && (letter.redrivenTo || !redacted?.length)) return null;
  return card(
    'edited',
    h('h2', {}, 'What the redrive sent instead'),
    h(
      'div',
      { class: 'card-body stack' },
      before === after ? null : h('ob-diff', { before, after }),
      redacted?.length ? note(`What was changed of ${redacted.join(', ')} is not shown: these values are redacted.`) : null,
    ),
  );
}
