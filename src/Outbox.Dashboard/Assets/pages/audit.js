// Who did what when. The filter stands in the address; new entries are shown when somebody asks for them, so that nothing moves while one reads.
import '../elements/ob-table.js';
import { readPages } from '../lib/api.js';
import { acts } from '../lib/audit-words.js';
import { h, render, styled } from '../lib/dom.js';
import { setQuery } from '../lib/router.js';
import { auditColumns } from '../parts/audit-columns.js';
import { pageHead } from '../parts/page-head.js';

styled(import.meta.url);

export const title = 'Audit';

const fields = ['who', 'action', 'target', 'from', 'before'];

export function page({ api, query, signal }) {
  const root = h('div', { class: 'page' });
  const filter = Object.fromEntries(fields.map(name => [name, query[name] ?? '']));
  const columns = auditColumns();
  const list = { rows: null, next: null, error: null, isBusy: false };
  let reading = new AbortController();
  const isFiltered = () => fields.some(name => filter[name]);
  const asked = () => ({ ...filter, from: instant(filter.from), before: instant(filter.before) });

  const draw = () =>
    render(root, [
      pageHead({
        title: 'Audit',
        lines: h('p', {}, 'Every change by an operator, committed with it.'),
        acts: [{ text: 'Refresh', isAsked: false, onclick: load, reason: list.isBusy ? 'It is being read.' : null }],
        curl: () => api.curl('GET', '/audit', undefined, asked()),
      }),
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
    forget();
    load();
  }

  function clear() {
    for (const name of fields) filter[name] = '';
    forget();
    load();
  }

  /** No entry of one filter stands under another. */
  const forget = () => Object.assign(list, { rows: null, next: null, error: null });

  /** The newest question wins: an answer to an older one is dropped. */
  async function read(after) {
    reading.abort();
    reading = new AbortController();
    const mine = AbortSignal.any([signal, reading.signal]);
    list.isBusy = true;
    draw();
    try {
      const { items, next } = await readPages(api, '/audit', { query: asked(), after, least: 1, limit: 50, signal: mine });
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

const known = own => (own && !(own in acts) ? [[own, own], ...Object.entries(acts)] : Object.entries(acts));
