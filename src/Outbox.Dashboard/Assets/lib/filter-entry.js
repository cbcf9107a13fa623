// What somebody enters into a filter bar, as filters.
import { parse } from './filter.js';
import { known } from './filter-options.js';

const names = fields => fields.map(field => field.name);

/** The filters of a text that ends with a space after whole tokens; else null. */
export function complete(fields, text) {
  if (!/\s$/.test(text) || /"[^"]*$/.test(text)) return null;
  const { value, rest } = parse(text, names(fields));
  return !rest && Object.values(value).some(Boolean) ? value : null;
}

/** The field that is being typed, and what was typed of its value; null if the text names none. */
export function typing(fields, text) {
  const typed = /^\s*([a-z]+):(.*)$/i.exec(text);
  const field = typed && fields.find(({ name }) => name === typed[1].toLowerCase());
  return field ? { field, typed: typed[2] } : null;
}

/** What Enter makes of a text: `{ value }`, or `{ guessed }` of a guess that does something else. */
export function entered({ fields, guess }, text) {
  const { value, rest } = parse(text, names(fields));
  const guessed = rest ? guess?.(rest)?.[0] : null;
  const field = Object.keys(value)
    .map(name => fields.find(one => one.name === name))
    .find(({ values, isTime }) => values && !isTime);
  if (field && /[^,\s]$/.test(value[field.name]) && !field.values.includes(value[field.name])) {
    const [match] = known(field, value[field.name]);
    value[field.name] = match?.value ?? value[field.name];
  }

  return guessed?.onpick ? { guessed } : { value: { ...value, ...(guessed ? { [guessed.field]: guessed.value } : {}) } };
}

/** The filters in the form in which they are kept: `{ checked }`, or `{ problem }` of the first that is wrong. */
export function check(fields, given) {
  const checked = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fields.find(one => one.name === name);
    const right = !value ? null : field.check ? field.check(value) : value;
    if (value && right === null) return { problem: `${field.text}: ${field.wrong}` };
    if (right) checked[name] = right;
  }

  return { checked };
}
