// Which page an address shows, by the history API. Addresses are below the page's base, whatever a proxy puts in front.
//   link('queue', { name: 'mail' }, { window: 'Day' })  the href      navigate('tasks', {}, { state: 'Failed' })
//   setQuery({ state: 'Failed' })  writes the state of a page into its address without loading the page again
export const base = new URL('.', document.baseURI).pathname;

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const wholeId = new RegExp(`^${uuid}$`, 'i');

/** Whether a text is an id: of a task, a dead letter, a group of them, or an act on many. */
export const isId = text => wholeId.test(text ?? '');

/** Finds the ids in a text. */
export const ids = new RegExp(`(${uuid})`, 'i');

/** The pages: name, path, and the module where it is not the name. More exact paths come first. */
const routes = [
  ['overview', ''],
  ['tasks', 'tasks'],
  ['task', 'tasks/:id'],
  ['dead-letters', 'dead-letters'],
  ['dead-letter-group', 'dead-letter-groups/:id', 'dead-letters'],
  ['dead-letter', 'dead-letters/:id'],
  ['queues', 'queues'],
  ['queue', 'queues/:name'],
  ['workers', 'workers'],
  ['schedules', 'schedules'],
  ['schedule', 'schedules/:name'],
  ['audit', 'audit'],
].map(([page, path, module = page]) => ({ page, module, parts: path.split('/').filter(Boolean) }));

/** The href of a page. Members of query that are null or '' are left out. */
export function link(page, params = {}, query = {}) {
  const route = routes.find(candidate => candidate.page === page);
  if (!route) throw new Error(`There is no page ${page}.`);
  const path = route.parts.map(part => (part.startsWith(':') ? encodeURIComponent(params[part.slice(1)]) : part)).join('/');
  return base + path + search(query);
}

/** The href of a page that the API names, with its queue, task, schedule, process, dead letter or group of them. */
export function linkTo(page, target) {
  if (!target) return link(routes.some(route => route.page === page) ? page : 'overview');
  if (page === 'dead-letters' && !isId(target)) return link(page, {}, { queue: target });
  if (page === 'workers') return link(page, {}, { name: target });
  const single = { queues: 'queue', 'dead-letters': 'dead-letter-group', tasks: 'task', schedules: 'schedule' }[page] ?? page;
  const route = routes.find(candidate => candidate.page === single && candidate.parts.length > 1);
  if (!route || (route.parts.includes(':id') && !isId(target))) return link('overview');
  return link(single, { id: target, name: target });
}

function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

/** The page of an address, or null. */
export function match(address) {
  if (!address.pathname.startsWith(base) && `${address.pathname}/` !== base) return null;
  const parts = address.pathname.slice(base.length).split('/').filter(Boolean);
  for (const route of routes) {
    if (
      route.parts.length === parts.length &&
      route.parts.every((part, at) => (part.startsWith(':') ? isOf(part, parts[at]) : part === parts[at]))
    ) {
      const params = Object.fromEntries(
        route.parts.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), decoded(parts[at])]] : [])),
      );
      return { page: route.page, module: route.module, params, query: Object.fromEntries(address.searchParams) };
    }
  }
  return null;
}

const isOf = (name, part) => (name === ':id' ? isId(part) : decoded(part) !== null);

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

let show = () => {};

/** Goes to a page by its name, or to an href. */
export function navigate(page, params, query, { replace = false } = {}) {
  const href = page.startsWith('/') ? page : link(page, params, query);
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  show();
}

export function setQuery(query, { push = false } = {}) {
  const href = location.pathname + search(query);
  if (href !== location.pathname + location.search) history[push ? 'pushState' : 'replaceState'](null, '', href);
}

/** Loads the page of the address again. */
export const refresh = () => show();

/** Calls shows for this address and each that follows; links within the dashboard do not load the page again. */
export function start(shows) {
  show = () => shows(match(new URL(location.href)));
  addEventListener('popstate', show);
  document.addEventListener('click', event => {
    const anchor = event.target.closest?.('a[href]');
    if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (anchor.target || anchor.hasAttribute('download') || anchor.origin !== location.origin || !match(new URL(anchor.href))) return;
    if (anchor.hash && anchor.pathname === location.pathname) return;
    event.preventDefault();
    navigate(anchor.pathname + anchor.search);
  });
  show();
}
