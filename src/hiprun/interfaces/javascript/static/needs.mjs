// facts that matter

const MOST_TOGETHER = 256;
const MOST_PAIRS = 20000;
const MOST_CONTEXTS = 500;
const BEYOND = Infinity;

function bitCount(bits) {
  let count = 0;
  for (; bits; bits &= bits - 1n) count += 1;
  return count;
}

class Needs {
  constructor(decision, diagram, ties) {
    this.decision = decision;
    this.diagram = diagram;
    this.ties = ties;
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
    const tied = new Set(levels.map((level) => this.ties.group(level)).filter((group) => group !== undefined));
    return new Set([
      ...levels.flatMap((level) => factsOf(this.decision.variables[level])),
      ...[...tied].flatMap((group) => this.ties.factsOf(group)),
    ]);
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
    const found = orTooMuch(() => this.exactScore(name), undefined);
    if (found !== undefined) return found;
    this.exact = false;
    return 1000 * bitCount(this.whole);
  }

  exactScore(name) {
    const own = this.decision.variables.flatMap((variable, index) =>
      !isTied(variable) && variable.fact === name ? [index] : [],
    );
    const group = own.map((index) => this.ties.group(index)).find((found) => found !== undefined);
    const asked = own.filter((index) => this.splits.has(index));
    if (!asked.length && group === undefined) return null;
    let left;
    if (group !== undefined) left = this.leftOfTied(name, group);
    else left = asked.length === 1 ? this.left.get(asked[0]) : this.together(asked);
    if (left.every((bits) => bits === this.whole) && !this.matters(name, own, group)) return null;
    return Math.floor((1000 * left.reduce((sum, bits) => sum + bitCount(bits), 0)) / left.length);
  }

  /** The results left on each stretch of a fact that sums tie to others. */
  leftOfTied(name, group) {
    const reaches = [];
    for (const [bits, contexts] of this.contextsOf(group)) {
      for (const context of contexts) {
        const reach = this.ties.reach(name, context);
        if (reach !== null) reaches.push([bits, reach]);
      }
    }
    const cuts = reaches.flatMap(([, reach]) => reach).sort(compareCuts);
    const left = [];
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      if (compareCuts(cuts[index], cuts[index + 1]) === 0) continue;
      const here = reaches.filter(([, [low, high]]) => compareCuts(low, cuts[index]) <= 0 && compareCuts(cuts[index + 1], high) <= 0);
      if (here.length) left.push(here.reduce((found, [bits]) => found | bits, 0n));
    }
    return left;
  }

  /** For each result, the choices in a group on the ways that lead there. */
  contextsOf(group) {
    const reached = this.diagram.nodes.map(() => new Map());
    reached[this.diagram.root].set("", []);
    const found = [];
    for (let index = this.diagram.root; index > 0; index -= 1) {
      const node = this.diagram.nodes[index];
      if (!node.below) {
        if (reached[index].size) found.push([1n << this.numbers.get(node), [...reached[index].values()]]);
        continue;
      }
      node.below.forEach((place, cell) => {
        for (const context of reached[index].values()) {
          const longer = group.has(node.variable) ? [...context, [node.variable, node.first + cell]] : context;
          if (place !== 0) reached[place].set(longer.join(";"), longer);
        }
        if (reached[place].size > MOST_CONTEXTS) throw new TooMuch();
      });
    }
    return found;
  }

  /** Whether two patients who differ in a fact alone can get different results. */
  matters(name, own, group = new Set()) {
    const free = new Set(own);
    this.decision.variables.forEach((variable, index) => group.has(index) && factsOf(variable).includes(name) && free.add(index));
    const nodes = this.diagram.nodes;
    const waiting = [];
    const seen = new Set();
    const add = (...pair) => {
      if (pair[0] === 0 || pair[1] === 0) return;
      if (group.size === 0) pair.sort((a, b) => a - b);
      const key = pair.map((part) => (typeof part === "number" ? part : part.join(";"))).join(":");
      if (seen.has(key)) return;
      seen.add(key);
      waiting.push(pair);
    };
    const contexts = group.size ? [[], []] : [];
    add(this.diagram.root, this.diagram.root, ...contexts);
    while (waiting.length) {
      const [first, second, context, otherContext] = waiting.pop();
      const variable = Math.min(this.variable(first), this.variable(second));
      if (variable === BEYOND) {
        if (first !== second && (group.size === 0 || this.ties.pairFits(name, context, otherContext))) return true;
        continue;
      }
      const at = (place) => (this.variable(place) === variable ? nodes[place] : null);
      const ones = at(first);
      const others = at(second);
      const { first: least, below } = ones || others;
      const longer = (known, node, cell) => (node && group.has(variable) ? [...known, [variable, least + cell]] : known);
      for (let cell = 0; cell < below.length; cell += 1) {
        for (let other = 0; other < below.length; other += 1) {
          if (cell !== other && !free.has(variable)) continue;
          const pair = [ones ? ones.below[cell] : first, others ? others.below[other] : second];
          if (group.size) pair.push(longer(context, ones, cell), longer(otherContext, others, other));
          add(...pair);
        }
      }
      if (seen.size > MOST_PAIRS) throw new TooMuch();
    }
    return false;
  }
}
