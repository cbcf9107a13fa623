// What can be done with one task; each asks first with what it will do, and says after what it did.
import '../elements/ob-edit.js';
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, at, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { plural, shortId } from '../lib/format.js';
import { parse } from '../lib/json.js';
import { link, navigate } from '../lib/router.js';

const name = task => `${task.kind} ${shortId(task.id)}`;
const done = (text, task) => toast(text, { kind: 'good', href: link('audit', {}, { target: task.id }), linkText: 'Audit' });

/** The number of tasks that come after a task and are in one of the states, along the graph. */
function after(task, graph, states) {
  const found = new Set();
  const open = [task.id];
  while (open.length) {
    const id = open.pop();
    for (const { to } of (graph?.edges ?? []).filter(({ from }) => from === id)) {
      if (!found.has(to)) {
        found.add(to);
        open.push(to);
      }
    }
  }

  return (graph?.nodes ?? []).filter(({ id, state }) => found.has(id) && states.includes(state)).length;
}

export function cancelTask(task, graph) {
  const waiting = after(task, graph, ['Waiting', 'Blocked', 'Scheduled', 'Queued', 'Retrying']);
  const many = `${plural(waiting, 'task')}${graph?.isCapped ? ' or more' : ''}`;
  return ask({
    title: `Cancel ${name(task)}?`,
    text:
      task.state === 'Running'
        ? 'It is running: its token is cancelled, and what it wrote to the database is not committed. What has left, such as a mail, stays done.'
        : 'It never starts. A retry brings it back.',
    figures: [['Tasks that come after it', many]],
    curl: ({ successors }) => api.curl('POST', at`/tasks/${task.id}/cancel`, undefined, { successors }),
    fields: waiting
      ? [
          {
            name: 'successors',
            label: 'The tasks after it',
            options: [
              ['Cancel', `are cancelled too (${many})`],
              ['Keep', 'stay, and are blocked'],
            ],
            value: 'Cancel',
          },
        ]
      : [],
    action: 'Cancel the task',
    dismiss: 'Keep it',
    isDangerous: true,
    act: async ({ successors }) => {
      const order = await api.post(at`/tasks/${task.id}/cancel`, undefined, { query: { successors } });
      done(
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

export function retryTask(task, graph) {
  const restored = task.state === 'Cancelled' ? after(task, graph, ['Cancelled']) : 0;
  return ask({
    title: `Retry ${name(task)}?`,
    text: retries[task.state],
    figures: [['Attempts so far', task.attempts], ...(restored ? [['Cancelled tasks after it', restored]] : [])],
    curl: () => api.curl('POST', at`/tasks/${task.id}/retry`),
    action: 'Retry the task',
    act: async () => {
      const order = await api.post(at`/tasks/${task.id}/retry`);
      done(
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

/** Enqueues its message again as a new task, as it was or edited; then the new task is shown. */
export async function runAgain(task) {
  const { payload } = task;
  let edit = { isChanged: false, error: null };
  let added = null;
  const editor =
    payload.state === 'Kept' &&
    h('ob-edit', {
      text: JSON.stringify(payload.message, null, 2),
      label: 'Its message',
      onedit: value => {
        edit = value;
      },
    });
  const body = () => (edit.isChanged ? { message: parse(edit.text) } : undefined);
  const enqueue = once(at`/tasks/${task.id}/run-again`);
  const isDone = await ask({
    title: `Run ${name(task)} again?`,
    text: `A new task with ${editor ? 'this' : 'the same'} message is enqueued${task.queue ? ` in ${task.queue}` : ''}; this one stays as it is.${payload.redacted?.length ? ` What was redacted (${payload.redacted.join(', ')}) is not known any more: write it, if it is needed.` : ''}`,
    content: editor,
    curl: () => api.curl('POST', at`/tasks/${task.id}/run-again`, body()),
    action: 'Run again',
    isWide: Boolean(editor),
    act: async () => {
      if (edit.error) throw new Error(edit.error);
      added = await enqueue(body());
      done(edit.isChanged ? 'Enqueued with the edited message.' : 'Enqueued again.', { id: added.taskId });
    },
  });
  if (isDone) navigate('task', { id: added.taskId });
  return isDone;
}
