// One dead letter: what was thrown, its message, headers and stack trace; redriven as it was or edited, to its queue or another, or dropped.
import '../elements/ob-copy.js';
import '../elements/ob-error.js';
import { at } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { shortType } from '../lib/letters.js';
import { newest } from '../lib/newest.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { dropOne } from '../parts/letter-acts.js';
import { factsCard, headersCard, stackCard } from '../parts/letter-facts.js';
import { editedCard, hiddenCard, messageCard } from '../parts/letter-message.js';
import { onLetterNews } from '../parts/letter-news.js';
import { letterWhy } from '../parts/letter-why.js';
import { pageHead } from '../parts/page-head.js';
import { redriveOne } from '../parts/redrive-dialog.js';

styled(import.meta.url);

export const title = params => `Dead letter ${shortId(params.id)}`;

export function page(context) {
  const { api, params, session, signal, setTitle } = context;
  const path = at`/dead-letters/${params.id}`;
  const root = h('div', { class: 'page letter' });
  const refused = readOnly();
  let details = null;
  let error = null;
  let isWhole = false;
  const begin = newest();

  const read = async () => {
    const isNewest = begin();
    try {
      const answer = await api.get(path, {}, { signal });
      if (!isNewest()) return;
      [details, error] = [answer, null];
      setTitle(`${shortType(details.deadLetter)} ${shortId(params.id)}`);
    } catch (problem) {
      if (problem.name === 'AbortError' || !isNewest()) return;
      error = problem;
    }

    draw();
  };

  const onwhole = whole => {
    isWhole = whole;
    draw();
  };

  const draw = () => render(root, details ? content() : waiting());

  // The heading stays the same element, and keeps the focus, when the letter is there.
  const waiting = () => [
    pageHead({
      up: ['All dead letters', link('dead-letters')],
      title: `Dead letter ${shortId(params.id)}`,
      curl: () => api.curl('GET', path),
    }),
    error
      ? h('ob-error', { error, onretry: error.status === 404 ? null : read })
      : h('div', { class: 'card letter-loading muted', 'aria-busy': 'true' }, 'Loading …'),
  ];

  const content = () => [
    head(details.deadLetter),
    error ? h('ob-error', { error, onretry: read }) : null,
    letterWhy(details),
    h(
      'div',
      { class: 'letter-columns' },
      h(
        'div',
        { class: 'stack' },
        typeof details.body === 'string' ? messageCard(details, { isWhole, onwhole, refused }) : hiddenCard(details.bodyState, session),
        editedCard(details),
        stackCard(details, refused),
      ),
      h('div', { class: 'stack' }, factsCard(details), headersCard(details)),
    ),
  ];

  const head = letter =>
    pageHead({
      up: ['Its group', link('dead-letter-group', { id: letter.groupId })],
      title: shortType(letter),
      state: h(
        'span',
        { class: ['badge', letter.state === 'Dead' && 'bad'] },
        letter.state === 'Dead' ? 'Waits for a decision' : letter.state,
      ),
      lines: h(
        'div',
        { class: 'row small muted' },
        h('span', { class: 'mono letter-id' }, letter.id),
        h('ob-copy', { text: letter.id, label: 'Copy the id' }),
      ),
      acts: acts(letter),
      reason: refused,
      curl: () => api.curl('GET', path),
    });

  const acts = letter => {
    const reason = letter.state === 'Dead' ? null : `It is ${letter.state} already.`;
    const then = act => act.then(isDone => isDone && read());
    return [
      { text: 'Redrive', icon: 'retrying', reason, onclick: () => then(redriveOne(details)) },
      { text: 'Drop', icon: 'trash', reason, isDangerous: true, onclick: () => then(dropOne(letter)) },
    ];
  };

  draw();
  // One that is decided stays so.
  onLetterNews(context, () => (!details || details.deadLetter.state === 'Dead' ? read() : null));
  return root;
}
