// The facts of a task: where it is, its times, its keys and its trace.
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { count, shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { link } from '../lib/router.js';
import { hasEnded } from '../lib/tasks.js';
import { absolute } from '../lib/time.js';

export function taskFacts(task, settings) {
  const fact = (name, value) =>
    value === null || value === undefined || value === '' || value === 0 ? null : [h('dt', {}, name), h('dd', {}, value)];
  const time = value => value && [h('span', { class: 'number' }, absolute(value)), h('ob-time', { class: 'small muted', datetime: value })];
  const trace =
    task.traceId &&
    (settings.traceUrl
      ? h(
          'a',
          { href: settings.traceUrl.replaceAll('{traceId}', task.traceId), target: '_blank', rel: 'noopener noreferrer' },
          'Open the trace ',
          icon('external'),
        )
      : h('span', { class: 'mono' }, task.traceId));
  return h(
    'section',
    { class: 'card task-facts', 'aria-label': 'Facts' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Facts')),
    h(
      'dl',
      { class: 'facts card-body' },
      fact('Queue', task.queue && h('a', { href: link('queue', { name: task.queue }) }, task.queue)),
      fact('Worker', task.worker && h('span', { class: 'mono' }, task.worker)),
      fact('Attempts', count(task.attempts)),
      fact('Redrives', task.redrives),
      fact('Enqueued', time(task.createdAt)),
      fact('Started', time(task.startedAt)),
      fact('Ended', time(task.finishedAt)),
      fact(task.state === 'Scheduled' ? 'Due' : 'Next attempt', hasEnded(task) ? null : time(task.nextAttemptAt)),
      Object.entries(task.keys ?? {}).map(([name, value]) =>
        fact(name, h('a', { href: link('tasks', {}, { key: `${name}:${value}` }), title: 'All tasks with this key' }, value)),
      ),
      fact(
        'Runs again',
        task.runAgainOf && h('a', { class: 'mono', href: link('task', { id: task.runAgainOf }) }, shortId(task.runAgainOf)),
      ),
      fact('Trace', trace && h('span', { class: 'row' }, trace, h('a', { href: link('tasks', {}, { trace: task.traceId }) }, 'Its tasks'))),
    ),
  );
}
