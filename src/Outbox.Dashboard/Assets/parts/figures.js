// A row of figures: figures([{ label, value, note, tone, href }]).
import { h, styled } from '../lib/dom.js';

styled(import.meta.url);

export const figures = items =>
  h(
    'dl',
    { class: 'tiles card' },
    items
      .filter(Boolean)
      .map(({ label, value, note, tone, href }) =>
        h(
          'div',
          { key: label, class: 'tile' },
          h('dt', {}, href ? h('a', { href }, label) : label),
          h('dd', { class: ['tile-value', tone] }, value),
          note && h('dd', { class: 'tile-note' }, note),
        ),
      ),
  );
