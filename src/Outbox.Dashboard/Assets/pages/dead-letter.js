// One dead letter: what was thrown, its message, headers and stack trace; redriven as it was or edited, to its queue or another, or dropped.
import '../elements/ob-copy.js';
import '../elements/ob-diff.js';
import '../elements/ob-error.js';
import '../elements/ob-json.js';
import '../elements/ob-time.js';
import { at } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { bytes, shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { parse } from '../lib/json.js';
import { messageOf, reasons, shortType } from '../lib/letters.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { absolute, clock, day } from '../lib/time.js';
import { actButton } from '../parts/act-button.js';
import { dropOne, redriveOne } from '../parts/letter-acts.js';

styled(import.meta.url);

export const title = params => `Dead letter ${shortId(params.id)}`;

export function page(context) {
  const { api, overview, params, session, signal, setTitle } = context;
  const path = at`/dead-letters/${params.id}`;
  const root = h('div', { class: 'page letter' });
  const refused = readOnly();
  let details = null;
  let error = null;
  let isWhole = false;
  let total = null;

  const read = async () => {
    error = null;
    try {
      details = await api.get(path, {}, { signal });
      setTitle(`${shortType(details.deadLetter)} ${shortId(params.id)}`);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      error = problem;
    }

    draw();
  };

  const draw = () =>
    render(
      root,
      details
        ? content(details)
        : [
            // The heading stays the same element, and keeps the focus, when the letter is there.
            h(
              'div',
              { class: 'page-head' },
              h(
                'div',
                { class: 'letter-title' },
                h('p', { class: 'small' }, h('a', { href: link('dead-letters') }, 'All dead letters')),
                h('div', { class: 'row' }, h('h1', {}, `Dead letter ${shortId(params.id)}`)),
              ),
            ),
            error
              ? h('ob-error', { error, onretry: error.status === 404 ? null : read })
              : h('div', { class: 'card letter-loading muted', 'aria-busy': 'true' }, 'Loading …'),
          ],
    );

  const content = ({ deadLetter: letter, headers, contentType, body, bodyState, redacted, editedBody, stackTrace }) => {
    const isShown = typeof body === 'string';
    const message = isShown ? messageOf(body) : null;
    return [
      h(
        'div',
        { class: 'page-head' },
        h(
          'div',
          { class: 'letter-title' },
          h('p', { class: 'small' }, h('a', { href: link('dead-letter-group', { id: letter.groupId }) }, 'Its group')),
          h(
            'div',
            { class: 'row' },
            h('h1', {}, shortType(letter)),
            h(
              'span',
              { class: ['badge', letter.state === 'Dead' && 'bad'] },
              letter.state === 'Dead' ? 'Waits for a decision' : letter.state,
            ),
          ),
          h(
            'div',
            { class: 'row small muted' },
            h('span', { class: 'mono letter-id' }, letter.id),
            h('ob-copy', { text: letter.id, label: 'Copy the id' }),
          ),
        ),
        h('div', { class: 'row' }, acts(letter, body, message), h('ob-copy', { curl: true, text: () => api.curl('GET', path) })),
      ),
      refused ? h('p', { class: 'small muted' }, refused) : null,
      error ? h('ob-error', { error, onretry: read }) : null,
      h(
        'div',
        { class: ['note', letter.state === 'Dead' ? 'bad' : ''] },
        icon(letter.state === 'Dead' ? 'critical' : 'info'),
        h(
          'div',
          { class: 'stack letter-why' },
          h('p', { class: 'letter-error' }, letter.error ?? reasons[letter.reason]),
          letter.throwSite ? h('p', { class: 'mono small' }, `at ${letter.throwSite}`) : null,
          letter.error ? h('p', { class: 'small muted' }, `${reasons[letter.reason]}.`) : null,
          letter.endedAt
            ? h(
                'p',
                { class: 'small' },
                `${letter.state} `,
                h('ob-time', { datetime: letter.endedAt, mode: 'full' }),
                '. ',
                h('a', { href: auditOf(letter, editedBody) }, 'Who did it stands in the audit'),
              )
            : null,
        ),
      ),
      h(
        'div',
        { class: 'letter-columns' },
        h(
          'div',
          { class: 'stack' },
          isShown ? messageCard(body, message, contentType, redacted) : hiddenCard(bodyState),
          editedCard(body, message, editedBody),
          stackCard(stackTrace, letter),
        ),
        h('div', { class: 'stack' }, facts(letter, contentType, body), headersCard(headers)),
      ),
    ];
  };

  const acts = (letter, body, message) => {
    const reason = refused ?? (letter.state === 'Dead' ? null : `It is ${letter.state} already.`);
    const then = act => act.then(isDone => isDone && read());
    return [
      actButton('Redrive …', { picture: 'retrying', reason, run: () => then(redriveOne(letter, body, message)) }),
      actButton('Drop …', { picture: 'trash', reason, isDangerous: true, run: () => then(dropOne(letter)) }),
    ];
  };

  const hiddenCard = state =>
    h(
      'section',
      { class: 'card', key: 'message' },
      h('div', { class: 'card-head' }, h('h2', {}, 'Body')),
      h(
        'p',
        { class: 'card-body muted' },
        state === 'Sensitive'
          ? 'Messages of this type are marked as sensitive, so its body is not shown.'
          : session.seesPayloads
            ? 'Hidden: what is redacted in messages of this type cannot be found in this body.'
            : `Hidden: the key ${session.name} may not see messages (Access:Keys:…:Payloads).`,
      ),
    );

  const messageCard = (body, message, contentType, redacted) =>
    h(
      'section',
      { class: 'card', key: 'message' },
      h(
        'div',
        { class: 'card-head' },
        h('h2', {}, message && !isWhole ? 'Message' : 'Body'),
        message
          ? h(
              'div',
              { class: 'segments', role: 'group', 'aria-label': 'What is shown' },
              [
                [false, 'Message'],
                [true, 'Whole body'],
              ].map(([whole, text]) =>
                h(
                  'button',
                  {
                    type: 'button',
                    key: text,
                    'aria-pressed': String(isWhole === whole),
                    onclick: () => {
                      isWhole = whole;
                      draw();
                    },
                  },
                  text,
                ),
              ),
            )
          : null,
      ),
      h(
        'div',
        { class: 'card-body stack' },
        message
          ? h('ob-json', { value: isWhole ? parse(body) : message, key: String(isWhole) })
          : h('pre', { class: 'letter-raw', tabindex: 0 }, body || '(empty)'),
        message
          ? null
          : h('p', { class: 'small muted' }, `It cannot be read as a message (${contentType}); an edit replaces the whole body.`),
        redacted?.length
          ? h('p', { class: 'small muted' }, `Redacted: ${redacted.join(', ')}. An edit that leaves "[redacted]" keeps the value.`)
          : null,
        refused ? h('p', { class: 'small muted' }, 'E-mail addresses are redacted for keys that may only read.') : null,
      ),
    );

  const editedCard = (body, message, edited) => {
    if (typeof edited !== 'string' || typeof body !== 'string') return null;
    const pretty = (text, value) => (value ? JSON.stringify(value, null, 2) : text);
    const [before, after] = [pretty(body, message), pretty(edited, messageOf(edited))];
    if (before === after) return null; // only the address has changed: a redrive to another queue
    return h(
      'section',
      { class: 'card', key: 'edited' },
      h('div', { class: 'card-head' }, h('h2', {}, 'What the redrive sent instead')),
      h('div', { class: 'card-body' }, h('ob-diff', { before, after })),
    );
  };

  const stackCard = (trace, letter) =>
    trace || (refused && letter.exceptionType)
      ? h(
          'section',
          { class: 'card', key: 'stack' },
          h(
            'div',
            { class: 'card-head' },
            h('h2', {}, 'Stack trace'),
            trace ? h('ob-copy', { text: trace, label: 'Copy the stack trace' }) : null,
          ),
          h(
            'div',
            { class: 'card-body' },
            trace
              ? h(
                  'pre',
                  { class: 'letter-stack', tabindex: 0, role: 'region', 'aria-label': 'Stack trace' },
                  trace
                    .split('\n')
                    .map(line =>
                      h('span', { class: /^\s*at (System|Microsoft|MassTransit|Npgsql)\./.test(line) ? 'muted' : null }, `${line}\n`),
                    ),
                )
              : h('p', { class: 'muted' }, 'Stack traces need a key of the role operate.'),
          ),
        )
      : null;

  const headersCard = headers => {
    const all = Object.entries(headers ?? {}).filter(([name]) => name !== 'MT-Fault-StackTrace');
    return all.length
      ? h(
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
        )
      : null;
  };

  read();
  overview.follow(value => {
    if (!value) return;
    const { totals } = value;
    if (total !== null && total !== totals.deadLetters && details?.deadLetter.state === 'Dead') read();
    total = totals.deadLetters;
  }, signal);
  draw();
  return root;
}

/** An act on many has one entry for all of them: it is found by the time and the action. */
function auditOf({ state, endedAt }, editedBody) {
  const minute = time => `${day(time)}T${clock(time, false)}`;
  const action = state === 'Dropped' ? 'dead-letter.drop' : editedBody ? 'dead-letter.edit-and-redrive' : 'dead-letter.redrive';
  return link('audit', {}, { action, from: minute(endedAt), before: minute(new Date(Date.parse(endedAt) + 60_000)) });
}

function facts(letter, contentType, body) {
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
