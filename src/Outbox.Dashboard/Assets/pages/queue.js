import { h } from '../lib/dom.js';

export const title = 'queue';

export const page = () => h('div', { class: 'page' }, h('h1', {}, 'queue'));
