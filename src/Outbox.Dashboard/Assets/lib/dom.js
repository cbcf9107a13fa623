// Makes DOM and morphs it in place.
//   h('a', { href, class: ['x', on && 'y'], onclick }, 'text', child)   svg('path', { d })
//   render(root, [nodes])   changes the children of root into nodes, and keeps focus, scroll, selection and open details
// Props: `on…` and, for `ob-…` elements, declared names are set as properties; `class` takes a list; `style` an object (by the
// CSSOM, which the CSP allows); true is an empty attribute; false, null and undefined are none. `key` matches a node to its
// predecessor among siblings. Text only ever becomes text nodes. An `ob-…` element draws its own children.
// A node that is on the page may be given again, anywhere in the content; it stays where it is.
const PROPS = Symbol('props');
const GIVEN = Symbol('given');
const SVG = 'http://www.w3.org/2000/svg';
const LIVE = new Set(['value', 'checked', 'indeterminate', 'selected']);

export const h = (tag, props, ...children) => make(document.createElement(tag), props, children);
export const svg = (tag, props, ...children) => make(document.createElementNS(SVG, tag), props, children);

function make(element, props, children) {
  element.append(...nodes(children).map(standIn));
  element[PROPS] = props ?? {};
  for (const [name, value] of Object.entries(element[PROPS])) set(element, name, value, undefined);
  return element;
}

/** To put a node that is on the page into new content would take it off the page, with its focus; so another stands in for it. */
const standIn = node => (node.isConnected ? Object.assign(document.createComment(''), { [GIVEN]: node }) : node);

/** Puts the nodes that others stand in for into content that is new itself. */
function settle(node) {
  for (const child of node.childNodes)
    if (child[GIVEN]) child.replaceWith(child[GIVEN]);
    else settle(child);
}

/** Flattens lists, leaves out null and booleans, and turns the rest into nodes. */
export function nodes(children) {
  return [children]
    .flat(Infinity)
    .filter(child => child !== null && child !== undefined && typeof child !== 'boolean')
    .map(child => (child instanceof Node ? child : document.createTextNode(String(child))));
}

function set(element, name, value, old) {
  if (name === 'key') return;
  if (name === 'class') return attribute(element, name, [value].flat().filter(Boolean).join(' ') || null);
  if (name === 'style') return style(element, value ?? {}, old ?? {});
  if (name.startsWith('on') && !isOwn(element, name)) {
    element[name] = value ?? null;
  } else if (isOwn(element, name) || LIVE.has(name)) {
    element[name] = value;
  } else {
    attribute(element, name, value);
  }
}

const isOwn = (element, name) => element.constructor.props?.includes(name) ?? false;

function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : value);
}

function style(element, value, old) {
  for (const name of Object.keys(old)) if (!(name in value)) element.style.removeProperty(name);
  for (const [name, text] of Object.entries(value)) element.style.setProperty(name, text);
}

export function render(root, content) {
  const wanted = nodes(content).map(node => node[GIVEN] ?? node);
  const old = [...root.childNodes];
  const kept = new Set(wanted.filter(node => node.parentNode === root));
  const free = old.filter(node => !kept.has(node));
  const byKey = new Map(free.filter(node => keyOf(node) !== undefined).map(node => [keyOf(node), node]));
  const unkeyed = free.filter(node => keyOf(node) === undefined);

  const placed = wanted.map(node => {
    if (kept.has(node)) return node;
    const match = keyOf(node) !== undefined ? byKey.get(keyOf(node)) : unkeyed.find(other => isAlike(other, node));
    if (!match || !isAlike(match, node)) {
      settle(node);
      return node;
    }
    if (keyOf(node) !== undefined) byKey.delete(keyOf(node));
    else unkeyed.splice(unkeyed.indexOf(match), 1);
    patch(match, node);
    return match;
  });

  // What is gone goes first, so that the rest need not move: moving takes the focus away.
  const stays = new Set(placed);
  for (const node of old) if (!stays.has(node)) node.remove();
  let next = root.firstChild;
  for (const node of placed) {
    if (node === next) next = next.nextSibling;
    else if (node.parentNode === root && root.isConnected && root.moveBefore) root.moveBefore(node, next);
    else root.insertBefore(node, next);
  }
}

const keyOf = node => node[PROPS]?.key;

const isAlike = (old, node) =>
  old.nodeType === node.nodeType &&
  old.nodeName === node.nodeName &&
  keyOf(old) === keyOf(node) &&
  (node.nodeType === Node.TEXT_NODE || (old[PROPS] !== undefined && node[PROPS] !== undefined));

function patch(old, node) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== node.data) old.data = node.data;
    return;
  }
  if (!old.localName.includes('-')) render(old, [...node.childNodes]);
  const before = old[PROPS];
  const after = node[PROPS];
  for (const name of Object.keys(before)) if (!(name in after)) set(old, name, undefined, before[name]);
  for (const [name, value] of Object.entries(after)) {
    // Only what has changed is set, so that what somebody types, or opens, stays.
    if (value !== before[name] || name === 'checked' || name === 'indeterminate') set(old, name, value, before[name]);
  }
  old[PROPS] = after;
}

const sheets = new Map();

/** Loads the style sheet beside a module, once: `styled(import.meta.url)` in x.js loads x.css. */
export function styled(moduleUrl) {
  const href = moduleUrl.replace(/\.js(\?.*)?$/, '.css');
  if (sheets.has(href)) return;
  const sheet = h('link', { rel: 'stylesheet', href });
  sheets.set(
    href,
    new Promise(resolve => {
      sheet.onload = sheet.onerror = resolve;
    }),
  );
  document.head.append(sheet);
}

/** Resolves when all style sheets that were asked for are there. */
export const styles = () => Promise.all(sheets.values());
