// Dead letters: in groups by exception and throw site, or one by one with a filter; the address of a group shows its letters.
import '../elements/ob-bulk.js';
import '../elements/ob-copy.js';
import '../elements/ob-empty.js';
import '../elements/ob-error.js';
import { at, readPages } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { atLeast } from '../lib/format.js';
import { newest } from '../lib/newest.js';
import { link, setQuery } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { groupCard } from '../parts/letter-group.js';
import { letterList } from '../parts/letter-list.js';
import { letterFields } from '../parts/letter-filter.js';
import { onLetterNews } from '../parts/letter-news.js';

styled(import.meta.url);

export const title = params => (params.id ? 'Group of dead letters' : 'Dead letters');

export function page(context) {
  const { api, overview, params, query, signal } = context;
  const root = h('div', { class: 'page letters' });
  const refused = readOnly();
  const hasFilter = letterFields.some(({ name }) => query[name]) || query.state;
  let view = params.id || query.view === 'letters' || hasFilter ? 'letters' : 'groups';
  let groups = null;
  let next = null;
  let error = null;
  let isBusy = false;
  let totals = null;
  let least = 1;
  const begin = newest();

  const list = letterList({ ...context, group: params.id, refused, onchange: () => draw(), onchanged: () => decided() });

  /** Reads as many groups as are shown, or with `isMore` a page more. */
  const read = async ({ isMore = false } = {}) => {
    const isNewest = begin();
    least = isMore ? groups.length + 1 : least;
    isBusy ||= isMore;
    draw();
    try {
      const answer = params.id
        ? { items: [await api.get(at`/dead-letter-groups/${params.id}`, {}, { signal })], next: null }
        : await readPages(api, '/dead-letter-groups', { least, signal });
      if (!isNewest()) return;
      ({ items: groups, next } = answer);
      error = null;
    } catch (problem) {
      if (problem.name === 'AbortError' || !isNewest()) return;
      // Of a group whose letters are all decided nothing but its letters is left.
      if (params.id && problem.status === 404) [groups, error] = [[], null];
      else error = problem;
    }

    isBusy = false;
    draw();
  };

  const readAll = () => {
    if (view === 'groups' || params.id) read();
    if (view === 'letters') list.read();
  };

  const decided = () => {
    list.letMove();
    readAll();
  };

  const show = chosen => {
    view = chosen;
    setQuery(chosen === 'letters' ? { view: 'letters' } : {}, { push: true });
    draw();
    readAll();
  };

  const head = () =>
    params.id
      ? h(
          'div',
          { class: 'page-head' },
          h(
            'div',
            {},
            h('p', { class: 'small' }, h('a', { href: link('dead-letters') }, 'All groups')),
            h('h1', {}, 'Group of dead letters'),
          ),
          curl(at`/dead-letter-groups/${params.id}`),
        )
      : h(
          'div',
          { class: 'page-head' },
          h('div', {}, h('h1', {}, 'Dead letters'), totals && h('p', {}, waiting(totals))),
          h(
            'div',
            { class: 'segments', role: 'group', 'aria-label': 'View' },
            [
              ['groups', 'Groups'],
              ['letters', 'One by one'],
            ].map(([name, text]) =>
              h('button', { type: 'button', key: name, 'aria-pressed': String(view === name), onclick: () => show(name) }, text),
            ),
          ),
          curl(view === 'groups' ? '/dead-letter-groups' : '/dead-letters', view === 'groups' ? {} : list.query()),
        );

  const curl = (path, asked) => h('ob-copy', { curl: true, text: () => api.curl('GET', path, undefined, asked) });

  const shownGroups = () => {
    if (error && !groups) return h('ob-error', { error, onretry: () => read() });
    if (!groups) return h('div', { class: 'card letters-loading muted', 'aria-busy': 'true' }, 'Loading …');
    if (!groups.length && !params.id)
      return h(
        'div',
        { class: 'card' },
        h('ob-empty', {
          heading: 'No dead letters',
          text: 'A message whose attempts have all failed waits here for a decision.',
          icon: 'succeeded',
        }),
      );
    if (!groups.length)
      return h(
        'div',
        { class: 'note good' },
        h('p', {}, 'No dead letter of this group waits for a decision. Those that were decided are below, until their retention ends.'),
      );
    return [
      error && h('ob-error', { error, onretry: () => read() }),
      groups.map(group => groupCard(group, { refused, onchanged: decided, isOpen: Boolean(params.id), signal })),
      next &&
        h(
          'div',
          { class: 'letters-more' },
          h(
            'button',
            { class: 'button', type: 'button', disabled: isBusy, onclick: () => read({ isMore: true }) },
            isBusy ? 'Loading …' : 'More groups',
          ),
        ),
    ];
  };

  const draw = () =>
    render(root, [
      head(),
      refused ? h('p', { class: 'small muted' }, refused) : null,
      h('ob-bulk', { subject: 'DeadLetters', onended: decided }),
      view === 'groups' || params.id ? h('div', { class: 'stack' }, shownGroups()) : null,
      view === 'letters' ? list.draw() : null,
    ]);

  draw();
  overview.follow(value => {
    totals = value?.totals ?? totals;
    draw();
  }, signal);
  onLetterNews(context, readAll);
  return root;
}

const waiting = ({ deadLetters, deadLettersAreCapped }) =>
  deadLetters
    ? `${atLeast(deadLetters, deadLettersAreCapped)} ${deadLetters === 1 ? 'message waits' : 'messages wait'} for a decision`
    : 'None waits for a decision';
