// Tasks: the newest live, filtered; acts on some of them, or on all that match.
import '../elements/ob-bulk.js';
import '../elements/ob-copy.js';
import '../elements/ob-filter.js';
import '../elements/ob-state.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { h, render, styled } from '../lib/dom.js';
import { count, shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { link, setQuery } from '../lib/router.js';
import { LiveList } from '../lib/live-list.js';
import { canCancel, canRetry, hasEnded, matches, readOnly, states, toQuery } from '../lib/tasks.js';
import { inWords } from '../lib/time.js';
import { askMany } from '../parts/bulk.js';
import { linked } from '../parts/linked.js';
import { listFoot, listNews, selectionBar } from '../parts/list-parts.js';
import { guessTasks, taskFields } from '../parts/task-filter.js';

styled(import.meta.url);

export const title = 'Tasks';

export function page(context) {
  const { api, live, overview, session, signal } = context;
  const root = h('div', { class: 'page tasks' });
  let filter = Object.fromEntries(taskFields.map(({ name }) => [name, context.query[name]]).filter(([, value]) => value));
  let selected = new Set();
  let isAll = false;
  let isPaused = false;
  const search = { stop: null };
  let leave = new AbortController();
  let list = null;
  let query = {};

  const refused = readOnly(session);
  const follow = () => {
    leave.abort();
    leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort(), { once: true });
    [selected, isAll] = [new Set(), false];
    search.stop?.abort();
    query = toQuery(filter);
    list = new LiveList({
      load: (after, stop) => api.get('/tasks', { ...query, why: true, after }, { signal: stop }), signal: leave.signal, onchange: draw, mayInsert,
      // An event has no reason; the one that is shown holds until the state changes.
      merge: (task, shown) => ({ ...task, why: task.why ?? (task.state === shown.state ? shown.why : undefined) }),
    });
    draw();
    const { signal: left } = leave;
    const [followed, asked] = [list, query];
    list.read().then(() => live.follow('/tasks/events', { signal: left, on: { task: task => changed(followed, asked, task), lagged: () => followed.readSoon(1000) } }));
  };

  /** The reasons of tasks that wait change with other tasks: they are read again, at most every 10 s. */
  const changed = (followed, asked, task) => {
    const isMatch = matches(task, asked);
    followed.put(task, isMatch);
    if (isMatch === null || followed.items?.some(item => !hasEnded(item))) followed.readSoon(Math.max(1000, followed.readAt + 10_000 - Date.now()));
  };

  /** Nothing moves below a pointer, below the focus, or while somebody reads further down. */
  const mayInsert = () => !isPaused && !selected.size && scrollY < 60 && !root.querySelector('ob-table:is(:hover, :focus-within) tbody:is(:hover, :focus-within)');

  const setFilter = value => {
    filter = value;
    setQuery(filter, { push: true });
    follow();
  };

  const draw = () => render(root, [
    h('div', { class: 'page-head' },
      h('h1', {}, 'Tasks'),
      h('div', { class: 'row' },
        h('button', { class: 'button quiet', type: 'button', 'aria-pressed': String(isPaused), onclick: () => { isPaused = !isPaused; if (!isPaused) list.showFresh(); draw(); } },
          icon(isPaused ? 'resume' : 'pause'), isPaused ? 'Go on' : 'Hold'),
        h('ob-copy', { curl: true, text: () => api.curl('GET', '/tasks', undefined, { ...query, why: true }) }))),
    h('div', { class: 'stack' }, stateStrip(filter, overview.value?.totals, setFilter),
      h('ob-filter', { label: 'Filter tasks', placeholder: 'Filter by state, kind, queue … or paste an id', fields: taskFields, value: filter, guess: guessTasks, onfilter: setFilter })),
    h('ob-bulk', { subject: 'Tasks', onended: () => list.read() }),
    h('section', { class: 'card', 'aria-label': 'Tasks' },
      selected.size ? selectionBar({
        selected, isAll, refused, noun: 'task', canAll: Object.keys(query).length && selected.size >= list.items.length && list.next,
        onall: () => { isAll = true; draw(); }, onclear: () => { selected = new Set(); isAll = false; draw(); }, acts: [act('Retry', 'retrying', canRetry), act('Cancel', 'cancelled', canCancel)],
      }) : null,
      listNews(list),
      h('ob-table', {
        class: 'task-list', caption: isPaused ? 'Tasks, newest first, held' : 'Tasks, newest first', columns, rows: list.items, href: task => link('task', { id: task.id }), error: list.error, onretry: () => list.restart(),
        selected, onselect: ids => { selected = ids; isAll = isAll && ids.size >= (list.items?.length ?? 0); draw(); }, empty: emptiness(),
      }),
      list.items?.length || list.next ? listFoot(list, search, 'task', 'createdAt') : null),
  ]);

  const emptiness = () => list.next
    ? { heading: 'None found so far', text: 'There are older tasks that have not been searched.', icon: 'search' }
    : Object.keys(filter).length ? { heading: 'No task matches', text: 'Remove a part of the filter to see more.', icon: 'search', href: link('tasks'), linkText: 'Show all tasks' }
      : { heading: 'No tasks yet', text: 'They appear here as soon as they are enqueued.', icon: 'tasks' };

  const act = (name, picture, can) => {
    const some = isAll ? ofStates(can) : list.items.some(task => selected.has(task.id) && can(task));
    return h('button', { class: ['button small', name === 'Cancel' && 'danger'], type: 'button', disabled: Boolean(refused) || !some, title: refused ?? (some ? null : `None of them can be ${name === 'Retry' ? 'retried' : 'cancelled'}.`), onclick: () => run(name, can) }, icon(picture), `${name} …`);
  };

  /** Of all that match, those in which states: the count is then of what is changed. */
  const ofStates = can => (query.state?.split(',') ?? states).filter(state => can({ state })).join(',');

  const run = async (name, can) => {
    const chosen = list.items.filter(task => selected.has(task.id) && can(task));
    const isDone = await askMany({
      path: '/tasks/bulk', action: name,
      ...(isAll ? { filter: { ...query, state: ofStates(can) } } : { ids: chosen.map(task => task.id) }),
      measure: async () => isAll ? api.get('/tasks/count', { ...query, state: ofStates(can) }, { signal }) : { count: chosen.length, isExact: true, sample: chosen.slice(0, 5) },
      describe: task => [h('ob-state', { state: task.state }), h('span', { class: 'truncate' }, task.kind), h('span', { class: 'mono small muted' }, shortId(task.id))],
      fields: name === 'Cancel' ? [{ name: 'successors', label: 'The tasks after them', options: [['Cancel', 'are cancelled too'], ['Keep', 'stay, and are blocked']], value: 'Cancel' }] : [],
      words: name === 'Cancel'
        ? { noun: 'task', act: 'Cancel', done: 'cancelled', isDangerous: true, text: 'What they wrote to the database is not committed; what has left stays done. A retry brings them back. Tasks that have ended are skipped.' }
        : { noun: 'task', act: 'Retry', done: 'retried', text: 'Their next attempt is due now: failed ones are redriven, cancelled ones restored. Others are skipped.' },
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

/** The states as buttons, with what the overview counts while nothing else is filtered. */
function stateStrip(filter, totals, onfilter) {
  const chosen = filter.state?.split(',') ?? [];
  const isOnly = Object.keys(filter).every(name => name === 'state');
  const toggle = (state, isMore) => {
    const left = isMore ? chosen.includes(state) ? chosen.filter(other => other !== state) : [...chosen, state] : chosen.length === 1 && chosen[0] === state ? [] : [state];
    const { state: _, ...rest } = filter;
    onfilter(left.length ? { ...rest, state: states.filter(other => left.includes(other)).join(',') } : rest);
  };
  return h('div', { class: 'segments state-strip', role: 'group', 'aria-label': 'State' },
    h('button', { type: 'button', 'aria-pressed': String(!chosen.length), onclick: () => onfilter(Object.fromEntries(Object.entries(filter).filter(([name]) => name !== 'state'))) }, 'All'),
    states.map(state => {
      const number = isOnly ? totals?.[state.toLowerCase()] : undefined;
      return h('button', { type: 'button', key: state, 'aria-pressed': String(chosen.includes(state)), title: 'With Ctrl or Shift: one more', onclick: event => toggle(state, event.ctrlKey || event.shiftKey || event.metaKey) },
        state, number > 0 ? h('span', { class: 'number' }, count(number)) : null);
    }));
}

const columns = [
  { key: 'task', title: 'Task', isHead: true, class: 'task-cell', cell: taskCell },
  { key: 'state', title: 'State', cell: task => h('ob-state', { state: task.state }) },
  { key: 'queue', title: 'Queue', class: 'queue-cell', cell: task => task.queue ? h('a', { href: link('queue', { name: task.queue }) }, task.queue) : '–' },
  { key: 'attempts', title: 'Attempts', align: 'end', class: 'not-in-card', cell: task => count(task.attempts) },
  { key: 'took', title: 'Took', align: 'end', class: 'not-in-card', cell: task => task.finishedAt ? h('span', { class: 'nowrap', title: 'From its enqueueing to its end' }, inWords((Date.parse(task.finishedAt) - Date.parse(task.createdAt)) / 1000)) : '–' },
  { key: 'created', title: 'Enqueued', align: 'end', cell: task => h('ob-time', { datetime: task.createdAt }) },
];

/** The kind, and below it in short why it has not ended, or why it failed. */
function taskCell(task) {
  const isRunning = task.state === 'Running';
  const error = task.state === 'Failed' || task.state === 'Retrying' ? task.lastError : null;
  const why = error ? task.why?.message.replace(`: ${error}`, error.endsWith('.') ? '.' : '') : task.why?.message; // the error has a line of its own
  const reason = hasEnded(task) ? null : isRunning && task.progressText ? task.progressText : why;
  return [
    h('div', { class: 'row' }, h('a', { href: link('task', { id: task.id }) }, task.kind), h('span', { class: 'mono small muted', title: task.id }, shortId(task.id))),
    isRunning && task.progress !== null && task.progress !== undefined ? h('progress', { max: 100, value: task.progress, 'aria-label': `Progress of ${task.kind}` }) : null,
    reason ? h('div', { class: 'small muted clamp', title: reason }, linked(reason, false)) : null,
    error ? h('div', { class: 'small bad clamp', title: error }, error) : null,
  ];
}
