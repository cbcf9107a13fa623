// <ob-time datetime="2026-11-29T12:00:00Z"> "4 min ago", with the exact time in its title. One timer for all of them.
// `mode="full"` shows the exact time first; `mode="clock"` only the time of day.
import { h } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { absolute, ago, clock, date, secondsSince } from '../lib/time.js';

const shown = new Set();

class ObTime extends ObElement {
  static props = ['datetime', 'mode'];

  connected() {
    shown.add(this);
    this.signal.addEventListener('abort', () => shown.delete(this), { once: true });
  }

  draw() {
    if (!this.datetime) return '–';
    const exact = absolute(this.datetime);
    const text = { full: `${exact} (${ago(this.datetime)})`, clock: clock(this.datetime) }[this.mode] ?? ago(this.datetime);
    return h('time', { datetime: date(this.datetime).toISOString(), title: exact, class: 'nowrap number' }, text);
  }

  /** Times of the last two minutes change each second, others each minute. */
  isDue(second) {
    return this.datetime && (second % 30 === 0 || Math.abs(secondsSince(this.datetime)) < 120);
  }
}

ObTime.define('ob-time');

let second = 0;
setInterval(() => {
  second++;
  if (!document.hidden) for (const element of shown) if (element.isDue(second)) element.update();
}, 1000);
