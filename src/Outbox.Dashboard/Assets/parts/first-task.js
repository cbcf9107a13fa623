// What a system is shown that has never had a task: how to enqueue the first one, in code and from a terminal.
import '../elements/ob-empty.js';
import { at } from '../lib/api.js';
import { h, render } from '../lib/dom.js';

/** The card; the request has a type that is known here, and a message of it, as soon as they are read. */
export function firstTask({ api, signal }) {
  const root = h('section', { class: 'card', key: 'first-task' });
  const show = request =>
    render(
      root,
      h('ob-empty', {
        icon: 'tasks',
        heading: 'No task yet',
        text: request
          ? 'Enqueue the first one in code, in the transaction of your own data, or from a terminal:'
          : 'Enqueue the first one in code, in the transaction of your own data:',
        code: ['tasks.Add(new YourMessage(…));', ...(request ? [request] : [])],
      }),
    );
  const read = async () => {
    const [type] = await api.get('/task-types', {}, { signal });
    if (!type) return;
    const { example } = await api.get(at`/task-types/${type}`, {}, { signal });
    show(api.curl('POST', '/tasks', { type, message: example }));
  };
  show(null);
  read().catch(() => {}); // the line of code stands there in any case
  return root;
}
