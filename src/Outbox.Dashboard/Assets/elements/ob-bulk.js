// The acts on many that are under way, or have just ended, with their progress: h('ob-bulk', { subject: 'Tasks' | 'DeadLetters', onended })
// What cannot be read is asked for again after `patience` milliseconds, 5,000 unless said.
import { h, styled } from '../lib/dom.js';
import { api, at } from '../lib/api.js';
import { ObElement } from '../lib/element.js';
import { count, percent, plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { newest } from '../lib/newest.js';
import { link } from '../lib/router.js';
import { readOnly } from '../lib/session.js';
import { sentence } from './ob-error.js';
import { toast } from './ob-toast.js';
import './ob-copy.js';
import './ob-state.js';
import './ob-time.js';

styled(import.meta.url);

const verbs = {
  Cancel: ['Cancelling', 'cancelled'],
  Retry: ['Retrying', 'retried'],
  Redrive: ['Redriving', 'redriven'],
  Drop: ['Dropping', 'dropped'],
};

class ObBulk extends ObElement {
  static props = ['subject', 'onended', 'patience'];
  #actions = [];
  #timer = null;
  #isUnknown = false; // which are under way cannot be read
  #begin = newest();

  connected() {
    this.signal.addEventListener('abort', () => clearTimeout(this.#timer));
    document.addEventListener(
      'bulk-began',
      event => {
        if (event.detail.subject !== this.subject) return;
        event.preventDefault(); // it is shown here
        this.#add(event.detail);
        this.#look(500);
      },
      { signal: this.signal },
    );
    this.#find();
  }

  async #find() {
    const items = await this.#list();
    if (!items) return;
    this.#add(...items.filter(action => action.subject === this.subject && action.state === 'Running'));
    if (this.#actions.length) this.#look(1000);
  }

  /** Those of the service; null while they cannot be read, which is tried again. */
  async #list() {
    try {
      const { items } = await api.get('/bulk-actions', {}, { signal: this.signal });
      this.#isUnknown = false;
      return items;
    } catch (error) {
      if (this.signal.aborted) return null;
      this.#isUnknown = true;
      this.update();
      const again = setTimeout(() => this.#find(), this.patience ?? 5_000);
      this.signal.addEventListener('abort', () => clearTimeout(again), { once: true });
      return null;
    }
  }

  // One may begin while the list is on its way here: what is known stays.
  #add(...actions) {
    const known = new Set(this.#actions.map(action => action.id));
    this.#actions = [...actions.filter(action => !known.has(action.id)), ...this.#actions];
    this.update();
  }

  #look(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), delay);
  }

  async #read() {
    const isNewest = this.#begin();
    const running = this.#actions.filter(action => action.state === 'Running');
    const read = await Promise.all(
      running.map(action => api.get(at`/bulk-actions/${action.id}`, {}, { signal: this.signal }).catch(() => action)),
    );
    if (this.signal.aborted || !isNewest()) return;
    const now = new Map(read.map(action => [action.id, action]));
    this.#actions = this.#actions.map(action => now.get(action.id) ?? action);
    this.update();
    if (read.some(action => action.state !== 'Running')) this.onended?.();
    if (this.#actions.some(action => action.state === 'Running')) this.#look(1000);
  }

  async #stop(action) {
    await api.post(at`/bulk-actions/${action.id}/stop`).catch(error => toast(sentence(error), { kind: 'bad' }));
    this.#look(0);
  }

  #hide(action) {
    this.#actions = this.#actions.filter(other => other.id !== action.id);
    this.update();
  }

  draw() {
    return [
      this.#isUnknown &&
        h(
          'p',
          { class: 'small muted', role: 'status', key: 'unknown' },
          'Whether an act on many is under way cannot be read; it is tried again.',
        ),
      this.#drawActions(),
    ];
  }

  #drawActions() {
    const refused = readOnly();
    return this.#actions.map(action => {
      const noun = action.subject === 'Tasks' ? 'task' : 'dead letter';
      const [doing, done] = verbs[action.action] ?? [action.action, 'changed'];
      const isRunning = action.state === 'Running';
      // As many as were found in the time for counting; there may be more.
      const isExact = action.totalIsExact !== false;
      const total = `${isExact ? '' : 'at least '}${count(action.total)}`;
      const all = `${isExact ? '' : 'at least '}${plural(action.total, noun)}`;
      const skipped = action.skipped ? `, ${count(action.skipped)} skipped` : '';
      return h(
        'div',
        { class: ['note bulk', action.state === 'Failed' && 'bad', action.state === 'Done' && 'good'], key: action.id },
        icon(isRunning ? 'running' : action.state === 'Done' ? 'succeeded' : 'critical'),
        h(
          'div',
          { class: 'stack' },
          h(
            'p',
            { role: 'status' },
            h('strong', {}, isRunning ? `${doing} ${all}` : `${plural(action.changed, noun)} ${done}${skipped}`),
            ` · begun by ${action.who}`,
            action.state === 'Stopped' ? `, stopped at ${count(action.done)} of ${total}` : '',
          ),
          isRunning
            ? h('progress', {
                ...(isExact ? { max: action.total || 1, value: action.done } : {}),
                'aria-label': `${doing} ${all}`,
              })
            : null,
          isRunning
            ? h(
                'p',
                { class: 'small muted number' },
                `${count(action.done)} of ${total}${isExact ? ` (${percent(action.total ? action.done / action.total : 0)})` : ''}${skipped}`,
              )
            : null,
          action.nextAttemptAt
            ? h(
                'p',
                { class: 'small' },
                'A step has failed; the next attempt, with fewer at a time, is ',
                h('ob-time', { datetime: action.nextAttemptAt }),
                '.',
              )
            : null,
          action.error ? h('p', { class: isRunning ? 'small muted' : 'bad' }, action.error) : null,
        ),
        h(
          'div',
          { class: 'row' },
          isRunning
            ? h(
                'button',
                {
                  class: 'button small',
                  type: 'button',
                  'aria-disabled': refused ? 'true' : null,
                  'aria-description': refused,
                  title: refused,
                  onclick: () => refused || this.#stop(action),
                },
                'Stop',
              )
            : null,
          isRunning ? h('ob-copy', { curl: true, text: () => api.curl('POST', at`/bulk-actions/${action.id}/stop`) }) : null,
          isRunning ? null : h('a', { class: 'button quiet small', href: link('audit', {}, { target: action.id }) }, 'Audit'),
          isRunning ? null : h('button', { class: 'button quiet small', type: 'button', onclick: () => this.#hide(action) }, 'Hide'),
        ),
      );
    });
  }
}

ObBulk.define('ob-bulk');
