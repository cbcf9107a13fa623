// What can be done with dead letters: one, some, a group, or all that match a filter; to their own queue or another one.
import '../elements/ob-edit.js';
import '../elements/ob-state.js';
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, at, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { plural, shortId } from '../lib/format.js';
import { parse } from '../lib/json.js';
import { link } from '../lib/router.js';
import { shortType } from '../lib/letters.js';
import { askMany } from './bulk.js';

const successors = many => ({
  name: 'successors',
  label: `The tasks that wait for ${many ? 'theirs' : 'its task'}`,
  options: [
    ['Cancel', 'are cancelled'],
    ['Keep', 'stay, and are blocked'],
  ],
  value: 'Cancel',
});

async function otherQueue(own) {
  const { items } = await api.get('/queues', { limit: 200 });
  const names = items.map(queue => queue.name).filter(name => own.length !== 1 || name !== own[0]);
  return {
    name: 'queue',
    label: 'To the queue',
    options: [['', own.length === 1 ? `its own (${own[0]})` : 'the queue of each'], ...names.map(name => [name, name])],
    value: '',
  };
}

/** `scope` is `{ ids }` or `{ filter }`, with `measure()` and the `queues` that they are of. */
export async function decideMany(action, { ids, filter, measure, queues = [] }) {
  const isDrop = action === 'Drop';
  return askMany({
    path: '/dead-letters/bulk',
    action,
    ids,
    filter,
    measure,
    fields: [isDrop ? successors(true) : await otherQueue(queues)],
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
          text: 'They are sent again as they were, and have all of their attempts again. To another queue, messages of tasks with several consumers are skipped.',
        },
  });
}

const done = (text, id) => toast(text, { kind: 'good', href: link('audit', {}, { target: id }), linkText: 'Audit' });

/** Redrives one letter as it was or edited. `message` is what its envelope holds, or null if it cannot be read; `body` is null if it is not shown. */
export async function redriveOne(letter, body, message) {
  let edit = { isChanged: false, error: null };
  const isJson = message !== null;
  const text = isJson ? JSON.stringify(message, null, 2) : body;
  // Nobody edits what they may not see; it is sent again as it was.
  const editor =
    typeof body === 'string' &&
    h('ob-edit', {
      text,
      isJson,
      label: isJson ? 'The message' : 'The body, which is not a readable envelope',
      onedit: value => {
        edit = value;
      },
    });
  const path = at`/dead-letters/${letter.id}/redrive`;
  const send = once(path);
  const request = queue => {
    const sent = { ...(queue ? { queue } : {}), ...(!edit.isChanged ? {} : isJson ? { message: parse(edit.text) } : { body: edit.text }) };
    return Object.keys(sent).length ? sent : undefined;
  };
  return ask({
    title: `Redrive ${shortType(letter)} ${shortId(letter.id)}?`,
    text: 'It is sent again, and has all of its attempts again. The dead letter is kept with what was sent.',
    content: editor,
    curl: ({ queue }) => api.curl('POST', path, request(queue)),
    fields: [await otherQueue([letter.queue])],
    action: 'Redrive',
    isWide: Boolean(editor),
    act: async ({ queue }) => {
      if (edit.error) throw new Error(edit.error);
      const { count } = await send(request(queue));
      done(
        count ? `Redriven${edit.isChanged ? ', edited' : ''}${queue ? `, to ${queue}` : ''}.` : 'It had been redriven before.',
        letter.id,
      );
    },
  });
}

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
      done(count ? 'Dropped.' : 'It had been dropped before.', letter.id);
    },
  });

/** Writes, changes or deletes the note of a group. */
export const editNote = group =>
  ask({
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
    curl: ({ text }) => api.curl('PUT', at`/dead-letter-groups/${group.groupId}/note`, { text: text.trim() }),
    action: 'Save the note',
    act: async ({ text }) => {
      // Only over the note that was shown: another one has been written by somebody else meanwhile.
      await api.put(at`/dead-letter-groups/${group.groupId}/note`, { text: text.trim(), replaces: group.note?.at ?? null });
      done(text.trim() ? 'Note saved.' : 'Note deleted.', group.groupId);
    },
  });
