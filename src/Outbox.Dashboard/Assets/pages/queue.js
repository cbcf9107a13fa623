// One queue: its figures, its hour, day or week, what is in flight by worker and task, and what one can do to it.
import '../elements/ob-error.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { at } from '../lib/api.js';
import { h, render } from '../lib/dom.js';
import { count, percent, plural, rate, seconds, shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { poll } from '../lib/poll.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { figures } from '../parts/figures.js';
import { history } from '../parts/history.js';
import { pageHead } from '../parts/page-head.js';
import { acts } from '../parts/queue-acts.js';
import { limits, remarks } from '../parts/queue-columns.js';

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
  let queue = null;
  let error = null;

  /** What is in flight by task is in the queue's own answer; the rest comes with the overview, each second. */
  async function load() {
    try {
      queue = await api.get(path, {}, { signal });
      error = null;
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      error = problem;
      if (problem.status === 404) queue = null;
    }
    draw();
  }

  function draw() {
    render(root, [
      pageHead({
        up: ['Queues', link('queues')],
        title: name,
        state: queue && remarks(queue),
        acts: queue ? acts(queue) : [],
        reason: readOnly(),
        curl: () => api.curl('GET', path),
      }),
      error && h('ob-error', { error, onretry: load, href: link('queues'), linkText: 'All queues', isBeside: queue !== null }),
      queue?.paused && paused(queue),
      queue && figures(now(queue)),
      !(error && !queue) && charts,
      queue && tasks(queue),
      queue && workers(queue),
    ]);
  }

  overview.follow(value => {
    const newest = value?.queues.find(candidate => candidate.name === name);
    if (queue && newest) {
      queue = { ...queue, ...newest };
      draw();
    }
  }, signal);
  poll(5, load, signal);
  draw();
  return root;
}

const paused = ({ name, pausedBy, pausedAt, depth }) =>
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
      `. ${depth ? `${plural(depth, 'message')} wait${depth === 1 ? 's' : ''}` : 'Nothing waits'} until it is resumed. `,
      h('a', { href: link('audit', {}, { target: name }) }, 'Who did what'),
    ),
  );

const now = queue => [
  {
    label: 'Messages waiting',
    value: queue.depth === null ? 'unknown' : `${count(queue.depth)}${queue.isCapped ? '+' : ''}`,
    note: queue.delayed ? `and ${count(queue.delayed)} due later` : 'none due later',
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
    value: count(queue.deadLetters),
    note: queue.deadLetters ? 'wait for a decision' : 'none to decide',
    tone: queue.deadLetters > 0 && 'bad',
    href: link('dead-letters', {}, { queue: queue.name }),
  },
];

const tasks = queue =>
  h(
    'section',
    { class: 'card' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', {}, 'Running tasks'),
      h('a', { href: link('tasks', {}, { queue: queue.name }) }, 'All tasks of this queue'),
    ),
    h('ob-table', {
      caption: 'Running tasks',
      rows: queue.runningTasks ?? [],
      rowKey: task => task.taskId,
      href: task => link('task', { id: task.taskId }),
      columns: [
        { key: 'kind', title: 'Task', isHead: true, cell: task => h('a', { href: link('task', { id: task.taskId }) }, task.kind) },
        { key: 'id', title: 'Id', cell: task => h('code', { title: task.taskId }, shortId(task.taskId)) },
        { key: 'startedAt', title: 'Started', cell: task => h('ob-time', { datetime: task.startedAt }) },
        { key: 'attempt', title: 'Attempt', align: 'end', cell: task => count(task.attempt) },
        {
          key: 'progress',
          title: 'Progress',
          cell: task => h('ob-meter', { value: task.progress === null ? null : task.progress / 100, label: 'Progress' }),
        },
        {
          key: 'worker',
          title: 'Worker',
          cell: task => h('a', { class: 'mono', href: link('workers', {}, { name: task.worker }) }, task.worker),
        },
      ],
      empty: {
        icon: 'running',
        heading: 'No task is running',
        text: 'A task is shown as running when it has been executed for more than a moment. Shorter ones are in the figures.',
      },
    }),
  );

const workers = queue =>
  h(
    'section',
    { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Workers'), h('span', { class: 'muted' }, `Limits: ${limits(queue) || 'as configured'}`)),
    h('ob-table', {
      caption: 'Workers of this queue',
      rows: queue.consumers,
      rowKey: consumer => consumer.worker,
      columns: [
        {
          key: 'worker',
          title: 'Worker',
          isHead: true,
          cell: consumer => h('a', { class: 'mono', href: link('workers', {}, { name: consumer.worker }) }, consumer.worker),
        },
        {
          key: 'use',
          title: 'In flight',
          cell: consumer =>
            h('ob-meter', {
              value: consumer.concurrency ? consumer.inFlight / consumer.concurrency : null,
              text: `${count(consumer.inFlight)} of ${count(consumer.concurrency)}`,
            }),
        },
        { key: 'rate', title: 'Rate', align: 'end', cell: consumer => rate(consumer.rate) },
        { key: 'consumed', title: 'Since its start', align: 'end', cell: consumer => count(consumer.consumed) },
        { key: 'seenAt', title: 'Reported', cell: consumer => h('ob-time', { datetime: consumer.seenAt }) },
      ],
      empty: {
        icon: 'workers',
        heading: 'No worker has this queue',
        text: 'What is accepted for it waits. Start a worker that consumes it.',
      },
    }),
  );
