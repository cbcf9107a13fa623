// The columns of a table of queues: overview and queues page choose among them by key.
import '../elements/ob-meter.js';
import '../elements/ob-spark.js';
import '../elements/ob-state.js';
import { h, styled } from '../lib/dom.js';
import { atLeast, count, rate, seconds } from '../lib/format.js';
import { depthOf } from '../lib/queues.js';
import { link } from '../lib/router.js';

styled(import.meta.url);

const sum = (queue, member) => queue.consumers.reduce((total, consumer) => total + consumer[member], 0);

/** What stands beside the name of a queue that does not do what one would expect. */
export function remarks(queue) {
  if (queue.paused) return h('ob-state', { state: 'Paused', text: queue.pausedBy ? `Paused by ${queue.pausedBy}` : 'Paused' });
  if (queue.consumers.length === 0) return h('ob-state', { state: queue.depth > 0 ? 'Critical' : 'Cancelled', text: 'No worker' });
  return null;
}

const quiet = (number, text) => (number > 0 ? text : h('span', { class: 'muted' }, text));

/** What stands where there is no queue. */
export const noQueue = {
  icon: 'queues',
  heading: 'No queue yet',
  text: 'A queue is here as soon as a worker that consumes it has started. In code, a consumer is registered, and its queue has its name:',
  code: 'services.AddMassTransit(bus => bus.AddConsumer<YourConsumer>());',
};

const tone = queue => (queue.oldestSeconds > 60 ? 'warn' : null);

const all = {
  name: {
    title: 'Queue',
    isHead: true,
    sort: queue => queue.name,
    cell: queue =>
      h(
        'div',
        { class: 'queue-name' },
        h('a', { href: link('queue', { name: queue.name }), title: queue.name }, queue.name),
        remarks(queue),
        limits(queue) && h('span', { class: 'muted small' }, limits(queue)),
      ),
  },
  depth: {
    title: 'Messages',
    hint: 'That wait for a worker, also those of no task',
    align: 'end',
    sort: queue => queue.depth,
    cell: queue =>
      queue.depth === null ? h('span', { class: 'bad', title: 'The broker is unavailable' }, depthOf(queue)) : depthOf(queue),
  },
  oldest: {
    title: 'Oldest',
    hint: 'How long the oldest message has been due',
    align: 'end',
    sort: queue => queue.oldestSeconds,
    cell: queue => h('span', { class: tone(queue) }, seconds(queue.oldestSeconds)),
  },
  trend: {
    title: 'In 30 min',
    hint: 'Messages that waited, in the last 30 minutes',
    cell: queue =>
      h('ob-spark', {
        values: queue.trend,
        label: 'Messages that waited in the last 30 minutes',
        tone: queue.paused ? 'warn' : tone(queue),
      }),
  },
  use: {
    title: 'In flight',
    hint: 'Messages that its workers have, of what they may have at once',
    sort: queue => queue.utilisation,
    cell: queue =>
      h('ob-meter', {
        value: queue.utilisation,
        label: 'In flight of what its workers may have',
        text: `${count(queue.inFlight)} of ${count(sum(queue, 'concurrency'))}`,
      }),
  },
  accepted: {
    title: 'Accepted',
    hint: 'Tasks, in the last full minute',
    align: 'end',
    sort: queue => queue.acceptedPerSecond,
    cell: queue => quiet(queue.acceptedPerSecond, rate(queue.acceptedPerSecond)),
  },
  succeeded: {
    title: 'Succeeded',
    hint: 'Tasks, in the last full minute',
    align: 'end',
    sort: queue => queue.succeededPerSecond,
    cell: queue => quiet(queue.succeededPerSecond, rate(queue.succeededPerSecond)),
  },
  failed: {
    title: 'Failed',
    hint: 'Tasks, in the last full minute',
    align: 'end',
    sort: queue => queue.failedPerSecond,
    cell: queue => h('span', { class: queue.failedPerSecond > 0 ? 'bad' : 'muted' }, rate(queue.failedPerSecond)),
  },
  deadLetters: {
    title: 'Dead letters',
    align: 'end',
    sort: queue => queue.deadLetters,
    cell: queue =>
      queue.deadLetters === 0
        ? quiet(0, '0')
        : h(
            'a',
            { class: 'bad', href: link('dead-letters', {}, { queue: queue.name }) },
            atLeast(queue.deadLetters, queue.deadLettersAreCapped),
          ),
  },
};

export const columns = (...keys) => keys.map(key => ({ key, ...all[key] }));

/** The settings of a queue that are not the configuration's: "4 at once, ≤ 20/s, high priority"; '' for none. */
export function limits({ concurrency, rateLimit, priority }) {
  const set = [
    concurrency && `${count(concurrency)} at once`,
    rateLimit && `≤ ${rate(rateLimit)}`,
    priority !== 'Normal' && `${priority.toLowerCase()} priority`,
  ].filter(Boolean);
  return set.join(', ');
}
