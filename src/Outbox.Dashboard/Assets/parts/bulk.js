// Acts on many tasks or dead letters: asks with the exact number and a sample first, and says what was done.
//   await askMany({ path, action, ids | filter, … }): true when it was done or has begun
import { ask } from '../elements/ob-dialog.js';
import { toast } from '../elements/ob-toast.js';
import { api, once } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { link } from '../lib/router.js';
import { prepare } from './prepare.js';

/**
 * `path` is of the route, such as `/tasks/bulk`. `measure()` gives `{ count, isExact, sample }`; `describe(item)` shows one of the
 * sample. `words` are `{ noun, act: 'Cancel', done: 'cancelled', text, isDangerous }`; `fields` are more fields of the dialog, or a
 * function that reads what they offer.
 */
export async function askMany({ path, action, ids, filter, measure, describe, words, fields = [] }) {
  const order = found => ({ action, ...(ids ? { ids } : { filter }), ...(found.isExact ? { expected: found.count } : {}) });
  let changedFrom = null;
  for (;;) {
    const [found, asked] = await prepare(() => Promise.all([measure(), typeof fields === 'function' ? fields() : fields]));
    if (found.count === 0) {
      toast(`No ${words.noun} matches any more.`);
      return false;
    }

    let again = null;
    const send = once(path);
    const many = `${found.isExact ? '' : 'at least '}${plural(found.count, words.noun)}`;
    const isDone = await ask({
      title: `${words.act} ${many}?`,
      text: [changedFrom !== null && `The number has changed: it was ${count(changedFrom)}.`, words.text].filter(Boolean).join(' '),
      content: sample(found, describe, words.noun),
      curl: values => api.curl('POST', path, { ...order(found), ...given(values) }),
      fields: asked,
      action: `${words.act} ${many}`,
      dismiss: words.isDangerous ? 'Keep them' : 'Back',
      isDangerous: words.isDangerous,
      isWide: true,
      act: async values => {
        try {
          const answer = await send({ ...order(found), ...given(values) });
          return report(answer, words, ids ? 'ids' : 'filter', `${words.act} ${many}`);
        } catch (error) {
          if (error.problem?.count === undefined) throw error;
          again = found.count;
          return null;
        }
      },
    });
    if (again === null) return isDone;
    if (!isDone) {
      // Its page was left meanwhile: nobody is asked again on another one.
      toast(`No ${words.noun} was ${words.done}: the number has changed.`, { kind: 'bad' });
      return false;
    }
    changedFrom = again;
  }
}

const given = values => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null));

const sample = ({ count: all, sample: some = [] }, describe, noun) =>
  some.length > 0 &&
  h(
    'div',
    { class: 'stack bulk-sample' },
    h('h3', {}, all > some.length ? `The newest ${some.length} of ${count(all)}` : plural(all, noun)),
    h(
      'ul',
      {},
      some.map(item => h('li', { class: 'row' }, describe(item))),
    ),
  );

/** The entry of what was done at once has what was asked for as its target. */
function report(answer, words, target, what) {
  if (answer?.id) {
    // The page with its progress takes it; where that was left, it is said with the way back.
    const isUnseen = document.dispatchEvent(new CustomEvent('bulk-began', { detail: answer, cancelable: true }));
    if (isUnseen) {
      const href = link(answer.subject === 'Tasks' ? 'tasks' : 'dead-letters');
      toast(`${what}: it has begun, and goes on.`, { kind: 'good', href, linkText: 'Follow it' });
    }
    return null;
  }

  const reason = answer.reason ? `: ${answer.reason.replace(/\.$/, '')}` : '';
  const skipped = answer.skipped ? `; ${count(answer.skipped)} skipped${reason}` : '';
  toast(`${plural(answer.changed, words.noun)} ${words.done}${skipped}.`, {
    kind: 'good',
    href: link('audit', {}, { target }),
    linkText: 'Audit',
  });
  return null;
}
