// The first thing to read: what needs attention, each with a link to where one mends it; or that all is well, in figures.
import { h, styled } from '../lib/dom.js';
import { attentionOf } from '../lib/attention.js';
import { atLeast, count, plural, seconds, tasksAt } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { link, linkTo } from '../lib/router.js';

styled(import.meta.url);

/** Where one mends it. */
const places = { 'dead-letters': 'Dead letters', queues: 'Queue', workers: 'Workers', schedules: 'Schedule' };

export function attention(overview) {
  const items = attentionOf(overview);
  if (items.length === 0)
    return h('div', { class: 'note good', role: 'status' }, icon('succeeded'), h('p', { class: 'sentence' }, allIsWell(overview)));
  const isCritical = items.some(item => item.severity === 'Critical');
  return h(
    'section',
    { class: ['note', 'attention', isCritical ? 'bad' : 'warn'], 'aria-label': 'Needs attention' },
    icon(isCritical ? 'critical' : 'warning'),
    h(
      'div',
      {},
      h(
        'p',
        { class: 'sentence', role: 'status' },
        items.length === 1 ? 'One thing needs attention' : `${count(items.length)} things need attention`,
      ),
      h(
        'ul',
        {},
        items.map(item =>
          h(
            'li',
            { key: `${item.code} ${item.target}`, class: item.severity.toLowerCase() },
            icon(item.severity === 'Critical' ? 'critical' : 'warning'),
            h('span', { class: 'visually-hidden' }, `${item.severity}: `),
            h('p', {}, item.message),
            item.page !== 'overview' &&
              h(
                'a',
                { class: 'nowrap', href: linkTo(item.page, item.target), 'aria-label': `${places[item.page] ?? 'Look'}: ${item.message}` },
                places[item.page] ?? 'Look',
                icon('right'),
              ),
          ),
        ),
      ),
    ),
  );
}

/** "All is well: 12 tasks/s, nothing waits longer than 2 s." A queue that somebody paused waits because they said so. */
function allIsWell({ rates, queues, totals }) {
  const open = queues.filter(queue => !queue.paused);
  const oldest = Math.max(0, ...open.map(queue => queue.oldestSeconds ?? 0));
  const longest = `nothing waits longer than ${seconds(Math.max(1, Math.ceil(oldest)))}`;
  const waits = open.some(queue => queue.depth === null)
    ? 'how much waits is unknown for some queues'
    : oldest === 0 && open.every(queue => queue.depth === 0)
      ? 'nothing waits'
      : longest;
  return [`${pace(rates, totals)}, ${waits}.`, pausedQueues(queues.filter(queue => queue.paused))];
}

/** It is quiet when nothing comes and nothing ends: what came before may still be worked off. */
function pace({ acceptedPerSecond, succeededPerSecond, failedPerSecond }, { running }) {
  const ended = succeededPerSecond + failedPerSecond;
  if (acceptedPerSecond > 0) return `All is well: ${tasksAt(acceptedPerSecond)}`;
  if (ended > 0) return `All is well: none accepted, ${tasksAt(ended)} worked off`;
  return `All is well, and it is quiet: ${running > 0 ? `${plural(running, 'task')} running` : 'no task in the last minute'}`;
}

const pausedQueues = queues =>
  queues.length > 0 && [
    ' Paused: ',
    queues.map((queue, at) => [
      at > 0 && ', ',
      h('a', { href: link('queue', { name: queue.name }) }, queue.name),
      queue.depth > 0 && ` (${atLeast(queue.depth, queue.depthIsCapped)} wait${queue.depth === 1 ? 's' : ''})`,
    ]),
    '.',
  ];
