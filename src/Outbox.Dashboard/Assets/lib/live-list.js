// A list, newest first, that is kept up to date. What is new is inserted while `mayInsert()`, and else waits in `fresh`.
//   const list = new LiveList({ load: (after, signal) => page, signal, onchange, mayInsert });  await list.read()
//   list.put(item, isMatch)   an item as an event brings it      list.readSoon(delay)   when more may have changed
const kept = 200; // rows that stay while new ones come and nobody has asked for older ones

export class LiveList {
  items = null;
  next = null;
  searchedTo = null;
  error = null;
  isBusy = false;
  readAt = 0;
  fresh = new Map();
  #hasOlder = false;
  #reading = null;
  #drawing = null;

  constructor(options) {
    Object.assign(this, options);
  }

  /** Reads the first page, at first or to freshen what is shown. */
  async read() {
    this.readAt = Date.now();
    this.error = null;
    try {
      const page = await this.load(undefined, this.signal);
      if (this.items === null) {
        this.#take(page);
        this.items = page.items;
      } else {
        page.items.forEach(item => this.#put(item, true));
        if (this.mayInsert()) this.#drop(page);
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error;
    }

    this.onchange();
  }

  /** Forgets all, and reads anew. */
  restart() {
    this.items = null;
    this.fresh.clear();
    this.#hasOlder = false;
    this.onchange();
    return this.read();
  }

  /** The page after those that are shown. It goes on until it has found some, until the end, or until `stop` is aborted. */
  async older(stop) {
    this.isBusy = true;
    this.#hasOlder = true;
    this.error = null;
    this.onchange();
    const before = this.items.length;
    try {
      while (this.next && this.items.length === before && !stop.aborted) {
        const page = await this.load(this.next, this.signal);
        this.#take(page);
        const known = new Set(this.items.map(item => item.id));
        this.items.push(...page.items.filter(item => !known.has(item.id)));
        this.onchange();
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error;
    }

    this.isBusy = false;
    this.onchange();
  }

  put(item, isMatch) {
    this.#put(item, isMatch);
    this.#drawing ??= setTimeout(() => {
      this.#drawing = null;
      if (!this.signal.aborted) this.onchange();
    }, 250);
  }

  readSoon(delay) {
    this.#reading ??= setTimeout(() => {
      this.#reading = null;
      if (!this.signal.aborted && !document.hidden) this.read();
    }, delay);
  }

  /** Shows those that wait. */
  showFresh() {
    if (this.fresh.size >= kept) return this.restart();
    this.fresh.forEach(item => this.#insert(item));
    this.fresh.clear();
    this.onchange();
  }

  #take(page) {
    this.next = page.next;
    this.searchedTo = page.searchedTo;
  }

  #put(item, isMatch) {
    const shown = this.items?.findIndex(other => other.id === item.id) ?? -1;
    if (shown >= 0) {
      this.items[shown] = this.merge?.(item, this.items[shown]) ?? item;
    } else if (this.items && isMatch && this.#isWithin(item)) {
      if (this.mayInsert()) this.#insert(item);
      else if (this.fresh.size < kept || this.fresh.has(item.id)) this.fresh.set(item.id, item);
    } else {
      this.fresh.delete(item.id);
    }
  }

  /** Whether it stands before the last that is shown; the rest comes with "older". */
  #isWithin(item) { return this.next === null || this.items.length === 0 || item.id > this.items.at(-1).id; }

  #insert(item) {
    if (this.items.some(other => other.id === item.id)) return;
    const at = this.items.findIndex(other => other.id < item.id);
    this.items.splice(at < 0 ? this.items.length : at, 0, item);
    if (this.#hasOlder || this.items.length <= kept) return;
    this.items.length = kept;
    this.next = this.items.at(-1).id;
    this.searchedTo = null;
  }

  /** What a page does not have any more, within its part of the list. */
  #drop(page) {
    const ids = new Set(page.items.map(item => item.id));
    const last = page.next;
    this.items = this.items.filter(item => ids.has(item.id) || (last !== null && item.id <= last));
  }
}
