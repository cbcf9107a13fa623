// Tasks: the newest live, filtered; acts on some of them, or on all that match.
import '../elements/ob-bulk.js';
import '../elements/ob-copy.js';
import '../elements/ob-filter.js';
import '../elements/ob-state.js';
import '../elements/ob-table.js';
import { h, render, styled } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { link, setQuery } from '../lib/router.js';
import { LiveList } from '../lib/live-list.js';
import { readOnly } from '../lib/session.js';
import { canCancel, canRetry, hasEnded, matches, states, toQuery } from '../lib/tasks.js';
import { askMany } from '../parts/bulk.js';
import { listFoot, listNews, selectionBar } from '../parts/list-parts.js';
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
    list = new LiveList({
      load: (after, stop) => api.get('/tasks', { ...query, why: true, after }, { signal: stop }),
      signal: leave.signal,
      onchange: draw,
      mayInsert,
      // An event has no reason; the one that is shown holds until the state changes.
      merge: (task, shown) => ({ ...task, why: task.why ?? (task.state === shown.state ? shown.why : undefined) }),
    });
    draw();
    const { signal: left } = leave;
    const [followed, asked] = [list, query];
    // Events are followed before the first reading, so that none falls between; what was missed while there were none is read.
    let isRead = false;
    const read = () => {
      if (!isRead && !left.aborted) {
        isRead = true;
        followed.read();
      }
    };
    const onstate = state => {
      if (state !== 'live') return;
      if (isRead) followed.rereadSoon(0);
      else read();
    };
    live.follow('/tasks/events', {
      signal: left,
      onstate,
      on: { task: task => changed(followed, asked, task), lagged: () => followed.rereadSoon(1000) },
    });
    setTimeout(read, 300); // the list does not wait for a stream that does not come
  };

  /** The reasons of tasks that wait change with other tasks: they are read again, at most every 10 s. */
  const changed = (followed, asked, task) => {
    const isMatch = matches(task, asked);
    followed.put(task, isMatch);
    if (isMatch === null || followed.items?.some(item => !hasEnded(item)))
      followed.readSoon(Math.max(1000, followed.readAt + 10_000 - Date.now()));
  };

  /** Nothing moves below a pointer, below the focus, or while somebody reads further down. */
  const mayInsert = () =>
    !isPaused &&
    !selected.size &&
    scrollY < 60 &&
    !root.querySelector('ob-table:is(:hover, :focus-within) tbody:is(:hover, :focus-within)');

  const setFilter = value => {
    filter = value;
    setQuery(filter, { push: true });
    follow();
  };

  const draw = () =>
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
      h('ob-bulk', { subject: 'Tasks', onended: () => list.read() }),
      h(
        'section',
        { class: 'card', 'aria-label': 'Tasks' },
        selected.size
          ? selectionBar({
              selected,
              isAll,
              refused,
              noun: 'task',
              canAll: Object.keys(query).length && selected.size >= list.items.length && list.next,
              onall: () => {
                isAll = true;
                draw();
              },
              onclear: () => {
                selected = new Set();
                isAll = false;
                draw();
              },
              acts: [act('Retry', 'retrying', canRetry), act('Cancel', 'cancelled', canCancel)],
            })
          : null,
        listNews(list),
        h('ob-table', {
          class: 'task-list',
          caption: isPaused ? 'Tasks, newest first, held' : 'Tasks, newest first',
          columns: taskColumns,
          rows: list.items,
          href: task => link('task', { id: task.id }),
          error: list.error,
          onretry: () => list.restart(),
          selected,
          onselect: ids => {
            selected = ids;
            isAll = isAll && ids.size >= (list.items?.length ?? 0);
            draw();
          },
          empty: emptiness(),
        }),
        list.items?.length || list.next ? listFoot(list, search, 'task', 'createdAt') : null,
      ),
    ]);

  const emptiness = () =>
    list.next
      ? { heading: 'None found so far', text: 'There are older tasks that have not been searched.', icon: 'search' }
      : Object.keys(filter).length
        ? {
            heading: 'No task matches',
            text: 'Remove a part of the filter to see more.',
            icon: 'search',
            href: link('tasks'),
            linkText: 'Show all tasks',
          }
        : { heading: 'No tasks yet', text: 'They appear here as soon as they are enqueued.', icon: 'tasks' };

  const act = (name, picture, can) => {
    const some = isAll ? ofStates(can) : list.items.some(task => selected.has(task.id) && can(task));
    return h(
      'button',
      {
        class: ['button small', name === 'Cancel' && 'danger'],
        type: 'button',
        disabled: Boolean(refused) || !some,
        title: refused ?? (some ? null : `None of them can be ${name === 'Retry' ? 'retried' : 'cancelled'}.`),
        onclick: () => run(name, can),
      },
      icon(picture),
      `${name} …`,
    );
  };

  /** Of all that match, those in which states: the count is then of what is changed. */
  const ofStates = can => (query.state?.split(',') ?? states).filter(state => can({ state })).join(',');

  const run = async (name, can) => {
    const chosen = list.items.filter(task => selected.has(task.id) && can(task));
    const isDone = await askMany({
      path: '/tasks/bulk',
      action: name,
      ...(isAll ? { filter: { ...query, state: ofStates(can) } } : { ids: chosen.map(task => task.id) }),
      measure: async () =>
        isAll
          ? api.get('/tasks/count', { ...query, state: ofStates(can) }, { signal })
          : { count: chosen.length, isExact: true, sample: chosen.slice(0, 5) },
      describe: task => [
        h('ob-state', { state: task.state }),
        h('span', { class: 'truncate' }, task.kind),
        h('span', { class: 'mono small muted' }, shortId(task.id)),
      ],
      fields:
        name === 'Cancel'
          ? [
              {
                name: 'successors',
                label: 'The tasks after them',
                options: [
                  ['Cancel', 'are cancelled too'],
                  ['Keep', 'stay, and are blocked'],
                ],
                value: 'Cancel',
              },
            ]
          : [],
      words:
        name === 'Cancel'
          ? {
              noun: 'task',
              act: 'Cancel',
              done: 'cancelled',
              isDangerous: true,
              text: 'What they wrote to the database is not committed; what has left stays done. A retry brings them back. Tasks that have ended are skipped.',
            }
          : {
              noun: 'task',
              act: 'Retry',
              done: 'retried',
              text: 'Their next attempt is due now: failed ones are redriven, cancelled ones restored. Others are skipped.',
            },
    });
    if (isDone) {
      [selected, isAll] = [new Set(), false];
      list.read();
    }
  };

  follow();
  overview.follow(draw, signal);
  return root;
}
