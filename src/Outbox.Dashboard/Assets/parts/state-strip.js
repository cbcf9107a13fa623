// The states of tasks as buttons, with what the overview counts while nothing else is filtered.
import { h } from '../lib/dom.js';
import { areOld, oldTotals } from '../lib/attention.js';
import { count } from '../lib/format.js';
import { states } from '../lib/tasks.js';

let isSeveral = false; // for fingers, which have no Ctrl

export function stateStrip(filter, totals, onfilter) {
  const chosen = filter.state?.split(',') ?? [];
  const isOnly = Object.keys(filter).every(name => name === 'state');
  const toggle = (state, isMore) => {
    const left = isMore
      ? chosen.includes(state)
        ? chosen.filter(other => other !== state)
        : [...chosen, state]
      : chosen.length === 1 && chosen[0] === state
        ? []
        : [state];
    const { state: _, ...rest } = filter;
    onfilter(left.length ? { ...rest, state: states.filter(other => left.includes(other)).join(',') } : rest);
  };
  return h(
    'div',
    { class: 'segments state-strip', role: 'group', 'aria-label': 'State' },
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(!chosen.length),
        onclick: () => onfilter(Object.fromEntries(Object.entries(filter).filter(([name]) => name !== 'state'))),
      },
      'All',
    ),
    states.map(state => {
      const number = isOnly ? totals?.[state.toLowerCase()] : undefined;
      return h(
        'button',
        {
          type: 'button',
          key: state,
          'aria-pressed': String(chosen.includes(state)),
          title: 'With Ctrl or Shift: one more',
          onclick: event => toggle(state, isSeveral || event.ctrlKey || event.shiftKey || event.metaKey),
        },
        state,
        number > 0 ? h('span', areOld(totals) ? { class: 'number muted', title: oldTotals } : { class: 'number' }, count(number)) : null,
      );
    }),
    h(
      'button',
      {
        type: 'button',
        key: 'several',
        'aria-pressed': String(isSeveral),
        title: 'Choose several states',
        onclick: event => {
          isSeveral = !isSeveral;
          event.currentTarget.setAttribute('aria-pressed', String(isSeveral));
        },
      },
      'Several',
    ),
  );
}
