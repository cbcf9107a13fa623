// Who did what when. The filter stands in the address; new entries are shown when somebody asks for them, so that nothing moves while one reads.
import '../elements/ob-copy.js';
import '../elements/ob-json.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { h, render, styled } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { isId, linkTo, setQuery } from '../lib/router.js';

styled(import.meta.url);

export const title = 'Audit';

const words = {
  'task.add': 'Added a task',
  'task.cancel': 'Cancelled a task',
  'task.retry': 'Retried a task',
  'task.run-again': 'Ran a task again',
  'dead-letter.redrive': 'Redrove a dead letter',
  'dead-letter.edit-and-redrive': 'Edited and redrove a dead letter',
  'dead-letter.drop': 'Dropped a dead letter',
  'dead-letter.note': 'Wrote a note on a group of dead letters',
  'queue.pause': 'Paused a queue',
  'queue.resume': 'Resumed a queue',
  'queue.change': 'Changed a queue',
  'queue.purge': 'Purged a queue',
  'schedule.put': 'Saved a schedule',
  'schedule.pause': 'Paused a schedule',
  'schedule.resume': 'Resumed a schedule',
  'schedule.run': 'Ran a schedule',
  'schedule.delete': 'Deleted a schedule',
  'schedule.repair': 'Repaired a schedule',
  'bulk-action.start': 'Started an act on many',
  'bulk-action.stop': 'Stopped an act on many',
  'bulk-action.step': 'Changed some of an act on many',
  'bulk-action.end': 'Ended an act on many',
  'session.start': 'Signed in',
  'session.end': 'Signed out',
};
const fields = ['who', 'action', 'target', 'from', 'before'];

export function page({ api, query, signal }) {
  const root = h('div', { class: 'page' });
  const filter = Object.fromEntries(fields.map(name => [name, query[name] ?? '']));
  const list = { rows: null, next: null, error: null, isBusy: false };
  let reading = new AbortController();
  const isFiltered = () => fields.some(name => filter[name]);
  const asked = () => ({ ...filter, from: instant(filter.from), before: instant(filter.before) });

  const draw = () =>
    render(root, [
      h(
        'header',
        { class: 'page-head' },
        h('div', {}, h('h1', {}, 'Audit'), h('p', {}, 'Every change by an operator, committed with it.')),
        h('ob-copy', { text: () => api.curl('GET', '/audit', undefined, asked()), curl: true }),
        h('button', { class: 'button', type: 'button', disabled: list.isBusy, onclick: load }, 'Refresh'),
      ),
      h(
        'form',
        {
          class: 'card audit-filter',
          role: 'search',
          'aria-label': 'Filter of the audit',
          onchange: event => take(event.currentTarget),
          onsubmit: event => {
            event.preventDefault();
            take(event.currentTarget);
          },
        },
        text('who', 'Who', 'Name of a key'),
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Action'),
          h(
            'select',
            { class: 'input', name: 'action', value: filter.action },
            [['', 'Any'], ...known(filter.action)].map(([value, name]) => h('option', { value }, name)),
          ),
        ),
        text('target', 'Target', 'Id or name', 'audit-wide'),
        time('from', 'From'),
        time('before', 'Before'),
        h(
          'div',
          { class: 'row' },
          h('button', { class: 'button', type: 'submit' }, 'Filter'),
          isFiltered() && h('button', { class: 'button quiet', type: 'button', onclick: clear }, 'Clear'),
        ),
      ),
      h(
        'section',
        { class: 'card' },
        h('ob-table', {
          caption: 'Audit',
          columns,
          rows: list.rows,
          rowKey: row => row.id,
          next: list.next,
          onolder: () => read(list.next),
          isBusy: list.isBusy,
          error: list.error,
          onretry: load,
          empty: isFiltered()
            ? { heading: 'Nothing matches', text: 'No entry matches this filter.', icon: 'search' }
            : { heading: 'Nobody has changed anything', text: 'What operators do here, or by the API, stands here.', icon: 'audit' },
        }),
      ),
    ]);

  const text = (name, label, placeholder, look) =>
    h(
      'label',
      { class: ['field', look] },
      h('span', {}, label),
      h('input', { class: 'input', name, type: 'search', value: filter[name], placeholder, maxlength: 500 }),
    );

  const time = (name, label) =>
    h(
      'label',
      { class: 'field audit-wide' },
      h('span', {}, label),
      h('input', { class: 'input', name, type: 'datetime-local', value: filter[name] }),
    );

  function take(form) {
    for (const name of fields) filter[name] = form.elements[name].value.trim();
    load();
  }

  function clear() {
    for (const name of fields) filter[name] = '';
    load();
  }

  /** The newest question wins: an answer to an older one is dropped. */
  async function read(after) {
    reading.abort();
    reading = new AbortController();
    const mine = AbortSignal.any([signal, reading.signal]);
    list.isBusy = true;
    draw();
    try {
      const { items, next } = await api.get('/audit', { ...asked(), after, limit: 50 }, { signal: mine });
      Object.assign(list, { rows: after ? [...list.rows, ...items] : items, next, error: null });
    } catch (error) {
      if (mine.aborted) return;
      list.error = error;
    }
    list.isBusy = false;
    draw();
  }

  function load() {
    setQuery(filter);
    return read(null);
  }

  load();
  return root;
}

/** The time of a field, which is local, for the API. */
const instant = local => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : '');

const known = own => (own && !(own in words) ? [[own, own], ...Object.entries(words)] : Object.entries(words));

const columns = [
  { key: 'at', title: 'When', cell: row => h('ob-time', { datetime: row.at }) },
  { key: 'who', title: 'Who', cell: row => h('span', { class: 'audit-who' }, row.who) },
  {
    key: 'action',
    title: 'Did',
    isHead: true,
    class: 'audit-action',
    cell: row => [words[row.action] ?? row.action, row.fromState && h('span', { class: 'muted small' }, ` was ${row.fromState}`)],
  },
  { key: 'target', title: 'Target', class: 'audit-target', cell: target },
  {
    key: 'details',
    title: 'Details',
    class: 'audit-details',
    isWide: true,
    cell: row => (row.details ? details(row.details) : h('span', { class: 'muted' }, '–')),
  },
];

function target({ action, target: id }) {
  if (!id) return '–';
  const page = pageOf(action, id);
  const props = { class: isId(id) && 'mono', title: id };
  const text = isId(id) ? shortId(id) : id;
  return !page ? h('span', props, text) : h('a', { ...props, href: linkTo(page, id) }, text);
}

/** The page of an act's target; null where it has none: an act on many, a session, and what is deleted. */
function pageOf(action, id) {
  if (action === 'dead-letter.note') return 'dead-letter-group';
  const subject = action.split('.')[0];
  if (subject === 'queue' || (subject === 'schedule' && action !== 'schedule.delete')) return subject;
  return (subject === 'task' || subject === 'dead-letter') && isId(id) ? subject : null;
}

function details(text) {
  const value = parsed(text);
  return h('details', {}, h('summary', { class: 'truncate' }, summary(value)), h('ob-json', { value }));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const summary = value =>
  value === null || typeof value !== 'object'
    ? String(value)
    : Object.entries(value)
        .filter(([, part]) => part !== null)
        .map(([name, part]) => `${name} ${typeof part === 'object' ? JSON.stringify(part) : part}`)
        .join(', ');
