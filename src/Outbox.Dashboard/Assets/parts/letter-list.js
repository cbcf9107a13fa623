// Dead letters one by one: filtered, selected, decided. letterList(…) keeps their state; its draw() makes the card of it.
import '../elements/ob-filter.js';
import '../elements/ob-state.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { api } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { letterStates, shortSite, shortType, toLetterQuery } from '../lib/letters.js';
import { LiveList } from '../lib/live-list.js';
import { link, setQuery } from '../lib/router.js';
import { decideMany } from './letter-acts.js';
import { guessLetters, letterFields } from './letter-filter.js';
import { listFoot, listNews, selectionBar } from './list-parts.js';

export function letterList({ query: address, group, refused, signal, onchange, onchanged }) {
  let filter = Object.fromEntries(letterFields.map(({ name }) => [name, address[name]]).filter(([, value]) => value));
  let state = address.state ?? '';
  let selected = new Set();
  let isAll = false;
  let movesUntil = 0; // after an act of one's own, of which one wants to see the effect
  const search = { stop: null };
  let asked = {}; // by the time at which the list began: what is decided is of the same set
  const mayInsert = () => !selected.size && (Date.now() < movesUntil || scrollY < 60);
  let list = null;
  let leave = new AbortController();

  const start = () => {
    leave.abort();
    leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort(), { once: true });
    [selected, isAll] = [new Set(), false];
    asked = toLetterQuery({ ...filter, group });
    list = new LiveList({
      load: (after, stop) => api.get('/dead-letters', { ...asked, state, after }, { signal: stop }),
      signal: leave.signal,
      onchange,
      mayInsert,
    });
  };

  const change = changes => {
    ({ filter, state } = { filter, state, ...changes });
    setQuery({ ...(group ? {} : { view: 'letters' }), ...filter, state }, { push: true });
    start();
    onchange();
    list.read();
  };

  const decide = async action => {
    const chosen = (list.items ?? []).filter(letter => selected.has(letter.id));
    const isDone = await decideMany(action, {
      ...(isAll ? { filter: asked } : { ids: chosen.map(letter => letter.id) }),
      types: [...new Set(chosen.map(letter => letter.messageType ?? null))],
      queues: [...new Set((isAll ? (list.items ?? []) : chosen).map(letter => letter.queue))],
      measure: () =>
        isAll ? api.get('/dead-letters/count', asked, { signal }) : { count: chosen.length, isExact: true, sample: chosen.slice(0, 5) },
    });
    if (isDone) {
      [selected, isAll] = [new Set(), false];
      onchanged();
    }
  };

  const act = (action, picture) =>
    h(
      'button',
      {
        class: ['button small', action === 'Drop' && 'danger'],
        type: 'button',
        disabled: Boolean(refused),
        title: refused,
        onclick: () => decide(action),
      },
      icon(picture),
      `${action} …`,
    );

  const draw = () => {
    if (!list.items) [selected, isAll] = [new Set(), false]; // it is read anew: who knows whether they are there again
    return h(
      'section',
      { class: 'card', 'aria-label': 'Dead letters one by one', key: 'letters' },
      h(
        'div',
        { class: 'card-head letter-head' },
        h(
          'div',
          { class: 'segments', role: 'group', 'aria-label': 'State' },
          letterStates.map(([name, text]) =>
            h(
              'button',
              { type: 'button', key: text, 'aria-pressed': String(state === name), onclick: () => change({ state: name }) },
              text,
            ),
          ),
        ),
        h('ob-filter', {
          label: 'Filter dead letters',
          placeholder: 'Filter by queue, type, error … or paste an id',
          fields: letterFields,
          value: filter,
          guess: guessLetters,
          onfilter: value => change({ filter: value }),
        }),
      ),
      selected.size
        ? selectionBar({
            selected,
            isAll,
            refused,
            noun: 'dead letter',
            canAll: Object.keys(asked).length && list.items && selected.size >= list.items.length && list.next,
            onall: () => {
              isAll = true;
              onchange();
            },
            onclear: () => {
              selected = new Set();
              isAll = false;
              onchange();
            },
            acts: [act('Redrive', 'retrying'), act('Drop', 'trash')],
          })
        : null,
      listNews(list),
      h('ob-table', {
        class: 'letter-list',
        caption: 'Dead letters, newest first',
        columns: columns.filter(column => column.key !== 'state' || state),
        rows: list.items?.map(letter => (list.left.has(letter.id) ? { ...letter, hasLeft: true } : letter)) ?? null,
        look: letter => letter.hasLeft && 'is-left',
        error: list.error,
        onretry: () => list.restart(),
        href: letter => link('dead-letter', { id: letter.id }),
        ...(state
          ? {}
          : {
              selected,
              onselect: ids => {
                selected = ids;
                isAll = isAll && ids.size >= (list.items?.length ?? 0);
                onchange();
              },
            }),
        empty: list.next
          ? { heading: 'None found so far', text: 'There are older ones that have not been searched.', icon: 'search' }
          : Object.keys(filter).length
            ? { heading: 'No dead letter matches', text: 'Remove a part of the filter to see more.', icon: 'search' }
            : {
                heading: state ? `None was ${state.toLowerCase()}` : 'No dead letters wait',
                text: state
                  ? 'Those past their retention are gone.'
                  : 'A message whose attempts have all failed waits here for a decision.',
              },
      }),
      list.items?.length || list.next ? listFoot(list, search, 'dead letter', 'deadAt') : null,
    );
  };

  start();
  return {
    draw,
    // What somebody has decided may stand anywhere in what is shown; else the newest are enough.
    read: () => list.read({ isWhole: Date.now() < movesUntil }),
    /** Somebody has decided about letters, here or beside the list: it may move for a moment, wherever one is. */
    letMove: () => {
      movesUntil = Date.now() + 10_000;
    },
    query: () => ({ ...asked, state }),
  };
}

const columns = [
  {
    key: 'error',
    title: 'Error',
    isHead: true,
    class: 'letter-cell',
    cell: letter => [
      h(
        'div',
        { class: 'row' },
        h('a', { href: link('dead-letter', { id: letter.id }) }, shortType(letter)),
        letter.hasLeft ? h('span', { class: 'small muted nowrap' }, 'no longer matches') : null,
        letter.throwSite ? h('span', { class: 'mono small muted truncate', title: letter.throwSite }, shortSite(letter.throwSite)) : null,
      ),
      letter.error ? h('div', { class: 'small muted clamp', title: letter.error }, letter.error) : null,
    ],
  },
  { key: 'state', title: 'State', cell: letter => h('span', { class: 'badge' }, letter.state) },
  {
    key: 'type',
    title: 'Message',
    class: 'not-in-card',
    cell: letter => (letter.messageType ? h('span', { title: letter.messageType }, letter.messageType.split(/[.:]/).at(-1)) : '–'),
  },
  {
    key: 'queue',
    title: 'Queue',
    class: 'queue-cell',
    cell: letter => h('a', { href: link('queue', { name: letter.queue }) }, letter.queue),
  },
  { key: 'dead', title: 'Dead-lettered', align: 'end', cell: letter => h('ob-time', { datetime: letter.deadAt }) },
];
