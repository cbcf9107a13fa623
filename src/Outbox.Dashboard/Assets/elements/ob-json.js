// <ob-json>: `value` as pretty JSON whose objects and lists open and close; `depth` levels are open at first (2).
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { rawNumber } from '../lib/json.js';
import './ob-copy.js';

styled(import.meta.url);

class ObJson extends ObElement {
  static props = ['value', 'depth'];

  draw() {
    return h(
      'div',
      { class: 'json', tabindex: '0', role: 'region', 'aria-label': 'JSON' },
      h('ob-copy', { text: () => JSON.stringify(this.value, null, 2), label: 'Copy JSON' }),
      node(this.value, null, Number(this.depth ?? 2), true),
    );
  }
}

function node(value, name, depth, isLast) {
  const label = name === null ? null : [h('span', { class: 'json-name' }, JSON.stringify(name)), ': '];
  const comma = isLast ? '' : ',';
  const raw = rawNumber(value);
  if (raw !== null) return h('div', {}, label, h('span', { class: 'json-number' }, raw), comma);
  if (value === null || typeof value !== 'object') {
    return h('div', {}, label, h('span', { class: `json-${value === null ? 'null' : typeof value}` }, JSON.stringify(value)), comma);
  }
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const entries = Object.entries(value);
  if (entries.length === 0) return h('div', {}, label, open + close + comma);
  return h(
    'details',
    { open: depth > 0 },
    h('summary', {}, label, open, h('span', { class: 'json-more' }, ` ${entries.length} `, close, comma)),
    h(
      'div',
      { class: 'json-in' },
      entries.map(([key, child], at) => node(child, isList ? null : key, depth - 1, at === entries.length - 1)),
    ),
    h('div', {}, close, comma),
  );
}

ObJson.define('ob-json');
