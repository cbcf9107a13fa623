// Throughput and accepted-to-effect over the last hour, day or week, of all queues or one: const charts = history(context, queue).
// The window is in the page's address.
import '../elements/ob-chart.js';
import '../elements/ob-copy.js';
import '../elements/ob-error.js';
import { h, render } from '../lib/dom.js';
import { rate, seconds } from '../lib/format.js';
import { poll } from '../lib/poll.js';
import { setQuery } from '../lib/router.js';
import { secondsSince } from '../lib/time.js';

const windows = ['Hour', 'Day', 'Week'];

export function history({ api, query, signal }, queue) {
  const root = h('div', { class: 'columns' });
  let window = windows.includes(query.window) ? query.window : 'Hour';
  let answer = null;
  let error = null;

  async function load() {
    const asked = window;
    try {
      const value = await api.get('/overview/history', { window, queue }, { signal });
      if (asked === window) {
        answer = value;
        error = null;
      }
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      error = problem;
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

  const draw = () =>
    render(root, [
      card(
        'Throughput',
        h(
          'div',
          { class: 'segments', role: 'group', 'aria-label': 'Time' },
          windows.map(name => h('button', { type: 'button', 'aria-pressed': String(name === window), onclick: () => choose(name) }, name)),
        ),
        chart({
          caption: 'Tasks a second',
          format: rate,
          series: [
            line('Succeeded', 'bar', 'accent', 'succeeded'),
            line('Failed', 'bar', 'bad', 'failed'),
            line('Cancelled', 'bar', 'muted', 'cancelled'),
            line('Accepted', 'line', 'info', 'accepted'),
          ],
        }),
      ),
      card(
        'Accepted to effect',
        h('ob-copy', { curl: true, text: () => api.curl('GET', '/overview/history', undefined, { window, queue }) }),
        chart({
          caption: 'From accepted to effect',
          format: seconds,
          isLogarithmic: true,
          empty: 'No task ended in this time',
          series: [points('p99', 'warn', 'p99Seconds'), points('p50', 'accent', 'p50Seconds')],
        }),
      ),
    ]);

  const chart = props => [
    error && h('ob-error', { error, onretry: load, key: 'error' }),
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

const card = (title, act, content) =>
  h('section', { class: 'card' }, h('div', { class: 'card-head' }, h('h2', {}, title), act), h('div', { class: 'card-body' }, content));

/** The newest step is not over: it is divided by the seconds that it has had. */
const line =
  (name, kind, tone, member) =>
  ({ points: all, stepSeconds }) => ({
    name,
    kind,
    tone,
    values: all.map(point => (point[member] ?? 0) / Math.max(5, Math.min(stepSeconds, secondsSince(point.at)))),
  });

const points =
  (name, tone, member) =>
  ({ points: all }) => ({ name, kind: 'line', tone, values: all.map(point => point[member] ?? null) });
