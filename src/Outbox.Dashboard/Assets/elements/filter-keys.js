// The keys of a filter bar.

/** `acts` are `move(step)` and `enter()`; and `restore()`, `close()` and `editLast()`, which are null where there is nothing of it. */
export function onKey(event, { move, enter, restore, close, editLast }) {
  const acts = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: enter,
    Escape: restore ?? close, // what was there before an edit comes back
    Backspace: editLast,
  };
  const act = Object.hasOwn(acts, event.key) ? acts[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
}
