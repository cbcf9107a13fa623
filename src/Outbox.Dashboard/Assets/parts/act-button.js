// A button for an act. Who may not act, or cannot now, sees it disabled, with the reason: it says so to everybody, and keeps the focus.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

/** `reason` is why it cannot be done; null if it can. `run` does it. */
export const actButton = (text, { run, reason = null, picture, look, isDangerous = false }) =>
  h(
    'button',
    {
      class: ['button', look, isDangerous && 'danger'],
      type: 'button',
      key: text,
      'aria-disabled': reason ? 'true' : null,
      'aria-description': reason,
      title: reason,
      onclick: () => reason || run(),
    },
    picture && icon(picture),
    text,
  );

/** The items of a menu of acts. */
export const actItems = (items, reason) => (reason ? [{ note: reason }, ...items.map(item => ({ ...item, isDisabled: true }))] : items);
