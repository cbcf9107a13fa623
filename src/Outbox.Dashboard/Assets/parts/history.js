// Throughput and accepted-to-effect over the last hour, day or week, of all queues or one: const charts = history(context, queue).
// The window is in the page's address.
import '../elements/ob-chart.js';
import '../elements/ob-copy.js';
import '../elements/ob-error.js';
import { h, render } from '../lib/dom.js';
import { rateUnit, seconds } from '../lib/format.js';
import { newest } from '../lib/newest.js';
import { poll } from '../lib/poll.js';
import { setQuery } from '../lib/router.js';
import { secondsSince } from '../lib/time.js';

const windows = ['Hour', 'Day', 'Week'];

export function history({ api, query, signal }, queue) {
  const root = h('div', { class: 'columns' });
  let window = windows.includes(query.window) ? query.window : 'Hour';
  let answer = null;
  let error = null;

  const begin = newest();

  async function load() {
    const [asked, isNewest] = [window, begin()];
    try {
      const value = await api.get('/overview/history', { window, queue }, { signal });
      if (asked === window && isNewest()) {
        answer = value;
        error = null;
      }
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      if (asked === window && isNewest()) error = problem;
    }
    draw();
  }

  function choose(name) {
    window = name;
    answer = null;
    setQuery({ ...query, window: name === 'Hour' ? null : name });
    draw();
    load();
  }

  const draw = () => {
    const unit = rateUnit(greatest(answer));
    render(root, [
      card(
        ['Throughput', `tasks a ${unit.word}`],
        h(
          'div',
          { class: 'segments', role: 'group', 'aria-label': 'Time' },
          windows.map(name => h('button', { type: 'button', 'aria-pressed': String(name === window), onclick: () => choose(name) }, name)),
        ),
        chart({
          caption: `Tasks a ${unit.word}`,
          format: unit.format,
          isPartial: true,
          series: [
            line('Succeeded', 'bar', 'accent', 'succeeded', unit),
            line('Failed', 'bar', 'bad', 'failed', unit),
            line('Cancelled', 'bar', 'muted', 'cancelled', unit),
            line('Accepted', 'line', 'info', 'accepted', unit),
          ],
        }),
      ),
      card(
        ['Accepted to effect', 'from enqueued to done'],
        h('ob-copy', { curl: true, isSmall: true, text: () => api.curl('GET', '/overview/history', undefined, { window, queue }) }),
        chart({
          caption: 'From accepted to effect',
          format: seconds,
          isLogarithmic: true,
          empty: 'No task ended in this time',
          series: [points('p99', 'warn', 'p99Seconds'), points('p50 (median)', 'accent', 'p50Seconds')],
        }),
      ),
    ]);
  };

  const chart = props => [
    error && h('ob-error', { error, onretry: load, isBeside: answer !== null, key: 'error' }),
    error && !answer
      ? null
      : h('ob-chart', {
          ...props,
          times: answer && answer.points.map(point => point.at),
          series: answer ? props.series.map(series => series(answer)) : [],
        }),
  ];

  poll(30, load, signal);
  draw();
  return root;
}

const card = ([title, meaning], act, content) =>
  h(
    'section',
    { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, title, ' ', h('small', {}, meaning)), act),
    h('div', { class: 'card-body' }, content),
  );

/** The newest step is not over: it is divided by the seconds that it has had. */
const perSecond = ({ points: all, stepSeconds }, member) =>
  all.map(point => (point[member] ?? 0) / Math.max(10, Math.min(stepSeconds, secondsSince(point.at))));

const greatest = answer =>
  answer ? Math.max(...['accepted', 'succeeded', 'failed', 'cancelled'].flatMap(member => perSecond(answer, member))) : 1;

const line =
  (name, kind, tone, member, { per }) =>
  answer => ({
    name,
    kind,
    tone,
    values: perSecond(answer, member).map(value => value * per),
  });

const points =
  (name, tone, member) =>
  ({ points: all }) => ({ name, kind: 'line', tone, values: all.map(point => point[member] ?? null) });
