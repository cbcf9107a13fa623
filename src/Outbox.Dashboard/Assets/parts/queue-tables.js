// What is in flight in a queue: the tasks that run, and the workers that have it.
import '../elements/ob-meter.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { count, rate, shortId } from '../lib/format.js';
import { link } from '../lib/router.js';
import { limits } from './queue-columns.js';

export const runningTasks = queue =>
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

export const workersOf = queue =>
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
