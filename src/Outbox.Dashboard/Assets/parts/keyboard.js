// The keys of the dashboard, and the dialog that lists them: listen() once, help() shows it. What the list says is what is done here, in the
// menus and dialogs of ob-menu and ob-dialog, and in ob-chart.
import { ask } from '../elements/ob-dialog.js';
import { h, styled } from '../lib/dom.js';
import { pages } from '../lib/pages.js';
import { navigate } from '../lib/router.js';
import { hasShortcuts } from '../lib/shortcuts.js';

styled(import.meta.url);

const lists = [
  [
    'Anywhere',
    [
      [['?'], 'This list'],
      [['/'], 'To the search or the filter of the page'],
      ...pages.map(([, title, key]) => [['g', key], title]),
      [['Esc'], 'Closes a dialog or a menu, and goes back to where one was'],
    ],
  ],
  [
    'In a list',
    [
      [['j'], 'The next row; also ↓ on a row'],
      [['k'], 'The row before; also ↑ on a row'],
      [['Enter'], 'Opens the row'],
      [['x'], 'Selects the row, or takes it back, where rows can be selected'],
    ],
  ],
  ['In a chart', [[['←', '→'], 'The figures of the time before, or after']]],
];

export const help = () =>
  ask({
    title: 'Keyboard',
    text: hasShortcuts()
      ? 'Keys that are one character can be switched off in the menu of the session.'
      : 'Keys that are one character are switched off; the menu of the session switches them on.',
    content: lists.map(([title, keys]) => [
      h('h3', {}, title),
      h(
        'dl',
        { class: 'keys' },
        keys.map(([names, meaning]) => [
          h(
            'dt',
            {},
            names.map(name => [h('kbd', {}, name), ' ']),
          ),
          h('dd', {}, meaning),
        ]),
      ),
    ]),
    dismiss: null,
    action: 'Close',
  });

let isAfterG = false;

export const listen = () => document.addEventListener('keydown', press);

function press(event) {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog, [role="menu"]')) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isDone = arrow ? isRow(event.target) && step(arrow) : hasShortcuts() && single(event.key);
  if (isDone) event.preventDefault();
}

/** Whether there was something to do. */
function single(key) {
  const page = isAfterG && pages.find(([, , letter]) => letter === key);
  isAfterG = !isAfterG && key === 'g';
  if (page) navigate(page[0]);
  else if (key === '?') help();
  else if (key === '/') return focus(document.querySelector('main [type="search"], main [data-filter]'));
  else if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1);
  else if (key === 'x') return select();
  else return false;
  return true;
}

const rows = () => [...document.querySelectorAll('main .table tbody tr, main article.group')].filter(linkOf);
const rowOf = element => element.closest?.('main .table tbody tr, main article.group') ?? null;
/** What stands for its row; the arrows on anything else within it are that thing's own. */
const isRow = element => {
  const row = rowOf(element);
  return row !== null && (element === linkOf(row) || element.matches('.select input'));
};
const linkOf = row => row.querySelector('.head a, h2 a') ?? row.querySelector('a');

/** To the next row; from outside of the list to its first. */
function step(by) {
  const all = rows();
  const at = all.indexOf(rowOf(document.activeElement));
  const row = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  return row ? focus(linkOf(row)) : false;
}

function select() {
  const box = rowOf(document.activeElement)?.querySelector('input[type="checkbox"]');
  box?.click();
  return Boolean(box);
}

function focus(element) {
  element?.focus({ focusVisible: true, preventScroll: true });
  element?.scrollIntoView({ block: 'nearest' });
  return Boolean(element);
}
