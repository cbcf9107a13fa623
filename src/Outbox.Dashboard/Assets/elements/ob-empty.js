// <ob-empty>: what stands where there is nothing: `heading`, `text` (why, and what to do), `icon`, and perhaps `href` with `linkText`.
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';

styled(import.meta.url);

class ObEmpty extends ObElement {
  static props = ['heading', 'text', 'icon', 'href', 'linkText'];

  draw() {
    return h(
      'div',
      { class: 'empty' },
      icon(this.icon ?? 'succeeded'),
      h('strong', {}, this.heading),
      this.text && h('p', {}, this.text),
      this.href && h('a', { class: 'button', href: this.href }, this.linkText),
    );
  }
}

ObEmpty.define('ob-empty');
