// The layered layout of a directed graph without cycles: layers by longest path, few crossings, straight edges.
import { layered } from './layers.js';

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
      layer.forEach((node, index) => (node.index = index));
    }
  }

  best.forEach((layer, i) => (layers[i] = layer));
  number(layers);
}

const number = layers => layers.forEach(layer => layer.forEach((node, index) => (node.index = index)));

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
  layers.forEach(layer => layer.forEach((node, index) => (node.across = (index - (layer.length - 1) / 2) * step)));
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
  all.forEach(node => (node.across -= least));
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
    block.nodes.forEach((node, i) => (node.across = mean(block) + (block.first + i) * step));
  }
}

const mean = block => block.sum / block.nodes.length;
