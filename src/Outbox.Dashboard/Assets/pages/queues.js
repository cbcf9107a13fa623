// All queues, live, with what one can do to each. What one searches for, and the order, are in the address.
import '../elements/ob-menu.js';
import '../elements/ob-table.js';
import { h, render } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { depthOf, together } from '../lib/queues.js';
import { link, setQuery } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { actMenu } from '../parts/act-button.js';
import { pageHead } from '../parts/page-head.js';
import { acts } from '../parts/queue-acts.js';
import { columns, noQueue } from '../parts/queue-columns.js';

export const title = 'Queues';

export function page({ api, overview, query, signal }) {
  const root = h('div', { class: 'page' });
  let { name = '', sort = '' } = query;

  function change(changes) {
    ({ name, sort } = { name, sort, ...changes });
    setQuery({ name, sort });
    draw(overview.value);
  }

  function draw(value, error) {
    const rows = value?.queues.filter(queue => queue.name.includes(name.trim().toLowerCase()));
    const [key, direction] = sort.split(':');
    render(root, [
      pageHead({
        title: 'Queues',
        lines: value && h('p', {}, `${summary(value.queues)}. Accepted, succeeded and failed are tasks, in the last minute.`),
        curl: () => api.curl('GET', '/queues'),
      }),
      h(
        'section',
        { class: 'card' },
        h(
          'div',
          { class: 'card-head' },
          h('input', {
            class: 'input search',
            type: 'search',
            placeholder: 'Search by name',
            'aria-label': 'Search queues by name',
            value: name,
            oninput: event => change({ name: event.target.value }),
          }),
        ),
        h('ob-table', {
          caption: 'Queues',
          rows,
          most: 100,
          error,
          isFollowed: true,
          onretry: () => overview.read(),
          rowKey: queue => queue.name,
          href: queue => link('queue', { name: queue.name }),
          sorted: { key: key || 'name', isDescending: direction === 'desc' },
          onsort: sorted => change({ sort: `${sorted.key}${sorted.isDescending ? ':desc' : ''}` }),
          columns: [...columns('name', 'depth', 'oldest', 'trend', 'use', 'accepted', 'succeeded', 'failed', 'deadLetters'), menu],
          empty: name ? { icon: 'search', heading: `No queue has “${name}” in its name` } : noQueue,
        }),
      ),
    ]);
  }

  draw(null);
  overview.follow(draw, signal);
  return root;
}

const menu = {
  key: 'acts',
  title: 'Acts',
  class: 'acts',
  cell: queue => h('ob-menu', { label: `Acts on ${queue.name}`, items: actMenu(acts(queue), readOnly()) }),
};

function summary(queues) {
  const paused = queues.filter(queue => queue.paused).length;
  const alone = queues.filter(queue => queue.consumers.length === 0).length;
  const all = together(queues);
  return [
    plural(queues.length, 'queue'),
    all.depth === null ? 'messages waiting: unknown' : `${depthOf(all)} ${all.depth === 1 ? 'message' : 'messages'} waiting`,
    paused && `${count(paused)} paused`,
    alone && `${count(alone)} without a worker`,
  ]
    .filter(Boolean)
    .join(', ');
}
