// What one does with a schedule, from its list and from its own page: run, pause, resume, edit with a preview, delete. Each act asks first,
// and calls `changed` after it.
import '../elements/ob-state.js';
import '../elements/ob-time.js';
import { ask } from '../elements/ob-dialog.js';
import { sentence } from '../elements/ob-error.js';
import { toast } from '../elements/ob-toast.js';
import { api, at, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { parse } from '../lib/json.js';
import { link, navigate } from '../lib/router.js';
import { absolute } from '../lib/time.js';
import { previewer } from './schedule-times.js';

export const pathOf = (name, act = '') => at`/schedules/${name}` + act;

export const misfires = {
  fire_once: 'One run for all of them',
  skip: 'None of them runs',
  fire_all: 'Each of them runs',
};

/** The badge of a schedule that does not run as its times say. */
export function stateOf(schedule) {
  if (schedule.error) return h('ob-state', { state: 'Critical', text: 'Cannot run' });
  return schedule.paused ? h('ob-state', { state: 'Paused' }) : null;
}

export const acts = (schedule, changed) => [
  { text: 'Run now …', onclick: () => run(schedule, changed) },
  schedule.paused
    ? { text: 'Resume …', onclick: () => resume(schedule, changed) }
    : { text: 'Pause …', onclick: () => pause(schedule, changed) },
  { text: 'Edit …', onclick: () => edit(schedule, changed) },
  { text: 'Delete …', isDangerous: true, onclick: () => remove(schedule, changed) },
];

const nextOf = schedule => ['Next due time', schedule.nextDueAt && !schedule.paused ? absolute(schedule.nextDueAt) : 'none'];

async function act(options, changed) {
  if (await ask(options)) await changed();
}

export function run(schedule, changed) {
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
}

export const pause = (schedule, changed) =>
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

export const resume = (schedule, changed) =>
  act(
    {
      title: `Resume ${schedule.name}?`,
      text: 'It runs at its next due time from now. Due times while it was paused are not run.',
      curl: () => api.curl('POST', pathOf(schedule.name, '/resume')),
      action: 'Resume',
      act: async () => {
        const { nextDueAt } = await api.post(pathOf(schedule.name, '/resume'));
        return `${schedule.name} runs next at ${absolute(nextDueAt)}.`;
      },
    },
    changed,
  );

export const remove = (schedule, changed) =>
  act(
    {
      title: `Delete ${schedule.name}?`,
      text: 'It enqueues nothing any more. Tasks that it has enqueued stay. One that the code declares comes back at the next start.',
      figures: [nextOf(schedule), ['Last due time', schedule.lastDueAt ? absolute(schedule.lastDueAt) : 'none']],
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

/** Adds a schedule (null), or changes one, as it is now: with its times in words and the next five, while one types. */
export async function edit(listed, changed) {
  const [types, found] = await Promise.all([
    api.get('/tasks/types').catch(() => []),
    listed ? api.tagged(pathOf(listed.name)).catch(error => toast(sentence(error), { kind: 'bad' })) : { value: null, tag: null },
  ]);
  if (!found) return;
  const { value: schedule, tag } = found;
  // Nobody's change is overwritten: the server refuses if there is one already, or if it is not any more as it is shown here.
  const headers = schedule ? (tag ? { 'If-Match': tag } : {}) : { 'If-None-Match': '*' };
  const names = [...new Set([schedule?.type, ...types].filter(Boolean))].toSorted();
  const { preview, show } = previewer();
  const retime = event => show(event.target.form.elements.cron.value, event.target.form.elements.timeZone.value);
  const nameOf = values => schedule?.name ?? values.name;
  show(schedule?.cron ?? '', schedule?.timeZone ?? 'UTC');
  await act(
    {
      title: schedule ? `Edit ${schedule.name}` : 'Add schedule',
      isWide: true,
      action: schedule ? 'Save' : 'Add schedule',
      content: preview,
      fields: fields(schedule, names, retime),
      curl: values => api.curl('PUT', pathOf(nameOf(values)), definition(values, readable(values.message)), undefined, headers),
      act: async values => {
        const name = nameOf(values);
        const saved = await api.put(pathOf(name), definition(values, parsed(values.message)), { headers }).catch(error => {
          throw conflict(error, name, schedule);
        });
        if (!schedule) navigate('schedule', { name });
        return saved.paused ? `${name} is saved, and paused.` : `${name} runs next at ${absolute(saved.nextDueAt)}.`;
      },
    },
    changed,
  );
}

const fields = (schedule, names, retime) => [
  ...(schedule
    ? []
    : [
        { name: 'name', label: 'Name', isRequired: true, hint: 'a-z, 0-9, dot, dash and underscore.', maxlength: 100, spellcheck: 'false' },
      ]),
  {
    name: 'cron',
    label: 'Cron expression',
    value: schedule?.cron,
    isRequired: true,
    spellcheck: 'false',
    oninput: retime,
    hint: 'Minute, hour, day of month, month, day of week. With six fields the second comes first.',
  },
  { name: 'timeZone', label: 'Time zone', value: schedule?.timeZone ?? 'UTC', options: zones(schedule?.timeZone), onchange: retime },
  {
    name: 'misfire',
    label: 'Times that are missed because no process runs',
    value: schedule?.misfire ?? 'fire_once',
    options: Object.entries(misfires),
  },
  { name: 'type', label: 'Task type', value: schedule?.type ?? names[0], options: names.map(name => [name, name]) },
  {
    name: 'message',
    label: 'Message',
    type: 'textarea',
    isRequired: true,
    spellcheck: 'false',
    value: isHidden(schedule) ? '' : JSON.stringify(schedule?.message ?? {}, null, 2),
    hint: isHidden(schedule)
      ? 'Your key may not see the message that there is: what you write replaces it.'
      : 'JSON, the same for each run.',
  },
  {
    name: 'kind',
    label: 'Kind',
    value: schedule?.kind,
    hint: 'What its tasks are called; without one, the name of the type.',
    maxlength: 100,
  },
];

/** Whether the caller may not see its message. */
export const isHidden = schedule => schedule !== null && (schedule.message === null || schedule.message === undefined);

const definition = ({ cron, timeZone, misfire, type, kind }, message) => ({ cron, timeZone, misfire, type, message, kind: kind || null });

/** What a refusal means to somebody who has just written all of this. */
function conflict(error, name, schedule) {
  if (error.status !== 412) return error;
  if (!schedule)
    return Object.assign(new Error(`There is a schedule ${name} already. Nothing was changed.`), {
      errors: { name: ['Choose another name, or edit the one that there is.'] },
    });
  return new Error(
    `Somebody has changed or deleted ${name} since you opened this. Nothing was saved. Copy what you need from here, cancel, and edit it as it is now.`,
  );
}

function parsed(text) {
  try {
    return parse(text);
  } catch (error) {
    throw Object.assign(new Error('The message is not JSON.'), { errors: { message: [error.message] } });
  }
}

/** A message for a terminal, which is also copied while it is not yet JSON. */
function readable(text) {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

const zones = own => [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')].filter(Boolean))].map(zone => [zone, zone]);
