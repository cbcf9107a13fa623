// Where a value stands on an axis, and which values the axis names.
//   linear(max, length) · logarithmic(min, max, length) → { at(value), ticks }     timeTicks(times, most) → [{ index, text }]
import { clock, date, day } from './time.js';

/** From 0 up to a round number not below max. */
export function linear(max, length) {
  const rough = (max || 1) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size >= rough);
  const top = Math.ceil((max || 1) / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, at) => at * step);
  return { at: value => length - (value / top) * length, ticks };
}

const durations = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36_000, 360_000, 3_600_000];

/** For durations in seconds, of which a few are a thousand times the rest; the ticks are round ones. */
export function logarithmic(min, max, length) {
  const first = Math.max(
    0,
    durations.findLastIndex(value => value <= min),
  );
  const last = Math.max(
    first + 2,
    durations.findIndex(value => value >= max),
  );
  const all = durations.slice(first, last + 1);
  const [low, high] = [Math.log10(all[0]), Math.log10(all.at(-1))];
  const ticks = all.filter((_, at) => (all.length - 1 - at) % Math.ceil(all.length / 5) === 0);
  return { at: value => length - ((Math.log10(Math.max(value, all[0])) - low) / (high - low)) * length, ticks };
}

const steps = [5, 10, 15, 30, 60, 180, 360, 720, 1440, 2880].map(minutes => minutes * 60_000);

/** Round times of the day in the local zone, at most `most` of them. */
export function timeTicks(times, most) {
  if (times.length < 2) return [];
  const moments = times.map(time => date(time).getTime());
  const span = moments.at(-1) - moments[0];
  const step = steps.find(size => span / size <= most) ?? steps.at(-1);
  const local = time => time - new Date(time).getTimezoneOffset() * 60_000;
  return moments.flatMap((time, index) =>
    index > 0 && Math.floor(local(time) / step) > Math.floor(local(moments[index - 1]) / step)
      ? [{ index, text: step >= 86_400_000 ? day(time).slice(5) : clock(time, false) }]
      : [],
  );
}
