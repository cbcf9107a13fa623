// Calls the control API with the session's cookie.
//   await api.get('/tasks', { state: 'Failed', limit: 50 }, { signal })   api.post(path, body) · put · patch · delete
//   const run = once('/schedules/night/run'); await run()                 a POST that is done once, however often it is sent
//   api.curl('POST', '/queues/mail/pause')                                the same request for a terminal
//   await api.tagged('/schedules/night')  { value, tag }: for a change with { headers: { 'If-Match': tag } }
//   at`/queues/${name}/pause`                                             a path, with its values escaped
// Throws ApiError { status, title, detail, errors }. Status 0: no answer. A 401 also raises `signed-out` on the document.
import { parse } from './json.js';
import { synchronise } from './time.js';
import { base } from './router.js';

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.status = status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? {};
    this.problem = problem;
  }
}

const MOST = 60_000; // milliseconds for an answer to a reading: what never comes must not keep a page from asking again

export const settings = { api: '', traceUrl: null, version: '' };

/** Reads where the API is; before anything else. */
export async function configure() {
  Object.assign(settings, (await request('GET', new URL('settings', location.origin + base))).value);
}

/** The address of a route of the API, with its query; lists are joined by commas, null and '' are left out. */
export function url(path, query = {}) {
  const address = new URL(settings.api + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') address.searchParams.append(name, value);
  }
  return address;
}

export const at = (texts, ...values) => String.raw({ raw: texts }, ...values.map(encodeURIComponent));

const send =
  method =>
  (path, body, { query, signal, headers } = {}) =>
    request(method, url(path, query), { body, signal, headers }).then(answer => answer.value);

export const api = {
  get: (path, query, { signal } = {}) => request('GET', url(path, query), { signal }).then(answer => answer.value),
  tagged: (path, { signal } = {}) => request('GET', url(path), { signal }),
  post: send('POST'),
  put: send('PUT'),
  patch: send('PATCH'),
  delete: send('DELETE'),
  /** The dashboard's own routes, which are not the control API's. */
  session: {
    get: () => request('GET', new URL('session', location.origin + base), { isQuiet: true }).then(answer => answer.value),
    open: secret => request('POST', new URL('session', location.origin + base), { body: secret, isQuiet: true }),
    close: () => request('DELETE', new URL('session', location.origin + base), { isQuiet: true }),
  },
  curl(method, path, body, query, headers = {}) {
    const quote = text => `'${text.replaceAll("'", String.raw`'\''`)}'`;
    return [
      'curl -sS',
      method === 'GET' ? '' : `-X ${method}`,
      '-H "X-Api-Key: $KEY"',
      ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
      body === undefined ? '' : `-H 'Content-Type: application/json' -d ${quote(JSON.stringify(body))}`,
      quote(url(path, query).href),
    ]
      .filter(Boolean)
      .join(' ');
  },
};

/**
 * A POST that is done once, however often it is sent until there is an answer: the same body goes with the same Idempotency-Key. For an act
 * that would do its work twice if somebody pressed its button again.
 */
export function once(path) {
  const keys = new Map();
  return body => {
    const text = JSON.stringify(body) ?? '';
    if (!keys.has(text)) keys.set(text, newKey());
    return api.post(path, body, { headers: { 'Idempotency-Key': keys.get(text) } });
  };
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/** Reads a list page by page: all of it, or at least so many. Gives `{ items, next }`. A page of a search may have none. */
export async function readPages({ get }, path, { query, after = null, least = Infinity, limit, signal } = {}) {
  const items = [];
  let next = after;
  do {
    const page = await get(path, { ...query, after: next, limit }, { signal });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < least);
  return { items, next };
}

/** Gives `{ value, tag }`, the answer's JSON and its ETag. */
async function request(method, address, { body, signal, isQuiet, headers } = {}) {
  const ends = [signal, method === 'GET' && AbortSignal.timeout(MOST)].filter(Boolean);
  const response = await fetch(address, {
    method,
    signal: AbortSignal.any(ends),
    cache: 'no-store',
    // A change has to say that it is JSON, also without a body: a form of another origin cannot.
    headers: { Accept: 'application/json', ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined || body === null ? undefined : JSON.stringify(body),
  }).catch(noAnswer);
  synchronise(response.headers.get('Date'));
  if (response.ok) return { value: response.status === 204 ? null : await read(response), tag: response.headers.get('ETag') };
  const problem = await read(response).catch(() => null);
  if (response.status === 401 && !isQuiet) document.dispatchEvent(new Event('signed-out'));
  throw new ApiError(response.status, { title: `Error ${response.status}`, ...(typeof problem === 'object' ? problem : {}) });
}

function noAnswer(error) {
  if (error.name === 'AbortError') throw error;
  throw new ApiError(0, { title: 'No answer', detail: 'The service cannot be reached. Is it running, and is the network there?' });
}

const read = async response => {
  const text = await response.text().catch(noAnswer);
  return text === '' ? null : parse(text);
};
