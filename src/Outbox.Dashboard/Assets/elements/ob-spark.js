// <ob-spark>: a small line of `values` (oldest first), with its meaning in words: `label` ("Depth in the last 30 minutes").
import { styled, svg } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { count } from '../lib/format.js';

styled(import.meta.url);

const width = 88;
const height = 24;

class ObSpark extends ObElement {
  static props = ['values', 'label', 'tone'];

  draw() {
    const values = this.values ?? [];
    if (values.length < 2) return '–';
    // A line that never leaves its floor is at the foot; below 0 has its own place.
    const low = Math.min(0, ...values);
    const high = Math.max(low + 1, ...values);
    const points = values.map(
      (value, at) =>
        `${((at / (values.length - 1)) * (width - 4) + 2).toFixed(1)} ${(height - 3 - ((value - low) / (high - low)) * (height - 6)).toFixed(1)}`,
    );
    const words = `${this.label ?? 'Trend'}: from ${count(values[0])} to ${count(values.at(-1))}, at most ${count(high)}`;
    return svg(
      'svg',
      {
        class: values.every(value => value === 0) ? 'spark is-flat' : `spark ${this.tone ?? ''}`,
        width,
        height,
        role: 'img',
        'aria-label': words,
      },
      svg('title', {}, words),
      svg('path', { class: 'spark-area', d: `M2 ${height - 2}L${points.join('L')}L${width - 2} ${height - 2}z` }),
      svg('path', { class: 'spark-line', d: `M${points.join('L')}` }),
    );
  }
}

ObSpark.define('ob-spark');
