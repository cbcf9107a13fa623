// Sentences of the service name tasks by their ids: linked(text) shortens them, and makes them links where `isLink`.
import { h } from '../lib/dom.js';
import { shortId } from '../lib/format.js';
import { link } from '../lib/router.js';

// Not within the path of a request, which somebody may copy.
const id = /(?<!\/)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

export const linked = (text, isLink = true) => text.split(id).map((part, at) => at % 2 === 0 ? part
  : isLink ? h('a', { class: 'mono', href: link('task', { id: part }), title: part }, shortId(part)) : shortId(part));
