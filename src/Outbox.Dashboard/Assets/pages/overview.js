// What is going on, in one look: what needs attention, the figures of now, the last hour, day or week, and each queue.
import '../elements/ob-table.js';
import { h, render, styled } from '../lib/dom.js';
import { areOld, oldTotals } from '../lib/attention.js';
import { atLeast, count, plural, rate, seconds } from '../lib/format.js';
import { depthOf, together } from '../lib/queues.js';
import { link } from '../lib/router.js';
import { attention } from '../parts/attention.js';
import { figures } from '../parts/figures.js';
import { firstTask } from '../parts/first-task.js';
import { history } from '../parts/history.js';
import { pageHead } from '../parts/page-head.js';
import { columns, noQueue } from '../parts/queue-columns.js';

styled(import.meta.url);

export const title = 'Overview';

const most = 15;

export function page(context) {
  const { api, overview, signal } = context;
  const root = h('div', { class: 'page' });
  const charts = history(context);
  let order = null;
  let first = null;

  /** The queues with the oldest messages stand first, then the busy ones, as they were when the page was opened: rows do not move while one reads. */
  function ordered(queues) {
    if (order?.length !== queues.length || !queues.every(queue => order.includes(queue.name))) {
      order = queues
        .toSorted((a, b) => urgency(b) - urgency(a) || b.acceptedPerSecond - a.acceptedPerSecond || a.name.localeCompare(b.name))
        .map(queue => queue.name);
    }
    return order.map(name => queues.find(queue => queue.name === name));
  }

  function draw(value, error) {
    render(root, [
      pageHead({ title: 'Overview', curl: () => api.curl('GET', '/overview') }),
      error && h('ob-error', { error, onretry: () => overview.read(), isBeside: value !== null }),
      value && attention(value),
      value?.totals.balanceIsKnown && value.totals.accepted === 0 && (first ??= firstTask(context)),
      value && figures(now(value)),
      !(error && !value) && charts,
      value && states(value.totals),
      !(error && !value) &&
        h(
          'section',
          { class: 'card' },
          h(
            'div',
            { class: 'card-head' },
            h('h2', {}, 'Queues'),
            value?.queues.length > most && h('a', { href: link('queues') }, `All ${count(value.queues.length)}`),
          ),
          h('ob-table', {
            caption: 'Queues',
            rows: value && ordered(value.queues).slice(0, most),
            rowKey: queue => queue.name,
            href: queue => link('queue', { name: queue.name }),
            columns: columns('name', 'depth', 'oldest', 'trend', 'use', 'accepted', 'succeeded', 'failed', 'deadLetters'),
            empty: noQueue,
          }),
        ),
    ]);
  }

  draw(null);
  overview.follow(draw, signal);
  return root;
}

const urgency = queue => Math.floor((queue.oldestSeconds ?? 0) / 10) + (queue.paused || queue.consumers.length === 0 ? 1 : 0);

/** The figures of now. */
function now({ rates, acceptedToEffect, queues, totals, workers }) {
  const oldest = Math.max(0, ...queues.map(queue => queue.oldestSeconds ?? 0));
  const ended = totals.succeededLastHour + totals.failedLastHour + totals.cancelledLastHour;
  return [
    {
      label: 'Tasks accepted',
      value: rate(rates.acceptedPerSecond),
      note: `${rate(rates.succeededPerSecond)} succeeded, last minute`,
      href: link('tasks'),
    },
    {
      label: 'Accepted to effect',
      value: seconds(acceptedToEffect.p50Seconds),
      note: acceptedToEffect.count ? `median, p99 ${seconds(acceptedToEffect.p99Seconds)}` : 'no task in 5 min',
    },
    {
      label: 'Messages waiting',
      value: depthOf(together(queues)),
      note: oldest > 0 ? `oldest ${seconds(oldest)}` : 'nothing is due',
      tone: oldest > 60 && 'warn',
      href: link('queues'),
    },
    {
      label: 'Tasks failed, 1 h',
      value: count(totals.failedLastHour),
      note: `of ${count(ended)} ended`,
      tone: totals.failedLastHour > 0 && 'bad',
      href: link('tasks', {}, { state: 'Failed' }),
    },
    {
      label: 'Dead letters',
      value: atLeast(totals.deadLetters, totals.deadLettersAreCapped),
      note: totals.deadLetters ? 'wait for a decision' : 'none to decide',
      tone: totals.deadLetters > 0 && 'bad',
      href: link('dead-letters'),
    },
    {
      label: 'Workers',
      value: count(workers.consuming),
      note: `${plural(workers.inFlight, 'message')} in flight`,
      tone: workers.consuming === 0 && 'bad',
      href: link('workers'),
    },
    balance(totals),
  ];
}

function balance({ balance: off, balanceIsKnown, accepted }) {
  if (!balanceIsKnown) return { label: 'Balance', value: '–', note: accepted > 0 ? 'not counted any more' : 'not counted yet' };
  if (off === 0) return { label: 'Balance', value: '0', note: `none of ${plural(accepted, 'task')} lost`, tone: 'good' };
  return { label: 'Balance', value: count(off), note: off > 0 ? 'tasks are lost' : 'tasks are counted twice', tone: 'bad' };
}

/** Where the tasks are that have not ended. Messages of no task are not among them, but in the queues' figures. */
function states(totals) {
  const all = [
    ['Scheduled', totals.scheduled, 'due later'],
    ['Waiting', totals.waiting, 'for other tasks'],
    ['Queued', totals.queued, 'due, for a worker'],
    ['Running', totals.running, 'now'],
    ['Retrying', totals.retrying, 'after a failure'],
    ['Blocked', totals.blocked, 'by a failed task'],
  ];
  const isOld = areOld(totals);
  return h(
    'nav',
    { class: ['states', isOld && 'is-old'], 'aria-label': 'Tasks that have not ended, by state' },
    h('h2', {}, 'Tasks that have not ended', isOld && [' ', h('small', {}, oldTotals)]),
    all.map(([state, number, meaning]) =>
      h(
        'a',
        { key: state, class: 'card state-link', href: link('tasks', {}, { state }) },
        h('ob-state', { state }),
        h('strong', { class: 'number' }, count(number)),
        h('span', { class: 'muted small' }, meaning),
      ),
    ),
  );
}
