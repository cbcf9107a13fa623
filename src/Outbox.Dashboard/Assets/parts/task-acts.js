// What can be done with one task; each asks first with what it will do, and says after what it did.
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, at } from '../lib/api.js';
import { plural, shortId } from '../lib/format.js';
import { link } from '../lib/router.js';
import { prepare } from './prepare.js';

export const taskName = task => `${task.kind} ${shortId(task.id)}`;
/** Says what was done, with a link to its audit entry. */
export const said = (text, task) => toast(text, { kind: 'good', href: link('audit', {}, { target: task.id }), linkText: 'Audit' });

/** The tasks before and after a task as they are now; null where they cannot be read: then an act says so, and offers what it would. */
const graphOf = task => prepare(() => api.get(at`/tasks/${task.id}/graph`).catch(() => null));

/** The number of tasks that come after a task and are in one of the states, along the graph; null if it is not known. */
function after(task, graph, states) {
  if (!graph) return null;
  const found = new Set();
  const open = [task.id];
  while (open.length) {
    const id = open.pop();
    for (const { to } of graph.edges.filter(({ from }) => from === id)) {
      if (!found.has(to)) {
        found.add(to);
        open.push(to);
      }
    }
  }

  return graph.nodes.filter(({ id, state }) => found.has(id) && states.includes(state)).length;
}

/** In words: "3 tasks", "200 tasks or more". */
const many = (number, graph) => (number === null ? 'unknown' : `${plural(number, 'task')}${graph.isCapped ? ' or more' : ''}`);

export async function cancelTask(task) {
  const graph = await graphOf(task);
  const waiting = after(task, graph, ['Waiting', 'Blocked', 'Scheduled', 'Queued', 'Retrying']);
  const hasNone = waiting === 0 && !graph.isCapped;
  // Nobody who was shown none cancels one that has come since.
  const query = ({ successors = 'Keep' }) => ({ successors });
  return ask({
    title: `Cancel ${taskName(task)}?`,
    text:
      task.state === 'Running'
        ? 'It is running: its token is cancelled, and what it wrote to the database is not committed. What has left, such as a mail, stays done.'
        : 'It never starts. A retry brings it back.',
    figures: [['Tasks that come after it', many(waiting, graph)]],
    curl: values => api.curl('POST', at`/tasks/${task.id}/cancel`, undefined, query(values)),
    fields: hasNone
      ? []
      : [
          {
            name: 'successors',
            label: 'The tasks after it',
            options: [
              ['Cancel', waiting === null ? 'are cancelled too' : `are cancelled too (${many(waiting, graph)})`],
              ['Keep', 'stay, and are blocked'],
            ],
            value: 'Cancel',
          },
        ],
    action: 'Cancel the task',
    dismiss: 'Keep it',
    isDangerous: true,
    act: async values => {
      const order = await api.post(at`/tasks/${task.id}/cancel`, undefined, { query: query(values) });
      said(
        !order.changed
          ? 'It had been cancelled before.'
          : order.successors
            ? `Cancelled, with ${plural(order.successors, 'task')} after it.`
            : 'Cancelled.',
        task,
      );
    },
  });
}

const retries = {
  Failed: 'Its dead letter is redriven: it is executed again, with all of its attempts.',
  Cancelled: 'It is restored, together with all tasks that were cancelled with it.',
  Retrying: 'Its next attempt is due now.',
  Scheduled: 'It is due now, not later.',
};

export async function retryTask(task) {
  const graph = task.state === 'Cancelled' ? await graphOf(task) : null;
  const restored = task.state === 'Cancelled' ? after(task, graph, ['Cancelled']) : 0;
  return ask({
    title: `Retry ${taskName(task)}?`,
    text: retries[task.state],
    figures: [['Attempts so far', task.attempts], ...(restored === 0 ? [] : [['Cancelled tasks after it', many(restored, graph)]])],
    curl: () => api.curl('POST', at`/tasks/${task.id}/retry`),
    action: 'Retry the task',
    act: async () => {
      const order = await api.post(at`/tasks/${task.id}/retry`);
      said(
        !order.changed
          ? `It was ${order.from} already.`
          : order.successors
            ? `Retried, with ${plural(order.successors, 'task')} after it.`
            : 'Retried.',
        task,
      );
    },
  });
}
