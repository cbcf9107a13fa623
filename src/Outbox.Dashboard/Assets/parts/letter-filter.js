// The fields of the filter of dead letters.
import { understand } from '../lib/filter.js';
import { shortId } from '../lib/format.js';
import { reasons } from '../lib/letters.js';
import { navigate } from '../lib/router.js';
import { suggest, time } from './task-filter.js';

export const letterFields = [
  { name: 'queue', text: 'Queue', hint: 'to which it was sent', suggest: suggest('queue') },
  { name: 'type', text: 'Message type', hint: 'its full name' },
  {
    name: 'reason',
    text: 'Reason',
    hint: 'why it is one',
    values: Object.keys(reasons),
    check: value => Object.keys(reasons).find(name => name.toLowerCase() === value.toLowerCase()) ?? null,
    wrong: `choose from ${Object.keys(reasons).join(', ')}.`,
  },
  { name: 'error', text: 'Error', hint: 'a part of it' },
  { name: 'from', text: 'Dead-lettered from', hint: 'such as 1h or today', ...time },
  { name: 'before', text: 'Dead-lettered before', hint: 'such as 1h or 14:30', ...time },
  { name: 'task', text: 'Task', hint: 'its id', check: value => understand(value).id ?? null, wrong: 'write the id of a task.' },
];

export function guessLetters(text) {
  const { id } = understand(text);
  if (!id) return [{ field: 'error', value: text, text: `“${text}”`, hint: 'in the error', isLast: true }];
  return [
    { text: `Open dead letter ${shortId(id)}`, hint: id, onpick: () => navigate('dead-letter', { id }) },
    { field: 'task', value: id, text: id, hint: 'of this task' },
  ];
}
