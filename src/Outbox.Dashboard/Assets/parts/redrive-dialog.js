// Redrives one dead letter: as it was or edited, to its queue or another that takes it.
import '../elements/ob-edit.js';
import { ask } from '../elements/ob-dialog.js';
import { api, at, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { parse } from '../lib/json.js';
import { messageOf, shortType } from '../lib/letters.js';
import { said, toQueue } from './letter-acts.js';

/** Only a JSON body of a type that this process knows is checked. */
const notChecked = (type, isJson) => ({
  name: 'unchecked',
  label: isJson
    ? `This process does not know the type${type ? ` ${type}` : ''}, so it cannot check an edit`
    : 'The body is not a message in JSON, so an edit cannot be checked',
  options: [
    ['', 'An edit is refused'],
    ['true', 'An edit is sent unchecked'],
  ],
  value: '',
});

const kept = redacted => `Values of ${redacted.join(', ')} are redacted: "[redacted]" that is left in its place keeps the value.`;

/** `details` is what GET /dead-letters/{id} answers. */
export async function redriveOne({ deadLetter: letter, body, redacted, isTypeKnown, queues }) {
  let edit = { isChanged: false, error: null };
  const isShown = typeof body === 'string';
  const message = isShown ? messageOf(body) : null;
  const isJson = message !== null;
  const isChecked = isShown && isJson && isTypeKnown;
  // Nobody edits what they may not see; it is sent again as it was.
  const editor =
    isShown &&
    h('ob-edit', {
      text: isJson ? JSON.stringify(message, null, 2) : body,
      isJson,
      label: isJson ? 'The message' : 'The body, which is not a readable envelope',
      onedit: value => {
        edit = value;
      },
    });
  const path = at`/dead-letters/${letter.id}/redrive`;
  const send = once(path);
  const request = ({ queue, unchecked }) => {
    const edited = isJson ? { message: parse(edit.text ?? 'null') } : { body: edit.text };
    const sent = { ...(queue ? { queue } : {}), ...(edit.isChanged ? { ...edited, ...(unchecked ? { unchecked: true } : {}) } : {}) };
    return Object.keys(sent).length ? sent : undefined;
  };
  return ask({
    title: `Redrive ${shortType(letter)} ${shortId(letter.id)}?`,
    text: [
      'It is sent again, and has all of its attempts again. The dead letter is kept with what was sent.',
      isChecked && 'An edit is checked as the type of the message.',
      editor && redacted?.length && kept(redacted),
    ]
      .filter(Boolean)
      .join(' '),
    content: editor,
    curl: values => api.curl('POST', path, request(values)),
    fields: [...(editor && !isChecked ? [notChecked(letter.messageType, isJson)] : []), toQueue(queues, [letter.queue])],
    action: 'Redrive',
    isWide: Boolean(editor),
    act: async values => {
      if (edit.error) throw new Error(edit.error);
      const { count } = await send(request(values));
      said(
        count
          ? `Redriven${edit.isChanged ? ', edited' : ''}${values.queue ? `, to ${values.queue}` : ''}.`
          : 'It had been redriven before.',
        letter.id,
      );
    },
  });
}
