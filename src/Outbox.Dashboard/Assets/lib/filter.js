// A filter as text: tokens such as  state:Failed,Retrying  queue:mail  error:"timed out".
// A filter as a value: an object with a string for each field; fields that can have several values have them separated by commas.

const token = /\s*([a-z]+):(?:"((?:[^"\\]|\\.)*)"|(\S*))/giy;

/** Reads the tokens of known fields; `rest` is the text that belongs to none of them. */
export function parse(text, names) {
  const value = {};
  const rest = [];
  for (let at = 0; at < text.length;) {
    token.lastIndex = at;
    const found = token.exec(text);
    const field = found && names.find(name => name === found[1].toLowerCase());
    if (field) {
      value[field] = found[2] === undefined ? found[3] : found[2].replace(/\\(.)/g, '$1');
      at = token.lastIndex;
    } else {
      const word = /\s*\S*/y;
      word.lastIndex = at;
      rest.push(word.exec(text)[0]);
      at = word.lastIndex;
    }
  }

  return { value, rest: rest.join('').trim() };
}

/** One token as text, quoted if it has to be. */
export const format = (field, value) => `${field}:${/^[^\s"]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;

const uuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;

/** What an id is that was pasted: `{ id }` of a task, `{ trace }`, both for 32 digits without hyphens, or nothing. */
export function understand(text) {
  const pasted = text.trim().replace(/^["'`]|["'`]$/g, '');
  const parent = traceparent.exec(pasted);
  if (parent) {
    return { trace: parent[1].toLowerCase() };
  }

  const inAddress = /\/tasks\/([0-9a-f-]{36})/i.exec(pasted)?.[1];
  const candidate = inAddress ?? pasted;
  if (!uuid.test(candidate)) {
    return {};
  }

  const digits = candidate.replaceAll('-', '').toLowerCase();
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return candidate.includes('-') ? { id } : { id, trace: digits };
}

const units = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** A moment that was typed: `30m` ago, `today`, `14:30`, `2026-11-29`, `2026-11-29 14:30` (local time), ISO 8601. A Date, or null. */
export function moment(text, now = new Date()) {
  const typed = text.trim();
  const ago = /^(\d{1,5})\s*([smhdw])$/i.exec(typed);
  if (ago) {
    return new Date(now - ago[1] * units[ago[2].toLowerCase()]);
  }

  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (/^(today|yesterday)$/i.test(typed)) {
    return typed.toLowerCase() === 'today' ? midnight : new Date(midnight.setDate(midnight.getDate() - 1));
  }

  const clock = /^(\d{1,2}):(\d{2})$/.exec(typed);
  if (clock) {
    return clock[1] < 24 && clock[2] < 60 ? new Date(midnight.setHours(clock[1], clock[2])) : null;
  }

  // Without a time, a date would be read as UTC.
  const iso = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T00:00` : typed.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2');
  return /^\d{4}-\d{2}-\d{2}T/.test(iso) && !Number.isNaN(Date.parse(iso)) ? new Date(iso) : null;
}
