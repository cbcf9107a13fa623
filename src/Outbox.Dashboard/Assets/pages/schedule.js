// One schedule: when it runs, in words and as the next five times in its zone; how it ran; what it enqueues.
import '../elements/ob-error.js';
import '../elements/ob-json.js';
import '../elements/ob-state.js';
import '../elements/ob-table.js';
import '../elements/ob-time.js';
import { h, render } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { newest } from '../lib/newest.js';
import { poll } from '../lib/poll.js';
import { link, navigate } from '../lib/router.js';
import { seconds, shortId } from '../lib/format.js';
import { isHidden, misfires, pathOf } from '../lib/schedules.js';
import { readOnly, session } from '../lib/session.js';
import { pageHead } from '../parts/page-head.js';
import { acts, stateOf } from './schedule-acts.js';
import { times } from './schedule-times.js';

export const title = ({ name }) => `${name} · Schedules`;

export function page({ api, params, signal }) {
  const root = h('div', { class: 'page' });
  const path = pathOf(params.name);
  let schedule = null;
  let error = null;

  const draw = () =>
    render(root, [
      pageHead({
        up: ['Schedules', link('schedules')],
        title: params.name,
        state: schedule && stateOf(schedule),
        acts: schedule ? acts(schedule, load, () => navigate('schedules')) : [],
        reason: readOnly(),
        curl: () => api.curl('GET', path),
      }),
      error && h('ob-error', { error, onretry: load, href: link('schedules'), linkText: 'All schedules', isBeside: schedule !== null }),
      schedule?.error &&
        h(
          'div',
          { class: 'note bad', role: 'alert' },
          icon('critical'),
          h('div', {}, h('strong', {}, 'It cannot run'), h('p', {}, schedule.error)),
        ),
      schedule && [h('div', { class: 'columns' }, when(schedule), what(schedule)), runs(schedule)],
    ]);

  const begin = newest();

  async function load() {
    const isNewest = begin();
    try {
      const answer = await api.get(path, null, { signal });
      if (!isNewest()) return;
      [schedule, error] = [answer, null];
    } catch (problem) {
      if (problem.name === 'AbortError' || !isNewest()) return;
      error = problem;
      if (problem.status === 404) schedule = null;
    }
    draw();
  }

  draw();
  poll(5, load, signal);
  return root;
}

const when = schedule =>
  h(
    'section',
    { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, 'When it runs')),
    h(
      'div',
      { class: 'card-body stack' },
      h(
        'dl',
        { class: 'facts' },
        h('dt', {}, 'Cron'),
        h('dd', {}, h('code', {}, schedule.cron)),
        h('dt', {}, 'Zone'),
        h('dd', {}, schedule.timeZone),
        h('dt', {}, 'Missed times'),
        h('dd', {}, misfires[schedule.misfire] ?? schedule.misfire),
      ),
      schedule.paused
        ? [h('p', { class: 'schedule-when' }, schedule.cronText), h('p', { class: 'muted' }, 'While it is paused it does not run.')]
        : times(schedule),
    ),
  );

const what = schedule =>
  h(
    'section',
    { class: 'card' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', {}, 'What it enqueues'),
      h('a', { href: link('audit', {}, { target: schedule.name }) }, 'Who changed it'),
    ),
    h(
      'div',
      { class: 'card-body stack' },
      h(
        'dl',
        { class: 'facts' },
        h('dt', {}, 'Type'),
        h('dd', {}, schedule.type),
        h('dt', {}, 'Kind'),
        h('dd', {}, h('a', { href: link('tasks', {}, { kind: schedule.kind ?? schedule.type }) }, schedule.kind ?? schedule.type)),
        h('dt', {}, 'Added'),
        h('dd', {}, h('ob-time', { datetime: schedule.createdAt })),
        h('dt', {}, 'Changed'),
        h('dd', {}, h('ob-time', { datetime: schedule.updatedAt })),
      ),
      isHidden(schedule)
        ? h(
            'p',
            { class: 'muted' },
            `Its message is hidden: the key ${session.value?.name ?? ''} may not see messages (Access:Keys:…:Payloads).`,
          )
        : h('ob-json', { value: schedule.message }),
    ),
  );

const runs = schedule =>
  h(
    'section',
    { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Last runs')),
    h('ob-table', {
      caption: `Last runs of ${schedule.name}`,
      rows: schedule.lastRuns ?? [],
      rowKey: row => row.taskId,
      href: row => link('task', { id: row.taskId }),
      empty: { heading: 'No run yet', text: 'Its first run stands here.', icon: 'schedules' },
      columns: [
        { key: 'due', title: 'Due', isHead: true, cell: row => h('ob-time', { datetime: row.dueAt, mode: 'full' }) },
        { key: 'state', title: 'Outcome', cell: row => h('ob-state', { state: row.state }) },
        { key: 'seconds', title: 'Took', align: 'end', cell: row => seconds(row.seconds) },
        { key: 'error', title: 'Error', isWide: true, cell: row => (row.error ? h('span', { class: 'bad' }, row.error) : '–') },
        {
          key: 'task',
          title: 'Task',
          cell: row => h('a', { href: link('task', { id: row.taskId }), class: 'mono', title: row.taskId }, shortId(row.taskId)),
        },
      ],
    }),
  );
