// Times and durations in words. The clock is the server's: synchronise() takes the difference from an answer's Date header.
//   ago('2026-11-29T12:00:00Z') "4 min ago", "in 2 h"    inWords(250) "4 min 10 s"    absolute(date) "2026-11-29 12:00:00 +01:00"
//   inZone(date, 'Europe/Berlin') "2026-11-29 12:00 +01:00"    localised('It is due at 11:00:00 UTC.') "It is due at 12:00:00."
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

/**
 * A duration with at most two units, as Words.cs of the service writes it: "19 ms", "1.2 s", "3 min 20 s", "10 h". What is over sooner than a
 * millisecond, or by two clocks before it began, is "< 1 ms": something that happened never took 0 s.
 */
export function inWords(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 0.001) return '< 1 ms';
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  return seconds < 10 ? `${seconds.toFixed(1).replace(/\.0$/, '')} s` : inUnits(Math.round(seconds), 's');
}

/** Whole seconds in the largest unit, and in the next one if there are few of the first, down to `least`. */
function inUnits(seconds, least) {
  const index = units.findIndex(([, size]) => seconds >= size);
  const [unit, size] = units[index];
  const first = Math.floor(seconds / size);
  if (unit === least || first >= 10) return `${first} ${unit}`;
  const [smaller, step] = units[index + 1];
  const second = Math.floor((seconds % size) / step);
  return second > 0 ? `${first} ${unit} ${second} ${smaller}` : `${first} ${unit}`;
}

/** "4 min ago", "in 1 h 57 min"; the exact time stands beside it. */
export function ago(value) {
  const seconds = secondsSince(value);
  const whole = Math.floor(Math.abs(seconds));
  if (whole < 1) return 'now';
  const words = inUnits(whole, whole < 60 ? 's' : 'min');
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

const two = number => String(number).padStart(2, '0');

const offsetOf = minutes =>
  minutes === 0 ? 'UTC' : `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;

/** The local time with its offset. */
export function absolute(value) {
  const time = date(value);
  return `${day(time)} ${clock(time)} ${offsetOf(-time.getTimezoneOffset())}`;
}

/** The time in a zone, to the minute, as the API writes due times: "2026-11-30 02:30 +01:00"; the local one where the browser does not know the zone. */
export function inZone(value, zone) {
  const format = formatOf(zone);
  if (format === null) return absolute(value);
  const part = Object.fromEntries(format.formatToParts(date(value)).map(({ type, value: text }) => [type, text]));
  const offset = part.timeZoneName.replace('GMT', '');
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute} ${/[1-9]/.test(offset) ? offset : 'UTC'}`;
}

/** Null for a zone that the service knows and the browser does not, such as posix/Europe/Berlin. */
function formatOf(zone) {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch {
    return null;
  }
}

const inUtc = /(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC/g;

/** A sentence of the service with its times, which are in UTC, in the zone of everything else on the page; without a date they are of today, in UTC. */
export const localised = text =>
  text.replace(inUtc, (_, on, at) => {
    const time = new Date(`${on ?? new Date(now()).toISOString().slice(0, 10)}T${at}Z`);
    return day(time) === day(now()) ? clock(time) : `${day(time)} ${clock(time)}`;
  });

export const day = value => {
  const t = date(value);
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
};

export const clock = (value, hasSeconds = true) => {
  const t = date(value);
  return `${two(t.getHours())}:${two(t.getMinutes())}${hasSeconds ? `:${two(t.getSeconds())}` : ''}`;
};

/** The time of day to the millisecond. */
export const exactClock = value => `${clock(value)}.${String(date(value).getMilliseconds()).padStart(3, '0')}`;
