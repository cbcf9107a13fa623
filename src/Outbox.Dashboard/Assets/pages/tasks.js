// Tasks: the newest live, filtered; acts on some of them, or on all that match.
import '../elements/ob-bulk.js';
import '../elements/ob-copy.js';
import '../elements/ob-filter.js';
import '../elements/ob-table.js';
import { h, render, styled } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { link, setQuery } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { toQuery } from '../lib/tasks.js';
import { followTasks, noTasks } from '../parts/followed-tasks.js';
import { listFoot, listNews, selectionBar } from '../parts/list-parts.js';
import { manyTasks } from '../parts/many-tasks.js';
import { stateStrip } from '../parts/state-strip.js';
import { taskColumns } from '../parts/task-columns.js';
import { guessTasks, taskFields } from '../parts/task-filter.js';

styled(import.meta.url);

export const title = 'Tasks';

export function page(context) {
  const { api, live, overview, signal } = context;
  const root = h('div', { class: 'page tasks' });
  let filter = Object.fromEntries(taskFields.map(({ name }) => [name, context.query[name]]).filter(([, value]) => value));
  let selected = new Set();
  let isAll = false;
  let isPaused = false;
  let movesUntil = 0; // after an act of one's own, of which one wants to see the effect
  const search = { stop: null };
  let leave = new AbortController();
  let list = null;
  let query = {};

  const refused = readOnly();
  const follow = () => {
    leave.abort();
    leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort(), { once: true });
    [selected, isAll] = [new Set(), false];
    search.stop?.abort();
    query = toQuery(filter);
    list = followTasks({ api, live, query, signal: leave.signal, onchange: draw, mayInsert });
    draw();
  };

  /** Nothing moves below a pointer, below the focus, or while somebody reads further down. */
  const mayInsert = () => !isPaused && !selected.size && (Date.now() < movesUntil || isUntouched());
  const isUntouched = () => scrollY < 60 && !root.querySelector('ob-table:is(:hover, :focus-within) tbody:is(:hover, :focus-within)');

  const setFilter = value => {
    filter = value;
    setQuery(filter, { push: true });
    follow();
  };

  const draw = () => {
    if (!list.items) [selected, isAll] = [new Set(), false]; // it is read anew: who knows whether they are there again
    render(root, [
      h(
        'div',
        { class: 'page-head' },
        h('h1', {}, 'Tasks'),
        h(
          'div',
          { class: 'row' },
          h(
            'button',
            {
              class: 'button quiet',
              type: 'button',
              onclick: () => {
                isPaused = !isPaused;
                if (!isPaused) list.showFresh();
                draw();
              },
            },
            icon(isPaused ? 'resume' : 'pause'),
            isPaused ? 'Go on' : 'Hold',
          ),
          h('ob-copy', { curl: true, text: () => api.curl('GET', '/tasks', undefined, { ...query, why: true }) }),
        ),
      ),
      h(
        'div',
        { class: 'stack' },
        stateStrip(filter, overview.value?.totals, setFilter),
        h('ob-filter', {
          label: 'Filter tasks',
          placeholder: 'Filter by state, kind, queue … or paste an id',
          fields: taskFields,
          value: filter,
          guess: guessTasks,
          onfilter: setFilter,
        }),
      ),
      h('ob-bulk', { subject: 'Tasks', onended: () => list.rereadSoon(0) }),
      h(
        'section',
        { class: 'card', 'aria-label': 'Tasks' },
        selected.size
          ? selectionBar({
              selected,
              isAll,
              refused,
              noun: 'task',
              canAll: Object.keys(query).length && list.items && selected.size >= list.items.length && list.next,
              onall: () => {
                isAll = true;
                draw();
              },
              onclear: () => {
                selected = new Set();
                isAll = false;
                draw();
              },
              acts: manyTasks({ api, list, query, selected, isAll, refused, signal, ondone: done }),
            })
          : null,
        listNews(list),
        h('ob-table', {
          class: 'task-list',
          caption: isPaused ? 'Tasks, newest first, held' : 'Tasks, newest first',
          columns: taskColumns,
          rows: list.items?.map(task => (list.left.has(task.id) ? { ...task, hasLeft: true } : task)) ?? null,
          look: task => task.hasLeft && 'is-left',
          href: task => link('task', { id: task.id }),
          error: list.error,
          isFollowed: true,
          onretry: () => list.restart(),
          selected,
          onselect: ids => {
            selected = ids;
            isAll = isAll && ids.size >= (list.items?.length ?? 0);
            draw();
          },
          empty: noTasks(list, filter),
        }),
        list.items?.length || list.next ? listFoot(list, search, 'task', 'createdAt') : null,
      ),
    ]);
  };

  const done = () => {
    [selected, isAll] = [new Set(), false];
    movesUntil = Date.now() + 10_000;
    list.rereadSoon(0);
  };

  follow();
  overview.follow(draw, signal);
  return root;
}
