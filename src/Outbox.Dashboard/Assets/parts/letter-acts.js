// What can be done with dead letters: one, some, a group, or all that match a filter; to their own queue or another one.
import '../elements/ob-state.js';
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, at } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { plural, shortId } from '../lib/format.js';
import { link } from '../lib/router.js';
import { shortType } from '../lib/letters.js';
import { askMany } from './bulk.js';

/** The types that are asked about, one request each. */
const MaxTypes = 5;

const successors = many => ({
  name: 'successors',
  label: `The tasks that wait for ${many ? 'theirs' : 'its task'}`,
  options: [
    ['Cancel', 'are cancelled'],
    ['Keep', 'stay, and are blocked'],
  ],
  value: 'Cancel',
});

/**
 * To which queue: `queues` are those that take the message, all of them or with `isAll` false some, and `own` those that it was, or they
 * were, sent to; none where they are not all known.
 */
export function toQueue(queues, own, isAll = true) {
  const others = queues.filter(name => own.length !== 1 || name !== own[0]);
  return {
    name: 'queue',
    label: 'To the queue',
    options: [['', own.length === 1 ? `its own (${own[0]})` : 'the queue of each'], ...others.map(name => [name, name])],
    value: '',
    hint: !isAll
      ? 'Some queues with a consumer for them; there may be others.'
      : others.length
        ? 'Queues with a consumer for it.'
        : 'No other queue has a consumer for it.',
  };
}

/** What toQueue is given: the queues that take at least one of them, those of a filter, or of the types of some, where null stands for those without a type. */
async function takers({ filter, types }, own) {
  const asked = filter ? [filter] : types.slice(0, MaxTypes).map(messageType => (messageType ? { messageType } : {}));
  const found = await Promise.all(asked.map(query => api.get('/dead-letters/queues', query)));
  return [[...new Set(found.flatMap(({ items }) => items))].sort(), own, Boolean(filter) || asked.length === types.length];
}

/** What is asked for is `{ ids, types }` or `{ filter }`, with `measure()` and the `queues` that they are of. */
export async function decideMany(action, { ids, filter, types = [], measure, queues = [] }) {
  const isDrop = action === 'Drop';
  return askMany({
    path: '/dead-letters/bulk',
    action,
    ids,
    filter,
    measure,
    fields: isDrop ? [successors(true)] : async () => [toQueue(...(await takers({ filter, types }, queues)))],
    describe: letter => [
      h('span', { class: 'truncate' }, letter.messageType ?? shortType(letter)),
      h('span', { class: 'small muted truncate' }, letter.error),
      h('span', { class: 'small muted' }, letter.queue),
    ],
    words: isDrop
      ? {
          noun: 'dead letter',
          act: 'Drop',
          done: 'dropped',
          isDangerous: true,
          text: 'They are decided as not done: their tasks stay Failed. They stay readable until their retention ends.',
        }
      : {
          noun: 'dead letter',
          act: 'Redrive',
          done: 'redriven',
          text: 'They are sent again as they were, and have all of their attempts again. To another queue, messages of types that it does not take are skipped, and those of tasks with several consumers.',
        },
  });
}

/** Says what was done, with a link to its audit entry. */
export const said = (text, id) => toast(text, { kind: 'good', href: link('audit', {}, { target: id }), linkText: 'Audit' });

export const dropOne = letter =>
  ask({
    title: `Drop ${shortType(letter)} ${shortId(letter.id)}?`,
    text: 'It is decided as not done: its task stays Failed. It stays readable until its retention ends.',
    curl: values => api.curl('POST', at`/dead-letters/${letter.id}/drop`, undefined, values),
    fields: letter.taskId ? [successors(false)] : [],
    action: 'Drop it',
    dismiss: 'Keep it',
    isDangerous: true,
    act: async values => {
      const { count } = await api.post(at`/dead-letters/${letter.id}/drop`, undefined, { query: values });
      said(count ? 'Dropped.' : 'It had been dropped before.', letter.id);
    },
  });

/** Writes, changes or deletes the note of a group. */
export const editNote = group => {
  // Only over the note that was shown: another one has been written by somebody else meanwhile.
  const body = ({ text }) => ({ text: text.trim(), replaces: group.note?.at ?? null });
  return ask({
    title: 'Note on this group',
    text: `${plural(group.count, 'dead letter')} of ${shortType(group)}. Everybody who looks at the group sees it.`,
    fields: [
      {
        name: 'text',
        label: 'Note',
        type: 'textarea',
        value: group.note?.text ?? '',
        maxlength: 2000,
        hint: 'What is known, who looks after it, what to do. An empty one deletes it.',
      },
    ],
    curl: values => api.curl('PUT', at`/dead-letter-groups/${group.groupId}/note`, body(values)),
    action: 'Save the note',
    act: async values => {
      await api.put(at`/dead-letter-groups/${group.groupId}/note`, body(values));
      said(values.text.trim() ? 'Note saved.' : 'Note deleted.', group.groupId);
    },
  });
};
