// What somebody did, in words.
//   acts                     the name of each act, for a filter
//   did(entry, details)      "Cancelled 312 tasks": with the number, where an entry is about many
import { plural } from './format.js';

export const acts = {
  'task.add': 'Added a task',
  'task.cancel': 'Cancelled a task',
  'task.retry': 'Retried a task',
  'task.run-again': 'Ran a task again',
  'dead-letter.redrive': 'Redrove a dead letter',
  'dead-letter.edit-and-redrive': 'Edited and redrove a dead letter',
  'dead-letter.drop': 'Dropped a dead letter',
  'dead-letter.note': 'Wrote a note on a group of dead letters',
  'queue.pause': 'Paused a queue',
  'queue.resume': 'Resumed a queue',
  'queue.change': 'Changed a queue',
  'queue.purge': 'Purged a queue',
  'schedule.put': 'Saved a schedule',
  'schedule.pause': 'Paused a schedule',
  'schedule.resume': 'Resumed a schedule',
  'schedule.run': 'Ran a schedule',
  'schedule.delete': 'Deleted a schedule',
  'schedule.repair': 'Repaired a schedule',
  'bulk-action.start': 'Started an act on many',
  'bulk-action.stop': 'Stopped an act on many',
  'bulk-action.step': 'Changed some of an act on many',
  'bulk-action.end': 'Ended an act on many',
  'session.start': 'Signed in',
  'session.end': 'Signed out',
};

/** What is done, what was done, and of many what was done to them. */
const verbs = {
  cancel: ['cancel', 'Cancelled', 'cancelled'],
  retry: ['retry', 'Retried', 'retried'],
  redrive: ['redrive', 'Redrove', 'redriven'],
  drop: ['drop', 'Dropped', 'dropped'],
};

export function did({ action, target }, details) {
  const [subject, verb] = action.split('.');
  if (subject === 'bulk-action') return ofBulk(verb, details) ?? acts[action];
  if (action === 'queue.purge' && Number.isInteger(details?.purged)) return `Purged ${plural(details.purged, 'message')} of a queue`;
  if (isOfMany(action, target, details)) return `${verbs[verb][1]} ${plural(details.count, nounOf(subject))}`;
  return acts[action] ?? action;
}

/** Whether an entry is about what matched or was named, also if that was one. */
export const isOfMany = (action, target, details) => {
  const [subject, verb] = action.split('.');
  return (
    (subject === 'task' || subject === 'dead-letter') &&
    verb in verbs &&
    Number.isInteger(details?.count) &&
    (target === 'ids' || target === 'filter' || Boolean(details.query && !details.query.id))
  );
};

const nounOf = subject => (subject === 'Tasks' || subject === 'task' ? 'task' : 'dead letter');

function ofBulk(what, details) {
  const verb = verbs[details?.action?.toLowerCase()];
  if (!verb) return null;
  const noun = nounOf(details.subject);
  const changed = `${plural(details.changed ?? 0, noun)} ${verb[2]}`;
  switch (what) {
    case 'start':
      return `Began to ${verb[0]} ${details.totalIsExact === false ? 'at least ' : ''}${plural(details.total ?? 0, noun)}`;
    case 'step':
      return `${verb[1]} ${plural(details.count ?? 0, noun)}, one step of many`;
    case 'stop':
      return `Stopped it with ${changed}`;
    case 'end':
      return details.state === 'Failed' ? `It failed with ${changed}` : `It ended with ${changed}`;
    default:
      return null;
  }
}
