// The head of a page, the same on each: pageHead({ up, title, state, lines, acts, reason, curl })
//   up: [text, href] of the list that the thing is in; state: a badge beside the title; lines: what stands below it
//   acts: see act-button.js; reason: why the caller may do none of them; curl: the request that the page makes, which stands last
import '../elements/ob-copy.js';
import { h } from '../lib/dom.js';
import { actButtons } from './act-button.js';

export const pageHead = ({ up, title, state, lines, acts = [], reason = null, curl }) =>
  h(
    'header',
    { class: 'page-head' },
    h(
      'div',
      {},
      up && h('a', { class: 'small', href: up[1] }, up[0]),
      h('div', { class: 'row' }, h('h1', {}, title), state),
      lines,
      acts.length > 0 && reason && h('p', { class: 'small' }, reason),
    ),
    h('div', { class: 'row' }, actButtons(acts, reason), curl && h('ob-copy', { curl: true, text: curl })),
  );
