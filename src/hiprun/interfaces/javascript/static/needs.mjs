// facts that matter

const MOST_TOGETHER = 256;
const MOST_PAIRS = 20000;
const BEYOND = Infinity;

/** Whether what a variable says depends on several facts. */
const isTied = (variable) => variable.kind === "sum" || variable.kind === "term";

/** Whether there are terms in what it depends on, whose range follows from facts in ways that are not worked out here. */
const hasTerms = (variable) => variable.kind === "term" || (variable.kind === "sum" && variable.terms.some(([name]) => TERMS.has(name)));

function factsOf(variable) {
  return variable.kind === "sum" ? variable.terms.flatMap((term) => baseFacts(term[0])) : baseFacts(variable.fact);
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
      !isTied(variable) && variable.fact === name ? [index] : [],
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
