// The request of a dialog, for a terminal: copyAsCurl('POST', path, () => body)
import '../elements/ob-copy.js';
import { api } from '../lib/api.js';
import { h } from '../lib/dom.js';

export const copyAsCurl = (method, path, body) => h('div', { class: 'copy-curl' }, h('ob-copy', { curl: true, text: () => api.curl(method, path, body?.()) }));
