import { h } from '../lib/dom.js';

export const title = 'queues';

export const page = () => h('div', { class: 'page' }, h('h1', {}, 'queues'));
