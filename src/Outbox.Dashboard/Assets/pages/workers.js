// Each process: which one, its version, host, since when, what it does, its queues, and what it holds.
import '../elements/ob-error.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { readPages } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { count, plural, rate, version } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { newest } from '../lib/newest.js';
import { poll } from '../lib/poll.js';
import { link, setQuery } from '../lib/router.js';
import { pageHead } from '../parts/page-head.js';

styled(import.meta.url);

export const title = 'Workers';

const shown = 5;

export function page({ api, query, signal }) {
  const root = h('div', { class: 'page' });
  let { name = '' } = query;
  let all = null;
  let error = null;

  const begin = newest();

  async function load() {
    const isNewest = begin();
    try {
      const { items } = await readPages(api, '/workers', { limit: 200, signal });
      if (!isNewest()) return;
      [all, error] = [items, null];
    } catch (problem) {
      if (problem.name === 'AbortError' || !isNewest()) return;
      error = problem;
    }
    draw();
  }

  function search(event) {
    name = event.target.value;
    setQuery({ name });
    draw();
  }

  function draw() {
    const rows = all?.filter(process =>
      `${process.name} ${process.service} ${process.host} ${process.version}`.toLowerCase().includes(name.trim().toLowerCase()),
    );
    render(root, [
      pageHead({ title: 'Workers', lines: all && h('p', {}, summary(all)), curl: () => api.curl('GET', '/workers') }),
      all && versions(all),
      h(
        'section',
        { class: 'card workers' },
        h(
          'div',
          { class: 'card-head' },
          h('input', {
            class: 'input search',
            type: 'search',
            placeholder: 'Search by name, host or version',
            'aria-label': 'Search workers',
            value: name,
            oninput: search,
          }),
        ),
        h('ob-table', {
          caption: 'Processes',
          rows,
          most: 100,
          error,
          isFollowed: true,
          onretry: load,
          columns,
          rowKey: process => process.name,
          empty: name
            ? {
                icon: 'search',
                heading: `No process matches “${name}”`,
                text: 'One that stopped leaves at once; one that died is gone after three reports that did not come.',
              }
            : {
                icon: 'workers',
                heading: 'No process reports',
                text: 'Start one that consumes: each reports every few seconds what it does. One that runs and is not here cannot write to the database; its log says why.',
              },
        }),
      ),
    ]);
  }

  poll(5, load, signal);
  draw();
  return root;
}

const columns = [
  {
    key: 'name',
    title: 'Process',
    isHead: true,
    cell: process =>
      h(
        'div',
        { class: 'process' },
        h('span', { class: 'mono nowrap' }, process.name),
        h('span', { class: 'muted small' }, `${process.service} on ${process.host}`),
        h('span', { class: 'muted small', title: process.version }, `Version ${version(process.version)}`),
      ),
  },
  { key: 'startedAt', title: 'Started', cell: process => h('ob-time', { datetime: process.startedAt }) },
  { key: 'seenAt', title: 'Reported', cell: process => h('ob-time', { datetime: process.seenAt }) },
  { key: 'does', title: 'Does', cell: process => does(process) },
  { key: 'queues', title: 'Queues', isWide: true, cell: process => queues(process) },
  { key: 'holds', title: 'Running', isWide: true, cell: process => holds(process) },
];

function does({ dispatches, runsSchedules, queues: consumed }) {
  const words = [
    consumed.length > 0 && `Consumes ${plural(consumed.length, 'queue')}`,
    dispatches && 'Dispatches',
    runsSchedules && 'Runs schedules',
  ].filter(Boolean);
  return words.length
    ? h(
        'ul',
        { class: 'does' },
        words.map(word => h('li', {}, word)),
      )
    : h('span', { class: 'muted' }, 'Serves requests alone');
}

/** The first few, and the rest at hand: a process has a hundred queues, or holds a hundred tasks. */
function some(all, item) {
  const rest = all.slice(shown);
  return [
    h('ul', { class: 'held' }, all.slice(0, shown).map(item)),
    rest.length > 0 &&
      h('details', { class: 'small' }, h('summary', {}, `${count(rest.length)} more`), h('ul', { class: 'held' }, rest.map(item))),
  ];
}

function queues(process) {
  if (process.queues.length === 0) return h('span', { class: 'muted' }, 'none');
  const busyFirst = process.queues.toSorted((a, b) => (b.inFlight > 0) - (a.inFlight > 0) || a.name.localeCompare(b.name));
  return some(busyFirst, queue =>
    h(
      'li',
      { key: queue.name, title: `${rate(queue.rate)}, ${count(queue.consumed)} since its start` },
      h('a', { class: 'truncate', href: link('queue', { name: queue.name }) }, queue.name),
      h('span', { class: 'muted number nowrap' }, `${count(queue.inFlight)} of ${count(queue.concurrency)}`),
    ),
  );
}

function holds(process) {
  const tasks = Array.isArray(process.running) ? process.running : [];
  if (tasks.length === 0)
    return h('span', { class: 'muted' }, process.inFlight > 0 ? `${plural(process.inFlight, 'message')}, each for a moment` : 'nothing');
  return some(tasks, task =>
    h(
      'li',
      { key: task.taskId },
      h('a', { class: 'truncate', href: link('task', { id: task.taskId }) }, task.kind),
      h('ob-time', { datetime: task.startedAt }),
    ),
  );
}

const having = (all, test) => count(all.filter(test).length);

const summary = all =>
  [
    plural(all.length, 'process', 'processes'),
    `${having(all, process => process.queues.length > 0)} consuming`,
    `${having(all, process => process.dispatches)} dispatching`,
    `${having(all, process => process.runsSchedules)} running schedules`,
    `${plural(
      all.reduce((sum, process) => sum + process.inFlight, 0),
      'message',
    )} in flight`,
  ].join(', ');

/** During a deployment two versions are right, for a while. */
function versions(all) {
  const names = [...new Set(all.map(process => process.version))].sort();
  return (
    names.length > 1 &&
    h(
      'div',
      { class: 'note warn' },
      icon('warning'),
      h(
        'p',
        {},
        `${count(names.length)} versions run: `,
        names.map(name => `${version(name)} (${having(all, process => process.version === name)})`).join(', '),
        '.',
      ),
    )
  );
}
