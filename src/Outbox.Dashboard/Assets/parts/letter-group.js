// A group of dead letters: what was thrown and where, how often and since when, its note, and what can be done with all of it.
import '../elements/ob-menu.js';
import '../elements/ob-spark.js';
import '../elements/ob-time.js';
import { api, at } from '../lib/api.js';
import { h, styled } from '../lib/dom.js';
import { atLeast, plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { reasons, shortType } from '../lib/letters.js';
import { link } from '../lib/router.js';
import { actButton, actItems } from './act-button.js';
import { decideMany, editNote } from './letter-acts.js';

styled(import.meta.url);

const many = group => atLeast(group.count, !group.isExact);

/** `refused` is why the caller may not act; `onchanged` reads again after an act. */
export function groupCard(group, { refused, onchanged, isOpen, signal }) {
  const filter = { group: group.groupId };
  const decide = action =>
    decideMany(action, {
      filter,
      queues: group.isCapped ? [] : group.queues, // of so many one does not know all of them
      // It is counted when somebody asks.
      measure: async () => {
        const [now, letters] = await Promise.all([
          api.get(at`/dead-letter-groups/${group.groupId}`, {}, { signal }),
          api.get('/dead-letters', { ...filter, limit: 5 }, { signal }),
        ]);
        return { count: now.count, isExact: now.isExact, sample: letters.items };
      },
    }).then(isDone => isDone && onchanged());
  const note = () => editNote(group).then(isDone => isDone && onchanged());
  const today = group.trend.reduce((sum, number) => sum + number, 0);
  const inDay = atLeast(today, group.isCapped); // of the newest alone
  const name = shortType(group);
  const space = group.exceptionType?.slice(0, -name.length);
  return h(
    'article',
    { class: 'card group', key: group.groupId, 'aria-label': `${plural(group.count, 'dead letter')} of ${name}` },
    h(
      'div',
      { class: 'group-main' },
      h(
        'h2',
        { class: 'group-name' },
        space ? h('span', { class: 'muted' }, space) : null,
        isOpen ? name : h('a', { href: link('dead-letter-group', { id: group.groupId }) }, name),
        group.reason === 'Failed' || group.reason === name ? null : [' ', h('span', { class: 'badge warn' }, group.reason)],
      ),
      group.throwSite
        ? h('p', { class: 'mono small muted group-site' }, `at ${group.throwSite}`)
        : h('p', { class: 'small muted' }, reasons[group.reason]),
      group.example ? h('p', { class: 'group-example', title: group.example }, group.example) : null,
      h(
        'p',
        { class: 'row small muted' },
        h('span', {}, 'First ', h('ob-time', { datetime: group.firstAt })),
        h('span', {}, 'Last ', h('ob-time', { datetime: group.lastAt })),
        h(
          'span',
          {},
          group.queues.length === 1 ? 'Queue ' : 'Queues ',
          group.queues.map((queue, at) => [at ? ', ' : '', h('a', { href: link('queue', { name: queue }) }, queue)]),
        ),
      ),
      group.note
        ? h(
            'div',
            { class: 'group-note' },
            icon('edit'),
            h(
              'div',
              {},
              h('p', { class: 'group-text' }, group.note.text),
              h('p', { class: 'small muted' }, `${group.note.who}, `, h('ob-time', { datetime: group.note.at })),
            ),
          )
        : null,
    ),
    h(
      'div',
      { class: 'group-figures' },
      h('p', {}, h('strong', { class: 'group-count number' }, many(group)), h('span', { class: 'small muted' }, ' waiting')),
      h('ob-spark', { values: group.trend, label: `Dead letters in each of the last 24 hours; ${inDay} in all`, tone: 'bad' }),
      h('p', { class: 'small muted number' }, today ? `${inDay} in 24 h` : 'none in 24 h'),
    ),
    h(
      'div',
      { class: 'group-acts row' },
      isOpen ? null : h('a', { class: 'button small', href: link('dead-letter-group', { id: group.groupId }) }, 'Show them'),
      actButton('Redrive all …', { picture: 'retrying', look: 'small', reason: refused, run: () => decide('Redrive') }),
      h('ob-menu', {
        label: `More acts on ${name}`,
        items: actItems(
          [
            { text: group.note ? 'Edit the note …' : 'Write a note …', onclick: note },
            { text: 'Drop all …', onclick: () => decide('Drop'), isDangerous: true },
          ],
          refused,
        ),
      }),
    ),
  );
}
