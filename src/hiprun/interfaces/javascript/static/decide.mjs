// The fixed part of every module that hiprun writes: decisions by diagrams, with exact numbers.
// DATA, above, is what the rules say. Nothing in it is run.

/** Facts that were refused. `problems` has every one of them, each with a `code`, a `message` and the `fact`. */
export class FactError extends Error {
  constructor(problems) {
    super(problems.map((problem) => problem.message).join("\n"));
    this.name = "FactError";
    this.problems = problems;
  }
}

// exact numbers: fractions in lowest terms, or an infinity

const INFINITE = { sign: 1 };
const MINUS_INFINITE = { sign: -1 };

function gcd(a, b) {
  a = a < 0n ? -a : a;
  while (b) [a, b] = [b, a % b];
  return a;
}

function fraction(n, d = 1n) {
  if (d < 0n) [n, d] = [-n, -d];
  const common = gcd(n, d) || 1n;
  return { n: n / common, d: d / common };
}

const ZERO = fraction(0n);

function fromFraction(text) {
  if (text === "inf") return INFINITE;
  if (text === "-inf") return MINUS_INFINITE;
  const [n, d] = text.split("/");
  return { n: BigInt(n), d: d === undefined ? 1n : BigInt(d) };
}

const MOST_DIGITS = 40;
const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?$/;

/** The number that a decimal notation says, or null. */
function fromDecimal(text) {
  const found = text.length <= 2 * MOST_DIGITS ? DECIMAL.exec(text) : null;
  if (found === null) return null;
  const whole = found[2];
  const parts = found[3] || "";
  const exponent = Number(found[4] || 0) - parts.length;
  const digits = (whole + parts).replace(/^0+/, "");
  if (whole + parts === "" || digits.length > MOST_DIGITS || Math.abs(exponent) > MOST_DIGITS) return null;
  const number = BigInt(found[1] + (digits || "0").replace(/^\+/, ""));
  return exponent < 0 ? fraction(number, 10n ** BigInt(-exponent)) : fraction(number * 10n ** BigInt(exponent));
}

function compare(a, b) {
  if (a.d === undefined || b.d === undefined) return (a.sign || 0) - (b.sign || 0);
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const finite = (a) => a.d !== undefined;

function plus(a, b) {
  if (!finite(a)) return a;
  return finite(b) ? fraction(a.n * b.d + b.n * a.d, a.d * b.d) : b;
}

function times(a, b) {
  if (finite(a) && finite(b)) return fraction(a.n * b.n, a.d * b.d);
  const sign = (finite(a) ? compare(a, ZERO) : a.sign) * (finite(b) ? compare(b, ZERO) : b.sign);
  return sign < 0 ? MINUS_INFINITE : INFINITE;
}

const negative = (a) => (finite(a) ? { n: -a.n, d: a.d } : a.sign < 0 ? INFINITE : MINUS_INFINITE);

/** The nearest number that JavaScript has, from 40 digits. */
function toNumber(a) {
  if (a.d === 1n) return Number(a.n);
  const sign = a.n < 0n ? "-" : "";
  const n = a.n < 0n ? -a.n : a.n;
  let shift = MOST_DIGITS - (String(n).length - String(a.d).length);
  let quotient;
  for (;;) {
    const top = shift >= 0 ? n * 10n ** BigInt(shift) : n;
    const bottom = shift >= 0 ? a.d : a.d * 10n ** BigInt(-shift);
    quotient = top / bottom;
    const twice = 2n * (top % bottom);
    if (twice > bottom || (twice === bottom && quotient % 2n === 1n)) quotient += 1n;
    if (String(quotient).length <= MOST_DIGITS) break;
    shift -= 1;
  }
  return Number(sign + quotient + "e" + -shift);
}

const keyOf = (a) => (finite(a) ? a.n + "/" + a.d : String(a.sign) + "inf");

// dates, as days since the first of January of the year 1, which is day 1

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const EPOCH = 719163;

function toDay(text) {
  const found = DATE.exec(text);
  if (found === null || found[1] === "0000") return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return date.toISOString().slice(0, 10) === text ? date.getTime() / 86400000 + EPOCH : null;
}

const fromDay = (day) => new Date((Number(day) - EPOCH) * 86400000).toISOString().slice(0, 10);

// texts, ordered by their characters, not by halves of them

function compareTexts(a, b) {
  const first = Array.from(a);
  const second = Array.from(b);
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const difference = first[index].codePointAt(0) - second[index].codePointAt(0);
    if (difference) return difference < 0 ? -1 : 1;
  }
  return Math.sign(first.length - second.length);
}

// facts

const FACTS = new Map(DATA.facts.map((fact) => [fact.name, fact]));
const PLACES = new Map(DATA.facts.map((fact, place) => [fact.name, place]));
const MOST_CHARACTERS = 10000;

function refused(fact, code, message) {
  return { problem: { code, fact: fact.name, message: "`" + fact.name + "`: " + message } };
}

function outside(fact, number, shown) {
  const low = fact.lowest === null ? null : fromFraction(fact.lowest);
  const high = fact.highest === null ? null : fromFraction(fact.highest);
  if (low !== null && compare(number, low) < 0) return "it is at least " + shown(low) + ".";
  if (high !== null && compare(number, high) > 0) return "it is at most " + shown(high) + ".";
  return "";
}

function checkNumber(fact, value) {
  const plain = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const number = typeof plain === "string" ? fromDecimal(plain) : null;
  if (number === null) return refused(fact, "fact-type", "it is a number, such as 3 or \"3.5\".");
  if (fact.type === "integer" && number.d !== 1n) return refused(fact, "fact-type", "it is a whole number.");
  const beyond = outside(fact, number, (end) => String(toNumber(end)));
  return beyond ? refused(fact, "fact-range", beyond) : { value: number };
}

function checkDate(fact, value) {
  const day = typeof value === "string" ? toDay(value) : null;
  if (day === null) return refused(fact, "fact-type", "it is a date, such as \"2026-07-31\".");
  const number = fraction(BigInt(day));
  const beyond = outside(fact, number, (end) => fromDay(end.n));
  return beyond ? refused(fact, "fact-range", beyond) : { value: number };
}

function checkSet(fact, value) {
  const names = fact.choices.map((choice) => choice[0]);
  if (!Array.isArray(value)) return refused(fact, "fact-type", "it is a list of choices; an empty list means none.");
  const wrong = value.some((entry) => typeof entry !== "string" || !names.includes(entry));
  if (wrong) return refused(fact, "fact-choice", "each entry is one of " + names.join(", ") + ".");
  return { value: new Set(value) };
}

function checkFact(fact, value) {
  switch (fact.type) {
    case "boolean":
      return typeof value === "boolean" ? { value } : refused(fact, "fact-type", "it is true or false.");
    case "integer":
    case "number":
      return checkNumber(fact, value);
    case "date":
      return checkDate(fact, value);
    case "set":
      return checkSet(fact, value);
    case "choice": {
      const names = fact.choices.map((choice) => choice[0]);
      return names.includes(value)
        ? { value }
        : refused(fact, "fact-choice", "it is one of " + names.join(", ") + ".");
    }
    default:
      return typeof value === "string" && value.length <= MOST_CHARACTERS
        ? { value }
        : refused(fact, "fact-type", "it is a text of at most " + MOST_CHARACTERS + " characters.");
  }
}

function checkFacts(given) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new FactError([{ code: "facts-shape", fact: "", message: "Facts are an object of names and values." }]);
  }
  const problems = [];
  const known = new Map();
  for (const [name, value] of Object.entries(given)) {
    const fact = FACTS.get(name);
    if (fact === undefined) {
      const message = "`" + name.slice(0, 100) + "` is not a fact of this pack.";
      problems.push({ code: "unknown-fact", fact: name, message });
    } else if (value !== null && value !== undefined) {
      const checked = checkFact(fact, value);
      if (checked.problem) problems.push(checked.problem);
      else known.set(name, checked.value);
    }
  }
  if (problems.length) throw new FactError(problems);
  if (narrowed(DATA.possible, DATA.possible.root, cellsOf(DATA.possible, known)).root === 0) {
    const message = "These facts cannot occur together. Check them again, and leave out any that are not certain.";
    throw new FactError([{ code: "impossible-facts", fact: "", message }]);
  }
  return known;
}

// cells: where known facts put a variable; [first, last] of those it may be in

const CUTS = new Map();

function cutsOf(variable) {
  let cuts = CUTS.get(variable);
  if (cuts === undefined) {
    cuts = variable.cuts.map(([number, side]) => [fromFraction(number), side]);
    CUTS.set(variable, cuts);
  }
  return cuts;
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

function textCell(fact, text) {
  const alone = fact.texts.alone.indexOf(text);
  if (alone >= 0) return alone;
  let index = 0;
  while (index + 1 < fact.texts.starts.length && compareTexts(fact.texts.starts[index + 1], text) <= 0) index += 1;
  return fact.texts.stretches[index];
}

function codeOf(variable, value) {
  const fact = FACTS.get(variable.fact);
  if (variable.kind === "member") return fraction(value.has(variable.choice) ? 1n : 0n);
  switch (fact.type) {
    case "boolean":
      return fraction(value ? 1n : 0n);
    case "choice":
      return fraction(BigInt(fact.choices.findIndex((choice) => choice[0] === value)));
    case "string":
      return fraction(BigInt(textCell(fact, value)));
    default:
      return value;
  }
}

/** The least and the greatest value of a sum of facts. */
function span(constant, terms, known) {
  let low = fromFraction(constant);
  let high = low;
  for (const [name, factor] of terms) {
    const weight = fromFraction(factor);
    const fact = FACTS.get(name);
    const value = known.get(name);
    const least = value || (fact.lowest === null ? MINUS_INFINITE : fromFraction(fact.lowest));
    const most = value || (fact.highest === null ? INFINITE : fromFraction(fact.highest));
    const ends = [times(least, weight), times(most, weight)];
    if (compare(ends[0], ends[1]) > 0) ends.reverse();
    low = plus(low, ends[0]);
    high = plus(high, ends[1]);
  }
  return [low, high];
}

function cellsOf(decision, known) {
  return decision.variables.map((variable) => {
    const cuts = cutsOf(variable);
    const all = [0, cuts.length - 2];
    let ends;
    if (variable.kind === "sum") ends = span("0", variable.terms, known);
    else if (known.has(variable.fact)) {
      const code = codeOf(variable, known.get(variable.fact));
      ends = [code, code];
    } else return all;
    const first = Math.max(before(cuts, [ends[0], 0], true) - 1, all[0]);
    const last = Math.min(before(cuts, [ends[1], 1], false) - 1, all[1]);
    return [first, last];
  });
}

// diagrams: {nodes, root}; a node is null, {result, key}, or {variable, first, below}

/** What remains of the diagram at `root`, with its results turned into others by `turn`. */
function narrowed(decision, root, cells, turn) {
  const nodes = [null];
  const places = new Map([[0, 0]]);
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
    const node = decision.nodes[old];
    if (typeof node === "number") {
      const result = turn ? turn(decision.results[node]) : { key: node, result: decision.results[node] };
      place = add("leaf " + result.key, result);
    } else {
      const [first, last] = cells[node[0]];
      const below = [];
      for (let cell = first; cell <= last; cell += 1) below.push(placed(node[cell + 1]));
      place = below.every((other) => other === below[0])
        ? below[0]
        : add(node[0] + ":" + below.join(), { variable: node[0], first, below });
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

// facts that matter

const MOST_TOGETHER = 256;
const MOST_PAIRS = 20000;
const BEYOND = Infinity;

function factsOf(variable) {
  return variable.kind === "sum" ? variable.terms.map((term) => term[0]) : [variable.fact];
}

function bitCount(bits) {
  let count = 0;
  for (; bits; bits &= bits - 1n) count += 1;
  return count;
}

class Needs {
  constructor(decision, diagram) {
    this.decision = decision;
    this.diagram = diagram;
    this.exact = true;
    this.numbers = new Map(leavesOf(diagram).map((leaf, number) => [leaf, BigInt(number)]));
    this.splits = new Map();
    for (const node of diagram.nodes) {
      if (node && node.below) {
        if (!this.splits.has(node.variable)) this.splits.set(node.variable, []);
        this.splits.get(node.variable).push(node);
      }
    }
    this.below = this.reachable(() => true);
    this.whole = this.below[diagram.root];
  }

  reachable(allowed) {
    const found = [];
    for (const node of this.diagram.nodes) {
      let bits = 0n;
      if (node && node.below) {
        node.below.forEach((place, cell) => {
          if (allowed(node.variable, cell)) bits |= found[place];
        });
      } else if (node) bits = 1n << this.numbers.get(node);
      found.push(bits);
    }
    return found;
  }

  variable(place) {
    const node = this.diagram.nodes[place];
    return node && node.below ? node.variable : BEYOND;
  }

  facts() {
    const levels = [...this.splits.keys()];
    return new Set(levels.flatMap((level) => factsOf(this.decision.variables[level])));
  }

  get left() {
    if (this.results === undefined) {
      const asked = [...this.splits.keys()].sort((a, b) => a - b);
      const past = new Map(asked.map((variable) => [variable, 0n]));
      const cells = new Map(asked.map((variable) => [variable, []]));
      const pass = (start, end, bits) => {
        for (const variable of asked) if (start < variable && variable < end) past.set(variable, past.get(variable) | bits);
      };
      pass(-1, this.variable(this.diagram.root), this.whole);
      for (const [variable, splits] of this.splits) {
        for (const split of splits) {
          split.below.forEach((place, cell) => {
            pass(variable, this.variable(place), this.below[place]);
            const left = cells.get(variable);
            left[cell] = (left[cell] || 0n) | this.below[place];
          });
        }
      }
      this.results = new Map(
        asked.map((variable) => [
          variable,
          cells.get(variable).map((bits) => bits | past.get(variable)).filter((bits) => bits !== 0n),
        ]),
      );
    }
    return this.results;
  }

  together(variables) {
    let combinations = [[]];
    for (const variable of variables) {
      const count = this.splits.get(variable)[0].below.length;
      const longer = [];
      for (const chosen of combinations) {
        for (let cell = 0; cell < count && longer.length <= MOST_TOGETHER; cell += 1) longer.push([...chosen, cell]);
      }
      combinations = longer;
    }
    const found = combinations.slice(0, MOST_TOGETHER).map((chosen) => {
      const cells = new Map(variables.map((variable, index) => [variable, chosen[index]]));
      return this.reachable((variable, cell) => !cells.has(variable) || cells.get(variable) === cell)[this.diagram.root];
    });
    const left = found.filter((bits) => bits !== 0n);
    return combinations.length > MOST_TOGETHER ? [...left, 0n] : left;
  }

  /** How much stays open once a fact is known, null where it does not matter. */
  score(name) {
    const own = this.decision.variables.flatMap((variable, index) =>
      variable.kind !== "sum" && variable.fact === name ? [index] : [],
    );
    const asked = own.filter((index) => this.splits.has(index));
    if (!asked.length) return null;
    const left = asked.length === 1 ? this.left.get(asked[0]) : this.together(asked);
    const narrows = left.some((bits) => bits !== this.whole);
    if (!narrows) {
      const matters = this.matters(new Set(own));
      if (matters === null) {
        this.exact = false;
        return 1000 * bitCount(this.whole);
      }
      if (!matters) return null;
    }
    return Math.floor((1000 * left.reduce((sum, bits) => sum + bitCount(bits), 0)) / left.length);
  }

  /** Whether two patients who differ in these variables alone can get different results; null beyond a bound. */
  matters(free) {
    const nodes = this.diagram.nodes;
    const waiting = [[this.diagram.root, this.diagram.root]];
    const seen = new Set([this.diagram.root + ":" + this.diagram.root]);
    while (waiting.length) {
      const [first, second] = waiting.pop();
      if (first === 0 || second === 0) continue;
      const variable = Math.min(this.variable(first), this.variable(second));
      if (variable === BEYOND) {
        if (first !== second) return true;
        continue;
      }
      const at = (place) => (this.variable(place) === variable ? nodes[place].below : null);
      const ones = at(first);
      const others = at(second);
      const count = (ones || others).length;
      for (let cell = 0; cell < count; cell += 1) {
        for (let other = 0; other < count; other += 1) {
          if (cell !== other && !free.has(variable)) continue;
          const pair = [ones ? ones[cell] : first, others ? others[other] : second].sort((a, b) => a - b);
          const key = pair.join(":");
          if (!seen.has(key)) {
            seen.add(key);
            waiting.push(pair);
          }
        }
      }
      if (seen.size > MOST_PAIRS) return null;
    }
    return false;
  }
}

// values of outputs

/** A value of the data with the known facts put in: {plain, key, code}, or {low, high} for a number that is open. */
function valueOf(output, value, known) {
  if (value !== null && typeof value === "object" && !value.set) {
    const [low, high] = value.number === undefined
      ? span(value.constant, value.terms, known)
      : [fromFraction(value.number), fromFraction(value.number)];
    return { low, high, open: value.terms !== undefined && value.terms.some((term) => !known.has(term[0])) };
  }
  if (value !== null && typeof value === "object") return { plain: value.set, texts: value.set };
  let code = null;
  if (output.type === "choice") code = fraction(BigInt(output.choices.findIndex((choice) => choice[0] === value)));
  else if (typeof value === "boolean") code = fraction(value ? 1n : 0n);
  return { plain: value, code };
}

function publicNumber(output, number) {
  return output.type === "date" ? fromDay(number.n / number.d) : toNumber(number);
}

function shown(output, values) {
  if (values[0].low === undefined) return values[0].plain;
  const low = values.map((value) => value.low).reduce((a, b) => (compare(a, b) <= 0 ? a : b));
  const high = values.map((value) => value.high).reduce((a, b) => (compare(a, b) >= 0 ? a : b));
  if (compare(low, high) === 0) return publicNumber(output, low);
  const found = {};
  if (finite(low)) found.at_least = publicNumber(output, low);
  if (finite(high)) found.at_most = publicNumber(output, high);
  return found;
}

const REVERSED = ["lower", "earlier", "false"];

function rankEnds(output, value) {
  const ends = value.low === undefined ? [value.code, value.code] : [value.low, value.high];
  return REVERSED.includes(output.worse) ? [negative(ends[1]), negative(ends[0])] : ends;
}

function keyOfValue(value) {
  if (value.open) return "open " + keyOf(value.low) + " " + keyOf(value.high);
  return value.low === undefined ? JSON.stringify(value.plain) : keyOf(value.low);
}

function compareValues(output, a, b) {
  if (a.texts) {
    for (let index = 0; index < Math.min(a.texts.length, b.texts.length); index += 1) {
      const order = compareTexts(a.texts[index], b.texts[index]);
      if (order) return order;
    }
    return a.texts.length - b.texts.length;
  }
  if (a.low === undefined && a.code === null) return a.plain === null || b.plain === null ? 0 : compareTexts(a.plain, b.plain);
  const first = rankEnds(output, a);
  const second = rankEnds(output, b);
  return output.worse
    ? compare(first[1], second[1]) || compare(first[0], second[0])
    : compare(first[0], second[0]) || compare(first[1], second[1]);
}

// one patient and one decision

class Patient {
  constructor(name, known) {
    this.name = name;
    this.decision = DECISIONS.get(name);
    this.known = known;
    this.cells = cellsOf(this.decision, known);
    this.exact = true;
    this.scores = new Map();
  }

  diagram(root, turn) {
    const found = narrowed(this.decision, root, this.cells, turn);
    if (found.nodes.some((node) => node && node.below && this.decision.variables[node.variable].kind === "sum")) {
      this.exact = false;
    }
    return found;
  }

  note(diagram) {
    const needs = new Needs(this.decision, diagram);
    for (const fact of needs.facts()) {
      if (this.known.has(fact)) continue;
      const score = this.exact ? needs.score(fact) : 0;
      if (score !== null) this.noteScore(fact, score);
    }
    this.exact = this.exact && needs.exact;
  }

  noteScore(fact, score) {
    this.scores.set(fact, Math.min(score, this.scores.has(fact) ? this.scores.get(fact) : score));
  }

  noteFormula(terms) {
    for (const [fact] of terms) if (!this.known.has(fact)) this.noteScore(fact, 0);
  }

  needs() {
    if (!this.exact) this.noteTied();
    return [...this.scores.keys()].sort(
      (a, b) => this.scores.get(a) - this.scores.get(b) || PLACES.get(a) - PLACES.get(b),
    );
  }

  /** Note the facts that sums tie to those noted. */
  noteTied() {
    const sums = this.decision.variables.filter((variable) => variable.kind === "sum").map(factsOf);
    for (let count = -1; count !== this.scores.size; ) {
      count = this.scores.size;
      for (const names of sums) if (names.some((name) => this.scores.has(name))) this.noteFormula(names.map((name) => [name]));
    }
  }

  certainty(root, needed) {
    const diagram = this.diagram(root);
    const truth = truthOf(diagram);
    if (truth === null && needed) this.note(diagram);
    return truth;
  }

  fired(inConflict) {
    const roots = inConflict ? this.decision.firedInConflict : this.decision.fired;
    const rules = this.decision.rules;
    const exact = this.exact;
    let found;
    if (this.decision.says === "first") {
      const results = resultsOf(this.diagram(roots)).filter((result) => result !== "conflict");
      const sole = results.length === 1 ? Number(results[0][0].number) : -1;
      found = sole < 0 ? [] : [rules[sole].id];
    } else {
      const ids = roots.flatMap((root, index) => (truthOf(this.diagram(root)) === true ? [rules[index].id] : []));
      found = [...new Set(ids)];
    }
    this.exact = exact;
    return found;
  }

  row(result) {
    return result.map((value, index) => valueOf(this.decision.outputs[index], value, this.known));
  }

  /** A result with the known facts put in, for leaves of a diagram that are then alike. */
  turned(result) {
    if (!Array.isArray(result)) return { key: result, result };
    const row = this.row(result);
    if (row.some((value) => value.open)) {
      this.exact = false;
      result.forEach((value) => this.noteFormula((value && value.terms) || []));
    }
    return { key: row.map(keyOfValue).join(), result: row };
  }

  answered() {
    const diagram = this.diagram(this.decision.answer, (result) => this.turned(result));
    const results = resultsOf(diagram);
    const rows = results.filter((result) => Array.isArray(result));
    const decided = results.length === 1 && !(rows.length && rows[0].some((value) => value.open));
    const noMatch = results.includes("no_match");
    const conflict = results.includes("conflict");
    let status = "undetermined";
    if (decided) status = rows.length ? "decided" : results[0];
    if (decided) this.scores.clear();
    else this.note(diagram);
    const outputs = this.decision.outputs;
    rows.sort((a, b) => {
      for (let index = 0; index < outputs.length; index += 1) {
        const order = compareValues(outputs[index], a[index], b[index]);
        if (order) return order;
      }
      return 0;
    });
    const answers = rows.map((row) => Object.fromEntries(outputs.map((output, index) => [output.name, shown(output, [row[index]])])));
    const criteria = this.decision.kind === "criteria" ? this.criteria(status === "conflict") : [];
    const found = this.outcome({
      status,
      possible: distinct(answers),
      safest: rows.length ? this.safest(rows) : null,
      needs: this.needs(),
      fired: criteria.length && status !== "conflict"
        ? criteria.filter((criterion) => criterion.status === "unmet").map((criterion) => criterion.id)
        : this.fired(status === "conflict" && truthOf(this.diagram(this.decision.conflict)) === true),
      may_not_match: !decided && noMatch,
      may_conflict: !decided && conflict,
    });
    if (criteria.length) found.criteria = criteria;
    return found;
  }

  safest(rows) {
    const found = {};
    this.decision.outputs.forEach((output, index) => {
      const values = rows.map((row) => row[index]);
      const keys = new Set(values.map(keyOfValue));
      if (keys.size === 1 && !values[0].open) found[output.name] = shown(output, [values[0]]);
      else if (output.worse) {
        const worst = values.reduce((a, b) => (compare(rankEnds(output, a)[1], rankEnds(output, b)[1]) >= 0 ? a : b));
        const rank = rankEnds(output, worst)[1];
        const number = REVERSED.includes(output.worse) ? negative(rank) : rank;
        if (worst.low === undefined) found[output.name] = worst.plain;
        else if (finite(number)) found[output.name] = publicNumber(output, number);
      }
    });
    return found;
  }

  criteria(inConflict) {
    return this.decision.rules.map((rule, index) => {
      const truth = inConflict ? null : this.certainty(this.decision.fired[index]);
      const status = truth === null ? "unknown" : truth ? "unmet" : "met";
      return { id: rule.id, status, title: rule.title, unmet: rule.unmet, source: rule.source };
    });
  }

  listed() {
    const { outputs, rules } = this.decision;
    const conflict = this.certainty(this.decision.conflict, true);
    let open = conflict === null;
    const entries = this.decision.items.map((item, index) => {
      const diagram = this.diagram(item.root, (result) => this.turned(result));
      const results = resultsOf(diagram).filter((result) => Array.isArray(result));
      const given = results.filter((result) => result.length);
      const without = given.length < results.length;
      const certain = given.length ? !without : results.length ? false : null;
      const truth = given.length && without ? null : certain;
      const loose = truth === null || given.length > 1 || (given.length === 1 && given[0].some((value) => value.open));
      if (loose && truth !== false) {
        open = true;
        this.note(diagram);
      }
      const rows = given.length ? given : distinctRows(item.rows.map((row) => this.row(row)));
      return { index, truth: conflict === true ? null : truth, rows, item };
    });
    if (this.decision.worst) {
      entries.sort((a, b) => compareSeverity(outputs, b.rows, a.rows));
    }
    const words = new Map([[true, "certain"], [false, "excluded"], [null, "possible"]]);
    const items = entries.map(({ index, truth, rows, item }) => ({
      rule: rules[index].id,
      certainty: words.get(truth),
      outputs: Object.fromEntries(
        item.gives.map((place) => [outputs[place].name, shown(outputs[place], rows.map((row) => row[place]))]),
      ),
      because: rules[index].because,
      source: rules[index].source,
    }));
    const sure = conflict === true
      ? this.fired(true)
      : entries.filter((entry) => entry.truth === true).sort((a, b) => a.index - b.index).map((entry) => rules[entry.index].id);
    const found = this.outcome({
      status: conflict === true ? "conflict" : open ? "undetermined" : "decided",
      possible: [],
      safest: null,
      needs: conflict === true ? [] : this.needs(),
      fired: sure,
      may_not_match: false,
      may_conflict: conflict === null,
    });
    if (items.length) found.items = items;
    return found;
  }

  limited() {
    const conflict = this.certainty(this.decision.conflict, true);
    const limits = this.decision.quantities.map((quantity, index) =>
      this.limit(this.decision.outputs[index], quantity, conflict === true),
    );
    const decided = conflict === false && limits.every((limit) => !limit.open.length);
    const answer = {};
    for (const limit of limits) {
      const sides = {};
      if (limit.safest_at_least !== undefined) sides.at_least = limit.safest_at_least;
      if (limit.safest_at_most !== undefined) sides.at_most = limit.safest_at_most;
      if (Object.keys(sides).length) answer[limit.quantity] = sides;
    }
    const found = this.outcome({
      status: conflict === true ? "conflict" : decided ? "decided" : "undetermined",
      possible: decided ? [answer] : [],
      safest: answer,
      needs: conflict === true ? [] : this.needs(),
      fired: this.fired(conflict === true),
      may_not_match: false,
      may_conflict: conflict === null,
    });
    if (limits.length) found.limits = limits;
    return found;
  }

  limit(output, quantity, inConflict) {
    const least = this.side(quantity.at_least, 1, inConflict);
    const most = this.side(quantity.at_most, -1, inConflict);
    const results = resultsOf(this.diagram(quantity.verdicts)).map((result) => result[0]);
    const verdicts = ["below", "within", "above"].filter((verdict) => results.includes(verdict));
    const found = {
      quantity: output.name,
      set_by: [...new Set([...least.setBy, ...most.setBy])],
      open: [...new Set([...least.open, ...most.open])],
      possible_verdicts: verdicts,
      unit: output.unit,
      title: quantity.title,
    };
    const put = (name, number, sign) => {
      if (number !== null) found[name] = publicNumber(output, sign < 0 ? negative(number) : number);
    };
    put("at_least", least.certain, 1);
    put("at_most", most.certain, -1);
    put("safest_at_least", least.possible, 1);
    put("safest_at_most", most.possible, -1);
    if (verdicts.length === 1) found.verdict = verdicts[0];
    return found;
  }

  /** The tightest bound of one side; numbers are such that larger is tighter. */
  side(side, sign, inConflict) {
    const rules = this.decision.rules;
    const applying = this.diagram(inConflict ? side.inConflict : side.applying);
    const sets = resultsOf(applying).filter((result) => Array.isArray(result)).map((result) => result.map((entry) => Number(entry.number)));
    const bounds = side.bounds.map(([rule, formula], index) => {
      const ends = span(formula.constant, formula.terms, this.known);
      return {
        id: rules[rule].id,
        terms: formula.terms,
        size: sign < 0 ? negative(ends[0]) : ends[1],
        settled: formula.terms.every((term) => this.known.has(term[0])),
        always: sets.length > 0 && sets.every((set) => set.includes(index)),
        ever: sets.some((set) => set.includes(index)) || (inConflict && !sets.length),
      };
    });
    const certain = bounds.filter((bound) => bound.always && bound.settled && !inConflict);
    const best = certain.map((bound) => bound.size).reduce((a, b) => (a === null || compare(b, a) > 0 ? b : a), null);
    const still = bounds.filter(
      (bound) => bound.ever && !certain.includes(bound) && (best === null || compare(bound.size, best) > 0),
    );
    const largest = (found) =>
      found.map((bound) => bound.size).filter(finite).reduce((a, b) => (a === null || compare(b, a) > 0 ? b : a), null);
    const ids = (found, size) => (size === null ? [] : found.filter((bound) => compare(bound.size, size) === 0).map((bound) => bound.id));
    const openIds = still.map((bound) => bound.id);
    if (inConflict) return { certain: null, possible: largest(still), setBy: [], open: openIds };
    if (!still.length) return { certain: best, possible: best, setBy: ids(certain, best), open: [] };
    if (still.some((bound) => !bound.settled)) {
      this.exact = false;
      still.forEach((bound) => this.noteFormula(bound.terms));
      this.note(applying);
      return { certain: best, possible: largest([...certain, ...still]), setBy: ids(certain, best), open: openIds };
    }
    const turned = this.diagram(side.applying, (result) => {
      if (!Array.isArray(result)) return { key: result, result };
      const numbers = result.map((entry) => bounds[Number(entry.number)]).filter((bound) => still.includes(bound));
      const size = largest([...certain, ...numbers]);
      return { key: size === null ? "none" : keyOf(size), result: [size] };
    });
    const found = resultsOf(turned).filter((result) => Array.isArray(result)).map((result) => result[0]);
    const tightest = found.reduce((a, b) => (a === null || (b !== null && compare(b, a) > 0) ? b : a), null);
    if (found.length === 1) {
      return { certain: tightest, possible: tightest, setBy: ids([...certain, ...still], tightest), open: [] };
    }
    this.note(turned);
    return { certain: best, possible: tightest, setBy: ids(certain, best), open: openIds };
  }

  outcome(found) {
    return { decision: this.name, exact: this.exact, ...found, provenance: DATA.provenance };
  }
}

function distinct(answers) {
  const found = new Map();
  for (const answer of answers) {
    const key = JSON.stringify(answer);
    if (!found.has(key)) found.set(key, answer);
  }
  return [...found.values()];
}

function distinctRows(rows) {
  return [...new Map(rows.map((row) => [row.map(keyOfValue).join(), row])).values()];
}

function compareSeverity(outputs, first, second) {
  for (let place = 0; place < outputs.length; place += 1) {
    const output = outputs[place];
    if (!output.worse) continue;
    const worst = (rows) =>
      rows
        .map((row) => row[place])
        .filter((value) => value.low !== undefined || value.plain !== null)
        .map((value) => rankEnds(output, value)[1])
        .reduce((a, b) => (a === null || compare(b, a) > 0 ? b : a), null);
    const [a, b] = [worst(first), worst(second)];
    if (a === null || b === null) {
      if (a !== b) return a === null ? -1 : 1;
    } else if (compare(a, b)) return compare(a, b);
  }
  return 0;
}

const DECISIONS = new Map(Object.entries(DATA.decisions));

/** The names of the decisions that this module contains. */
export const decisions = [...DECISIONS.keys()];

/** The facts of the pack, in its order, with the questions that ask for them. */
export const facts = DATA.facts.map(({ name, type, ask, because, choices, unit, lowest, highest }) => ({
  name,
  type,
  ask,
  because,
  choices: choices.map(([choice, text]) => ({ name: choice, text })),
  unit,
  lowest: lowest === null ? null : type === "date" ? fromDay(lowest) : toNumber(fromFraction(lowest)),
  highest: highest === null ? null : type === "date" ? fromDay(highest) : toNumber(fromFraction(highest)),
}));

/** Which pack this is: name, version, digest, engine and settings. */
export const provenance = DATA.provenance;

/** The title of the pack and its notice. */
export const about = { title: DATA.title, notice: DATA.notice };

/** The outputs and the rules of a decision, in words. */
export function describe(decision) {
  const { title, kind, outputs, rules } = found(decision);
  return {
    title,
    kind,
    outputs: outputs.map(({ name, title: words, type, choices, unit }) => ({
      name,
      title: words,
      type,
      choices: choices.map(([choice, text]) => ({ name: choice, text })),
      unit,
    })),
    rules: rules.map(({ id, title: words, because, source }) => ({ id, title: words, because, source })),
  };
}

function found(decision) {
  const entry = DECISIONS.get(decision);
  if (entry === undefined) throw new RangeError("This module has no decision `" + String(decision).slice(0, 100) + "`.");
  return entry;
}

/**
 * The outcome of one decision. A fact that is left out, null or undefined is unknown.
 * Throws a FactError with every problem of the facts.
 */
export function decide(decision, given) {
  const { gives } = found(decision);
  const patient = new Patient(decision, checkFacts(given));
  if (gives === "items") return patient.listed();
  return gives === "limits" ? patient.limited() : patient.answered();
}
