// Adds a schedule or changes one, with its times in words and the next five while one types, and a message of the chosen type to begin with.
import { ask } from '../elements/ob-dialog.js';
import { api, at } from '../lib/api.js';
import { parse } from '../lib/json.js';
import { navigate } from '../lib/router.js';
import { isHidden, misfires, pathOf, when } from '../lib/schedules.js';
import { prepare } from '../parts/prepare.js';
import { previewer } from './schedule-times.js';

/** Adds a schedule (null), or changes one, as it is now: with its times in words and the next five, while one types. */
export async function edit(listed, changed) {
  const { schedule, tag, names, example } = await prepare(async () => {
    const [types, { value, tag: its }] = await Promise.all([
      api.get('/task-types').catch(() => []),
      listed ? api.tagged(pathOf(listed.name)) : { value: null, tag: null },
    ]);
    const all = [...new Set([value?.type, ...types].filter(Boolean))].toSorted();
    return { schedule: value, tag: its, names: all, example: value ? null : await exampleOf(all[0]) };
  });
  // Nobody's change is overwritten: the server refuses if there is one already, or if it is not any more as it is shown here.
  const headers = schedule ? (tag ? { 'If-Match': tag } : {}) : { 'If-None-Match': '*' };
  const { preview, show } = previewer();
  const retime = event => show(event.target.form.elements.cron.value, event.target.form.elements.timeZone.value);
  // What is offered to begin with; what somebody has written stays.
  let offered = example;
  const reoffer = async event => {
    const { type, message } = event.target.form.elements;
    const asked = type.value;
    const next = await exampleOf(asked);
    if (type.value !== asked) return; // another one was chosen meanwhile
    if (message.value.trim() && message.value !== offered) return;
    offered = message.value = next;
  };
  let added = null;
  const nameOf = values => schedule?.name ?? values.name;
  show(schedule?.cron ?? '', schedule?.timeZone ?? 'UTC');
  const isDone = await ask({
    title: schedule ? `Edit ${schedule.name}` : 'Add schedule',
    isWide: true,
    action: schedule ? 'Save' : 'Add schedule',
    content: preview,
    fields: fields(schedule, names, { retime, reoffer, offered }),
    curl: values => api.curl('PUT', pathOf(nameOf(values)), definition(values, readable(values.message)), undefined, headers),
    act: async values => {
      const name = nameOf(values);
      const saved = await api.put(pathOf(name), definition(values, parsed(values.message)), { headers }).catch(error => {
        throw conflict(error, name, schedule);
      });
      if (!schedule) added = name;
      return saved.paused ? `${name} is saved, and paused.` : `${name} runs next ${when(saved.nextDueAt, saved.timeZone)}.`;
    },
  });
  if (isDone && added) navigate('schedule', { name: added });
  else if (isDone) await changed();
}

const fields = (schedule, names, { retime, reoffer, offered }) => [
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
  {
    name: 'type',
    label: 'Task type',
    value: schedule?.type ?? names[0],
    options: names.map(name => [name, name]),
    onchange: reoffer,
    hint: names.length ? null : 'None can be enqueued by name yet: services.AddTaskType<YourMessage>() registers one.',
  },
  {
    name: 'message',
    label: 'Message',
    type: 'textarea',
    isRequired: true,
    spellcheck: 'false',
    value: isHidden(schedule) ? '' : schedule ? JSON.stringify(schedule.message, null, 2) : offered,
    hint: isHidden(schedule)
      ? 'Your key may not see the message that there is: what you write replaces it.'
      : 'JSON, the same for each run. It begins with all members of the type.',
  },
  {
    name: 'kind',
    label: 'Kind',
    value: schedule?.kind,
    hint: 'What its tasks are called; without one, the name of the type.',
    maxlength: 100,
  },
];

const definition = ({ cron, timeZone, misfire, type, kind }, message) => ({ cron, timeZone, misfire, type, message, kind: kind || null });

/** A message of a type with all its members, to be edited. */
const exampleOf = async type => {
  const known = type ? await api.get(at`/task-types/${type}`).catch(() => null) : null;
  return JSON.stringify(known?.example ?? {}, null, 2);
};

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
