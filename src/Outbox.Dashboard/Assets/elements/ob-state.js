// <ob-state state="Failed">: the state of a task, a queue, or anything: an icon and a word. `text` replaces the word.
import { h } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { icon } from '../lib/icons.js';

const looks = {
  Queued: ['', 'queued'],
  Running: ['info', 'running'],
  Retrying: ['warn', 'retrying'],
  Succeeded: ['good', 'succeeded'],
  Failed: ['bad', 'failed'],
  Scheduled: ['', 'scheduled'],
  Waiting: ['', 'waiting'],
  Blocked: ['warn', 'blocked'],
  Cancelled: ['', 'cancelled'],
  Paused: ['warn', 'pause'],
  Critical: ['bad', 'critical'],
  Warning: ['warn', 'warning'],
  Done: ['good', 'succeeded'],
  Stopped: ['', 'cancelled'],
  Active: ['good', 'succeeded'],
};

class ObState extends ObElement {
  static props = ['state', 'text'];

  draw() {
    const [tone, name] = looks[this.state] ?? ['', 'queued'];
    return h('span', { class: ['badge', tone] }, icon(name), this.text ?? this.state);
  }
}

ObState.define('ob-state');
