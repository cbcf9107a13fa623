// The columns of the audit, with what somebody did in words.
import '../elements/ob-json.js';
import '../elements/ob-time.js';
import { api, at } from '../lib/api.js';
import { did, isOfMany } from '../lib/audit-words.js';
import { h } from '../lib/dom.js';
import { count, shortId } from '../lib/format.js';
import { isId, linkTo } from '../lib/router.js';

/** For one page: the details that it has read whole stay whole when the list is read again. */
export function auditColumns() {
  const whole = new Map();
  return [
    { key: 'at', title: 'When', cell: row => h('ob-time', { datetime: row.at }) },
    { key: 'who', title: 'Who', cell: row => h('span', { class: 'audit-who' }, row.who) },
    {
      key: 'action',
      title: 'Did',
      isHead: true,
      class: 'audit-action',
      cell: row => [did(row, parsed(row.details)), row.fromState && h('span', { class: 'muted small' }, ` was ${row.fromState}`)],
    },
    { key: 'target', title: 'Target', class: 'audit-target', cell: target },
    {
      key: 'details',
      title: 'Details',
      class: 'audit-details',
      isWide: true,
      cell: row => (row.details ? details(row, whole) : h('span', { class: 'muted' }, '–')),
    },
  ];
}

function target(row) {
  const { target: id } = row;
  if (!id) return '–';
  const page = pageOf(row);
  const props = { class: isId(id) && 'mono', title: id };
  const text = isId(id) ? shortId(id) : id;
  return !page ? h('span', props, text) : h('a', { ...props, href: linkTo(page, id) }, text);
}

/** The page of an act's target; null where it has none: an act on many, a session, and what is deleted. */
function pageOf({ action, target: id, details: text }) {
  if (action === 'dead-letter.note') return 'dead-letter-group';
  const subject = action.split('.')[0];
  if (subject === 'queue' || (subject === 'schedule' && action !== 'schedule.delete')) return subject;
  if ((subject !== 'task' && subject !== 'dead-letter') || !isId(id)) return null;
  const about = parsed(text);
  return !isOfMany(action, id, about)
    ? subject
    : about.query?.taskId === id
      ? 'task'
      : about.query?.groupId === id
        ? 'dead-letter-group'
        : null;
}

/** Of an entry with many ids the list has the first; all of them are read when somebody opens it. */
function details(row, whole) {
  const value = parsed(row.details);
  const readAll = async event => {
    const json = event.currentTarget.querySelector('ob-json');
    if (!event.currentTarget.open || !value?.leftOut || whole.has(row.id)) return;
    whole.set(row.id, parsed((await api.get(at`/audit/${row.id}`)).details)); // the frame says why it cannot be read
    json.value = whole.get(row.id);
  };
  return h(
    'details',
    { ontoggle: readAll },
    h('summary', { class: 'truncate' }, summary(value) || 'Details'),
    h('ob-json', { value: whole.get(row.id) ?? value }),
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const summary = value =>
  value === null || typeof value !== 'object'
    ? String(value)
    : Object.entries(value)
        .filter(([name, part]) => part !== null && name !== 'leftOut')
        .map(([name, part]) => `${name} ${list(part, value.leftOut?.[name]) ?? (typeof part === 'object' ? JSON.stringify(part) : part)}`)
        .join(', ');

const list = (part, more = 0) => (Array.isArray(part) ? `(${count(part.length + more)})` : null);
