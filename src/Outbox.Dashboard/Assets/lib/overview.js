// The newest overview, followed once for the whole dashboard: the shell and several pages show it.
//   overview.follow((value, error) => …, signal)   calls at once, when there is either, and after each change
import { api } from './api.js';
import { live } from './live.js';
import { newest } from './newest.js';

const handlers = new Set();
let following = null;
const begin = newest(); // the stream and requests overlap

export const overview = {
  value: null,
  error: null,

  follow(handler, signal) {
    if (signal?.aborted) return;
    handlers.add(handler);
    signal?.addEventListener('abort', () => handlers.delete(handler), { once: true });
    if (this.value || this.error) handler(this.value, this.error);
    this.start();
  },

  /** Calls after each change, without following it. */
  changed(handler) {
    handlers.add(handler);
  },

  start() {
    if (following) return;
    following = new AbortController();
    live.follow('/overview/events', {
      signal: following.signal,
      on: {
        overview: value => {
          begin()();
          this.set(value);
        },
      },
    });
    this.read(); // the stream does not say why it does not come; a request does
  },

  read() {
    const isNewest = begin();
    return api.get('/overview', {}, { signal: following?.signal }).then(
      value => isNewest() && this.set(value),
      error => isNewest() && this.set(this.value, error),
    );
  },

  set(value, error = null) {
    if (error?.name === 'AbortError') return;
    Object.assign(this, { value, error });
    for (const handler of [...handlers]) {
      // A page that cannot show it must not keep it from the others.
      try {
        handler(value, error);
      } catch (problem) {
        reportError(problem);
      }
    }
  },

  /** After signing out. */
  stop() {
    following?.abort();
    following = null;
    Object.assign(this, { value: null, error: null });
  },
};
