// <ob-chart>: bars, stacked in their order, and lines over time, as SVG, with a legend and the same figures as a table.
//   caption, times: [date], series: [{ name, kind: 'bar' | 'line', tone: 'accent|good|warn|bad|info|muted', values: [number | null] }]
//   format: value => text, isLogarithmic, height (180), empty: text where all is null or 0
//   isPartial: the newest time is not over: its bar is paler, and lines end before it
// The pointer, and the arrow keys, show the figures of one time.
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { clock, day } from '../lib/time.js';
import { plot } from './chart/plot.js';
import { table } from './chart/table.js';

styled(import.meta.url);

class ObChart extends ObElement {
  static props = ['caption', 'times', 'series', 'format', 'isLogarithmic', 'height', 'empty', 'isPartial'];
  #width = 0;
  #index = null;
  #isTable = false;

  connected() {
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width !== this.#width) {
        this.#width = width;
        this.update();
      }
    });
    watch.observe(this);
    this.signal.addEventListener('abort', () => watch.disconnect(), { once: true });
  }

  draw() {
    if (!this.times) return h('div', { class: 'chart-loading', style: { height: `${this.#height + 30}px` } }, h('span', { class: 'bone' }));
    return [
      h(
        'div',
        { class: 'legend' },
        this.series.map(series => this.#legend(series)),
        h('span', { class: 'chart-time number', 'aria-live': 'polite' }, this.#index !== null && this.#time()),
        h(
          'button',
          {
            class: 'button quiet small',
            type: 'button',
            'aria-pressed': String(this.#isTable),
            onclick: () => {
              this.#isTable = !this.#isTable;
              this.update();
            },
          },
          this.#isTable ? 'Chart' : 'Table',
        ),
      ),
      this.#isTable ? table(this) : this.#chart(),
    ];
  }

  get #height() {
    return Number(this.height ?? 180);
  }

  // Not when the focus goes to a button of the legend: it would move away under the pointer.
  #leave({ relatedTarget }) {
    if (!this.contains(relatedTarget)) this.#point(null);
  }

  #legend({ name, tone, kind, values }) {
    const value = this.#index === null ? null : values[this.#index];
    return h(
      'span',
      { key: name, class: ['legend-item', `tone-${tone}`, kind] },
      name,
      this.#index !== null && h('strong', { class: 'number' }, value === null ? '–' : this.format(value)),
    );
  }

  #chart() {
    return h(
      'div',
      {
        class: 'chart',
        tabindex: '0',
        role: 'img',
        'aria-label': `${this.caption}. ${this.#inWords()} Use the arrow keys, or the table.`,
        onkeydown: event => this.#key(event),
        onblur: event => this.#leave(event),
      },
      plot(this, {
        width: this.#width,
        height: this.#height,
        index: this.#index,
        onmove: index => this.#point(index),
        onleave: () => this.#point(null),
      }),
    );
  }

  #figures(at) {
    return this.series.map(({ name, values }) => `${name} ${values[at] === null ? '–' : this.format(values[at])}`).join(', ');
  }

  /** Read aloud with its figures while one goes by the keyboard. */
  #time() {
    const isByKey = document.activeElement?.closest('ob-chart') === this;
    return [
      `${day(this.times[this.#index]).slice(5)} ${clock(this.times[this.#index], false)}`,
      this.isPartial && this.#index === this.times.length - 1 && ', so far',
      isByKey && h('span', { class: 'visually-hidden' }, ` ${this.#figures(this.#index)}`),
    ];
  }

  #inWords() {
    const newest = this.times.length - (this.isPartial ? 2 : 1);
    return newest >= 0 ? `Newest: ${this.#figures(newest)}.` : '';
  }

  #point(index) {
    if (index !== this.#index) {
      this.#index = index;
      this.update();
    }
  }

  #key(event) {
    const last = this.times.length - 1;
    const to = { ArrowLeft: (this.#index ?? last + 1) - 1, ArrowRight: (this.#index ?? last - 1) + 1, Home: 0, End: last, Escape: null }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    this.#point(to === null ? null : clamp(to, 0, last));
  }
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

ObChart.define('ob-chart');
