// What a filter bar suggests for what has been typed. Options are `{ field, value, text, hint }`; those with `isName` name a field, and those with `isPart` are the name of a pair, whose value follows.

/** The values of a field that it knows itself; of a field with many, each goes to those that were chosen before it. */
export function known(field, text) {
  const chosen = text
    .split(',')
    .slice(0, -1)
    .map(value => value.trim());
  const last = text.split(',').at(-1).trim().replace(/^"/, '').toLowerCase();
  return (field.values ?? [])
    .filter(value => value.toLowerCase().startsWith(last) && !chosen.includes(value))
    .map(value => ({ field: field.name, value: [...(field.isMany ? chosen : []), value].join(','), text: value }));
}

/** For a text without a field: what it can be, then fields, then values; a search for the text comes last. */
export function first({ fields, value, guess }, text) {
  const small = text.toLowerCase();
  const names = fields
    .filter(field => !value?.[field.name] && (field.name.startsWith(small) || field.text.toLowerCase().startsWith(small)))
    .map(field => ({ field: field.name, text: '', hint: field.hint, isName: true }));
  if (!text) return names;
  const guessed = guess?.(text) ?? [];
  const values = fields.flatMap(field => (field.values && !field.isTime ? known(field, text) : []));
  return [...guessed.filter(option => !option.isLast), ...names, ...values, ...guessed.filter(option => option.isLast)];
}

/** The values that the service knows. */
export async function ask(field, text, signal) {
  const found = (await field.suggest?.(text.replace(/^"/, ''), signal)) ?? [];
  return found.map(({ value, text: hint }) => ({ field: field.name, value, text: value, hint, isPart: field.isPair }));
}

/** For a text without a field: values that the service knows, and those that a field makes of the text. */
export async function askAll({ fields, value }, text, signal) {
  if (text.length < 2) return [];
  const free = fields.filter(field => !value?.[field.name]);
  const suggested = free.filter(field => field.suggest).map(async field => (await ask(field, text, signal).catch(() => [])).slice(0, 3));
  const offered = free.filter(field => field.offer).map(async field => (await offer(field, text, signal).catch(() => [])).slice(0, 5));
  return (await Promise.all([...suggested, ...offered])).flat();
}

const offer = async (field, text, signal) =>
  (await field.offer(text, signal)).map(({ value, text: hint }) => ({ field: field.name, value, text: value, hint }));
