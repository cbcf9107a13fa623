// The tasks that match a query, live.
//   followTasks({ api, live, query, signal, onchange, mayInsert })   a LiveList, until the signal ends
//   noTasks(list, filter)                                            why it is empty
import { LiveList } from '../lib/live-list.js';
import { link } from '../lib/router.js';
import { hasEnded, matches } from '../lib/tasks.js';

export function followTasks({ api, live, query, signal, onchange, mayInsert }) {
  const list = new LiveList({
    load: (after, stop) => api.get('/tasks', { ...query, why: true, after }, { signal: stop }),
    signal,
    onchange,
    mayInsert,
    // An event has no reason; the one that is shown holds until the state changes.
    merge: (task, shown) => ({ ...task, why: task.why ?? (task.state === shown.state ? shown.why : undefined) }),
  });

  /** The reasons of tasks that wait change with other tasks: they are read again, at most every 10 s. */
  const changed = task => {
    const isMatch = matches(task, query);
    list.put(task, isMatch);
    if (isMatch === null || list.items?.some(item => !hasEnded(item))) list.readSoon(Math.max(1000, list.readAt + 10_000 - Date.now()));
  };

  // Events are followed before the first reading, so that none falls between; what was missed while there were none is read.
  let isRead = false;
  const read = () => {
    if (!isRead && !signal.aborted) {
      isRead = true;
      list.read();
    }
  };
  const onstate = state => {
    if (state !== 'live') return;
    if (isRead) list.rereadSoon(0);
    else read();
  };
  live.follow('/tasks/events', { signal, onstate, on: { task: changed, lagged: () => list.rereadSoon(1000) } });
  setTimeout(read, 300); // the list does not wait for a stream that does not come
  return list;
}

export function noTasks(list, filter) {
  if (list.next) return { heading: 'None found so far', text: 'There are older tasks that have not been searched.', icon: 'search' };
  return Object.keys(filter).length
    ? {
        heading: 'No task matches',
        text: 'Remove a part of the filter to see more.',
        icon: 'search',
        href: link('tasks'),
        linkText: 'Show all tasks',
      }
    : { heading: 'No tasks yet', text: 'They appear here as soon as they are enqueued.', icon: 'tasks' };
}
