// The newest overview, followed once for the whole dashboard: the shell and several pages show it.
//   overview.follow(value => …, signal)   calls at once, when there is a value, and after each change
import { live } from './live.js';

const handlers = new Set();
let following = null;

export const overview = {
  value: null,

  follow(handler, signal) {
    handlers.add(handler);
    signal?.addEventListener('abort', () => handlers.delete(handler), { once: true });
    if (this.value) handler(this.value);
    this.start();
  },

  /** Calls after each change, without following it. */
  changed(handler) { handlers.add(handler); },

  start() {
    if (following) return;
    following = new AbortController();
    live.follow('/overview/events', {
      signal: following.signal,
      on: { overview: value => { this.value = value; for (const handler of [...handlers]) handler(value); } },
    });
  },

  /** After signing out. */
  stop() {
    following?.abort();
    following = null;
    this.value = null;
  },
};
