/**
 * <task-progress href="/tasks/{id}"> follows one task and says how far it is. It needs no key, nothing else of the dashboard, and no
 * permission of a content security policy but script-src and connect-src for this origin.
 *
 * Attributes: href (the task), label (what assistive technology calls the bar), words (JSON: other words for states).
 * Events: task-change with the task as detail; task-end once it has succeeded, failed or been cancelled.
 * Styles: --task-progress-{height,radius,gap,track,bar,done,failed,cancelled}, ::part(track), ::part(bar), ::part(text), [data-state].
 */
const words = {
  Connecting: 'Connecting …',
  Reconnecting: 'The connection is lost, trying again …',
  Gone: 'Not known, or not kept any more',
  Queued: 'Queued',
  Scheduled: 'Starts later',
  Waiting: 'Waiting for a step before it',
  Running: 'Running',
  Retrying: 'Did not work yet, tries again',
  Blocked: 'On hold: a step before it has failed',
  Succeeded: 'Done',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
};

const ended = new Set(['Succeeded', 'Failed', 'Cancelled']);
const signs = { Succeeded: '✓', Failed: '✕', Cancelled: '⊘' };
const firstPause = 1_000,
  longestPause = 10_000;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; font: inherit; --color: var(--task-progress-bar, light-dark(#2563eb, #60a5fa)); }
  :host([hidden]) { display: none; }
  :host([data-state=Succeeded]) { --color: var(--task-progress-done, light-dark(#15803d, #4ade80)); }
  :host([data-state=Failed]), :host([data-state=Gone]) { --color: var(--task-progress-failed, light-dark(#b91c1c, #f87171)); }
  :host([data-state=Cancelled]) { --color: var(--task-progress-cancelled, light-dark(#6b7280, #9ca3af)); }
  [part=track] {
    block-size: var(--task-progress-height, .5rem); border-radius: var(--task-progress-radius, 1rem);
    background: var(--task-progress-track, color-mix(in srgb, currentColor 15%, transparent)); overflow: hidden;
  }
  [part=bar] { block-size: 100%; inline-size: 0; border-radius: inherit; background: var(--color); transition: inline-size .3s; }
  .moves [part=bar] { inline-size: 30%; animation: moves 1.6s ease-in-out infinite alternate; }
  [part=text] { margin-block-start: var(--task-progress-gap, .35rem); }
  @keyframes moves { to { margin-inline-start: 70%; } }
  @media (prefers-reduced-motion: reduce) {
    [part=bar] { transition: none; }
    .moves [part=bar] { animation: none; inline-size: 100%; opacity: .5; }
  }
  @media (forced-colors: active) { [part=track] { border: 1px solid; } [part=bar] { background: Highlight; } }
`);

export class TaskProgress extends HTMLElement {
  static observedAttributes = ['href', 'label', 'words'];

  #source;
  #timer;
  #pause = firstPause;
  #task;
  #words = words;
  #ask;
  #track = part('track');
  #bar = part('bar');
  #text = part('text');
  #sign = document.createElement('span');
  #word = document.createElement('span');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    this.#track.setAttribute('role', 'progressbar');
    this.#track.setAttribute('aria-valuemin', '0');
    this.#track.setAttribute('aria-valuemax', '100');
    this.#track.append(this.#bar);
    this.#text.setAttribute('role', 'status'); // what it says is read out when it changes
    this.#sign.setAttribute('aria-hidden', 'true');
    this.#text.append(this.#sign, this.#word);
    root.append(this.#track, this.#text);
  }

  /** The task as it was last seen; null before that. */
  get task() {
    return this.#task ?? null;
  }

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    this.#stop();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) {
      return;
    }

    if (name === 'words') {
      this.#words = { ...words, ...parsed(now) };
    }

    if (name === 'href' && this.isConnected) {
      this.#start();
    } else {
      this.#show(this.dataset.state ?? 'Connecting');
    }
  }

  #start() {
    this.#stop();
    this.#task = undefined;
    this.#pause = firstPause;
    this.#show('Connecting');
    this.#follow();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#ask?.abort();
    this.#source?.close();
    this.#source = undefined;
  }

  #follow() {
    const address = this.#address();
    if (!address) {
      return;
    }

    const events = new URL(address);
    events.pathname += '/events';
    const source = (this.#source = new EventSource(events));
    source.addEventListener('task', event => this.#see(JSON.parse(event.data)));
    source.addEventListener('open', () => {
      this.#pause = firstPause;
      if (this.#task) {
        this.#see(this.#task);
      }
    });
    source.addEventListener('error', () => {
      if (source !== this.#source) {
        return;
      }

      this.#show('Reconnecting');
      if (source.readyState === EventSource.CLOSED) {
        // refused: the browser does not try again by itself
        this.#look(address);
      }
    });
  }

  /** Asks for the task itself: it may have ended meanwhile, or be gone. Otherwise the events are asked for again, less and less often. */
  async #look(address) {
    const ask = (this.#ask = new AbortController());
    try {
      const answer = await fetch(address, { headers: { Accept: 'application/json' }, signal: ask.signal });
      if (answer.status === 404) {
        this.#end('Gone');
        return;
      }

      const task = answer.ok ? await answer.json() : undefined;
      if (task && ended.has(task.state)) {
        this.#see(task);
        return;
      }
    } catch {
      // Not reachable; or stopped, which the next line finds out.
    }

    if (!ask.signal.aborted) {
      this.#timer = setTimeout(() => this.#follow(), this.#pause * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, longestPause);
    }
  }

  #see(task) {
    const isNew = JSON.stringify(task) !== JSON.stringify(this.#task);
    this.#task = task;
    if (ended.has(task.state)) {
      this.#end(task.state);
    } else {
      this.#show(task.state);
    }

    if (isNew) {
      this.#tell('task-change');
    }

    if (isNew && ended.has(task.state)) {
      this.#tell('task-end');
    }
  }

  #end(state) {
    this.#stop();
    this.#show(state);
  }

  #tell(type) {
    this.dispatchEvent(new CustomEvent(type, { detail: this.#task, bubbles: true, composed: true }));
  }

  #show(state) {
    const percent = state === 'Succeeded' ? 100 : (this.#task?.progress ?? null);
    const isOver = ended.has(state) || state === 'Gone';
    const text = [this.#words[state] ?? state, isOver ? '' : (this.#task?.progressText ?? '')].filter(Boolean).join(': ');
    this.dataset.state = state;
    this.#track.setAttribute('aria-label', this.getAttribute('label') || 'Progress');
    this.#track.setAttribute('aria-valuetext', percent === null ? text : `${percent} %, ${text}`);
    this.#track.classList.toggle('moves', percent === null && !isOver);
    if (percent === null) {
      this.#track.removeAttribute('aria-valuenow');
    } else {
      this.#track.setAttribute('aria-valuenow', percent);
    }

    this.#bar.style.inlineSize = percent === null ? (isOver ? '100%' : '') : `${percent}%`;
    set(this.#sign, signs[state] ? `${signs[state]} ` : '');
    set(this.#word, text);
  }

  #address() {
    const href = this.getAttribute('href');
    if (!href) {
      return null;
    }

    const address = new URL(href, document.baseURI);
    address.hash = '';
    address.pathname = address.pathname.replace(/\/+$/, '');
    return address;
  }
}

function part(name) {
  const element = document.createElement('div');
  element.setAttribute('part', name);
  return element;
}

function parsed(json) {
  try {
    return JSON.parse(json ?? '{}');
  } catch {
    return {};
  }
}

// Text that is the same is not set again: it would be read out again.
function set(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

if (!customElements.get('task-progress')) {
  customElements.define('task-progress', TaskProgress);
}
