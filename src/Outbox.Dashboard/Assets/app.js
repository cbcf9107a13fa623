// Starts the dashboard: settings, session, then the page for each address, in the shell.
// A page's module exports `title` (a string, or a function of the params) and `page(context)`, which returns an element, or a
// promise of one. context: { page, params, query, api, live, overview, session, settings, signal, setTitle(text) }; `signal` ends
// with the page.
import { sentence } from './elements/ob-error.js';
import { toast } from './elements/ob-toast.js';
import { api, configure, settings } from './lib/api.js';
import { h, render, styles } from './lib/dom.js';
import { live } from './lib/live.js';
import { overview } from './lib/overview.js';
import { link, refresh, start } from './lib/router.js';
import { session } from './lib/session.js';
import { shell } from './shell.js';

const outlet = h('main', { id: 'main', class: 'main', tabindex: '-1' });
let leave = new AbortController();
let isFirst = true;

addEventListener('unhandledrejection', event => {
  const { reason } = event;
  if (reason?.name === 'AbortError') return event.preventDefault();
  // An act that failed before its dialog could say so. Who is signed out sees that.
  if (reason?.name !== 'ApiError') return;
  event.preventDefault();
  if (reason.status !== 401) toast(sentence(reason), { kind: 'bad' });
});
document.addEventListener('signed-out', () => {
  if (session.value) {
    session.end();
    refresh();
  }
});

try {
  await configure();
  await session.start();
  const frame = shell(outlet, {
    onsignout: async () => {
      await session.close();
      refresh();
    },
  });
  document.body.append(frame);
  addEventListener('hashchange', async () => {
    if (await session.exchange()) refresh();
  });
  start(async route => {
    frame.show(session.value ? route?.page : null);
    await show(session.value ? route : { page: 'sign-in', module: 'sign-in', params: {}, query: {} });
  });
} catch (error) {
  document.body.append(outlet);
  render(outlet, h('ob-error', { error, onretry: () => location.reload() }));
}

/**
 * What is there was loaded when the dashboard was opened, which may be long ago; a module of a later version may need more of it. A browser
 * does not load a module again that has failed, so the page is.
 */
async function load(name) {
  try {
    return await import(`./pages/${name}.js`);
  } catch {
    throw Object.assign(new Error('The service has been updated since the dashboard was opened, or cannot be reached.'), {
      title: 'This page cannot be loaded',
      retry: () => location.reload(),
    });
  }
}

async function show(route) {
  leave.abort();
  document.dispatchEvent(new Event('page-left'));
  leave = new AbortController();
  const { signal } = leave;
  const context = { ...route, api, live, overview, session: session.value, settings, signal, setTitle };
  let content;
  try {
    if (!route)
      throw Object.assign(new Error('There is no page at this address.'), {
        title: 'Not found',
        link: link('overview'),
        linkText: 'Go to the overview',
      });
    const module = await load(route.module);
    if (signal.aborted) return; // it would follow what nobody looks at, and nothing would end it
    setTitle(typeof module.title === 'function' ? module.title(route.params) : module.title);
    content = await module.page(context);
    await styles();
  } catch (error) {
    content = h(
      'div',
      { class: 'page' },
      h('h1', {}, 'Nothing to show'),
      h('ob-error', { error, onretry: error.link ? null : (error.retry ?? refresh) }),
    );
  }
  if (signal.aborted) return;
  outlet.replaceChildren(content);
  if (!isFirst) {
    scrollTo(0, 0);
    const heading = outlet.querySelector('h1') ?? outlet;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  isFirst = false;
}

function setTitle(text) {
  document.title = [text, session.value && (overview.value?.service ?? 'Outbox')].filter(Boolean).join(' · ');
}
