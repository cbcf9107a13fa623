// What happened to a task, and what will: h('ob-timeline', { items, isComplete, taskHref: id => '…', write: text => nodes })
// A bar shows where the time went; below it stands each event with its time, duration, worker and error.
import './ob-time.js';
import { h, styled, svg } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { absolute, ago, clock, date, day, exactClock, inWords, now } from '../lib/time.js';

styled(import.meta.url);

const looks = {
  Enqueued: ['queued', 'info'],
  Waited: ['waiting'],
  Attempt: ['info', 'warn'],
  Quarantined: ['blocked', 'warn'],
  Running: ['running', 'info'],
  RetryDue: ['retrying', 'warn'],
  Due: ['scheduled'],
  Deferred: ['scheduled', 'warn'],
  DeadLettered: ['dead-letters', 'bad'],
  Redriven: ['retrying', 'info'],
  Dropped: ['trash'],
  Cancelled: ['cancelled'],
  Retried: ['retrying', 'info'],
  Succeeded: ['succeeded', 'good'],
  Failed: ['failed', 'bad'],
};

const isWork = item => item.type === 'Attempt' || item.type === 'Running';
const span = (from, to) => (date(to) - date(from)) / 1000;

class ObTimeline extends ObElement {
  static props = ['items', 'isComplete', 'taskHref', 'write'];

  connected() {
    // The time of what is running goes on.
    const timer = setInterval(() => {
      if (this.items?.some(item => item.type === 'Running' && !item.until)) this.update();
    }, 1000);
    this.signal.addEventListener('abort', () => clearInterval(timer));
  }

  draw() {
    const items = this.items ?? [];
    // What happened within a minute is told apart by milliseconds.
    const isShort = items.length > 1 && Math.abs(span(items[0].at, items.at(-1).at)) < 60;
    return [
      this.#bar(items),
      this.isComplete === false ? h('p', { class: 'small muted' }, 'Earlier events are past their retention, or were not recorded.') : null,
      h(
        'ol',
        { class: 'timeline' },
        items.map((item, index) => this.#item(item, index, items.slice(0, index), isShort ? exactClock : clock)),
      ),
    ];
  }

  #item(item, index, before, timeOf) {
    const lastError = before.findLast(other => other.error)?.error;
    const isMuchLater = !before.length || ago(before.at(-1).at) !== ago(item.at);
    const [picture, tone] =
      item.type === 'Attempt' && / succeeded/.test(item.text) ? ['succeeded', 'good'] : (looks[item.type] ?? ['info']);
    const isAhead = date(item.at) > now();
    const seconds = item.seconds ?? (item.type === 'Running' ? Math.max(0, span(item.at, now())) : null);
    return h(
      'li',
      { class: [`tone-${item.error ? 'bad' : (tone ?? 'none')}`, isAhead && 'is-ahead'], key: `${index}-${item.type}` },
      h('span', { class: 'timeline-icon' }, icon(item.error && item.type === 'Attempt' ? 'failed' : picture)),
      h(
        'div',
        { class: 'timeline-text' },
        h(
          'p',
          {},
          h('b', {}, text(this, item)),
          seconds !== null
            ? h('span', { class: 'muted number' }, `${item.type === 'Attempt' ? 'after' : 'for'} ${inWords(seconds)}`)
            : null,
        ),
        item.worker || item.who || item.taskId
          ? h(
              'p',
              { class: 'small muted' },
              item.worker ? h('span', {}, 'on ', h('span', { class: 'mono' }, item.worker)) : null,
              item.who && !item.text.includes(`by ${item.who}`) ? h('span', {}, `by ${item.who}`) : null,
              item.taskId && !item.text.includes(item.taskId)
                ? h('a', { href: this.taskHref(item.taskId), class: 'mono' }, `task ${shortId(item.taskId)}`)
                : null,
            )
          : null,
        !item.error
          ? null
          : item.error === lastError
            ? h('p', { class: 'small muted' }, 'With the same error')
            : h('pre', { class: 'timeline-error' }, item.error),
      ),
      h(
        'div',
        { class: 'timeline-time small muted' },
        h(
          'span',
          { class: 'number', title: absolute(item.at) },
          `${day(item.at) === day(now()) ? '' : `${day(item.at)} `}${timeOf(item.at)}`,
        ),
        isMuchLater && h('ob-time', { datetime: item.at }),
      ),
    );
  }

  /** Attempts, and the time between them, in proportion; none if there is nothing to compare. */
  #bar(items) {
    const past = items.filter(item => date(item.at) <= now());
    if (!past.length) return null;
    const start = date(past[0].at).getTime();
    const work = past.filter(isWork).map(item => ({
      item,
      from: date(item.at).getTime(),
      to: item.until ? date(item.until).getTime() : item.type === 'Running' ? now() : date(item.at).getTime() + (item.seconds ?? 0) * 1000,
    }));
    const end = Math.max(...past.map(item => date(item.until ?? item.at).getTime()), ...work.map(part => part.to));
    if (!work.length || end - start < 1) return null;
    const x = time => ((time - start) / (end - start)) * 1000;
    const total = work.reduce((sum, part) => sum + part.to - part.from, 0) / 1000;
    const waited = Math.max(0, (end - start) / 1000 - total);
    return h(
      'figure',
      { class: 'timeline-bar' },
      svg(
        'svg',
        { viewBox: '0 0 1000 12', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'bar-wait', width: 1000, height: 12 }),
        work.map(({ item, from, to }) =>
          svg('rect', {
            class: item.error ? 'bar-failed' : item.type === 'Running' ? 'bar-running' : 'bar-work',
            x: Math.min(x(from), 994),
            width: Math.max(6, x(to) - x(from)),
            height: 12,
          }),
        ),
      ),
      h(
        'figcaption',
        { class: 'small muted number' },
        h('span', {}, `${inWords((end - start) / 1000)} in all`),
        h('span', {}, `${inWords(total)} in ${work.length === 1 ? 'one attempt' : `${work.length} attempts`}`),
        h('span', {}, `${inWords(waited)} waiting`),
      ),
    );
  }
}

const text = ({ write }, item) => {
  const words = (item.text ?? item.type).replace(/\.$/, '');
  return write ? write(words) : words;
};

ObTimeline.define('ob-timeline');
