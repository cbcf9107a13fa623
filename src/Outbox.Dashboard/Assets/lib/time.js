// Times and durations in words. The clock is the server's: synchronise() takes the difference from an answer's Date header.
//   ago('2026-11-29T12:00:00Z') "4 min ago", "in 2 h"    inWords(250) "4 min 10 s"    absolute(date) "2026-11-29 12:00:00 UTC+01:00"
let skew = 0;

export function synchronise(header) {
  const difference = Date.parse(header ?? '') - Date.now();
  if (!Number.isNaN(difference)) skew = Math.abs(difference) > 2000 ? difference : 0;
}

export const now = () => Date.now() + skew;

export const date = value => (value instanceof Date ? value : new Date(value));

/** Seconds since a time; negative before it. */
export const secondsSince = value => (now() - date(value).getTime()) / 1000;

const units = [
  ['d', 86400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A duration with at most two units: "0.8 s", "42 s", "4 min 10 s", "3 h", "2 d 4 h". */
export function inWords(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const total = Math.abs(seconds);
  if (total < 1) return total === 0 ? '0 s' : total < 0.001 ? '< 1 ms' : `${Math.round(total * 1000)} ms`;
  if (total < 10) return `${trim(total.toFixed(1))} s`;
  let rest = Math.round(total);
  const index = units.findIndex(([, size]) => rest >= size);
  const [unit, size] = units[index];
  const first = Math.floor(rest / size);
  rest -= first * size;
  const [smaller, step] = units[index + 1] ?? [];
  const second = step ? Math.floor(rest / step) : 0;
  return second > 0 && first < 10 ? `${first} ${unit} ${second} ${smaller}` : `${first} ${unit}`;
}

const trim = text => text.replace(/\.0$/, '');

/** A duration with one unit, for a time beside which the exact one stands. */
function roughly(seconds) {
  if (seconds < 1) return null;
  const [unit, size] = units.find(([, step]) => seconds >= step);
  return `${Math.floor(seconds / size)} ${unit}`;
}

export function ago(value) {
  const seconds = secondsSince(value);
  const words = roughly(Math.abs(seconds));
  if (!words) return 'now';
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

const two = number => String(number).padStart(2, '0');

/** The local time with its offset. */
export function absolute(value) {
  const time = date(value);
  const offset = -time.getTimezoneOffset();
  const zone = offset === 0 ? 'UTC' : `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${day(time)} ${clock(time)} ${zone}`;
}

export const day = value => {
  const t = date(value);
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
};

export const clock = (value, hasSeconds = true) => {
  const t = date(value);
  return `${two(t.getHours())}:${two(t.getMinutes())}${hasSeconds ? `:${two(t.getSeconds())}` : ''}`;
};
