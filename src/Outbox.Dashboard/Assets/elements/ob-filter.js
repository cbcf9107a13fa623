// A filter bar: tokens such as state:Failed, typed or chosen from suggestions.
//   h('ob-filter', { label, placeholder, fields, value: { state: 'Failed' }, guess: text => [option], onfilter: value => … })
// A field: { name, text, hint, values: [value], isMany, suggest and offer: async (text, signal) => [{ value, text }], isPair, check: value => value | null, wrong }
// An option: { field, value, text, hint } or { text, hint, onpick }. `guess` makes options of text that belongs to no field; Enter takes the first.
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { format } from '../lib/filter.js';
import { check, complete, entered, typing } from '../lib/filter-entry.js';
import { ask, askAll, first, known } from '../lib/filter-options.js';
import { icon } from '../lib/icons.js';
import { hasShortcuts } from '../lib/shortcuts.js';
import { onKey } from './filter-keys.js';
import { chip, entry, suggestions } from './filter-parts.js';

styled(import.meta.url);

let ids = 0;

class ObFilter extends ObElement {
  static props = ['label', 'placeholder', 'fields', 'value', 'guess', 'onfilter'];
  #list = `filter-${++ids}`;
  #text = '';
  #options = [];
  #active = -1;
  #isOpen = false;
  #problem = null;
  #edited = null;
  #asking = new AbortController();

  connected() {
    this.addEventListener(
      'focusout',
      event => {
        if (!this.contains(event.relatedTarget)) this.#close();
      },
      { signal: this.signal },
    );
  }

  focusInput() {
    this.querySelector('input')?.focus();
  }

  draw() {
    const value = this.value ?? {};
    const names = this.fields.map(field => field.name).filter(name => value[name]);
    return [
      h(
        'div',
        { class: 'filter-bar', role: 'search', 'aria-label': this.label, onmousedown: event => this.#focusFrom(event) },
        icon('search'),
        names.map(name => this.#chip(this.#field(name), value[name])),
        entry({
          list: this.#list,
          text: this.#text,
          label: this.label,
          placeholder: names.length ? 'Add a filter' : (this.placeholder ?? this.label),
          active: this.#active,
          isShown: this.#isShown(),
          problem: this.#problem,
          ontyped: (text = this.#text) => this.#typed(text), // what stands there when it happens, not when it was drawn
          onkey: event => onKey(event, this.#acts()),
        }),
        names.length || this.#text
          ? h('button', { type: 'button', class: 'button quiet small', onclick: () => this.#set({}), key: 'clear' }, 'Clear')
          : h('kbd', { key: 'hint', 'aria-hidden': 'true', hidden: !hasShortcuts(), title: 'The key / goes here' }, '/'),
      ),
      this.#problem ? h('p', { class: 'filter-problem', id: `${this.#list}-problem`, role: 'alert' }, this.#problem) : null,
      suggestions(this.#options, {
        id: this.#list,
        active: this.#active,
        isShown: this.#isShown(),
        onpick: option => this.#pick(option),
      }),
    ];
  }

  #chip(field, value) {
    return chip(field, value, { onedit: () => this.#edit(field, value), onremove: () => this.#remove(field) });
  }

  #field(name) {
    return this.fields.find(field => field.name === name);
  }

  #isShown() {
    return this.#isOpen && this.#options.length > 0;
  }

  #focusFrom(event) {
    if (event.target.classList.contains('filter-bar')) {
      event.preventDefault();
      this.focusInput();
    }
  }

  /** What the keys do now; null for what there is nothing of. */
  #acts() {
    const last = this.#text ? null : this.fields.filter(field => this.value?.[field.name]).at(-1);
    return {
      move: step => this.#move(step),
      enter: () => this.#enter(),
      restore: this.#edited && (() => this.#set({ ...this.value, ...this.#edited })),
      close: this.#isOpen ? () => this.#close() : null,
      editLast: last ? () => this.#edit(last, this.value[last.name]) : null,
    };
  }

  #move(step) {
    const count = this.#options.length;
    this.#isOpen = true;
    this.#active = count ? (this.#active + step + (this.#active < 0 && step < 0 ? 1 : 0) + count) % count : -1;
    this.update();
    queueMicrotask(() => this.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' }));
  }

  async #typed(text) {
    this.#text = text;
    this.#isOpen = true;
    this.#active = -1;
    this.#problem = null;
    const whole = complete(this.fields, text);
    if (whole) return this.#commit(whole);

    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { field, typed } = typing(this.fields, text) ?? {};
    this.#options = field ? known(field, typed) : first(this, text.trim());
    this.update();
    await new Promise(resolve => setTimeout(resolve, 120));
    const found = signal.aborted ? null : await (field ? ask(field, typed, signal) : askAll(this, text.trim(), signal)).catch(() => null);
    if (found?.length && !signal.aborted) {
      this.#options = field
        ? found
        : [...this.#options.filter(option => !option.isLast), ...found, ...this.#options.filter(option => option.isLast)];
      this.update();
    }
  }

  #pick(option) {
    if (option.isName || option.isPart) {
      this.focusInput();
      this.#typed(`${option.field}:${option.isPart ? `${option.value}:` : ''}`);
    } else if (option.onpick) {
      this.#reset();
      option.onpick();
    } else {
      this.#commit({ [option.field]: option.value });
    }
  }

  #enter() {
    if (this.#active >= 0) return this.#pick(this.#options[this.#active]);
    const { value, guessed } = entered(this, this.#text);
    if (guessed) return this.#pick(guessed);
    this.#commit(value);
  }

  #commit(given) {
    const { checked, problem } = check(this.fields, given);
    if (problem) {
      this.#problem = problem;
      return this.update();
    }

    this.#set({ ...this.value, ...checked });
  }

  #edit(field, value) {
    this.#remove(field);
    this.#edited = { [field.name]: value };
    this.focusInput();
    this.#typed(field.isMany ? `${field.name}:${value},` : format(field.name, value));
  }

  #remove(field) {
    const { [field.name]: _, ...rest } = this.value ?? {};
    this.#set(rest);
  }

  #set(value) {
    this.value = value;
    this.#reset();
    this.focusInput();
    this.#close();
    this.onfilter?.(value);
  }

  #reset() {
    this.#edited = null;
    this.#asking.abort();
    this.#text = '';
    // What was pasted is not known to draw(): it had '' there before, and leaves it.
    const input = this.querySelector('input');
    if (input) input.value = '';
    this.#options = [];
    this.#problem = null;
  }

  #close() {
    this.#isOpen = false;
    this.#active = -1;
    this.update();
  }
}

ObFilter.define('ob-filter');
