// What one does with a schedule, from its list and from its own page: run, pause, resume, delete. Each act asks first,
// and calls `changed` after it.
import '../elements/ob-state.js';
import '../elements/ob-time.js';
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { link } from '../lib/router.js';
import { pathOf, when } from '../lib/schedules.js';
import { edit } from './schedule-edit.js';

/** The badge of a schedule that does not run as its times say. */
export function stateOf(schedule) {
  if (schedule.error) return h('ob-state', { state: 'Critical', text: 'Cannot run' });
  return schedule.paused ? h('ob-state', { state: 'Paused' }) : null;
}

/** `removed` is called instead of `changed` after it is deleted. */
export const acts = (schedule, changed, removed = changed) => [
  schedule.paused || schedule.error
    ? { text: 'Resume', icon: 'resume', isPrimary: true, onclick: () => resume(schedule, changed) }
    : { text: 'Pause', icon: 'pause', onclick: () => pause(schedule, changed) },
  { text: 'Run now', icon: 'running', onclick: () => run(schedule, changed) },
  { text: 'Edit', icon: 'edit', onclick: () => edit(schedule, changed) },
  { text: 'Delete', icon: 'trash', isDangerous: true, onclick: () => remove(schedule, removed) },
];

const nextOf = schedule => ['Next due time', schedule.paused ? 'none' : when(schedule.nextDueAt, schedule.timeZone)];

async function act(options, changed) {
  if (await ask(options)) await changed();
}

const run = (schedule, changed) => {
  const enqueue = once(pathOf(schedule.name, '/run'));
  return act(
    {
      title: `Run ${schedule.name} now?`,
      text: `One task of the kind ${schedule.kind ?? schedule.type} is enqueued at once. The next due time stays as it is.`,
      figures: [nextOf(schedule)],
      curl: () => api.curl('POST', pathOf(schedule.name, '/run')),
      action: 'Run now',
      act: async () => {
        const { taskId } = await enqueue();
        toast(`A task of ${schedule.name} is enqueued.`, { kind: 'good', href: link('task', { id: taskId }), linkText: 'Follow it' });
      },
    },
    changed,
  );
};

const pause = (schedule, changed) =>
  act(
    {
      title: `Pause ${schedule.name}?`,
      text: 'It enqueues nothing until it is resumed; due times until then are not run later. Tasks that it has enqueued go on.',
      figures: [nextOf(schedule)],
      curl: () => api.curl('POST', pathOf(schedule.name, '/pause')),
      action: 'Pause',
      act: async () => {
        await api.post(pathOf(schedule.name, '/pause'));
        return `${schedule.name} is paused.`;
      },
    },
    changed,
  );

const resume = (schedule, changed) =>
  act(
    {
      title: `Resume ${schedule.name}?`,
      text: 'It runs at its next due time from now. Due times while it was paused are not run.',
      curl: () => api.curl('POST', pathOf(schedule.name, '/resume')),
      action: 'Resume',
      act: async () => {
        const { nextDueAt } = await api.post(pathOf(schedule.name, '/resume'));
        return `${schedule.name} runs next ${when(nextDueAt, schedule.timeZone)}.`;
      },
    },
    changed,
  );

const remove = (schedule, changed) =>
  act(
    {
      title: `Delete ${schedule.name}?`,
      text: 'It enqueues nothing any more. Tasks that it has enqueued stay. One that the code declares comes back at the next start.',
      figures: [nextOf(schedule), ['Last due time', when(schedule.lastDueAt, schedule.timeZone)]],
      curl: () => api.curl('DELETE', pathOf(schedule.name)),
      action: 'Delete schedule',
      isDangerous: true,
      act: async () => {
        await api.delete(pathOf(schedule.name));
        return `${schedule.name} is deleted.`;
      },
    },
    changed,
  );
