// What is kept of a task's message, or why nothing is.
import '../elements/ob-json.js';
import { h } from '../lib/dom.js';
import { bytes } from '../lib/format.js';

const reasons = {
  NotKept: task => `Messages of ${task.kind} are not kept: the settings Outbox:Payloads say so, or it was enqueued before they did.`,
  TooLarge: (task, { bytes: size }) => `The message has ${bytes(size)}, which is more than is kept (Outbox:Payloads:MaxBytes).`,
  Sensitive: task => `Messages of ${task.kind} are marked as sensitive, so none is ever kept.`,
  Hidden: (task, payload, session) => `The key ${session.name} may not see messages (Access:Keys:…:Payloads).`,
  Gone: () => 'The message is past its retention.',
};

export function payloadCard(task, session) {
  const { payload } = task;
  if (!payload) return null;
  const isKept = payload.state === 'Kept';
  return h(
    'section',
    { class: 'card', key: 'payload' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', {}, 'Message'),
      isKept && payload.bytes ? h('span', { class: 'small muted' }, bytes(payload.bytes)) : null,
    ),
    h(
      'div',
      { class: 'card-body stack' },
      isKept
        ? h('ob-json', { value: payload.message })
        : h('p', { class: 'muted' }, (reasons[payload.state] ?? (() => 'The message is not shown.'))(task, payload, session)),
      payload.redacted?.length ? h('p', { class: 'small muted' }, `Redacted before it was stored: ${payload.redacted.join(', ')}.`) : null,
    ),
  );
}
