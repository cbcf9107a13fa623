import { h } from '../lib/dom.js';

export const title = 'overview';

export const page = () => h('div', { class: 'page' }, h('h1', {}, 'overview'));
