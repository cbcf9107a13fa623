// Says when dead letters may have changed: onLetterNews({ overview, live, signal }, read). When the shared overview has another number of them, or
// another newest one (as many may have come as were decided); when it is live again; when the tab is shown again, and every half a minute.
import { poll } from '../lib/poll.js';

const SOON = 2_000; // several changes at once are read once

export function onLetterNews({ overview, live, signal, delay = SOON }, read) {
  let seen = null;
  let timer = null;
  let isAway = false;

  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (!document.hidden) read(); // a hidden tab reads when it is shown
    }, delay);
  };
  signal.addEventListener('abort', () => clearTimeout(timer));

  overview.follow(value => {
    if (!value) return;
    const { deadLetters, newestDeadLetterId } = value.totals;
    const mark = `${deadLetters} ${newestDeadLetterId}`;
    if (seen !== null && seen !== mark) soon();
    seen = mark;
  }, signal);

  live.addEventListener(
    'change',
    () => {
      if (live.state !== 'live') isAway = live.wasLive;
      else if (isAway) {
        isAway = false;
        soon();
      }
    },
    { signal },
  );

  if (document.hidden) read(); // a tab that is opened behind another has its title, and is there when it is shown
  poll(30, read, signal);
}
