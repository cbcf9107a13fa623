// One queue: its figures, its hour, day or week, what is in flight by worker and task, and what one can do to it.
import '../elements/ob-error.js';
import '../elements/ob-time.js';
import { at } from '../lib/api.js';
import { h, render } from '../lib/dom.js';
import { atLeast, count, percent, rate, seconds } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { poll } from '../lib/poll.js';
import { depthOf, freshened } from '../lib/queues.js';
import { reading } from '../lib/reading.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { figures } from '../parts/figures.js';
import { history } from '../parts/history.js';
import { pageHead } from '../parts/page-head.js';
import { acts } from '../parts/queue-acts.js';
import { remarks } from '../parts/queue-columns.js';
import { runningTasks, workersOf } from '../parts/queue-tables.js';

export const title = params => params.name;

export function page(context) {
  const {
    api,
    overview,
    params: { name },
    signal,
  } = context;
  const path = at`/queues/${name}`;
  const root = h('div', { class: 'page' });
  const charts = history(context, name);
  let listed = null; // as in the newest overview

  // What is in flight by task is in the queue's own answer; the rest comes with the overview, each second.
  const found = reading(async () => {
    const before = listed;
    const own = await api.get(path, {}, { signal });
    return freshened(own, listed === before ? null : listed);
  }, draw);

  function draw() {
    const { value: queue, error } = found;
    render(root, [
      pageHead({
        up: ['Queues', link('queues')],
        title: name,
        state: queue && remarks(queue),
        acts: queue ? acts(queue) : [],
        reason: readOnly(),
        curl: () => api.curl('GET', path),
      }),
      error && h('ob-error', { error, onretry: found.load, href: link('queues'), linkText: 'All queues', isBeside: queue !== null }),
      queue?.paused && paused(queue),
      queue?.consumers.length === 0 && noWorker(queue),
      queue && figures(now(queue)),
      !(error && !queue) && charts,
      queue && runningTasks(queue),
      queue && workersOf(queue),
    ]);
  }

  overview.follow(value => {
    listed = value?.queues.find(candidate => candidate.name === name) ?? listed;
    if (found.value && listed) {
      found.value = freshened(found.value, listed);
      draw();
    }
  }, signal);
  poll(5, found.load, signal);
  draw();
  return root;
}

const waits = ({ depth, depthIsCapped }) => {
  if (depth === null) return 'How much waits until it is resumed is not known';
  if (depth === 0) return 'Nothing waits until it is resumed';
  return `${atLeast(depth, depthIsCapped)} ${depth === 1 ? 'message waits' : 'messages wait'} until it is resumed`;
};

const paused = ({ name, pausedBy, pausedAt, ...queue }) =>
  h(
    'div',
    { class: 'note warn' },
    icon('pause'),
    h(
      'p',
      {},
      'Paused',
      pausedBy && ` by ${pausedBy}`,
      pausedAt && [' ', h('ob-time', { datetime: pausedAt })],
      `. ${waits(queue)}. `,
      h('a', { href: link('audit', {}, { target: name }) }, 'Who did what'),
    ),
  );

const backlog = queue => {
  const { depth } = queue;
  if (depth === null) return 'How much waits is unknown, and what is accepted for it waits, too: ';
  if (depth === 0) return 'What is accepted for it waits: ';
  return `${depthOf(queue)} message${depth === 1 ? '' : 's'} wait${depth === 1 ? 's' : ''}, and what is accepted for it waits, too: `;
};

/** It stands above the figures: the table that shows the same is below what fits on a screen. */
const noWorker = queue => {
  const { depth, delayed } = queue;
  return h(
    'div',
    { class: ['note', depth > 0 ? 'bad' : 'warn'] },
    icon(depth > 0 ? 'critical' : 'warning'),
    h(
      'p',
      {},
      'No worker consumes this queue. ',
      backlog(queue),
      'start a worker, or see in the log of the one that should consume it why it does not. ',
      depth === 0 && !delayed && 'If its consumer was removed from the code, nothing is left to do. ',
      h('a', { href: link('workers') }, 'Workers'),
    ),
  );
};

const now = queue => [
  {
    label: 'Messages waiting',
    value: depthOf(queue),
    note: queue.delayed ? `and ${atLeast(queue.delayed, queue.delayedIsCapped)} for later` : 'none for later',
  },
  {
    label: 'Oldest',
    value: seconds(queue.oldestSeconds),
    note: queue.oldestSeconds === null ? 'nothing is due' : 'due for so long',
    tone: queue.oldestSeconds > 60 && 'warn',
  },
  {
    label: 'Messages in flight',
    value: count(queue.inFlight),
    note: queue.utilisation === null ? 'no worker' : `${percent(queue.utilisation)} of its workers' slots`,
  },
  {
    label: 'Tasks accepted',
    value: rate(queue.acceptedPerSecond),
    note: `${rate(queue.succeededPerSecond)} succeeded, last minute`,
  },
  {
    label: 'Tasks failed',
    value: rate(queue.failedPerSecond),
    note: 'last minute',
    tone: queue.failedPerSecond > 0 && 'bad',
    href: link('tasks', {}, { queue: queue.name, state: 'Failed,Retrying' }),
  },
  {
    label: 'Accepted to effect',
    value: seconds(queue.acceptedToEffect?.p50Seconds),
    note: queue.acceptedToEffect?.count ? `median, p99 ${seconds(queue.acceptedToEffect.p99Seconds)}` : 'no task in 5 min',
  },
  {
    label: 'Dead letters',
    value: atLeast(queue.deadLetters, queue.deadLettersAreCapped),
    note: queue.deadLetters ? 'wait for a decision' : 'none to decide',
    tone: queue.deadLetters > 0 && 'bad',
    href: link('dead-letters', {}, { queue: queue.name }),
  },
];
