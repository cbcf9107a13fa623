// The newest tasks of a filter, kept up to date by events. New ones are inserted while `mayInsert()`, and else wait in `fresh`.
//   const list = new TaskList({ query, api, live, signal, onchange, mayInsert });  list.start()
import { hasEnded, matches } from './tasks.js';

const size = 50;
const kept = 200;              // rows that a page keeps while new ones come and nobody asked for older ones
const patience = 10_000;       // between two readings of the reasons

export class TaskList {
  items = null;
  next = null;
  searchedTo = null;
  error = null;
  isBusy = false;
  fresh = new Map();
  #hasOlder = false;
  #readAt = 0;
  #due = null;

  constructor(options) {
    Object.assign(this, options);
  }

  async start() {
    await this.read();
    this.live.follow('/tasks/events', {
      signal: this.signal,
      on: { task: task => this.#changed(task), lagged: () => this.#readSoon(1000) },
    });
  }

  /** Reads the first page again, from the start or to freshen what is shown. */
  async read() {
    this.#readAt = Date.now();
    this.error = null;
    try {
      const page = await this.#page();
      if (this.items === null) {
        this.#take(page);
        this.items = page.items;
      } else {
        page.items.forEach(task => this.#put(task, true));
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error;
    }

    this.onchange();
  }

  /** Forgets all, and reads anew. */
  async restart() {
    this.items = null;
    this.fresh.clear();
    this.#hasOlder = false;
    this.onchange();
    await this.read();
  }

  /** The page after those that are shown. It goes on until it has found some, the end, or `signal` stops it. */
  async older(signal) {
    this.isBusy = true;
    this.#hasOlder = true;
    this.error = null;
    this.onchange();
    try {
      const before = this.items.length;
      while (this.next && this.items.length === before && !signal.aborted) {
        const page = await this.#page(this.next);
        this.#take(page);
        const known = new Set(this.items.map(task => task.id));
        this.items.push(...page.items.filter(task => !known.has(task.id)));
        this.onchange();
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error;
    }

    this.isBusy = false;
    this.onchange();
  }

  /** Shows those that wait. */
  showFresh() {
    if (this.fresh.size >= kept) return this.restart();
    for (const task of this.fresh.values()) this.#insert(task);
    this.fresh.clear();
    this.#cut();
    this.onchange();
  }

  #page(after) {
    return this.api.get('/tasks', { ...this.query, why: true, limit: size, after }, { signal: this.signal });
  }

  #take(page) {
    this.next = page.next;
    this.searchedTo = page.searchedTo;
  }

  #changed(task) {
    this.#put(task);
    // The reasons of tasks that wait change with others; an event has none.
    if (this.items?.some(item => !hasEnded(item)) || this.query.key) this.#readSoon(Math.max(1000, this.#readAt + patience - Date.now()));
    this.#changedSoon();
  }

  #put(task, isMatch = matches(task, this.query)) {
    const shown = this.items?.findIndex(item => item.id === task.id) ?? -1;
    if (shown >= 0) {
      this.items[shown] = { ...task, why: task.why ?? (task.state === this.items[shown].state ? this.items[shown].why : undefined) };
    } else if (this.items && isMatch && this.#isWithin(task)) {
      if (this.mayInsert()) {
        this.#insert(task);
        this.#cut();
      } else if (this.fresh.size < kept || this.fresh.has(task.id)) {
        this.fresh.set(task.id, task);
      }
    }
  }

  /** Whether it stands before the last that is shown; the rest comes with "older". */
  #isWithin(task) { return this.next === null || this.items.length === 0 || task.id > this.items.at(-1).id; }

  #insert(task) {
    const at = this.items.findIndex(item => item.id < task.id);
    this.items.splice(at < 0 ? this.items.length : at, 0, task);
  }

  #cut() {
    if (this.#hasOlder || this.items.length <= kept) return;
    this.items.length = kept;
    this.next = this.items.at(-1).id;
    this.searchedTo = this.items.at(-1).createdAt;
  }

  #readSoon(delay) {
    this.readTimer ??= setTimeout(() => {
      this.readTimer = null;
      if (!this.signal.aborted && !document.hidden) this.read();
    }, delay);
  }

  /** Many events at once are drawn once. */
  #changedSoon() {
    this.#due ??= setTimeout(() => {
      this.#due = null;
      if (!this.signal.aborted) this.onchange();
    }, 250);
  }
}
