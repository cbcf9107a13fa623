// The frame of all pages: navigation with what needs a decision, whether the figures are live, who is signed in, the theme.
import './elements/ob-menu.js';
import './elements/ob-time.js';
import './elements/ob-toast.js';
import { h, render } from './lib/dom.js';
import { attentionOf } from './lib/attention.js';
import { atLeast, count, version } from './lib/format.js';
import { icon } from './lib/icons.js';
import { live } from './lib/live.js';
import { overview } from './lib/overview.js';
import { pages } from './lib/pages.js';
import { base, link } from './lib/router.js';
import { session } from './lib/session.js';
import { hasShortcuts, setShortcuts } from './lib/shortcuts.js';
import { clock } from './lib/time.js';
import { setTheme, theme } from './lib/theme.js';
import { help, listen } from './parts/keyboard.js';

const parents = {
  task: 'tasks',
  'dead-letter': 'dead-letters',
  'dead-letter-group': 'dead-letters',
  queue: 'queues',
  schedule: 'schedules',
};

/** The element of the shell; its show(page) marks a page as the current one, or shows no navigation without one. */
export function shell(outlet, { onsignout }) {
  const frame = h('div', {});
  let current = null;
  let isOpen = false;
  const toasts = h('ob-toasts');

  const draw = () =>
    render(frame, [
      h(
        'a',
        {
          class: 'skip button',
          href: '#main',
          onclick: event => {
            event.preventDefault();
            outlet.focus();
          },
        },
        'Skip to content',
      ),
      h(
        'div',
        { class: current && 'shell' },
        current && side(),
        h('div', { class: 'body' }, current && top(), current && notLive(), current && current !== 'overview' && noBroker(), outlet),
      ),
      toasts,
    ]);

  const side = () =>
    h(
      'aside',
      { 'aria-label': 'Dashboard', class: ['side', isOpen && 'is-open'], id: 'side' },
      h(
        'a',
        { class: 'brand', href: link('overview') },
        h('img', { src: `${base}icon.svg`, alt: '' }),
        h('span', {}, breakable(overview.value?.service ?? 'Outbox')),
      ),
      h(
        'nav',
        { class: 'nav', 'aria-label': 'Pages' },
        pages.map(([page, text, key]) =>
          h(
            'a',
            {
              href: link(page),
              key: page,
              'aria-current': current === page || parents[current] === page ? 'page' : null,
              title: hasShortcuts() ? `g ${key}` : null,
            },
            icon(page),
            text,
            badge(page),
          ),
        ),
      ),
      h(
        'div',
        { class: 'side-foot' },
        overview.value && h('span', {}, `Version ${version(overview.value.version)}`),
        overview.value && h('span', {}, overview.value.store),
      ),
    );

  const top = () =>
    h(
      'header',
      { class: 'topbar' },
      h(
        'button',
        {
          class: 'button quiet icon-only menu-button',
          type: 'button',
          'aria-label': 'Pages',
          'aria-expanded': String(isOpen),
          'aria-controls': 'side',
          onclick: toggle,
        },
        icon('menu'),
      ),
      indicator(),
      h('ob-menu', { label: 'Theme', icon: { light: 'sun', dark: 'moon' }[theme()] ?? 'system', items: themes() }),
      h('ob-menu', {
        label: 'Session',
        icon: 'user',
        text: session.value?.name ?? '',
        items: [
          { note: `${session.value?.name ?? ''} may ${session.value?.role?.toLowerCase() ?? ''}` },
          { text: 'Keyboard …', onclick: help },
          {
            text: 'Keys of one character',
            isChecked: hasShortcuts(),
            isSwitch: true,
            onclick: () => {
              setShortcuts(!hasShortcuts());
              draw();
            },
          },
          { text: 'Sign out', onclick: onsignout },
        ],
      }),
    );

  const themes = () =>
    [
      ['system', 'As the system'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ].map(([name, text]) => ({
      text,
      isChecked: theme() === name,
      onclick: () => {
        setTheme(name);
        draw();
      },
    }));

  const toggle = () => {
    isOpen = !isOpen;
    draw();
    if (isOpen) frame.querySelector('.nav a').focus();
  };

  overview.changed(() => {
    if (current) draw();
  });
  live.addEventListener('change', draw);
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && isOpen) {
      toggle();
      frame.querySelector('.menu-button').focus();
    }
  });
  listen();
  document.addEventListener('click', event => {
    if (isOpen && !event.target.closest('.side, .menu-button')) toggle();
  });

  frame.show = page => {
    current = page === null ? null : (page ?? 'none');
    isOpen = false;
    if (current) overview.start();
    draw();
  };
  return frame;
}

/** A long name breaks after its dots and hyphens. */
const breakable = name => name.split(/(?<=[.-])/).map((part, at) => [at > 0 && h('wbr', {}), part]);

function badge(page) {
  const totals = overview.value?.totals;
  if (page === 'dead-letters' && totals?.deadLetters > 0) {
    return h(
      'span',
      { class: 'badge bad' },
      atLeast(totals.deadLetters, totals.deadLettersAreCapped),
      h('span', { class: 'visually-hidden' }, ' undecided'),
    );
  }
  const items = page === 'overview' && overview.value ? attentionOf(overview.value) : [];
  const tone = items.some(item => item.severity === 'Critical') ? 'bad' : 'warn';
  return (
    items.length > 0 &&
    h('span', { class: ['badge', tone] }, count(items.length), h('span', { class: 'visually-hidden' }, ' need attention'))
  );
}

/** What stands above each page that shows what was, and not what is. */
const notLive = () =>
  live.state === 'offline' &&
  h(
    'div',
    { class: 'not-live note bad', role: 'alert', key: 'not-live' },
    icon('critical'),
    h(
      'p',
      {},
      h('strong', {}, live.wasLive ? `Not live since ${clock(live.since)}. ` : 'Not live. '),
      live.why,
      live.wasLive && overview.value && [' What you see is of ', h('ob-time', { datetime: live.since.toISOString() }), '.'],
      !live.isRefused && ' It is tried again by itself.',
    ),
  );

/** Without the broker all pages stand still, not the overview alone, which says it among what needs attention. */
function noBroker() {
  const item = overview.value?.attention.find(({ code }) => code === 'BrokerUnavailable');
  return item && h('div', { class: 'no-broker note bad', role: 'status', key: 'no-broker' }, icon('critical'), h('p', {}, item.message));
}

function indicator() {
  const text = {
    live: 'Live',
    none: 'Not live',
    reconnecting: live.wasLive ? 'Reconnecting …' : 'Connecting …',
    offline: live.wasLive ? `Not live since ${clock(live.since)}` : 'Not live',
  }[live.state];
  return h('span', { class: ['live', `is-${live.state}`], role: 'status' }, text);
}
