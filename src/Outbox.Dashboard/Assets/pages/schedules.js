// What is enqueued by the clock: each schedule with its times in words, when it runs next, how it ran last, and what one can do with it.
import '../elements/ob-menu.js';
import '../elements/ob-state.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { readPages } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { newest } from '../lib/newest.js';
import { poll } from '../lib/poll.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { actMenu } from '../parts/act-button.js';
import { pageHead } from '../parts/page-head.js';
import { acts, stateOf } from './schedule-acts.js';
import { edit } from './schedule-edit.js';

styled(import.meta.url);

export const title = 'Schedules';

export function page({ api, signal }) {
  const root = h('div', { class: 'page' });
  let rows = null;
  let error = null;

  const begin = newest();

  async function load() {
    const isNewest = begin();
    try {
      const { items } = await readPages(api, '/schedules', { limit: 200, signal });
      if (!isNewest()) return;
      [rows, error] = [items, null];
    } catch (problem) {
      if (problem.name === 'AbortError' || !isNewest()) return;
      error = problem;
    }
    draw();
  }

  const draw = () =>
    render(root, [
      pageHead({
        title: 'Schedules',
        lines: rows && h('p', {}, summary(rows)),
        acts: [{ text: 'Add schedule', icon: 'add', isPrimary: true, onclick: () => edit(null, load) }],
        reason: readOnly(),
        curl: () => api.curl('GET', '/schedules'),
      }),
      h(
        'section',
        { class: 'card' },
        h('ob-table', {
          caption: 'Schedules',
          columns: columns(load),
          rows,
          rowKey: row => row.name,
          href: row => link('schedule', row),
          error,
          isFollowed: true,
          onretry: load,
          empty: {
            heading: 'No schedule yet',
            text: 'A schedule enqueues a task at the times of a cron expression. Add one here, or declare it in code:',
            code: 'services.AddSchedule("nightly", "0 3 * * *", new YourMessage(…));',
            icon: 'schedules',
          },
        }),
      ),
    ]);

  draw();
  poll(10, load, signal);
  return root;
}

function summary(rows) {
  const paused = rows.filter(row => row.paused).length;
  const wrong = rows.filter(row => row.error).length;
  return [plural(rows.length, 'schedule'), paused > 0 && `${paused} paused`, wrong > 0 && `${wrong} cannot run`].filter(Boolean).join(', ');
}

const columns = load => [
  {
    key: 'name',
    title: 'Name',
    isHead: true,
    class: 'schedule-name',
    cell: row => [h('a', { href: link('schedule', row) }, row.name), ' ', stateOf(row)],
  },
  {
    key: 'cron',
    title: 'Runs',
    isWide: true,
    cell: row => h('div', {}, row.cronText ?? row.cron, h('div', { class: 'muted small' }, h('code', {}, row.cron), ` ${row.timeZone}`)),
  },
  {
    key: 'next',
    title: 'Next',
    cell: row =>
      row.nextDueAt && !row.paused
        ? h('ob-time', { datetime: row.nextDueAt })
        : h('span', { class: 'muted' }, row.paused ? 'Paused' : 'Never'),
  },
  {
    key: 'last',
    title: 'Last run',
    cell: row => (row.lastState || row.lastDueAt ? lastRun(row) : h('span', { class: 'muted' }, 'None yet')),
  },
  {
    key: 'acts',
    title: '',
    class: 'acts',
    cell: row => h('ob-menu', { label: `Acts on ${row.name}`, items: actMenu(acts(row, load), readOnly()) }),
  },
];

const lastRun = row =>
  h(
    'span',
    { class: 'row' },
    row.lastState &&
      (row.lastTaskId
        ? h('a', { href: link('task', { id: row.lastTaskId }) }, h('ob-state', { state: row.lastState }))
        : h('ob-state', { state: row.lastState })),
    row.lastDueAt && h('ob-time', { datetime: row.lastDueAt }),
  );
