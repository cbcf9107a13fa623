// The layered layout of a directed graph without cycles: layers by longest path, few crossings, straight edges.

/**
 * Gives each node a layer and a place across it, and each edge the points that it passes.
 * `size` is `{ along, across, gapAlong, gapAcross }`: of a node, and between nodes. Along is the direction of the edges.
 */
export function layout(nodes, edges, size) {
  const graph = layered(nodes, edges);
  order(graph);
  place(graph, size.across + size.gapAcross);
  const step = size.along + size.gapAlong;
  const places = new Map(graph.all.map(node => [node.id, { along: node.layer * step, across: node.across }]));
  return {
    nodes: nodes.map(node => ({ ...node, ...places.get(node.id), layer: graph.byId.get(node.id).layer })),
    edges: graph.paths.map(({ from, to, via }) => ({ from, to, points: [from, ...via, to].map(id => places.get(id)) })),
    along: (graph.layers.length - 1) * step + size.along,
    across: Math.max(...graph.all.map(node => node.across)) + size.across,
  };
}

/** Nodes with their layers; an edge that passes a layer gets an invisible node there. */
function layered(nodes, edges) {
  const byId = new Map(nodes.map(({ id }) => [id, { id, layer: 0, before: [], after: [], isReal: true }]));
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to));
  known.forEach(({ from, to }) => connect(byId.get(from), byId.get(to)));
  const sorted = topological([...byId.values()]);

  // Should there be a cycle, the edges that lead back are not drawn.
  const rank = new Map(sorted.map((node, index) => [node.id, index]));
  const drawn = known.filter(({ from, to }) => rank.get(from) < rank.get(to));
  unlink(sorted);
  drawn.forEach(({ from, to }) => connect(byId.get(from), byId.get(to)));
  for (const node of sorted) {
    node.layer = Math.max(0, ...node.before.map(other => other.layer + 1));
  }

  // A node without predecessors stands just before the first that needs it, not at the far left.
  for (const node of sorted.filter(node => !node.before.length && node.after.length)) {
    node.layer = Math.min(...node.after.map(other => other.layer)) - 1;
  }

  unlink(sorted);
  const layers = [];
  const put = node => (layers[node.layer] ??= []).push(node);
  sorted.forEach(put);
  const all = [...sorted];
  const paths = drawn.map(({ from, to }, index) => {
    const via = [];
    let last = byId.get(from);
    const target = byId.get(to);
    for (let layer = last.layer + 1; layer < target.layer; layer++) {
      const bend = { id: `${index}/${layer}`, layer, before: [], after: [], isReal: false };
      connect(last, bend);
      put(bend);
      all.push(bend);
      via.push(bend.id);
      last = bend;
    }

    connect(last, target);
    return { from, to, via };
  });
  return { byId, layers, all, paths };
}

function connect(from, to) {
  from.after.push(to);
  to.before.push(from);
}

function unlink(nodes) {
  for (const node of nodes) {
    node.before = [];
    node.after = [];
  }
}

/** In the order of the edges; should there be a cycle, its nodes follow at the end. */
function topological(nodes) {
  const open = new Map(nodes.map(node => [node, node.before.length]));
  const ready = nodes.filter(node => !node.before.length);
  const sorted = [];
  for (let node = ready.shift(); node; node = ready.shift()) {
    sorted.push(node);
    for (const next of node.after) {
      open.set(next, open.get(next) - 1);
      if (!open.get(next)) {
        ready.push(next);
      }
    }
  }

  return [...new Set([...sorted, ...nodes])];
}

/** Orders each layer by the middle of its neighbours, to and fro, and keeps the order with the fewest crossings. */
function order({ layers }) {
  let best = null;
  let fewest = Infinity;
  number(layers);
  for (let round = 0; round < 12 && fewest > 0; round++) {
    const crossed = crossings(layers);
    if (crossed < fewest) {
      fewest = crossed;
      best = layers.map(layer => [...layer]);
    }

    const isForward = round % 2 === 0;
    for (const layer of isForward ? layers : [...layers].reverse()) {
      for (const node of layer) {
        const near = isForward ? node.before : node.after;
        node.wish = near.length ? near.reduce((sum, other) => sum + other.index, 0) / near.length : node.index;
      }

      layer.sort((a, b) => a.wish - b.wish || a.index - b.index);
      layer.forEach((node, index) => node.index = index);
    }
  }

  best.forEach((layer, i) => layers[i] = layer);
  number(layers);
}

const number = layers => layers.forEach(layer => layer.forEach((node, index) => node.index = index));

function crossings(layers) {
  let count = 0;
  for (const layer of layers) {
    const ends = layer.flatMap(node => node.after.map(other => other.index).sort((a, b) => a - b));
    for (let i = 0; i < ends.length; i++) {
      for (let j = i + 1; j < ends.length; j++) {
        count += ends[i] > ends[j] ? 1 : 0;
      }
    }
  }

  return count;
}

/** Moves nodes towards the middle of their neighbours, as near as their order allows. */
function place({ layers, all }, step) {
  layers.forEach(layer => layer.forEach((node, index) => node.across = (index - (layer.length - 1) / 2) * step));
  for (let round = 0; round < 8; round++) {
    const isForward = round % 2 === 0;
    for (const layer of isForward ? layers : [...layers].reverse()) {
      spread(layer, step, node => {
        const near = isForward ? node.before : node.after;
        return near.length ? near.reduce((sum, other) => sum + other.across, 0) / near.length : node.across;
      });
    }
  }

  const least = Math.min(...all.map(node => node.across));
  all.forEach(node => node.across -= least);
}

/** The places nearest to the wishes (least squares) with at least a step between neighbours. */
function spread(layer, step, wish) {
  const blocks = [];
  layer.forEach((node, index) => {
    blocks.push({ sum: wish(node) - index * step, nodes: [node], first: index });
    while (blocks.length > 1 && mean(blocks.at(-2)) > mean(blocks.at(-1))) {
      const last = blocks.pop();
      blocks.at(-1).sum += last.sum;
      blocks.at(-1).nodes.push(...last.nodes);
    }
  });
  for (const block of blocks) {
    block.nodes.forEach((node, i) => node.across = mean(block) + (block.first + i) * step);
  }
}

const mean = block => block.sum / block.nodes.length;
