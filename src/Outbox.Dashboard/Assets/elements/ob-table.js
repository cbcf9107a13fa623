// <ob-table>: a table that becomes cards on a phone.
//   columns: [{ key, title, hint, cell: row => node | text, align: 'end', class, isHead, isWide, sort: row => value }]
//            hint: what exactly it counts, for who points at the title; isHead: the row's name, and the card's title; isWide: a line of its own in a card; sort makes the title a button;
//            class 'acts': a menu, which stays at hand, and whose title is only read aloud
//   rows (null while loading), most (how many of them are drawn until one asks for all), caption, rowKey: row => id,
//   href: row => address (a click anywhere in the row), look: row => class
//   sorted: { key, isDescending } with onsort(sorted); selected: Set of ids with onselect(set)
//   next (there are older ones) with onolder(); isBusy; error with onretry(), isFollowed (its page reads it again by itself); empty: { heading, text, icon, href, linkText }
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { count } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { navigate } from '../lib/router.js';
import './ob-empty.js';
import './ob-error.js';

styled(import.meta.url);

class ObTable extends ObElement {
  #order = { by: null, ids: [] };
  #isAll = false;
  static props = [
    'columns',
    'rows',
    'most',
    'rowKey',
    'href',
    'look',
    'caption',
    'sorted',
    'onsort',
    'selected',
    'onselect',
    'next',
    'onolder',
    'isBusy',
    'error',
    'onretry',
    'isFollowed',
    'empty',
  ];

  draw() {
    const { rows, error, onretry, empty } = this;
    const isBeside = Boolean(this.isFollowed);
    if (error && !rows) return h('ob-error', { error, onretry });
    if (rows && rows.length === 0)
      return [error && h('ob-error', { error, onretry, isBeside }), h('ob-empty', { heading: 'Nothing here', ...empty })];
    const limit = this.most && !this.#isAll ? this.most : rows?.length;
    return [
      error && h('ob-error', { error, onretry, isBeside }),
      h(
        'div',
        { class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': this.caption },
        h(
          'table',
          { class: 'table', 'aria-busy': String(!rows || Boolean(this.isBusy)) },
          h('caption', { class: 'visually-hidden' }, this.caption),
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              this.onselect && h('th', { class: 'select', scope: 'col' }, this.#all()),
              this.columns.map(column => this.#title(column)),
            ),
          ),
          h(
            'tbody',
            {},
            rows
              ? this.#sorted()
                  .slice(0, limit)
                  .map(row => this.#row(row))
              : this.#skeleton(),
          ),
        ),
      ),
      rows?.length > limit &&
        h(
          'div',
          { class: 'older' },
          h(
            'button',
            {
              class: 'button',
              type: 'button',
              onclick: () => {
                this.#isAll = true;
                this.update();
              },
            },
            `Show all ${count(rows.length)}`,
          ),
        ),
      rows &&
        this.next &&
        h(
          'div',
          { class: 'older' },
          h(
            'button',
            { class: 'button', type: 'button', disabled: Boolean(this.isBusy), onclick: this.onolder },
            this.isBusy ? 'Loading …' : 'Older',
          ),
        ),
    ];
  }

  #title(column) {
    const { key, title, hint, align, sort } = column;
    const isSorted = this.sorted?.key === key;
    const direction = this.sorted?.isDescending ? 'descending' : 'ascending';
    const next = { key, isDescending: isSorted ? !this.sorted.isDescending : align === 'end' };
    return h(
      'th',
      { key, scope: 'col', title: hint, class: [align, column.class], 'aria-sort': isSorted ? direction : null },
      sort
        ? h('button', { class: 'sort', type: 'button', onclick: () => this.onsort(next) }, title, isSorted && icon('down'))
        : isActs(column)
          ? h('span', { class: 'visually-hidden' }, title || 'Acts')
          : title,
    );
  }

  /** Sorted anew when somebody chooses, or rows come and go: not when figures change, so that no row moves while one reads it. */
  #sorted() {
    const sort = this.columns.find(column => column.key === this.sorted?.key)?.sort;
    if (!sort) return this.rows;
    const by = `${this.sorted.key} ${this.sorted.isDescending}`;
    const rows = new Map(this.rows.map(row => [this.#id(row), row]));
    if (this.#order.by !== by || this.#order.ids.length !== rows.size || !this.#order.ids.every(id => rows.has(id))) {
      const sign = this.sorted.isDescending ? -1 : 1;
      this.#order = { by, ids: this.rows.toSorted((a, b) => sign * compare(sort(a), sort(b))).map(row => this.#id(row)) };
    }
    return this.#order.ids.map(id => rows.get(id));
  }

  #id(row) {
    return this.rowKey?.(row) ?? row.id;
  }

  #row(row) {
    const id = this.#id(row);
    const href = this.href?.(row);
    const isSelected = this.selected?.has(id);
    const cells = this.columns.map(column => this.#cell(column, row));
    // Named by what one reads in its row; a row without a head by its id.
    const name =
      cells
        .find(cell => cell.localName === 'th')
        ?.textContent.trim()
        .slice(0, 100) || id;
    return h(
      'tr',
      {
        key: id,
        class: [href && 'is-link', isSelected && 'is-selected', this.look?.(row)],
        onclick: href ? event => follow(event, href) : null,
      },
      this.onselect &&
        h(
          'td',
          { class: 'select' },
          h('input', {
            type: 'checkbox',
            checked: Boolean(isSelected),
            'aria-label': `Select ${name}`,
            onclick: () => this.#select([id], !isSelected),
          }),
        ),
      cells,
    );
  }

  #cell(column, row) {
    return h(
      column.isHead ? 'th' : 'td',
      {
        key: column.key,
        scope: column.isHead ? 'row' : null,
        'data-title': isActs(column) ? null : column.title,
        class: [column.align, column.class, column.isHead && 'head', column.isWide && 'wide'],
      },
      column.cell ? column.cell(row) : (row[column.key] ?? '–'),
    );
  }

  #all() {
    const ids = (this.rows ?? []).map(row => this.#id(row));
    const chosen = ids.filter(id => this.selected?.has(id)).length;
    return h('input', {
      type: 'checkbox',
      'aria-label': 'Select all that are shown',
      checked: chosen > 0 && chosen === ids.length,
      indeterminate: chosen > 0 && chosen < ids.length,
      onclick: () => this.#select(ids, chosen < ids.length),
    });
  }

  #select(ids, isOn) {
    const selected = new Set(this.selected);
    for (const id of ids)
      if (isOn) selected.add(id);
      else selected.delete(id);
    this.onselect(selected);
  }

  #skeleton() {
    return Array.from({ length: 5 }, (_, at) =>
      h(
        'tr',
        { key: `loading-${at}`, class: 'is-loading', 'aria-hidden': 'true' },
        this.onselect && h('td', {}),
        this.columns.map(column => h('td', { class: column.align }, h('span', { class: 'bone' }))),
      ),
    );
  }
}

const isActs = column => column.class === 'acts';

const compare = (a, b) =>
  typeof a === 'string' || typeof b === 'string' ? String(a ?? '').localeCompare(String(b ?? '')) : (a ?? -1) - (b ?? -1);

function follow(event, href) {
  if (event.defaultPrevented || event.target.closest('a, button, input, label, summary, ob-menu') || getSelection().toString()) return;
  if (event.metaKey || event.ctrlKey) open(href);
  else navigate(href);
}

ObTable.define('ob-table');
