// A list, newest first, that is kept up to date. What is new is inserted while `mayInsert()`, and else waits in `fresh`.
//   const list = new LiveList({ load: (after, signal) => page, signal, onchange, mayInsert });  await list.read()
//   list.put(item, isMatch)   an item as an event brings it      list.readSoon(delay)   when more may have changed
//   list.rereadSoon(delay)    when events were lost: all that is shown is read again
// A row that no longer matches stays for a moment, in `left`, so that one sees it go; longer while the list must not move.
// `next` of a page is the id after which the page that follows begins.
const kept = 200; // rows that stay while new ones come and nobody has asked for older ones

// An answer may have been read that long before it was asked for, for another viewer (docs/decisions/0052), and a bit for the way. In milliseconds.
const sharedFor = 1_500;
const mostPages = 20; // of one reading of all that is shown

export class LiveList {
  items = null;
  next = null;
  searchedTo = null;
  error = null;
  isBusy = false;
  readAt = 0;
  fresh = new Map();
  left = new Set();
  linger = 3_000; // milliseconds for which a row stays that no longer matches
  #hasOlder = false;
  #isApart = false; // rows are missing between those that wait and those that are shown
  #isWhole = false;
  #reading = null;
  #drawing = null;
  #asked = 0; // readings, in the order in which they began
  #taken = 0; // the newest whose answer is shown
  #open = 0;
  #events = new Map();
  #leaving = null;

  constructor(options) {
    Object.assign(this, options);
  }

  /** Reads the first page, at first or to freshen what is shown; or all that is shown. */
  async read({ isWhole = false } = {}) {
    this.readAt = Date.now();
    await this.#ask(
      async () => {
        const page = await this.load(undefined, this.signal);
        for (
          let pages = 1;
          isWhole && pages < mostPages && page.next !== null && this.items?.length && page.next > this.items.at(-1).id;
          pages++
        ) {
          const { items, next, searchedTo } = await this.load(page.next, this.signal);
          Object.assign(page, { items: [...page.items, ...items], next, searchedTo });
        }
        return page;
      },
      page => this.#freshen(page),
    );
    this.onchange();
  }

  /** Forgets all, and reads anew. */
  restart() {
    this.#taken = this.#asked + 1;
    [this.items, this.next, this.searchedTo] = [null, null, null];
    this.#forget();
    this.isBusy = false;
    this.onchange();
    return this.read();
  }

  /** The page after those that are shown. It goes on until it has found some, until the end, or until `stop` is aborted. */
  async older(stop) {
    this.isBusy = true;
    this.#hasOlder = true;
    this.onchange();
    const before = this.items.length;
    let isTaken = true;
    while (isTaken && this.next && this.items?.length === before && !stop.aborted) {
      const after = this.next;
      // The list may have been read anew since, or cut: then this page belongs nowhere.
      isTaken = await this.#ask(
        () => this.load(after, this.signal),
        page => this.items !== null && this.next === after && this.#append(page),
      );
      this.onchange();
    }

    this.isBusy = false;
    this.onchange();
  }

  put(item, isMatch) {
    this.#events.set(item.id, { item, isMatch, asked: this.#asked, at: Date.now() });
    if (this.#events.size > kept) this.#forgetEvents();
    this.#put(item, isMatch);
    this.#drawing ??= setTimeout(() => {
      this.#drawing = null;
      if (!this.signal.aborted) this.onchange();
    }, 250);
  }

  readSoon(delay) {
    this.#reading ??= setTimeout(() => {
      const isWhole = this.#isWhole;
      [this.#reading, this.#isWhole] = [null, false];
      if (this.signal.aborted) return;
      if (!document.hidden) return void this.read({ isWhole });
      this.#isWhole = isWhole; // nobody looks: when somebody does
      document.addEventListener('visibilitychange', () => this.readSoon(0), { once: true, signal: this.signal });
    }, delay);
  }

  rereadSoon(delay) {
    this.#isWhole = true;
    this.readSoon(delay);
  }

  /** Shows those that wait. */
  showFresh() {
    if (this.#isApart || this.fresh.size >= kept) return this.restart();
    this.fresh.forEach(item => this.#insert(item));
    this.fresh.clear();
    this.onchange();
    this.readSoon(0); // some may have waited for long
  }

  /** Takes an answer, unless a newer one is shown; what events brought while it was on its way may be newer than it. */
  async #ask(load, take) {
    const asked = ++this.#asked;
    const begun = Date.now();
    let isTaken = false;
    this.error = null;
    this.#open++;
    try {
      const page = await load();
      isTaken = asked >= this.#taken && take(page) !== false;
      if (isTaken) {
        this.#taken = asked;
        for (const event of this.#events.values())
          if (event.asked >= asked || event.at > begun - sharedFor) this.#put(event.item, event.isMatch);
      }
    } catch (error) {
      if (error.name !== 'AbortError' && asked >= this.#taken) this.error = error;
    } finally {
      this.#open--;
      this.#forgetEvents();
    }
    return isTaken;
  }

  /** Those that no answer can be older than. */
  #forgetEvents() {
    if (this.#open > 0) return;
    const since = Date.now() - sharedFor;
    for (const [id, event] of this.#events) if (event.at < since) this.#events.delete(id);
  }

  #freshen(page) {
    // Between this page and the rows that are shown there may be others.
    const isApart = page.next !== null && this.items?.length > 0 && page.next > this.items[0].id;
    if (this.items === null || (isApart && this.mayInsert())) {
      this.#forget();
      this.#take(page);
      this.items = page.items;
      return;
    }

    this.#isApart ||= isApart;
    page.items.forEach(item => this.#put(item, true));
    this.#drop(page);
  }

  #append(page) {
    this.#take(page);
    const known = new Set(this.items.map(item => item.id));
    this.items.push(...page.items.filter(item => !known.has(item.id)));
  }

  #forget() {
    this.fresh.clear();
    this.left.clear();
    this.#hasOlder = false;
    this.#isApart = false;
  }

  #take(page) {
    this.next = page.next;
    this.searchedTo = page.searchedTo;
  }

  #put(item, isMatch) {
    const shown = this.items?.findIndex(other => other.id === item.id) ?? -1;
    if (shown >= 0) {
      this.items[shown] = this.merge?.(item, this.items[shown]) ?? item;
      if (isMatch) this.left.delete(item.id);
      else if (isMatch === false) this.#leave(item.id);
    } else if (this.items && isMatch && this.#isWithin(item)) {
      if (this.mayInsert() && !this.#isApart) this.#insert(item);
      else if (this.fresh.size < kept || this.fresh.has(item.id)) this.fresh.set(item.id, item);
    } else {
      this.fresh.delete(item.id);
    }
  }

  /** Whether it stands before the last that is shown; the rest comes with "older". */
  #isWithin(item) {
    return this.next === null || this.items.length === 0 || item.id > this.items.at(-1).id;
  }

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
    const isGone = id => !ids.has(id) && (page.next === null || id > page.next);
    for (const id of this.fresh.keys()) if (isGone(id)) this.fresh.delete(id);
    const gone = this.items.filter(({ id }) => isGone(id) && !this.left.has(id));
    if (this.mayInsert()) this.items = this.items.filter(item => !gone.includes(item));
    else gone.forEach(({ id }) => this.#leave(id));
  }

  #leave(id) {
    this.left.add(id);
    this.#leaving ??= setTimeout(() => this.#leaveNow(), this.linger);
  }

  /** All at once, so that the list moves once. */
  #leaveNow() {
    this.#leaving = null;
    if (this.signal.aborted || this.left.size === 0) return;
    if (!this.mayInsert()) {
      this.#leaving = setTimeout(() => this.#leaveNow(), Math.min(1_000, this.linger));
      return;
    }
    this.items = this.items.filter(({ id }) => !this.left.has(id));
    this.left.clear();
    this.onchange();
  }
}
