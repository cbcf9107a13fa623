// <ob-error>: an error in words, with what is known about it: `error` (ApiError or any), `onretry`.
import { h } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';

const advice = {
  0: 'It is tried again as soon as you ask.',
  403: 'Your key may not do this. Sign in with one of the role operate.',
  404: 'It may have been removed after its retention, or the service is older than this page.',
  503: 'The service is there, but something that it needs is not. Try again in a moment.',
};

/** An error as one sentence, also for a toast. */
export const sentence = error => error?.detail ?? error?.message ?? String(error);

class ObError extends ObElement {
  static props = ['error', 'onretry'];

  draw() {
    const { error, onretry } = this;
    if (!error) return [];
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
        (onretry || error.link) &&
          h(
            'div',
            { class: 'row' },
            onretry && h('button', { class: 'button', type: 'button', onclick: onretry }, 'Try again'),
            error.link && h('a', { class: 'button', href: error.link }, error.linkText),
          ),
      ),
    );
  }
}

ObError.define('ob-error');
