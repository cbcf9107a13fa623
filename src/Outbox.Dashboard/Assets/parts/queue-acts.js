// What one can do to a queue. Each says with figures what it will do, and what it did.
import { ask } from '../elements/ob-dialog.js';
import { api, at as path } from '../lib/api.js';
import { toast } from '../elements/ob-toast.js';
import { atLeast, count, plural } from '../lib/format.js';
import { depthOf } from '../lib/queues.js';
import { prepare } from './prepare.js';

const at = (name, act) => (act ? path`/queues/${name}/${act}` : path`/queues/${name}`);

export function acts(queue) {
  return [
    queue.paused
      ? { text: 'Resume', icon: 'resume', isPrimary: true, onclick: () => resume(queue) }
      : { text: 'Pause', icon: 'pause', onclick: () => pause(queue) },
    { text: 'Change limits', icon: 'edit', onclick: () => change(queue) },
    { text: 'Purge', icon: 'trash', isDangerous: true, onclick: () => purge(queue.name) },
  ];
}

const pause = queue =>
  ask({
    title: `Pause ${queue.name}?`,
    action: 'Pause',
    text: 'What is in flight is finished. The rest waits, and new tasks are accepted and wait too.',
    figures: [
      ['In flight, is finished', count(queue.inFlight)],
      ['Waits until it is resumed', depthOf(queue)],
    ],
    curl: () => api.curl('POST', at(queue.name, 'pause')),
    act: async () => {
      await api.post(at(queue.name, 'pause'));
      return `${queue.name} is paused.`;
    },
  });

const resume = queue =>
  ask({
    title: `Resume ${queue.name}?`,
    action: 'Resume',
    text: 'Workers take from it again within a second.',
    figures: [
      ['Waits now', depthOf(queue)],
      ['Workers that have it', count(queue.consumers.length)],
    ],
    curl: () => api.curl('POST', at(queue.name, 'resume')),
    act: async () => {
      await api.post(at(queue.name, 'resume'));
      return `${queue.name} is resumed.`;
    },
  });

const change = queue =>
  ask({
    title: `Limits of ${queue.name}`,
    action: 'Save',
    text: 'They hold for all workers within a second. An empty field is as configured.',
    fields: [
      {
        name: 'concurrency',
        label: 'Concurrency',
        type: 'number',
        min: 1,
        max: 1000,
        step: 1,
        value: queue.concurrency,
        hint: 'Executions at once in each worker, at most its prefetch count',
      },
      {
        name: 'rateLimit',
        label: 'Rate limit',
        type: 'number',
        min: 0.001,
        max: 1e6,
        step: 'any',
        value: queue.rateLimit,
        hint: 'Messages a second of all workers together',
      },
      {
        name: 'priority',
        label: 'Priority',
        value: queue.priority,
        options: [
          ['High', 'High'],
          ['Normal', 'Normal'],
          ['Low', 'Low'],
          ['', 'As configured'],
        ],
        hint: 'Of what is dispatched from then on',
      },
    ],
    curl: values => api.curl('PATCH', at(queue.name), changes(queue, values)),
    act: async values => {
      const changed = changes(queue, values);
      if (Object.keys(changed).length === 0) return 'Nothing was changed.';
      await api.patch(at(queue.name), changed);
      return `${queue.name} is changed.`;
    },
  });

/** The settings that are not what they were; null is as configured. */
const changes = (queue, values) =>
  Object.fromEntries(Object.entries({ ...values, priority: values.priority || null }).filter(([name, value]) => value !== queue[name]));

/** Asks with the depth of now: the server refuses a count that is no longer right. */
async function purge(name) {
  const queue = await prepare(() => api.get(at(name)));
  const { depth, inFlight, delayed } = queue;
  if (depth === null) {
    toast(`The broker does not answer, so nobody knows what waits in ${name}. Nothing was purged; try again later.`, { kind: 'bad' });
    return false;
  }
  return ask({
    title: `Purge ${name}?`,
    action: `Purge ${plural(depth, 'message')}`,
    isDangerous: true,
    text: 'Waiting messages are removed. Their tasks, and the tasks after those, are cancelled. This cannot be undone.',
    figures: [
      ...(queue.depthIsCapped ? [['Waits', depthOf(queue)]] : []),
      [queue.depthIsCapped ? 'Is removed now' : 'Waits, is removed', count(depth)],
      ['In flight, stays', count(inFlight)],
      ['Not due yet, stays', atLeast(delayed, queue.delayedIsCapped)],
    ],
    curl: () => api.curl('POST', at(name, 'purge'), { count: depth }),
    act: async () => {
      const { purged, cancelled, successors } = await api.post(at(name, 'purge'), { count: depth });
      return `${plural(purged, 'message')} removed, ${plural(cancelled, 'task')} cancelled${successors ? `, and ${count(successors)} after them` : ''}.`;
    },
  });
}
