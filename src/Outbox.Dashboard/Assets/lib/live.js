// Follows server-sent events, and goes on after an interruption with the last event's id.
//   live.follow('/tasks/events', { on: { task: value => … }, signal, onstate: state => … })
// States: live, reconnecting (a moment), offline (for longer than 10 s, or refused). `live.state` is the worst of all streams, `live.why` says
// why it is not live, and `live.isRefused` that it is not tried again; `live` raises `change`. By fetch, not EventSource, which gives up on a 503 and forgets the id then. A hidden tab stops following after
// 3 s, and catches up when it is shown.
import { url } from './api.js';

const SILENCE = 45_000; // pings come every 15 s
const HIDDEN = 3_000; // a browser has six connections to a host without HTTP/2, for all of its tabs together
const streams = new Map();
const DONE = Symbol('done');
const REFUSED = Symbol('refused');
const UNANSWERED = 'The service does not answer. Is it running, and is the network there?';

class Live extends EventTarget {
  /** Since when it is not live; null while it is. */
  since = null;
  /** Why it is not live, in a sentence; null while it is. */
  why = null;
  wasLive = false;

  get state() {
    const states = [...streams.values()];
    return ['offline', 'reconnecting'].find(state => states.includes(state)) ?? (states.length ? 'live' : 'none');
  }

  /** Whether nothing that is missing will come by itself: who looks may not see it, or it is not there. */
  get isRefused() {
    const missing = [...streams].filter(([, state]) => state === 'offline').map(([stream]) => stream);
    return missing.length > 0 && missing.every(stream => stream.isRefused);
  }

  follow(path, { on, signal, onstate, query }) {
    if (signal?.aborted) return;
    new Stream(path, query, on, signal, onstate).run();
  }

  note(stream, state, why = null) {
    if (state) streams.set(stream, state);
    else streams.delete(stream);
    const isLive = this.state === 'live';
    this.wasLive ||= isLive;
    this.why = isLive || this.state === 'none' ? null : (why ?? this.why);
    this.since = this.state === 'live' || this.state === 'none' ? null : (this.since ?? new Date());
    this.dispatchEvent(new Event('change'));
  }
}

export const live = new Live();

class Stream {
  isRefused = false;
  #lastId = null;
  #failures = 0;
  #failedAt = null;
  #state = null;
  #why = null;
  #told = null;

  constructor(path, query, on, signal, onstate) {
    Object.assign(this, { path, query, on, signal, onstate });
  }

  async run() {
    this.#set('reconnecting');
    while (!this.signal?.aborted) {
      await shown(this.signal);
      if (this.signal?.aborted) break;
      this.#why = UNANSWERED;
      const outcome = await this.#read().catch(() => null);
      if (outcome === DONE || this.signal?.aborted) break;
      if (outcome === REFUSED) return this.#stay();
      this.#failures++;
      this.#failedAt ??= Date.now();
      this.#set(Date.now() - this.#failedAt > 10_000 ? 'offline' : 'reconnecting');
      await pause(Math.min(15_000, 500 * 2 ** Math.min(this.#failures, 5)) * (0.7 + Math.random() * 0.6), this.signal);
    }
    live.note(this, null);
  }

  /** What is refused does not come by asking again; the page is not live until it is left. */
  #stay() {
    this.isRefused = true;
    this.#set('offline');
    this.signal?.addEventListener('abort', () => live.note(this, null), { once: true });
  }

  /** Offline stays offline, but with another reason, or for good: whoever shows it has to know. */
  #set(state) {
    const [why, former] = [state === 'live' ? null : this.#why, this.#state];
    if (former === state && this.#told === why && !this.isRefused) return;
    this.#state = state;
    this.#told = why;
    live.note(this, state, why);
    if (former !== state) this.onstate?.(state);
  }

  /** Reads to the end: DONE when the server says that there is nothing more, REFUSED when it does not give it. */
  async #read() {
    const stop = new AbortController();
    const end = () => stop.abort();
    this.signal?.addEventListener('abort', end, { once: true });
    const hiding = whenHidden(end);
    let silence = setTimeout(end, SILENCE);
    try {
      const headers = { Accept: 'text/event-stream', ...(this.#lastId ? { 'Last-Event-ID': this.#lastId } : {}) };
      const response = await fetch(url(this.path, this.query), { headers, signal: stop.signal, cache: 'no-store' });
      if (response.status === 204) return DONE;
      if (response.status === 401) document.dispatchEvent(new Event('signed-out'));
      if (!response.ok)
        this.#why = (await response.json().catch(() => null))?.detail ?? `The service answers with an error (${response.status}).`;
      if (response.status === 401 || response.status === 403 || response.status === 404) return REFUSED;
      if (!response.ok) return null;
      this.#failures = 0;
      this.#failedAt = null;
      this.#set('live');
      for await (const event of events(response.body)) {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE);
        if (event.id) this.#lastId = event.id;
        const data = event.data && event.data !== 'null' ? JSON.parse(event.data) : null;
        // The server is there, but its database is not: figures stand still.
        if (event.type === 'unavailable') {
          this.#why = data?.message ?? 'The database does not answer.';
          this.#set('offline');
        } else if (event.type !== 'ping') this.#set('live');
        // What a page cannot show is no reason to read it again.
        try {
          this.on[event.type]?.(data);
        } catch (problem) {
          reportError(problem);
        }
      }
      return null;
    } finally {
      stop.abort(); // also what was not read to its end
      clearTimeout(silence);
      hiding();
      this.signal?.removeEventListener('abort', end);
    }
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value.replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield parse(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function parse(block) {
  const event = { type: 'message', data: '', id: null };
  for (const line of block.split('\n')) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === 'event') event.type = value;
    else if (name === 'data') event.data += (event.data ? '\n' : '') + value;
    else if (name === 'id') event.id = value;
  }
  return event;
}

/** Ends with the signal too, as does the next. */
const pause = (time, signal) =>
  new Promise(resolve => {
    const timer = setTimeout(end, time);
    signal?.addEventListener('abort', end, { once: true });
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    }
  });

const shown = signal =>
  document.visibilityState === 'visible'
    ? null
    : new Promise(resolve => {
        document.addEventListener('visibilitychange', resolve, { once: true });
        signal?.addEventListener('abort', resolve, { once: true });
      });

function whenHidden(action) {
  let timer;
  const change = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(action, HIDDEN);
  };
  document.addEventListener('visibilitychange', change);
  addEventListener('pagehide', action); // a page that the browser keeps for "back" would keep its connections
  change();
  return () => {
    clearTimeout(timer);
    removeEventListener('pagehide', action);
    document.removeEventListener('visibilitychange', change);
  };
}
