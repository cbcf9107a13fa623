// <ob-meter>: a share between 0 and 1 as a bar with its figure: `value` (null: nothing to measure), `label`, `text` (the figure).
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { percent } from '../lib/format.js';

styled(import.meta.url);

class ObMeter extends ObElement {
  static props = ['value', 'label', 'text'];

  draw() {
    if (this.value === null || this.value === undefined) return h('span', { class: 'muted' }, '–');
    const share = Math.min(1, Math.max(0, this.value));
    const text = this.text ?? percent(this.value);
    return h(
      'span',
      { class: 'meter', title: this.label && `${this.label}: ${percent(this.value)}` },
      h(
        'span',
        { class: ['meter-bar', share >= 0.9 && 'is-high'], 'aria-hidden': 'true' },
        h('span', { style: { width: `${share * 100}%` } }),
      ),
      h('span', { class: 'number' }, text),
    );
  }
}

ObMeter.define('ob-meter');
