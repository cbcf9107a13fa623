// Why a task is not running, or what became of it, as a sentence; with what to do, and the progress of what runs.
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { link } from '../lib/router.js';
import { inWords } from '../lib/time.js';
import { advice, linked } from './linked.js';

const tones = {
  Succeeded: 'good',
  Running: '',
  DueLater: '',
  WaitsForTasks: '',
  BehindOthers: '',
  AwaitsDispatch: '',
  AtBroker: '',
  Cancelled: '',
  Dropped: '',
  Failed: 'bad',
  DeadLettered: 'bad',
  Undeliverable: 'bad',
  Quarantined: 'bad',
  BrokerUnavailable: 'bad',
};
const pictures = { good: 'succeeded', bad: 'critical', warn: 'warning', '': 'info' };

export function taskReason({ why, task }, copy) {
  if (!why) return null;
  const tone = tones[why.code] ?? 'warn';
  const others = (why.tasks ?? []).filter(id => !why.message.includes(id));
  const seconds = task.finishedAt ? (Date.parse(task.finishedAt) - Date.parse(task.createdAt)) / 1000 : null;
  return h(
    'section',
    { class: ['note task-why', tone], 'aria-label': 'Why' },
    icon(pictures[tone]),
    h(
      'div',
      { class: 'stack' },
      h('p', { class: 'task-message', role: 'status' }, linked(why.message)),
      why.advice ? h('p', {}, advice(why.advice, task.id)) : null,
      task.state === 'Running' && task.progress !== null && task.progress !== undefined
        ? h(
            'div',
            { class: 'task-progress' },
            h('progress', { max: 100, value: task.progress, 'aria-label': 'Progress' }),
            h('span', { class: 'number' }, `${task.progress} %`),
            task.progressText ? h('span', { class: 'muted' }, task.progressText) : null,
          )
        : null,
      h(
        'p',
        { class: 'row small muted' },
        why.until ? h('span', {}, 'Until ', h('ob-time', { datetime: why.until, mode: 'full' })) : null,
        why.since && !task.finishedAt ? h('span', {}, 'Since ', h('ob-time', { datetime: why.since })) : null,
        seconds !== null ? h('span', {}, `${inWords(seconds)} from its enqueueing to its end`) : null,
        why.queue &&
          !why.advice?.includes('/queues/') &&
          ['QueuePaused', 'ConcurrencyLimit', 'RateLimit', 'NoWorker', 'BehindOthers'].includes(why.code)
          ? h('a', { href: link('queue', { name: why.queue }) }, `Queue ${why.queue}`)
          : null,
        ['NoWorker', 'NoDispatcher'].includes(why.code) ? h('a', { href: link('workers') }, 'Workers') : null,
        ['DeadLettered', 'Undeliverable', 'Dropped'].includes(why.code)
          ? h(
              'a',
              { href: link('dead-letters', {}, { view: 'letters', task: task.id, state: why.code === 'Dropped' ? 'Dropped' : null }) },
              'Its dead letter',
            )
          : null,
        others.slice(0, 5).map(id => h('a', { class: 'mono', href: link('task', { id }), key: id }, `task ${shortId(id)}`)),
        others.length > 5 ? h('span', {}, `and ${others.length - 5} more`) : null,
      ),
    ),
    copy,
  );
}
