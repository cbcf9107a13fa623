// The parts of a filter bar: what was chosen, and what is suggested.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

/** A filter that was chosen, which can be edited and removed. */
export const chip = (field, value, { onedit, onremove }) =>
  h(
    'span',
    { class: 'filter-chip', key: field.name },
    h(
      'button',
      { type: 'button', onclick: onedit },
      h('span', { class: 'visually-hidden' }, 'Edit the filter '),
      h('span', {}, field.name),
      ' ',
      h('b', {}, value.replaceAll(',', ', ')),
    ),
    h('button', { type: 'button', onclick: onremove, 'aria-label': `Remove the filter ${field.text}` }, icon('close')),
  );

/** Where filters are typed. `list` is the id of the suggestions, and `active` the index of the one that the keyboard is at. */
export const entry = ({ list, text, label, placeholder, active, isShown, problem, ontyped, onkey }) =>
  h('input', {
    type: 'text',
    'data-filter': true,
    role: 'combobox',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    value: text,
    placeholder,
    'aria-label': label,
    'aria-expanded': String(isShown),
    'aria-controls': list,
    'aria-autocomplete': 'list',
    'aria-activedescendant': active >= 0 ? `${list}-${active}` : null,
    'aria-describedby': problem ? `${list}-problem` : null,
    'aria-invalid': problem ? 'true' : null,
    oninput: event => ontyped(event.target.value),
    onfocus: () => ontyped(),
    onclick: () => ontyped(),
    onkeydown: onkey,
    key: 'input',
  });

/** The suggestions; `active` is the index of the one that the keyboard is at. */
export const suggestions = (options, { id, active, isShown, onpick }) => [
  h(
    'ul',
    { role: 'listbox', id, 'aria-label': 'Suggestions', class: 'filter-options', hidden: !isShown },
    options.map((option, index) =>
      h(
        'li',
        {
          role: 'option',
          id: `${id}-${index}`,
          'aria-selected': String(index === active),
          class: index === active && 'is-active',
          onmousedown: event => event.preventDefault(),
          onclick: () => onpick(option),
        },
        option.field ? h('span', { class: 'filter-field' }, `${option.field}:`) : null,
        h('span', {}, option.text),
        option.hint ? h('small', {}, option.hint) : null,
      ),
    ),
  ),
  h('span', { class: 'visually-hidden', role: 'status' }, isShown ? `${options.length} suggestions` : ''),
];
