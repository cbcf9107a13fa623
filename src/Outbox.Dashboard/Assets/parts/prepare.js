// What is read before a dialog can ask, such as a count, which may take seconds: const found = await prepare(() => api.get(…))
// One at a time: a second click is ignored. It is said when it takes longer, and what comes after its page was left opens no dialog there:
// both end as an AbortError, which nobody is told of; any other error is said by the frame.
import { working } from '../elements/ob-toast.js';

let current = null;

document.addEventListener('page-left', () => {
  current = null;
});

export async function prepare(work) {
  if (current) throw aborted();
  const mine = (current = {});
  let said = null;
  const slow = setTimeout(() => {
    said = working('Loading …');
  }, 400);
  try {
    const value = await work();
    if (current !== mine) throw aborted();
    return value;
  } finally {
    clearTimeout(slow);
    said?.();
    if (current === mine) current = null;
  }
}

const aborted = () => new DOMException('Nobody waits for it.', 'AbortError');
