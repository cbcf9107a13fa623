// What an edit changes, line by line, with signs and numbers: h('ob-diff', { before, after })
import { h, styled } from '../lib/dom.js';
import { diff, fold } from '../lib/diff.js';
import { ObElement } from '../lib/element.js';
import { plural } from '../lib/format.js';

styled(import.meta.url);

class ObDiff extends ObElement {
  static props = ['before', 'after'];

  draw() {
    const lines = diff(this.before ?? '', this.after ?? '');
    const count = sign => lines.filter(line => line.sign === sign).length;
    if (!count('+') && !count('-')) return h('p', { class: 'muted' }, 'Nothing is changed.');
    return [
      h('p', { class: 'small muted' }, `${plural(count('+'), 'line')} added, ${plural(count('-'), 'line')} removed`),
      h(
        'div',
        { class: 'diff', tabindex: 0, role: 'group', 'aria-label': 'Changes' },
        h('table', {}, h('tbody', {}, fold(lines).map(row))),
      ),
    ];
  }
}

const words = { '+': 'added', '-': 'removed', ' ': '' };

function row(line) {
  if (line.sign === '…') return h('tr', { class: 'diff-fold' }, h('td', { colspan: 4 }, `${plural(line.hidden, 'line')} unchanged`));
  return h(
    'tr',
    { class: { '+': 'diff-added', '-': 'diff-removed' }[line.sign] },
    h('td', { class: 'diff-number' }, line.before ?? ''),
    h('td', { class: 'diff-number' }, line.after ?? ''),
    h('td', { class: 'diff-sign' }, line.sign === '-' ? '−' : line.sign, h('span', { class: 'visually-hidden' }, words[line.sign])),
    h('td', {}, line.text),
  );
}

ObDiff.define('ob-diff');
