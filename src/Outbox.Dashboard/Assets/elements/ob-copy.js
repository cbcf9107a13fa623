// <ob-copy>: a button that copies `text` (or what the function `text()` returns). `label` names it; `curl` gives the usual label.
// `isSmall` leaves only its picture, as in the head of a card.
//   h('ob-copy', { text: id, label: 'Copy id' })   h('ob-copy', { text: () => api.curl('GET', '/queues'), curl: true })
import { h } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';
import { sentence } from './ob-error.js';
import { toast } from './ob-toast.js';

class ObCopy extends ObElement {
  static props = ['text', 'label', 'curl', 'isSmall'];

  draw() {
    const label = this.curl ? 'Copy as curl' : (this.label ?? 'Copy');
    return h(
      'button',
      {
        class: ['button quiet', this.curl && !this.isSmall ? '' : 'icon-only small'],
        type: 'button',
        title: label,
        'aria-label': label,
        onclick: () => this.copy(),
      },
      icon('copy'),
      this.curl && !this.isSmall && 'curl',
    );
  }

  async copy() {
    let text;
    try {
      text = typeof this.text === 'function' ? this.text() : this.text;
    } catch (error) {
      return toast(`Nothing was copied: ${sentence(error)}`, { kind: 'bad' }); // such as of a message that is not JSON yet
    }
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without HTTPS there is no clipboard but this one.
      const focused = document.activeElement;
      const area = h('textarea', { class: 'visually-hidden' });
      area.value = text;
      this.append(area);
      area.select();
      const isCopied = document.execCommand('copy');
      area.remove();
      focused?.focus();
      if (!isCopied) return toast('Nothing was copied: the browser does not allow it here.', { kind: 'bad' });
    }
    toast(this.curl ? 'Copied. Put your key into the variable KEY.' : 'Copied.');
  }
}

ObCopy.define('ob-copy');
