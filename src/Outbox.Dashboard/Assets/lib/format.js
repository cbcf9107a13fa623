// Numbers as text. A missing number is a dash.
//   count(12345) "12,345"   atLeast(10000, true) "10,000+"   count(2500000) "2.5 M"   rate(12.34) "12.3/s"   rate(0.05) "3/min"   rateUnit(0.05) { word: 'minute', … }   bytes(1536) "1.5 KB"
//   seconds(0.012) "12 ms"   percent(0.123) "12 %"   shortId('01a2…3ec5') the last 8 characters: the first ones are the time
import { inWords } from './time.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const missing = number => number === null || number === undefined || Number.isNaN(number);
const short = number => (number >= 100 ? whole.format(number) : String(Number(number.toPrecision(number >= 10 ? 3 : 2))));

export const count = number =>
  missing(number) ? '–' : Math.abs(number) < 1e6 ? whole.format(number) : `${short((Math.abs(number) / 1e6) * Math.sign(number))} M`;

/** A number that may have been counted to a limit only. */
export const atLeast = (number, isCapped) => `${count(number)}${isCapped ? '+' : ''}`;

export function rate(perSecond) {
  if (missing(perSecond)) return '–';
  if (perSecond === 0) return '0/s';
  if (perSecond >= 0.1) return `${short(perSecond)}/s`;
  return perSecond * 60 >= 0.1 ? `${short(perSecond * 60)}/min` : `${short(perSecond * 3600)}/h`;
}

/** "1 task/min", "12.3 tasks/s". */
export const tasksAt = perSecond => rate(perSecond).replace('/', rate(perSecond).startsWith('1/') ? ' task/' : ' tasks/');

/** One unit for all rates of a chart, by its greatest: in it, "12" are `per` a second. */
export function rateUnit(greatest) {
  const [word, sign, per] = greatest >= 1 ? ['second', 's', 1] : greatest * 60 >= 1 ? ['minute', 'min', 60] : ['hour', 'h', 3600];
  return { word, per, format: number => `${short(number)}/${sign}` };
}

export function bytes(number) {
  if (missing(number)) return '–';
  if (number < 1024) return `${number} B`;
  const power = Math.min(4, Math.floor(Math.log2(number) / 10));
  return `${short(number / 1024 ** power)} ${['', 'KB', 'MB', 'GB', 'TB'][power]}`;
}

export const seconds = number => (missing(number) ? '–' : inWords(number));

export const percent = part => (missing(part) ? '–' : part > 0 && part < 0.01 ? '< 1 %' : `${Math.round(part * 100)} %`);

export const shortId = id => (id ? String(id).slice(-8) : '–');

/** "1 task", "12 tasks". */
export const plural = (number, word, words = `${word}s`) => `${count(number)} ${number === 1 ? word : words}`;

/** A version with at most 8 characters of its commit. */
export const version = text => String(text ?? '–').replace(/\+(.{8}).*/, '+$1');
