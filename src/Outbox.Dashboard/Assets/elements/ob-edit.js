// Edits a message and shows what the edit changes: h('ob-edit', { text, label, isJson, onedit: ({ text, isChanged, error }) => … })
import './ob-diff.js';
import { h, styled } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { parse } from '../lib/json.js';

styled(import.meta.url);

let ids = 0;

class ObEdit extends ObElement {
  static props = ['text', 'label', 'isJson', 'onedit'];
  #id = `edit-${++ids}`;
  #edited = null;

  draw() {
    const text = this.#edited ?? this.text ?? '';
    const error = this.isJson === false ? null : problemOf(text);
    return [
      h(
        'div',
        { class: 'field' },
        h(
          'div',
          { class: 'row edit-head' },
          h('label', { for: this.#id }, this.label ?? 'Message'),
          this.isJson === false
            ? null
            : h(
                'button',
                {
                  type: 'button',
                  class: 'button quiet small',
                  'aria-disabled': error ? 'true' : null,
                  onclick: () => error || this.#edit(pretty(text)),
                },
                'Format',
              ),
          h(
            'button',
            {
              type: 'button',
              class: 'button quiet small',
              'aria-disabled': text === this.text ? 'true' : null,
              onclick: () => this.#edit(this.text),
            },
            'Undo all',
          ),
        ),
        h('textarea', {
          id: this.#id,
          class: 'input',
          spellcheck: 'false',
          autofocus: true,
          rows: Math.min(14, Math.max(8, text.split('\n').length + 1)),
          value: text,
          'aria-invalid': error ? 'true' : null,
          'aria-describedby': `${this.#id}-problem`,
          oninput: event => this.#edit(event.target.value),
        }),
        h('p', { class: 'bad', id: `${this.#id}-problem`, role: 'status' }, error ?? ''),
      ),
      h('ob-diff', { before: this.text ?? '', after: text }),
    ];
  }

  #edit(text) {
    this.#edited = text;
    this.update();
    this.onedit?.({ text, isChanged: text !== this.text, error: this.isJson === false ? null : problemOf(text) });
  }
}

const pretty = text => JSON.stringify(parse(text), null, 2);

function problemOf(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? null : 'It has to be a JSON object.';
  } catch (error) {
    return `This is not JSON: ${error.message}`;
  }
}

ObEdit.define('ob-edit');
