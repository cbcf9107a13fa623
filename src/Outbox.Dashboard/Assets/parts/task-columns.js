// The columns of a list of tasks.
import '../elements/ob-state.js';
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { count, shortId } from '../lib/format.js';
import { link } from '../lib/router.js';
import { hasEnded } from '../lib/tasks.js';
import { inWords, localised } from '../lib/time.js';
import { linked } from './linked.js';

export const taskColumns = [
  { key: 'task', title: 'Task', isHead: true, class: 'task-cell', cell: taskCell },
  {
    key: 'state',
    title: 'State',
    cell: task => [
      h('ob-state', { state: task.state }),
      task.hasLeft ? h('div', { class: 'small muted nowrap' }, 'no longer matches') : null,
    ],
  },
  {
    key: 'queue',
    title: 'Queue',
    class: 'queue-cell',
    cell: task => (task.queue ? h('a', { href: link('queue', { name: task.queue }) }, task.queue) : '–'),
  },
  { key: 'attempts', title: 'Attempts', align: 'end', class: 'not-in-card', cell: task => count(task.attempts) },
  {
    key: 'took',
    title: 'Took',
    align: 'end',
    class: 'not-in-card',
    cell: task =>
      task.finishedAt
        ? h(
            'span',
            { class: 'nowrap', title: 'From its enqueueing to its end' },
            inWords((Date.parse(task.finishedAt) - Date.parse(task.createdAt)) / 1000),
          )
        : '–',
  },
  { key: 'created', title: 'Enqueued', align: 'end', cell: task => h('ob-time', { datetime: task.createdAt }) },
];

/** The kind, and below it in short why it has not ended, or why it failed. */
function taskCell(task) {
  const isRunning = task.state === 'Running';
  const error = task.state === 'Failed' || task.state === 'Retrying' ? task.lastError : null;
  const why = error ? task.why?.message.replace(`: ${error}`, error.endsWith('.') ? '.' : '') : task.why?.message; // the error has a line of its own
  const reason = hasEnded(task) ? null : isRunning && task.progressText ? task.progressText : why;
  return [
    h(
      'div',
      { class: 'row' },
      h('a', { href: link('task', { id: task.id }) }, task.kind),
      h('span', { class: 'mono small muted', title: task.id }, shortId(task.id)),
    ),
    isRunning && task.progress !== null && task.progress !== undefined
      ? h('progress', { max: 100, value: task.progress, 'aria-label': `Progress of ${task.kind}` })
      : null,
    reason ? h('div', { class: 'small muted clamp', title: localised(reason) }, linked(reason, false)) : null,
    error ? h('div', { class: 'small bad clamp', title: error }, error) : null,
  ];
}
