// What pages know about dead letters.
import { moment } from './filter.js';
import { parse } from './json.js';

export const reasons = {
  Failed: 'All attempts failed, or the message cannot be read',
  Skipped: 'No consumer of its queue takes messages of its type',
  Undelivered: 'No queue took it, or deliveries ended without an outcome',
  Unsigned: 'It has no signature',
  Forged: 'Its signature does not match',
};

/** What an operator can do about a letter that waits; `queues` are those that take it. Null where its cause has to be known first. */
export function whatToDo({ reason, queue, messageType }, queues = []) {
  if (reason !== 'Skipped') return null;
  const type = messageType ?? 'its type';
  if (queues.includes(queue)) return `A consumer of ${queue} takes ${type} by now: redrive it.`;
  return queues.length
    ? `Redrive it to a queue that takes ${type}: ${queues.join(', ')}. Or start a worker that takes it from ${queue}.`
    : `No queue takes ${type}: start a worker with a consumer for it, then redrive it; or drop it.`;
}

export const letterStates = [
  ['', 'Waiting'],
  ['Redriven', 'Redriven'],
  ['Dropped', 'Dropped'],
];

/** The name of the exception without its namespace; without an exception, the reason. */
export const shortType = ({ exceptionType, reason }) => exceptionType?.split('.').at(-1) ?? reason;

/** The throw site as type and method, without its namespace. */
export const shortSite = site => site?.split('.').slice(-2).join('.') ?? null;

/** The filter of a page as the query of GET /dead-letters. */
export function toLetterQuery(filter) {
  const at = text => (text ? moment(text)?.toISOString() : undefined);
  const query = {
    group: filter.group,
    taskId: filter.task,
    queue: filter.queue,
    messageType: filter.type,
    reason: filter.reason,
    error: filter.error,
    from: at(filter.from),
    before: at(filter.before),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value));
}

/** The message within a body, if it is an envelope or JSON; else null. */
export function messageOf(body) {
  try {
    const value = parse(body);
    const message = value !== null && typeof value === 'object' && 'message' in value && 'messageType' in value ? value.message : value;
    return message !== null && typeof message === 'object' && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}
