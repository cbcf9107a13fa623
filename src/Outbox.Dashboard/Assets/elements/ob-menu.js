// <ob-menu>: a button with a list of acts. `label`, `icon`, `text` (beside the icon), `items`:
//   { text, onclick, isDangerous, isDisabled, isChecked, isSwitch }, { text, href } or { note } (a line to read)
//   isChecked: one of several; with isSwitch: by itself on or off
import { h, render, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';

styled(import.meta.url);

class ObMenu extends ObElement {
  static props = ['label', 'icon', 'text', 'items'];
  #menu = null;

  draw() {
    const button = h(
      'button',
      {
        class: ['button quiet', !this.text && 'icon-only'],
        type: 'button',
        title: this.label,
        'aria-haspopup': 'menu',
        'aria-expanded': String(this.#menu !== null),
        'aria-label': this.text ? `${this.label}: ${this.text}` : this.label,
        onclick: () => (this.#menu ? this.#close() : this.#open()),
        onkeydown: event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            this.#open();
          }
        },
      },
      icon(this.icon ?? 'more'),
      this.text && h('span', { class: 'user-name truncate' }, this.text),
    );
    return [button, this.#menu];
  }

  #open() {
    if (this.#menu) return;
    const menu = h('div', {
      class: 'menu',
      role: 'menu',
      popover: 'auto',
      tabindex: '-1',
      'aria-label': this.label,
      onkeydown: event => this.#key(event),
    });
    menu.addEventListener('toggle', event => {
      if (event.newState === 'closed') this.#forget(menu);
    });
    render(
      menu,
      this.items.map(item => this.#item(item)),
    );
    this.#menu = menu;
    // The top layer lets it out of any frame that scrolls; it stands below its button, within the window.
    this.append(menu);
    menu.showPopover();
    const at = this.getBoundingClientRect();
    menu.style.setProperty('left', `${Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`);
    menu.style.setProperty(
      'top',
      `${at.bottom + menu.offsetHeight + 8 > innerHeight ? Math.max(8, at.top - menu.offsetHeight - 4) : at.bottom + 4}px`,
    );
    // Disabled ones are gone through as well, so that their reason is read.
    (menu.querySelector('[role^="menuitem"]:not([aria-disabled="true"])') ?? menu.querySelector('[role^="menuitem"]') ?? menu).focus();
    this.update();
  }

  /** At once: the event of the popover comes later, and a key until then would open nothing. */
  #close() {
    const menu = this.#menu;
    menu?.hidePopover();
    if (menu) this.#forget(menu);
    this.querySelector('button').focus();
  }

  #forget(menu) {
    menu.remove();
    if (this.#menu !== menu) return;
    this.#menu = null;
    this.update();
  }

  #item(item) {
    if (item.note) return h('div', { class: 'menu-note' }, item.note);
    const props = {
      class: ['menu-item', item.isDangerous && 'bad'],
      tabindex: '-1',
      'aria-disabled': item.isDisabled ? 'true' : null,
      role: item.isChecked === undefined ? 'menuitem' : item.isSwitch ? 'menuitemcheckbox' : 'menuitemradio',
      'aria-checked': item.isChecked === undefined ? null : String(item.isChecked),
    };
    return item.href
      ? h('a', { ...props, href: item.href, onclick: () => this.#close() }, item.text)
      : h(
          'button',
          {
            ...props,
            type: 'button',
            onclick: () => {
              if (item.isDisabled) return;
              this.#close();
              item.onclick();
            },
          },
          item.text,
          item.isChecked && icon('succeeded'),
        );
  }

  #key(event) {
    const items = [...this.#menu.querySelectorAll('[role^="menuitem"]')];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at + items.length - 1) % items.length, Home: 0, End: items.length - 1 }[
      event.key
    ];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to)?.focus();
    }
    if (event.key === 'Tab' || event.key === 'Escape') {
      event.preventDefault();
      this.#close();
    }
  }
}

ObMenu.define('ob-menu');
