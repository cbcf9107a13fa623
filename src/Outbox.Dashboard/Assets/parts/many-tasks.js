// Acts on the tasks that are selected, or on all that match.
//   manyTasks({ api, list, query, selected, isAll, refused, signal, ondone })   the buttons
import '../elements/ob-state.js';
import { h } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { canCancel, canRetry, states } from '../lib/tasks.js';
import { askMany } from './bulk.js';

const retry = {
  name: 'Retry',
  picture: 'retrying',
  can: canRetry,
  fields: [],
  words: {
    noun: 'task',
    act: 'Retry',
    done: 'retried',
    text: 'Their next attempt is due now: failed ones are redriven, cancelled ones restored. Others are skipped.',
  },
};

const cancel = {
  name: 'Cancel',
  picture: 'cancelled',
  can: canCancel,
  fields: [
    {
      name: 'successors',
      label: 'The tasks after them',
      options: [
        ['Cancel', 'are cancelled too'],
        ['Keep', 'stay, and are blocked'],
      ],
      value: 'Cancel',
    },
  ],
  words: {
    noun: 'task',
    act: 'Cancel',
    done: 'cancelled',
    isDangerous: true,
    text: 'What they wrote to the database is not committed; what has left stays done. A retry brings them back. Tasks that have ended are skipped.',
  },
};

export const manyTasks = given => [button(retry, given), button(cancel, given)];

function button(act, given) {
  const { list, selected, isAll, refused } = given;
  const some = isAll ? ofStates(act, given) : (list.items ?? []).some(task => selected.has(task.id) && act.can(task));
  return h(
    'button',
    {
      class: ['button small', act === cancel && 'danger'],
      type: 'button',
      disabled: Boolean(refused) || !some,
      title: refused ?? (some ? null : `None of them can be ${act.words.done}.`),
      onclick: () => run(act, given),
    },
    icon(act.picture),
    `${act.name} …`,
  );
}

/** Of all that match, those in which states: the count is then of what is changed. */
const ofStates = ({ can }, { query }) => (query.state?.split(',') ?? states).filter(state => can({ state })).join(',');

async function run(act, given) {
  const { api, list, query, selected, isAll, signal, ondone } = given;
  const chosen = (list.items ?? []).filter(task => selected.has(task.id) && act.can(task));
  const all = { ...query, state: ofStates(act, given) };
  const isDone = await askMany({
    path: '/tasks/bulk',
    action: act.name,
    ...(isAll ? { filter: all } : { ids: chosen.map(task => task.id) }),
    measure: async () =>
      isAll ? api.get('/tasks/count', all, { signal }) : { count: chosen.length, isExact: true, sample: chosen.slice(0, 5) },
    describe: task => [
      h('ob-state', { state: task.state }),
      h('span', { class: 'truncate' }, task.kind),
      h('span', { class: 'mono small muted' }, shortId(task.id)),
    ],
    fields: act.fields,
    words: act.words,
  });
  if (isDone) ondone();
}
