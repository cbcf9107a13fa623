// What the lists of tasks and of dead letters share: what is new, what is selected, and how far it has been searched.
import { h, styled } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { absolute } from '../lib/time.js';

styled(import.meta.url);

/** A button with the number of those that came while the list must not move. */
export const listNews = list =>
  h(
    'div',
    { role: 'status', class: 'list-news' },
    list.fresh.size
      ? h(
          'button',
          {
            class: 'button primary small',
            type: 'button',
            onclick: () => {
              list.showFresh();
              scrollTo({ top: 0 });
            },
          },
          `${list.fresh.size >= 200 ? '200 or more' : count(list.fresh.size)} new`,
        )
      : null,
  );

export const selectionBar = ({ selected, isAll, refused, noun, canAll, onall, onclear, acts }) =>
  h(
    'div',
    { class: 'list-selection', role: 'region', 'aria-label': 'Selection' },
    h('p', { role: 'status' }, h('strong', {}, isAll ? 'All that match' : plural(selected.size, noun)), ' selected'),
    canAll && !isAll ? h('button', { class: 'button quiet small', type: 'button', onclick: onall }, 'Select all that match') : null,
    h('button', { class: 'button quiet small', type: 'button', onclick: onclear }, 'Clear'),
    h('span', { class: 'list-acts' }, refused ? h('span', { class: 'small muted' }, refused) : null, acts),
  );

/** A page may have searched far and found little: then it says how far, and searches on when asked. */
export function listFoot(list, search, noun, time) {
  const shown = list.items.length;
  const hasSearched = list.next && list.searchedTo && (!shown || Date.parse(list.searchedTo) < Date.parse(list.items.at(-1)[time]) - 1000);
  const goOn = () => {
    search.stop = new AbortController();
    list.older(search.stop.signal);
  };
  return h(
    'div',
    { class: 'list-foot' },
    h(
      'p',
      { class: 'small muted', role: 'status' },
      !list.next
        ? shown
          ? `${plural(shown, noun)}; that is all.`
          : null
        : hasSearched
          ? `${plural(shown, noun)} found; searched back to ${absolute(list.searchedTo)}.`
          : `The newest ${plural(shown, noun)}.`,
    ),
    // One button, so that the focus stays on it.
    list.next
      ? h(
          'button',
          { class: 'button', type: 'button', onclick: list.isBusy ? () => search.stop?.abort() : goOn },
          list.isBusy ? 'Stop' : hasSearched ? 'Go on searching' : 'Older',
        )
      : null,
  );
}
