// The layers of a directed graph without cycles, by the longest path to each node.

/** Nodes with their layers; an edge that passes a layer gets an invisible node there. */
export function layered(nodes, edges) {
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
