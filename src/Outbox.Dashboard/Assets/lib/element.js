// The base of all `ob-…` elements. A subclass names its properties in `static props`, and returns its content from draw().
// It is drawn again, once, after any of them was set. `this.signal` ends when the element leaves the page.
import { render } from './dom.js';

export class ObElement extends HTMLElement {
  static props = [];
  #values = {};
  #isDue = false;
  #gone;

  static define(name) {
    for (const prop of this.props) {
      Object.defineProperty(this.prototype, prop, {
        get() {
          return this.#values[prop];
        },
        set(value) {
          this.#values[prop] = value;
          this.update();
        },
      });
    }
    customElements.define(name, this);
  }

  get signal() {
    return this.#gone.signal;
  }

  connectedCallback() {
    this.#gone = new AbortController();
    for (const prop of this.constructor.props) {
      if (!(prop in this.#values) && this.hasAttribute(prop)) this.#values[prop] = this.getAttribute(prop);
    }
    this.connected();
    this.#draw();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  connectedMoveCallback() {
    /* A move within the page changes nothing. */
  }

  /** What an element does when it enters a page. */
  connected() {}

  draw() {
    return [];
  }

  update() {
    if (this.#isDue || !this.isConnected) return;
    this.#isDue = true;
    queueMicrotask(() => {
      if (this.#isDue && this.isConnected) this.#draw();
      this.#isDue = false;
    });
  }

  #draw() {
    this.#isDue = false;
    render(this, this.draw());
  }
}
