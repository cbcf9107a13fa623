// The fields of the filter of tasks, with their suggestions, and what is made of a text that was pasted.
import { api } from '../lib/api.js';
import { moment, understand } from '../lib/filter.js';
import { shortId } from '../lib/format.js';
import { navigate } from '../lib/router.js';
import { states } from '../lib/tasks.js';

export const suggest = field => async (text, signal) => (await api.get('/tasks/suggestions', { field, text }, { signal })).items;

export const time = {
  isTime: true,
  values: ['15m', '1h', '6h', '1d', '7d', 'today', 'yesterday'],
  check: value => (moment(value) ? value : null),
  wrong: 'write 15m, 6h or 2d (ago), today, 14:30, 2026-11-29 or 2026-11-29 14:30.',
};

/** The states of a text in their own spelling, or null. */
function checkStates(text) {
  const named = text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => states.find(state => state.toLowerCase() === part.toLowerCase()));
  return named.length && named.every(Boolean) ? [...new Set(named)].join(',') : null;
}

export const taskFields = [
  {
    name: 'state',
    text: 'State',
    hint: 'one or more, with commas',
    values: states,
    isMany: true,
    check: checkStates,
    wrong: `choose from ${states.join(', ')}.`,
  },
  { name: 'kind', text: 'Kind', hint: 'the type of its message', suggest: suggest('kind') },
  { name: 'queue', text: 'Queue', hint: 'where it is executed', suggest: suggest('queue') },
  { name: 'from', text: 'Enqueued from', hint: 'such as 1h or today', ...time },
  { name: 'before', text: 'Enqueued before', hint: 'such as 1h or 14:30', ...time },
  { name: 'error', text: 'Error', hint: 'a part of the last error' },
  {
    name: 'trace',
    text: 'Trace',
    hint: 'an id, or a traceparent',
    check: value => understand(value).trace ?? null,
    wrong: 'write 32 hexadecimal digits, or a traceparent.',
  },
  {
    name: 'key',
    text: 'Key',
    hint: 'declared on the message: name:value',
    isPair: true,
    suggest: async (text, signal) => (/[:=]/.test(text) ? [] : suggest('key')(text, signal)),
    // A text that names no field may be the value of each key, if it looks like an id, a number or an address.
    offer: async (text, signal) =>
      /[\s:=]/.test(text) || !/[\d@]/.test(text)
        ? []
        : (await suggest('key')('', signal)).map(({ value: name }) => ({ value: `${name}:${text}`, text: 'declared on the message' })),
    check: value => (/^[^:=]+[:=].+$/.test(value) ? value.replace('=', ':') : null),
    wrong: 'write name:value, such as orderId:42.',
  },
];

/** What a text can mean that names no field; the most likely first. An id may be that of a task, of a trace or of a dead letter, or the value of a key. */
export function guessTasks(text) {
  const { id, trace } = understand(text);
  if (id || trace) return guessIds(id, trace);
  const options = [];
  if (checkStates(text)) options.push({ field: 'state', value: checkStates(text), text: checkStates(text) });
  const key = /^([\w.-]+)=(.+)$/.exec(text);
  if (key) options.push({ field: 'key', value: `${key[1]}:${key[2]}`, text: `${key[1]}:${key[2]}` });
  options.push({ field: 'error', value: text, text: `“${text}”`, hint: 'in the last error', isLast: true });
  return options;
}

function guessIds(id, trace) {
  const ofTrace = digits => ({ field: 'trace', value: digits, text: digits, hint: 'enqueued in this trace' });
  if (!id) return [ofTrace(trace)];
  const task = {
    text: `Open task ${shortId(id)}`,
    hint: 'with its messages, and what comes before and after it',
    onpick: () => navigate('task', { id }),
  };
  const letter = { text: `Open dead letter ${shortId(id)}`, hint: 'by its own id', onpick: () => navigate('dead-letter', { id }) };
  const digits = id.replaceAll('-', '');
  // Traces are written without hyphens and are random; ids of tasks begin with their time (version 7).
  return trace && digits[12] !== '7' ? [ofTrace(digits), task, letter] : [task, ofTrace(digits), letter];
}
