// Sentences of the service for people: linked(text) shortens the ids of tasks in them, and makes them links where `isLink`, and shows times as the page does;
// advice(text, id) names the page where it is done instead of the request that does it.
import { h } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { ids as id, link } from '../lib/router.js';
import { localised } from '../lib/time.js';

const request = /((?:GET|POST|PUT|PATCH) \/(?:tasks|dead-letters|queues)\/[^\s;,]*[^\s;,.])/;
const pages = { tasks: 'task', 'dead-letters': 'dead-letter', queues: 'queue' };

export const linked = (text, isLink = true) =>
  localised(text)
    .split(id)
    .map((part, at) =>
      at % 2 === 0
        ? part
        : isLink
          ? h('a', { class: 'mono', href: link('task', { id: part }), title: part }, shortId(part))
          : shortId(part),
    );

/** `own` is the id of the task whose page it is on: that can be done by its buttons. */
export const advice = (text, own) =>
  text.split(request).map((part, at) => {
    if (at % 2 === 0) return linked(part);
    const [, list, target, act = 'change'] = part.split(' ')[1].split('/');
    const word = act === 'why' ? 'Show' : act[0].toUpperCase() + act.slice(1);
    if (target === own) return h('b', {}, word);
    return h(
      'a',
      { href: link(pages[list], { id: target, name: target }), title: part },
      `${word} ${list === 'queues' ? target : shortId(target)}`,
    );
  });
