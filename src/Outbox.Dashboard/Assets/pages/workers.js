import { h } from '../lib/dom.js';

export const title = 'workers';

export const page = () => h('div', { class: 'page' }, h('h1', {}, 'workers'));
