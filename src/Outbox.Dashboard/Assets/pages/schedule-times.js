// When a schedule runs: in words, and as its next five times in its own zone; also of an expression that somebody is typing.
import '../elements/ob-time.js';
import { api } from '../lib/api.js';
import { h, render, styled } from '../lib/dom.js';
import { absolute } from '../lib/time.js';

styled(new URL('schedules.js', import.meta.url).href);

/** Words and due times, of a schedule or of a preview. */
export const times = ({ cronText, nextDueTimes, nextDueLocal }) => [
  h('p', { class: 'schedule-when' }, cronText),
  h(
    'ol',
    { class: 'due' },
    (nextDueTimes ?? []).map((due, index) =>
      h(
        'li',
        {},
        h('span', { class: 'number' }, nextDueLocal?.[index]?.replace('+00:00', 'UTC') ?? absolute(due)),
        h('ob-time', { datetime: due, class: 'muted' }),
      ),
    ),
  ),
];

/** What the server makes of an expression: `preview` is the place, `show(cron, zone)` asks. The newest question wins. */
export function previewer() {
  const preview = h('div', { class: 'schedule-preview', key: 'preview', 'aria-live': 'polite' });
  let last = new AbortController();

  async function show(cron, timeZone) {
    last.abort();
    last = new AbortController();
    const { signal } = last;
    if (!cron.trim()) return render(preview, h('p', { class: 'muted' }, 'What the expression means, and its next five times, stand here.'));
    await new Promise(resolve => setTimeout(resolve, 200));
    if (signal.aborted) return;
    try {
      render(preview, times(await api.get('/schedules/preview', { cron, timeZone }, { signal })));
    } catch (error) {
      if (error.name !== 'AbortError')
        render(
          preview,
          h(
            'p',
            { class: 'bad' },
            Object.values(error.errors ?? {})
              .flat()
              .join(' ') || error.message,
          ),
        );
    }
  }

  return { preview, show };
}
