// One task: why it is not running, what happened to it, what stands before and after it, its message, and what can be done.
import '../elements/ob-copy.js';
import '../elements/ob-error.js';
import '../elements/ob-graph.js';
import '../elements/ob-json.js';
import '../elements/ob-state.js';
import '../elements/ob-timeline.js';
import { at } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { plural, shortId } from '../lib/format.js';
import { newest } from '../lib/newest.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { canCancel, canRetry, hasEnded } from '../lib/tasks.js';
import { linked } from '../parts/linked.js';
import { pageHead } from '../parts/page-head.js';
import { payloadCard } from '../parts/payload.js';
import { runAgain, whyNotAgain } from '../parts/run-again-dialog.js';
import { cancelTask, retryTask } from '../parts/task-acts.js';
import { taskFacts } from '../parts/task-facts.js';
import { taskReason } from '../parts/task-reason.js';

styled(import.meta.url);

export const title = params => `Task ${shortId(params.id)}`;

const up = ['Tasks', link('tasks')];

export function page(context) {
  const { api, live, session, settings, signal, params, setTitle } = context;
  const path = at`/tasks/${params.id}`;
  const root = h('div', { class: 'page task' });
  const refused = readOnly();
  const state = { task: null, why: null, timeline: null, graph: null, error: null };
  let due = null;
  let trailing = null;
  let following = null;

  const [beginTask, beginRest] = [newest(), newest()];

  const part = (name, address, isNewest) =>
    api.get(address, {}, { signal }).then(
      value => {
        if (isNewest()) state[name] = value;
      },
      error => {
        if (error.name !== 'AbortError' && isNewest()) state.error = error; // what was read before stays beside it
      },
    );

  const read = async () => {
    due = null;
    state.error = null;
    const [isNewestTask, isNewest] = [beginTask(), beginRest()];
    await part('task', path, isNewestTask);
    if (!state.error) await Promise.all(['why', 'timeline', 'graph'].map(name => part(name, `${path}/${name}`, isNewest)));
    if (signal.aborted) return;
    if (state.task) {
      setTitle(`${state.task.kind} ${shortId(params.id)}`);
      follow();
    }

    draw();
  };

  /** The stream of a task ends with it, and begins again with a retry. */
  const follow = () => {
    if (hasEnded(state.task)) {
      following?.abort();
      following = null;
    } else if (!following) {
      following = new AbortController();
      live.follow(`${path}/events`, { signal: following.signal, on: { task: changed, lagged: () => changed() } });
    }
  };

  /** What an event says is shown at once; the rest is read once things are quiet. */
  const changed = task => {
    if (task && state.task) {
      beginTask()(); // no answer to what was asked before it is newer
      state.task = { ...state.task, ...task };
      follow();
    }

    draw();
    due ??= setTimeout(read, 400);

    // What is read then may be a second old, since all viewers share it (docs/decisions/0052): so once more when it cannot be.
    clearTimeout(trailing);
    trailing = setTimeout(read, 1_600);
  };

  const draw = () =>
    render(
      root,
      state.task
        ? content()
        : [
            // The heading stays the same element, and keeps the focus, when the task is there.
            pageHead({ up, title: `Task ${shortId(params.id)}` }),
            state.error
              ? h('ob-error', { error: state.error, onretry: read, href: link('tasks'), linkText: 'All tasks' })
              : h('div', { class: 'card task-loading', 'aria-busy': 'true' }, h('p', { class: 'muted' }, 'Loading …')),
          ],
    );

  const content = () => [
    head(state.task),
    taskReason(state, curl('/why')),
    state.error ? h('ob-error', { error: state.error, onretry: read, isBeside: true }) : null,
    h(
      'div',
      { class: 'task-columns' },
      h('div', { class: 'stack' }, timelineCard(), resultCard(), payloadCard(state.task, session)),
      taskFacts(state.task, settings),
    ),
    graphCard(),
  ];

  const head = task =>
    pageHead({
      up,
      title: task.kind,
      state: h('ob-state', { state: task.state }),
      lines: h(
        'div',
        { class: 'row small muted' },
        h('span', { class: 'mono task-id' }, task.id),
        h('ob-copy', { text: task.id, label: 'Copy the id' }),
      ),
      acts: acts(task),
      reason: refused,
      curl: () => api.curl('GET', path),
    });

  const curl = part => h('ob-copy', { curl: true, isSmall: true, text: () => api.curl('GET', path + part) });

  const acts = task => {
    const cannot = done => `A task that is ${task.state} cannot be ${done}.`;
    return [
      {
        text: 'Retry',
        icon: 'retrying',
        isPrimary: task.state === 'Failed',
        reason: canRetry(task) ? null : cannot('retried'),
        onclick: () => retryTask(task).then(isDone => isDone && read()),
      },
      {
        text: 'Run again',
        icon: 'resume',
        reason: whyNotAgain(task),
        onclick: () => runAgain(task),
      },
      {
        text: 'Cancel',
        icon: 'cancelled',
        isDangerous: true,
        reason: canCancel(task) ? null : cannot('cancelled'),
        onclick: () => cancelTask(task).then(isDone => isDone && read()),
      },
    ];
  };

  const timelineCard = () =>
    h(
      'section',
      { class: 'card', key: 'timeline' },
      h('div', { class: 'card-head' }, h('h2', {}, 'Timeline'), curl('/timeline')),
      h(
        'div',
        { class: 'card-body' },
        state.timeline
          ? h('ob-timeline', {
              items: state.timeline.items,
              isComplete: state.timeline.isComplete,
              taskHref: id => link('task', { id }),
              write: linked,
            })
          : h('p', { class: 'muted' }, 'The timeline cannot be read.'),
      ),
    );

  const resultCard = () =>
    state.task.result === null || state.task.result === undefined
      ? null
      : h(
          'section',
          { class: 'card', key: 'result' },
          h('div', { class: 'card-head' }, h('h2', {}, 'Result')),
          h('div', { class: 'card-body' }, h('ob-json', { value: state.task.result })),
        );

  const graphCard = () =>
    (state.graph?.nodes.length ?? 0) < 2
      ? null
      : h(
          'section',
          { class: 'card', key: 'graph' },
          h(
            'div',
            { class: 'card-head' },
            h('h2', {}, 'Before and after'),
            h('span', { class: 'small muted' }, plural(state.graph.nodes.length, 'task')),
            curl('/graph'),
          ),
          h(
            'div',
            { class: 'card-body' },
            h('ob-graph', {
              nodes: state.graph.nodes.map(node => (node.id === state.task.id ? { ...node, state: state.task.state } : node)),
              edges: state.graph.edges,
              isCapped: state.graph.isCapped,
              current: state.task.id,
              href: node => link('task', { id: node.id }),
            }),
          ),
        );

  draw();
  read();
  // What a task waits for changes without an event of its own; one that has ended changes only when somebody acts on it.
  const timer = setInterval(() => {
    if (!document.hidden && state.task && !hasEnded(state.task)) due ??= setTimeout(read, 0);
  }, 10_000);
  const shown = () => {
    if (!document.hidden) due ??= setTimeout(read, 0);
  };
  document.addEventListener('visibilitychange', shown, { signal });
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    clearTimeout(due);
    clearTimeout(trailing);
    following?.abort();
  });
  return root;
}
