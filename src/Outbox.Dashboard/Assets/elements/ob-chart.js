// <ob-chart>: bars, stacked in their order, and lines over time, as SVG, with a legend and the same figures as a table.
//   caption, times: [date], series: [{ name, kind: 'bar' | 'line', tone: 'accent|good|warn|bad|info|muted', values: [number | null] }]
//   format: value => text, isLogarithmic, height (180), empty: text where all is null or 0
// The pointer, and the arrow keys, show the figures of one time.
import { h, styled, svg } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { linear, logarithmic, timeTicks } from '../lib/scale.js';
import { absolute, clock, day } from '../lib/time.js';

styled(import.meta.url);

const pad = { top: 8, end: 8, bottom: 22, start: 52 };

class ObChart extends ObElement {
  static props = ['caption', 'times', 'series', 'format', 'isLogarithmic', 'height', 'empty'];
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
      this.#isTable ? this.#table() : this.#chart(),
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
    const width = Math.max(0, this.#width - pad.start - pad.end);
    const height = this.#height - pad.top - pad.bottom;
    const slot = width / Math.max(1, this.times.length);
    const tops = this.times.map((_, at) =>
      Math.max(this.#stack(at).at(-1)?.to ?? 0, ...this.#of('line').map(line => line.values[at] ?? 0)),
    );
    const values = this.#of('line')
      .flatMap(line => line.values)
      .filter(value => value > 0);
    const scale = this.isLogarithmic
      ? logarithmic(Math.min(...values, 0.1), Math.max(...values, 0.1), height)
      : linear(Math.max(...tops), height);
    const isEmpty = !tops.some(top => top > 0);
    const middle = at => (at + 0.5) * slot;
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
      svg(
        'svg',
        {
          width: this.#width,
          height: this.#height,
          'aria-hidden': 'true',
          onpointermove: event => this.#move(event, slot),
          onpointerleave: () => this.#point(null),
        },
        svg(
          'g',
          { transform: `translate(${pad.start} ${pad.top})` },
          (isEmpty ? scale.ticks.slice(0, 1) : scale.ticks).map(tick => [
            svg('line', { class: 'grid', x2: width, y1: round(scale.at(tick)), y2: round(scale.at(tick)) }),
            svg('text', { class: 'tick end', x: -8, y: round(scale.at(tick)) + 4 }, this.format(tick)),
          ]),
          timeTicks(this.times, Math.max(2, width / 70)).map(({ index, text }) =>
            svg('text', { class: 'tick middle', x: round(clamp(middle(index), 16, width - 16)), y: height + 17 }, text),
          ),
          this.#index !== null && svg('rect', { class: 'cursor', x: round(this.#index * slot), width: round(slot), height }),
          this.times.map((_, at) =>
            this.#stack(at).map(
              bar =>
                bar.to > bar.from &&
                svg('rect', {
                  class: `bar tone-${bar.tone}`,
                  x: round(at * slot + Math.min(1, slot * 0.12)),
                  width: round(Math.max(1, slot - Math.min(2, slot * 0.24))),
                  ...extent(scale, bar),
                }),
            ),
          ),
          !isEmpty && this.#of('line').map(line => svg('path', { class: `line tone-${line.tone}`, d: path(line.values, middle, scale) })),
          isEmpty && svg('text', { class: 'nothing', x: width / 2, y: height / 2 }, this.empty ?? 'Nothing in this time'),
        ),
      ),
    );
  }

  #of(kind) {
    return this.series.filter(series => series.kind === kind);
  }

  /** The bars of one time, each upon the one before. */
  #stack(at) {
    let from = 0;
    return this.#of('bar').map(({ tone, values }) => {
      const to = from + (values[at] ?? 0);
      const bar = { tone, from, to };
      from = to;
      return bar;
    });
  }

  #figures(at) {
    return this.series.map(({ name, values }) => `${name} ${values[at] === null ? '–' : this.format(values[at])}`).join(', ');
  }

  /** Read aloud with its figures while one goes by the keyboard. */
  #time() {
    const isByKey = document.activeElement?.closest('ob-chart') === this;
    return [
      `${day(this.times[this.#index]).slice(5)} ${clock(this.times[this.#index], false)}`,
      isByKey && h('span', { class: 'visually-hidden' }, ` ${this.#figures(this.#index)}`),
    ];
  }

  #inWords() {
    return this.times.length ? `Newest: ${this.#figures(this.times.length - 1)}.` : '';
  }

  #table() {
    return h(
      'div',
      { class: 'chart-table', tabindex: '0', role: 'region', 'aria-label': this.caption },
      h(
        'table',
        { class: 'table' },
        h('caption', { class: 'visually-hidden' }, this.caption),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Time'),
            this.series.map(({ name }) => h('th', { scope: 'col', class: 'end' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          this.times
            .map((time, at) =>
              h(
                'tr',
                { key: time },
                h('th', { scope: 'row', class: 'nowrap' }, absolute(time)),
                this.series.map(({ values }) => h('td', { class: 'end' }, values[at] === null ? '–' : this.format(values[at]))),
              ),
            )
            .toReversed(),
        ),
      ),
    );
  }

  #point(index) {
    if (index !== this.#index) {
      this.#index = index;
      this.update();
    }
  }

  #move(event, slot) {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - pad.start;
    this.#point(this.times.length && x >= 0 ? clamp(Math.floor(x / slot), 0, this.times.length - 1) : null);
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
const round = value => Math.round(value * 10) / 10;

/** A bar is at least 2 units high, so that a single failure among thousands is seen. */
function extent(scale, { from, to }) {
  const height = Math.max(2, scale.at(from) - scale.at(to));
  return { y: round(scale.at(from) - height), height: round(height) };
}

/** A line with gaps where there is no value; a value alone is a short dash, wide enough to be seen. */
function path(values, middle, scale) {
  return values
    .map((value, at) => {
      if (value === null) return '';
      const point = `${round(middle(at))} ${round(scale.at(value))}`;
      const isStart = (values[at - 1] ?? null) === null;
      return isStart && (values[at + 1] ?? null) === null
        ? `M${round(middle(at) - 2)} ${round(scale.at(value))}h4`
        : `${isStart ? 'M' : 'L'}${point}`;
    })
    .join('');
}

ObChart.define('ob-chart');
