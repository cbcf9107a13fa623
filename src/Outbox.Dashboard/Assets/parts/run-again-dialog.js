// Enqueues the message of a task again as a new task, as it was or edited; then the new task is shown.
import '../elements/ob-edit.js';
import '../elements/ob-json.js';
import { ask } from '../elements/ob-dialog.js';
import { api, at, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { parse } from '../lib/json.js';
import { navigate } from '../lib/router.js';
import { said, taskName } from './task-acts.js';

/** Why a task cannot be run again; null if it can. A key that may not see messages can try. */
export function whyNotAgain({ payload }) {
  if (payload?.state === 'Hidden') return null;
  return payload?.cannotRunAgain ?? (payload?.state === 'Kept' ? null : 'Its message is not kept, so there is nothing to run again.');
}

export async function runAgain(task) {
  const { payload } = task;
  const path = at`/tasks/${task.id}/run-again`;
  const redacted = payload.redacted ?? [];
  let edit = { isChanged: false, error: null };
  let added = null;
  const enqueue = once(path);
  const body = () => (edit.isChanged ? { message: parse(edit.text) } : undefined);
  const isDone = await ask({
    title: `Run ${taskName(task)} again?`,
    text: [
      `A new task with ${payload.message ? 'this' : 'the same'} message is enqueued${task.queue ? ` in ${task.queue}` : ''}; this one stays as it is.`,
      what(payload),
    ].join(' '),
    content: message(payload, value => {
      edit = value;
    }),
    curl: () => api.curl('POST', path, body()),
    action: 'Run again',
    isWide: Boolean(payload.message),
    act: async () => {
      if (edit.error) throw new Error(edit.error);
      if (redacted.length && !edit.isChanged) throw new Error(`Write ${redacted.join(', ')} first: these values were not stored.`);
      added = await enqueue(body());
      said(edit.isChanged ? 'Enqueued with the edited message.' : 'Enqueued again.', { id: added.taskId });
    },
  });
  if (isDone) navigate('task', { id: added.taskId });
  return isDone;
}

/** What can be done with the message: exactly one of these. */
function what({ state, type, isEditable, redacted }) {
  if (state === 'Hidden') return 'You may not see the message, so it is enqueued as it was.';
  if (!isEditable) return `It cannot be edited: a ${type.split('.').at(-1)} cannot be enqueued by name.`;
  return redacted?.length
    ? `${redacted.join(', ')} ${redacted.length === 1 ? 'was' : 'were'} redacted before the message was stored: write ${redacted.length === 1 ? 'the value' : 'the values'} in place of "[redacted]", or null.`
    : 'It may be edited, and is checked as its type.';
}

const message = (payload, onedit) =>
  payload.isEditable
    ? h('ob-edit', { text: JSON.stringify(payload.message, null, 2), label: 'Its message', onedit })
    : payload.message && h('ob-json', { value: payload.message });
