// Why a message is a dead letter, what to do about it, and what became of it.
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { reasons, whatToDo } from '../lib/letters.js';
import { link } from '../lib/router.js';
import { clock, day } from '../lib/time.js';

export function letterWhy({ deadLetter: letter, editedBody, queues }) {
  const waits = letter.state === 'Dead';
  const advice = waits ? whatToDo(letter, queues) : null;
  return h(
    'div',
    { class: ['note', waits ? 'bad' : ''] },
    icon(waits ? 'critical' : 'info'),
    h(
      'div',
      { class: 'stack letter-why' },
      h('p', { class: 'letter-error' }, letter.error ?? reasons[letter.reason]),
      letter.throwSite ? h('p', { class: 'mono small' }, `at ${letter.throwSite}`) : null,
      letter.error ? h('p', { class: 'small muted' }, `${reasons[letter.reason]}.`) : null,
      advice ? h('p', { class: 'small' }, advice) : null,
      letter.endedAt
        ? h(
            'p',
            { class: 'small' },
            `${letter.state} `,
            h('ob-time', { datetime: letter.endedAt, mode: 'full' }),
            '. ',
            h('a', { href: auditOf(letter, editedBody) }, 'Who did it stands in the audit'),
          )
        : null,
    ),
  );
}

/** An act on many has one entry for all of them: it is found by the time and the action. */
function auditOf({ state, endedAt }, editedBody) {
  const minute = time => `${day(time)}T${clock(time, false)}`;
  const action = state === 'Dropped' ? 'dead-letter.drop' : editedBody ? 'dead-letter.edit-and-redrive' : 'dead-letter.redrive';
  return link('audit', {}, { action, from: minute(endedAt), before: minute(new Date(Date.parse(endedAt) + 60_000)) });
}
