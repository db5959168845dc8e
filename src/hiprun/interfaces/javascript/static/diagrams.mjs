// diagrams: {nodes, root}; a node is null, {result, key}, or {variable, first, below}

const KEYS = new WeakMap();

/** A result as it is, under a key of its own: equal results of a decision are one in its data. */
function asItIs(result) {
  if (typeof result === "string") return { key: result, result };
  let found = KEYS.get(result);
  if (found === undefined) {
    found = { key: JSON.stringify(result), result };
    KEYS.set(result, found);
  }
  return found;
}

/** What remains of the diagram at `root`, with its results turned into others by `turn`. */
function narrowed(decision, root, cells, turn = asItIs) {
  const start = walked(decision, root, cells);
  if (start === DEAD_END) return { nodes: [null], root: 0 };
  if (start < 0) return { nodes: [null, turn(resultAt(decision, start))], root: 1 };
  return narrowedFrom(decision, start, cells, turn);
}

function narrowedFrom(decision, root, cells, turn) {
  const nodes = [null];
  const places = new Map([[DEAD_END, 0]]);
  const known = new Map();
  const add = (key, node) => {
    let place = known.get(key);
    if (place === undefined) {
      place = nodes.push(node) - 1;
      known.set(key, place);
    }
    return place;
  };
  const placed = (old) => {
    let place = places.get(old);
    if (place !== undefined) return place;
    if (old < 0) {
      const result = turn(resultAt(decision, old));
      place = add("leaf " + result.key, result);
    } else {
      const variable = decision.nodes[old];
      const below = placesBelow(decision, old, cells).map(placed);
      place = below.every((other) => other === below[0])
        ? below[0]
        : add(variable + ":" + below.join(), { variable, first: cells.range(variable)[0], below });
    }
    places.set(old, place);
    return place;
  };
  return prune({ nodes, root: placed(root) });
}

/** Leave out nodes that cannot be reached; the others stay behind those they lead to. */
function prune(diagram) {
  const reached = new Set([0, diagram.root]);
  for (let index = diagram.nodes.length - 1; index > 0; index -= 1) {
    const node = diagram.nodes[index];
    if (reached.has(index) && node.below) node.below.forEach((place) => reached.add(place));
  }
  const places = new Map();
  const nodes = [];
  diagram.nodes.forEach((node, index) => {
    if (!reached.has(index)) return;
    const below = node && node.below && node.below.map((place) => places.get(place));
    places.set(index, nodes.push(below ? { variable: node.variable, first: node.first, below } : node) - 1);
  });
  return { nodes, root: places.get(diagram.root) };
}

const leavesOf = (diagram) => diagram.nodes.filter((node) => node && !node.below);
const resultsOf = (diagram) => leavesOf(diagram).map((leaf) => leaf.result);

/** True or false where a diagram of a truth settles it, conflicts aside; null where it does not. */
function truthOf(diagram) {
  const found = resultsOf(diagram).filter((result) => result !== "conflict");
  return found.length === 1 ? found[0][0] : null;
}

/** The variables that a diagram asks for. */
function variablesOf(decision, diagram) {
  return diagram.nodes.filter((node) => node && node.below).map((node) => decision.variables[node.variable]);
}

/** Whether what a variable says depends on several facts. */
const isTied = (variable) => variable.kind === "sum" || variable.kind === "term";

/** Whether there are terms in what it depends on, whose range follows from facts in ways that are not worked out here. */
const hasTerms = (variable) => variable.kind === "term" || (variable.kind === "sum" && variable.terms.some(([name]) => TERMS.has(name)));

function factsOf(variable) {
  return variable.kind === "sum" ? variable.terms.flatMap((term) => baseFacts(term[0])) : baseFacts(variable.fact);
}
