// What pages know about the figures of queues. A depth is null, "unknown", while the broker does not answer; what is counted to a limit is "10,000+".
import { atLeast } from './format.js';

const figures = [
  ['depth', 'depthIsCapped'],
  ['delayed', 'delayedIsCapped'],
  ['deadLetters', 'deadLettersAreCapped'],
];

/** The depth of a queue in words. */
export const depthOf = ({ depth, depthIsCapped }) => (depth === null ? 'unknown' : atLeast(depth, depthIsCapped));

/** What waits in all of them together: { depth, depthIsCapped }; not known as soon as one is not. */
export const together = queues => ({
  depth: queues.some(({ depth }) => depth === null) ? null : queues.reduce((sum, { depth }) => sum + depth, 0),
  depthIsCapped: queues.some(({ depthIsCapped }) => depthIsCapped),
});

/** A queue's own answer with what the overview says since. Among all queues each is counted to less: a figure that was cut there is not the better one. */
export function freshened(own, listed) {
  if (!listed) return own;
  const queue = { ...own, ...listed };
  for (const [figure, isCapped] of figures) {
    if (listed[isCapped] && listed[figure] !== null && own[figure] > listed[figure])
      [queue[figure], queue[isCapped]] = [own[figure], own[isCapped]];
  }
  return queue;
}
