// <ob-empty>: what stands where there is nothing: `heading`, `text` (why, and what to do next), `icon`, perhaps `code` (lines to copy), and
// perhaps `href` with `linkText`.
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';
import './ob-copy.js';

styled(import.meta.url);

class ObEmpty extends ObElement {
  static props = ['heading', 'text', 'icon', 'href', 'linkText', 'code'];

  draw() {
    return h(
      'div',
      { class: 'empty' },
      icon(this.icon ?? 'succeeded'),
      h('strong', {}, this.heading),
      this.text && h('p', {}, this.text),
      [this.code ?? []]
        .flat()
        .map(line =>
          h(
            'div',
            { class: 'empty-code' },
            h('code', { tabindex: '0', role: 'group', 'aria-label': 'A line to copy' }, line),
            h('ob-copy', { text: line, label: 'Copy this line' }),
          ),
        ),
      this.href && h('a', { class: 'button', href: this.href }, this.linkText),
    );
  }
}

ObEmpty.define('ob-empty');
