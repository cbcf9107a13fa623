// A filter bar: tokens such as state:Failed, typed or chosen from suggestions.
//   h('ob-filter', { label, placeholder, fields, value: { state: 'Failed' }, guess: text => [option], onfilter: value => … })
// A field: { name, text, hint, values: [value], isMany, suggest and offer: async (text, signal) => [{ value, text }], isPair, check: value => value | null, wrong }
// An option: { field, value, text, hint } or { text, hint, onpick }. `guess` makes options of text that belongs to no field; Enter takes the first.
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { format, parse } from '../lib/filter.js';
import { ask, askAll, first, known } from '../lib/filter-options.js';
import { icon } from '../lib/icons.js';
import { hasShortcuts } from '../lib/shortcuts.js';

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
        h('input', {
          type: 'text',
          'data-filter': true,
          role: 'combobox',
          autocomplete: 'off',
          autocapitalize: 'off',
          spellcheck: 'false',
          value: this.#text,
          placeholder: names.length ? 'Add a filter' : (this.placeholder ?? this.label),
          'aria-label': this.label,
          'aria-expanded': String(this.#isShown()),
          'aria-controls': this.#list,
          'aria-autocomplete': 'list',
          'aria-activedescendant': this.#active >= 0 ? `${this.#list}-${this.#active}` : null,
          'aria-describedby': this.#problem ? `${this.#list}-problem` : null,
          'aria-invalid': this.#problem ? 'true' : null,
          oninput: event => this.#typed(event.target.value),
          onfocus: () => this.#typed(this.#text),
          onclick: () => this.#typed(this.#text),
          onkeydown: event => this.#key(event),
          key: 'input',
        }),
        names.length || this.#text
          ? h('button', { type: 'button', class: 'button quiet small', onclick: () => this.#set({}), key: 'clear' }, 'Clear')
          : h('kbd', { key: 'hint', 'aria-hidden': 'true', hidden: !hasShortcuts(), title: 'The key / goes here' }, '/'),
      ),
      this.#problem ? h('p', { class: 'filter-problem', id: `${this.#list}-problem`, role: 'alert' }, this.#problem) : null,
      h(
        'ul',
        { role: 'listbox', id: this.#list, 'aria-label': 'Suggestions', class: 'filter-options', hidden: !this.#isShown() },
        this.#options.map((option, index) => this.#option(option, index)),
      ),
      h('span', { class: 'visually-hidden', role: 'status' }, this.#isShown() ? `${this.#options.length} suggestions` : ''),
    ];
  }

  #chip(field, value) {
    return h(
      'span',
      { class: 'filter-chip', key: field.name },
      h(
        'button',
        { type: 'button', onclick: () => this.#edit(field, value) },
        h('span', { class: 'visually-hidden' }, 'Edit the filter '),
        h('span', {}, field.name),
        ' ',
        h('b', {}, value.replaceAll(',', ', ')),
      ),
      h('button', { type: 'button', onclick: () => this.#remove(field), 'aria-label': `Remove the filter ${field.text}` }, icon('close')),
    );
  }

  #option(option, index) {
    return h(
      'li',
      {
        role: 'option',
        id: `${this.#list}-${index}`,
        'aria-selected': String(index === this.#active),
        class: index === this.#active && 'is-active',
        onmousedown: event => event.preventDefault(),
        onclick: () => this.#pick(option),
      },
      option.field ? h('span', { class: 'filter-field' }, `${option.field}:`) : null,
      h('span', {}, option.text),
      option.hint ? h('small', {}, option.hint) : null,
    );
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

  #key(event) {
    const count = this.#options.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.#isOpen = true;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.#active = count ? (this.#active + step + (this.#active < 0 && step < 0 ? 1 : 0) + count) % count : -1;
      this.update();
      queueMicrotask(() => this.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' }));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#enter();
    } else if (event.key === 'Escape' && this.#edited) {
      // What was there before the edit comes back.
      event.preventDefault();
      this.#set({ ...this.value, ...this.#edited });
    } else if (event.key === 'Escape' && this.#isOpen) {
      event.preventDefault();
      this.#close();
    } else if (event.key === 'Backspace' && !this.#text) {
      const last = this.fields.filter(field => this.value?.[field.name]).at(-1);
      if (last) {
        event.preventDefault();
        this.#edit(last, this.value[last.name]);
      }
    }
  }

  async #typed(text) {
    this.#text = text;
    this.#isOpen = true;
    this.#active = -1;
    this.#problem = null;
    const isComplete = /\s$/.test(text) && !/"[^"]*$/.test(text);
    const { value, rest } = parse(
      text,
      this.fields.map(field => field.name),
    );
    if (isComplete && !rest && Object.values(value).some(Boolean)) return this.#commit(value);

    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const typed = /^\s*([a-z]+):(.*)$/i.exec(text);
    const field = typed && this.#field(typed[1].toLowerCase());
    this.#options = field ? known(field, typed[2]) : first(this, text.trim());
    this.update();
    await new Promise(resolve => setTimeout(resolve, 120));
    const found = signal.aborted
      ? null
      : await (field ? ask(field, typed[2], signal) : askAll(this, text.trim(), signal)).catch(() => null);
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
    const { value, rest } = parse(
      this.#text,
      this.fields.map(field => field.name),
    );
    const guessed = rest ? this.guess?.(rest)?.[0] : null;
    const field = Object.keys(value)
      .map(name => this.#field(name))
      .find(({ values, isTime }) => values && !isTime);
    if (field && /[^,\s]$/.test(value[field.name]) && !field.values.includes(value[field.name])) {
      const [match] = known(field, value[field.name]);
      value[field.name] = match?.value ?? value[field.name];
    }

    if (guessed?.onpick) return this.#pick(guessed);
    this.#commit({ ...value, ...(guessed ? { [guessed.field]: guessed.value } : {}) });
  }

  #commit(given) {
    const checked = {};
    for (const [name, value] of Object.entries(given)) {
      const field = this.#field(name);
      const right = !value ? null : field.check ? field.check(value) : value;
      if (value && right === null) {
        this.#problem = `${field.text}: ${field.wrong}`;
        return this.update();
      }
      if (right) checked[name] = right;
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
