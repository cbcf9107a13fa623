// What pages know about tasks: states, filters as the API takes them, and what can be done in which state.
import { moment } from './filter.js';

export const states = ['Queued', 'Running', 'Retrying', 'Scheduled', 'Waiting', 'Blocked', 'Succeeded', 'Failed', 'Cancelled'];

export const hasEnded = task => task.state === 'Succeeded' || task.state === 'Failed' || task.state === 'Cancelled';
export const canCancel = task => task.state !== 'Succeeded' && task.state !== 'Cancelled' && task.state !== 'Failed';
export const canRetry = task => ['Retrying', 'Scheduled', 'Failed', 'Cancelled'].includes(task.state);

/** The filter of a page as the query of GET /tasks. Times such as `1h` are counted from now. */
export function toQuery(filter) {
  const at = text => (text ? moment(text)?.toISOString() : undefined);
  const query = {
    state: filter.state,
    kind: filter.kind,
    queue: filter.queue,
    error: filter.error,
    key: filter.key,
    traceId: filter.trace,
    createdFrom: at(filter.from),
    createdBefore: at(filter.before),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value));
}

/** Whether a task that an event brings belongs into a list; null if only the server can tell, which knows its keys. */
export function matches(task, query) {
  return isOf(task, query) && (query.key ? null : true);
}

function isOf(task, query) {
  return (
    (!query.state || query.state.split(',').includes(task.state)) &&
    (!query.kind || task.kind === query.kind) &&
    (!query.queue || task.queue === query.queue) &&
    (!query.error || (task.lastError ?? '').toLowerCase().includes(query.error.toLowerCase())) &&
    (!query.traceId || task.traceId === query.traceId) &&
    (!query.createdFrom || Date.parse(task.createdAt) >= Date.parse(query.createdFrom)) &&
    (!query.createdBefore || Date.parse(task.createdAt) < Date.parse(query.createdBefore))
  );
}
