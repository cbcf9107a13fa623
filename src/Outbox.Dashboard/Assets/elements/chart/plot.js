// The drawing of a chart, as SVG: plot(chart, { width, height, index, onmove, onleave }), where chart has the properties of <ob-chart>.
import { svg } from '../../lib/dom.js';
import { linear, logarithmic, timeTicks } from '../../lib/scale.js';

const pad = { top: 8, end: 8, bottom: 22, start: 58 };

export function plot(chart, { width: whole, height: all, index, onmove, onleave }) {
  const { times, format } = chart;
  const width = Math.max(0, whole - pad.start - pad.end);
  const height = all - pad.top - pad.bottom;
  const slot = width / Math.max(1, times.length);
  const middle = at => (at + 0.5) * slot;
  const tops = times.map((_, at) => Math.max(stack(chart, at).at(-1)?.to ?? 0, ...of(chart, 'line').map(line => line.values[at] ?? 0)));
  const isEmpty = !tops.some(top => top > 0);
  const scale = scaleOf(chart, tops, height);
  const last = times.length - 1;
  return svg(
    'svg',
    {
      width: whole,
      height: all,
      'aria-hidden': 'true',
      onpointermove: event => {
        const x = event.clientX - event.currentTarget.getBoundingClientRect().left - pad.start;
        onmove(times.length && x >= 0 ? clamp(Math.floor(x / slot), 0, last) : null);
      },
      onpointerleave: onleave,
    },
    svg(
      'g',
      { transform: `translate(${pad.start} ${pad.top})` },
      (isEmpty ? scale.ticks.slice(0, 1) : scale.ticks).map(tick => [
        svg('line', { class: 'grid', x2: width, y1: round(scale.at(tick)), y2: round(scale.at(tick)) }),
        svg('text', { class: 'tick end', x: -8, y: round(scale.at(tick)) + 4 }, format(tick)),
      ]),
      timeTicks(times, Math.max(2, width / 70)).map(({ index: at, text }) =>
        svg('text', { class: 'tick middle', x: round(clamp(middle(at), 16, width - 16)), y: height + 17 }, text),
      ),
      index !== null && svg('rect', { class: 'cursor', x: round(index * slot), width: round(slot), height }),
      times.map((_, at) => stack(chart, at).map(bar => bar.to > bar.from && rect(bar, at, slot, scale, chart.isPartial && at === last))),
      !isEmpty && of(chart, 'line').map(line => drawn(line, chart.isPartial ? last : times.length, middle, scale)),
      isEmpty && svg('text', { class: 'nothing', x: width / 2, y: height / 2 }, chart.empty ?? 'Nothing in this time'),
    ),
  );
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const round = value => Math.round(value * 10) / 10;
const of = (chart, kind) => chart.series.filter(series => series.kind === kind);

function scaleOf(chart, tops, height) {
  if (!chart.isLogarithmic) return linear(Math.max(...tops), height);
  const values = of(chart, 'line')
    .flatMap(line => line.values)
    .filter(value => value > 0);
  return logarithmic(Math.min(...values, 0.1), Math.max(...values, 0.1), height);
}

/** The bars of one time, each upon the one before. */
function stack(chart, at) {
  let from = 0;
  return of(chart, 'bar').map(({ tone, values }) => {
    const to = from + (values[at] ?? 0);
    const bar = { tone, from, to };
    from = to;
    return bar;
  });
}

/** A bar is at least 2 units high, so that a single failure among thousands is seen; that of a time that is not over is paler. */
function rect({ tone, from, to }, at, slot, scale, isPartial) {
  const height = Math.max(2, scale.at(from) - scale.at(to));
  return svg('rect', {
    class: `bar tone-${tone}${isPartial ? ' is-partial' : ''}`,
    x: round(at * slot + Math.min(1, slot * 0.12)),
    width: round(Math.max(1, slot - Math.min(2, slot * 0.24))),
    y: round(scale.at(from) - height),
    height: round(height),
  });
}

/** A line up to `end`, so that it does not fall to a time that is not over, with gaps where there is no value; a value alone is a dot. */
function drawn({ tone, values: all }, end, middle, scale) {
  const values = all.slice(0, end);
  const has = at => (values[at] ?? null) !== null;
  const points = values.flatMap((value, at) => (value === null ? [] : [{ at, x: round(middle(at)), y: round(scale.at(value)) }]));
  const isAlone = ({ at }) => !has(at - 1) && !has(at + 1);
  const d = points
    .filter(point => !isAlone(point))
    .map(({ at, x, y }) => `${has(at - 1) ? 'L' : 'M'}${x} ${y}`)
    .join('');
  return [
    d && svg('path', { class: `line tone-${tone}`, d }),
    points.filter(isAlone).map(({ x, y }) => svg('circle', { class: `dot line tone-${tone}`, cx: x, cy: y, r: 2.5 })),
  ];
}
