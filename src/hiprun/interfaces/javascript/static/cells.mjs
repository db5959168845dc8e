// cells: where known facts put a variable

/** The cuts of a variable: exact, as the nearest numbers, and whether such a number lies behind its cut. */
function cutsOf(variable) {
  const exact = variable.cuts.map(([number, side]) => [fromFraction(number), side]);
  const numbers = exact.map(([number]) => toNumber(number));
  const behind = exact.map(([number, side], index) => {
    if (!finite(number)) return number.sign < 0;
    const notation = fromDecimal(String(numbers[index]));
    const order = notation === null ? 0 : compare(notation, number);
    return order > 0 || (order === 0 && side === 0);
  });
  return { exact, numbers, behind, most: numbers.length - 2 };
}

const compareCuts = (a, b) => compare(a[0], b[0]) || a[1] - b[1];

/** How many of the cuts lie before a cut; with `same`, those that are the same too. */
function before(cuts, cut, same) {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareCuts(cuts[middle], cut);
    if (order < 0 || (same && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the cuts lie before a `number`: no fraction is needed, since the nearest numbers keep the order. */
function passed({ numbers, behind }, number) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number || (numbers[middle] === number && behind[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textCell(fact, text) {
  const alone = fact.texts.alone.indexOf(text);
  if (alone >= 0) return alone;
  let index = 0;
  while (index + 1 < fact.texts.starts.length && compareTexts(fact.texts.starts[index + 1], text) <= 0) index += 1;
  return fact.texts.stretches[index];
}

/** How a known fact is read for a variable: as a number, or as a fraction where it is no plain one. */
function readerOf({ kind, fact: name, choice }) {
  if (kind === "member") return (value) => (value.includes(choice) ? 1 : 0);
  const fact = FACTS.get(name);
  switch (fact === undefined ? "number" : fact.type) {
    case "boolean":
      return (value) => (value ? 1 : 0);
    case "choice":
      return (value) => fact.codes.get(value);
    case "string":
      return (value) => textCell(fact, value);
    default:
      return (value) => (value.number === undefined ? value : value.number);
  }
}

const PREPARED = new WeakMap();

/** What is worked out once for the variables of a decision. */
function preparedVariables(variables) {
  let found = PREPARED.get(variables);
  if (found === undefined) {
    found = variables.map((variable) => ({
      ...cutsOf(variable),
      name: variable.fact,
      place: PLACES.get(variable.fact),
      read: variable.kind === "sum" ? null : readerOf(variable),
      terms: variable.terms,
    }));
    PREPARED.set(variables, found);
  }
  return found;
}

const SEVERAL = -1;
const NOT_FOUND = -2;

/** The cells that known facts leave of each variable of a decision, found when asked for: `first` to `last`. */
class Cells {
  constructor(decision, known) {
    this.variables = preparedVariables(decision.variables);
    this.known = known;
    this.single = new Array(this.variables.length).fill(NOT_FOUND);
    this.several = new Map();
  }

  /** The one cell that is left of a variable, or SEVERAL. */
  only(index) {
    const found = this.single[index];
    return found === NOT_FOUND ? this.find(index) : found;
  }

  /** The first and the last of the cells that are left of a variable. */
  range(index) {
    const only = this.only(index);
    return only === SEVERAL ? this.several.get(index) : [only, only];
  }

  find(index) {
    const variable = this.variables[index];
    if (variable.read === null) return this.findSum(index, variable);
    const value = variable.place === undefined ? this.known.get(variable.name) : this.known.values[variable.place];
    if (value === undefined) return this.found(index, 0, variable.most);
    const code = variable.read(value);
    const cell = (typeof code === "number" ? passed(variable, code) : before(variable.exact, [code, 0], true)) - 1;
    return (this.single[index] = cell < 0 ? 0 : cell > variable.most ? variable.most : cell);
  }

  findSum(index, variable) {
    const [low, high] = span("0", variable.terms, this.known);
    const first = before(variable.exact, [low, 0], true) - 1;
    const last = before(variable.exact, [high, 1], false) - 1;
    const inside = (cell) => Math.min(Math.max(cell, 0), variable.most);
    return this.found(index, inside(first), inside(last));
  }

  found(index, first, last) {
    if (first !== last) this.several.set(index, [first, last]);
    return (this.single[index] = first === last ? first : SEVERAL);
  }
}

const DEAD_END = -1;
const resultAt = (decision, place) => decision.results[-2 - place];

/** The place in a diagram at which the cells that are settled end the way. */
function walked({ nodes }, root, cells) {
  let place = root;
  while (place >= 0) {
    const cell = cells.only(nodes[place]);
    if (cell < 0) break;
    place = nodes[place + 1 + cell];
  }
  return place;
}

/** The places that a node leads to, for the cells that are left of its variable. */
function placesBelow({ nodes }, place, cells) {
  const [first, last] = cells.range(nodes[place]);
  return nodes.slice(place + 1 + first, place + 2 + last);
}

/** Whether any way through a diagram, from a place on, ends at a result. */
function ends(decision, place, cells, dead = new Set([DEAD_END])) {
  const found = walked(decision, place, cells);
  if (dead.has(found)) return false;
  if (found < 0 || placesBelow(decision, found, cells).some((below) => ends(decision, below, cells, dead))) return true;
  dead.add(found);
  return false;
}
