// The figures of a chart as a table, the newest first: table(chart), where chart has the properties of <ob-chart>.
import { h } from '../../lib/dom.js';
import { absolute } from '../../lib/time.js';

export const table = ({ caption, times, series, format, isPartial }) =>
  h(
    'div',
    { class: 'chart-table', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: 'table' },
      h('caption', { class: 'visually-hidden' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Time'),
          series.map(({ name }) => h('th', { scope: 'col', class: 'end' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        times
          .map((time, at) =>
            h(
              'tr',
              { key: time },
              h('th', { scope: 'row', class: 'nowrap' }, absolute(time), isPartial && at === times.length - 1 && ', so far'),
              series.map(({ values }) => h('td', { class: 'end' }, values[at] === null ? '–' : format(values[at]))),
            ),
          )
          .toReversed(),
      ),
    ),
  );
