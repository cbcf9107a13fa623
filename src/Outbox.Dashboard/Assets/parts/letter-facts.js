// What stands beside the message of a dead letter: its facts, its headers and its stack trace.
import '../elements/ob-copy.js';
import '../elements/ob-time.js';
import { h } from '../lib/dom.js';
import { bytes, shortId } from '../lib/format.js';
import { link } from '../lib/router.js';
import { absolute } from '../lib/time.js';

export function factsCard({ deadLetter: letter, contentType, body }) {
  const fact = (name, value) => (value ? [h('dt', {}, name), h('dd', {}, value)] : null);
  return h(
    'section',
    { class: 'card', 'aria-label': 'Facts', key: 'facts' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Facts')),
    h(
      'dl',
      { class: 'facts card-body' },
      fact('Task', letter.taskId && h('a', { class: 'mono', href: link('task', { id: letter.taskId }) }, shortId(letter.taskId))),
      fact('Queue', h('a', { href: link('queue', { name: letter.queue }) }, letter.queue)),
      fact('Type', letter.messageType),
      fact('Exception', letter.exceptionType),
      fact('Reason', letter.reason),
      fact('Dead-lettered', [
        h('span', { class: 'number' }, absolute(letter.deadAt)),
        h('ob-time', { class: 'small muted letter-ago', datetime: letter.deadAt }),
      ]),
      fact('Message id', letter.messageId && h('span', { class: 'mono' }, letter.messageId)),
      fact('Content type', contentType),
      fact('Body', typeof body === 'string' && bytes(new Blob([body]).size)),
    ),
  );
}

export function headersCard({ headers }) {
  const all = Object.entries(headers ?? {}).filter(([name]) => name !== 'MT-Fault-StackTrace');
  if (!all.length) return null;
  return h(
    'section',
    { class: 'card', key: 'headers' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Headers')),
    h(
      'dl',
      { class: 'card-body letter-headers' },
      all.map(([name, value]) => [
        h('dt', { class: 'small muted' }, name),
        h('dd', { class: 'mono' }, typeof value === 'string' ? value : JSON.stringify(value)),
      ]),
    ),
  );
}

/** `refused` is why the caller may not act: who may not, sees no stack trace either. */
export function stackCard({ stackTrace, deadLetter: letter }, refused) {
  if (!stackTrace && !(refused && letter.exceptionType)) return null;
  return h(
    'section',
    { class: 'card', key: 'stack' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', {}, 'Stack trace'),
      stackTrace ? h('ob-copy', { text: stackTrace, label: 'Copy the stack trace' }) : null,
    ),
    h(
      'div',
      { class: 'card-body' },
      stackTrace ? trace(stackTrace) : h('p', { class: 'muted' }, 'Stack traces need a key of the role operate.'),
    ),
  );
}

const trace = text =>
  h(
    'pre',
    { class: 'letter-stack', tabindex: 0, role: 'region', 'aria-label': 'Stack trace' },
    text
      .split('\n')
      .map(line => h('span', { class: /^\s*at (System|Microsoft|MassTransit|Npgsql)\./.test(line) ? 'muted' : null }, `${line}\n`)),
  );
