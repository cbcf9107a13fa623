// Why a message is a dead letter, what to do about it, and what became of it.
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { reasons, whatToDo } from '../lib/letters.js';
import { link } from '../lib/router.js';
import { clock, day } from '../lib/time.js';

export function letterWhy({ deadLetter: letter, queues }) {
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
            h('a', { href: auditOf(letter) }, 'Who did it stands in the audit'),
          )
        : null,
    ),
  );
}

/** An act on many has one entry for all of them, and another name than one on one: it is found by its minute. */
function auditOf({ endedAt }) {
  const minute = time => `${day(time)}T${clock(time, false)}`;
  return link('audit', {}, { from: minute(endedAt), before: minute(new Date(Date.parse(endedAt) + 60_000)) });
}
