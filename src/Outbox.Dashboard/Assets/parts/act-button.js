// What can be done to a thing, as buttons and as the items of a menu, from one list: [{ text, icon, onclick, isAsked, isPrimary, isDangerous, reason }]
//   isAsked: false for what is done at once; everything else opens a dialog first, and says so by its "…"
//   isPrimary: what the state of the thing asks for; at most one, and it stands first; what is dangerous stands last
// Who may not act, or cannot now, sees it disabled, with the reason: it says so to everybody, and keeps the focus.
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

const name = ({ text, isAsked = true }) => (isAsked ? `${text} …` : text);
const rank = ({ isPrimary, isDangerous }) => (isPrimary ? 0 : isDangerous ? 2 : 1);

/** The acts in their order; `reason` is why the caller may do none of them. */
export const actButtons = (acts, reason) =>
  acts
    .toSorted((a, b) => rank(a) - rank(b))
    .map(act =>
      actButton(name(act), {
        picture: act.icon,
        look: act.isPrimary && !reason && !act.reason && 'primary',
        isDangerous: act.isDangerous,
        reason: reason ?? act.reason,
        run: act.onclick,
      }),
    );

/** The items of a menu of acts. */
export const actItems = (items, reason) => (reason ? [{ note: reason }, ...items.map(item => ({ ...item, isDisabled: true }))] : items);

/** The same acts for a menu. */
export const actMenu = (acts, reason) =>
  actItems(
    acts.toSorted((a, b) => rank(a) - rank(b)).map(act => ({ ...act, text: name(act) })),
    reason,
  );
