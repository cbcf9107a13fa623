// The tasks before and after a task, in layers, from left to right: h('ob-graph', { nodes, edges, current, href: node => '…', isCapped })
// One stop of the tab key; arrow keys go along the edges and between neighbours.
import { h, styled, svg } from '../lib/dom.js';
import { ObElement } from '../lib/element.js';
import { plural, shortId } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { layout } from '../lib/layout.js';
import { navigate } from '../lib/router.js';

styled(import.meta.url);

const size = { along: 212, across: 52, gapAlong: 52, gapAcross: 16 };
const margin = 8;
const clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

class ObGraph extends ObElement {
  static props = ['nodes', 'edges', 'current', 'href', 'isCapped'];
  #focused = null;
  #shown = null;
  #drawing = null;

  draw() {
    const { nodes = [], edges = [] } = this;
    if (!nodes.length) return null;
    const shape = JSON.stringify([nodes.map(node => node.id), edges]);
    if (shape !== this.#shown) {
      this.#drawing = layout(
        nodes.map(({ id }) => ({ id })),
        edges,
        size,
      );
      this.#shown = shape;
      queueMicrotask(() => this.#centre());
    }

    const placed = new Map(this.#drawing.nodes.map(node => [node.id, node]));
    const stop = placed.has(this.#focused) ? this.#focused : placed.has(this.current) ? this.current : nodes[0].id;
    const [width, height] = [this.#drawing.along + 2 * margin, this.#drawing.across + 2 * margin];
    return [
      h(
        'div',
        { class: 'graph', onkeydown: event => this.#key(event) },
        svg(
          'svg',
          {
            width,
            height,
            viewBox: `${-margin} ${-margin} ${width} ${height}`,
            role: 'group',
            'aria-label': `${plural(nodes.length, 'task')} in order; arrow keys move between them`,
          },
          svg(
            'defs',
            {},
            svg(
              'marker',
              {
                id: 'graph-arrow',
                viewBox: '0 0 8 8',
                refX: 7,
                refY: 4,
                markerWidth: 9,
                markerHeight: 9,
                markerUnits: 'userSpaceOnUse',
                orient: 'auto',
              },
              svg('path', { d: 'M0 0.5L7.5 4L0 7.5z' }),
            ),
          ),
          this.#drawing.edges.map(edge =>
            svg('path', {
              class: ['graph-edge', [edge.from, edge.to].includes(this.current) && 'is-near'],
              d: curve(edge.points),
              'marker-end': 'url(#graph-arrow)',
              'aria-hidden': 'true',
            }),
          ),
          nodes.map(node => this.#node(node, placed.get(node.id), node.id === stop)),
        ),
      ),
      this.isCapped ? h('p', { class: 'small muted' }, `The nearest ${nodes.length} are shown; there are more.`) : null,
    ];
  }

  #node(node, { along, across }, isStop) {
    const isCurrent = node.id === this.current;
    return svg(
      'a',
      {
        key: node.id,
        href: this.href(node),
        class: ['graph-node', `is-${node.state.toLowerCase()}`, isCurrent && 'is-current'],
        tabindex: isStop ? 0 : -1,
        'data-id': node.id,
        'aria-current': isCurrent ? 'true' : null,
        transform: `translate(${along} ${across})`,
        onclick: event => follow(event, this.href(node)),
      },
      svg(
        'title',
        {},
        [`${node.kind}, ${node.state}`, `${node.queue ?? 'no queue'} · ${node.id}`, node.lastError].filter(Boolean).join('\n'),
      ),
      svg('rect', { class: 'graph-box', width: size.along, height: size.across, rx: 7 }),
      svg('rect', { class: 'graph-mark', width: 4, height: size.across - 16, x: 8, y: 8, rx: 2 }),
      svg('text', { class: 'graph-kind', x: 22, y: 22 }, clip(node.kind, 22)),
      svg(
        'g',
        { class: 'graph-state', transform: 'translate(22 31)' },
        svg('g', { transform: 'scale(.78)' }, ...icon(node.state.toLowerCase()).childNodes),
        svg('text', { x: 18, y: 10 }, node.state),
      ),
      svg('text', { class: 'graph-id', x: size.along - 12, y: 41 }, shortId(node.id)),
    );
  }

  /** The task of the page is in sight, and its box scrolls, not the page. */
  #centre() {
    const place = this.#drawing.nodes.find(node => node.id === this.current);
    const box = this.querySelector('.graph');
    if (place && box) {
      box.scrollLeft = place.along + size.along / 2 - box.clientWidth / 2;
      box.scrollTop = place.across + size.across / 2 - box.clientHeight / 2;
    }
  }

  #key(event) {
    const id = event.target.closest?.('[data-id]')?.dataset.id;
    const here = this.#drawing.nodes.find(node => node.id === id);
    const of = (side, other) =>
      this.#drawing.edges.filter(edge => edge[side] === id).map(edge => this.#drawing.nodes.find(node => node.id === edge[other]));
    const layer = here ? this.#drawing.nodes.filter(node => node.layer === here.layer).sort((a, b) => a.across - b.across) : [];
    const nearest = nodes => nodes.sort((a, b) => Math.abs(a.across - here.across) - Math.abs(b.across - here.across))[0];
    const go = {
      ArrowRight: () => nearest(of('from', 'to')),
      ArrowLeft: () => nearest(of('to', 'from')),
      ArrowDown: () => layer[layer.indexOf(here) + 1],
      ArrowUp: () => layer[layer.indexOf(here) - 1],
    }[event.key];
    const next = here && go?.();
    if (go) event.preventDefault();
    if (!next) return;
    this.#focused = next.id;
    this.update();
    queueMicrotask(() => this.querySelector(`[data-id="${next.id}"]`)?.focus());
  }
}

/** A link within a drawing has no origin, so the router leaves it alone. */
function follow(event, href) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(href);
}

function curve(points) {
  const middle = size.across / 2;
  let path = '';
  points.forEach(({ along, across }, i) => {
    const y = across + middle;
    if (i === 0) {
      path = `M${along + size.along} ${y}`;
    } else {
      const from = points[i - 1];
      const [x1, y1] = [from.along + size.along, from.across + middle];
      const bend = (along - x1) / 2;
      path += `C${x1 + bend} ${y1} ${along - bend} ${y} ${along} ${y}`;
      path += i < points.length - 1 ? `L${along + size.along} ${y}` : '';
    }
  });
  return path;
}

ObGraph.define('ob-graph');
