// <ob-error>: an error in words, with what is known about it: `error` (ApiError or any), `onretry`, or `href` with `linkText` for what is not
// there. With `isBeside` what was read before stands beside it, and is read again by itself: then the shell says that nothing answers, and
// this need not.
import { h } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';
import { live } from '../lib/live.js';

const advice = {
  0: 'Try again in a moment.',
  403: 'Your key may not do this. Sign in with one of the role operate.',
  404: 'It may have been deleted, or removed after its retention.',
  503: 'The service is there, but something that it needs is not. Try again in a moment.',
};

/** An error as one sentence, also for a toast. */
export const sentence = error => error?.detail ?? error?.message ?? String(error);

class ObError extends ObElement {
  static props = ['error', 'onretry', 'href', 'linkText', 'isBeside'];

  connected() {
    live.addEventListener('change', () => this.update(), { signal: this.signal });
  }

  draw() {
    const { error } = this;
    if (!error || (this.isBeside && error.status === 0 && live.state === 'offline')) return [];
    const isGone = error.status === 404 && this.href;
    const onretry = isGone ? null : this.onretry;
    const [href, linkText] = isGone ? [this.href, this.linkText] : [error.link, error.linkText];
    const fields = Object.entries(error.errors ?? {}).map(([field, texts]) => [field, [texts].flat().join(' ')]);
    const isSaid = sentence(error) === error.title || fields.some(([, text]) => text === sentence(error));
    return h(
      'div',
      { class: 'note bad', role: 'alert' },
      icon('critical'),
      h(
        'div',
        { class: 'stack' },
        h(
          'div',
          {},
          h('strong', {}, error.title ?? 'Error'),
          !isSaid && h('p', {}, sentence(error)),
          fields.map(([field, text]) => h('p', { key: field }, h('code', {}, field), `: ${text}`)),
          error.status in advice && h('p', { class: 'muted' }, advice[error.status]),
        ),
        (onretry || href) &&
          h(
            'div',
            { class: 'row' },
            onretry && h('button', { class: 'button', type: 'button', onclick: onretry }, 'Try again'),
            href && h('a', { class: 'button', href }, linkText),
          ),
      ),
    );
  }
}

ObError.define('ob-error');
