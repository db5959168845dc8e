// unknown facts that sums tie together: which cells they can have together, exactly

const MOST_STATES = 20000;
const WHOLE_TYPES = ["integer", "boolean", "choice", "date"];

const ONE = fraction(1n);
const WHOLE = new Set(DATA.facts.filter(({ type }) => WHOLE_TYPES.includes(type)).map(({ name }) => name));

function endCuts(name) {
  const [low, high] = endsOf(name);
  return [[low, 0], [high, 1]];
}

/** The open sums of a decision in groups that share unknown facts. A context is a list of choices, [variable, cell]. */
class Ties {
  constructor(decision, cells, known) {
    this.variables = decision.variables;
    this.known = known;
    this.fitting = new Map();
    this.groups = [];
    const sums = this.variables.flatMap((variable, index) =>
      variable.kind === "sum" && !hasTerms(variable) && cells.only(index) === SEVERAL ? [index] : [],
    );
    if (!sums.length) return;
    this.own = new Map();
    this.variables.forEach(({ kind, fact }, index) => kind === "fact" && this.own.set(fact, index));
    for (const index of sums) {
      let group = new Set([index, ...this.unknown(index).map((name) => this.own.get(name))]);
      this.groups = this.groups.filter((other) => {
        const apart = [...other].every((entry) => !group.has(entry));
        if (!apart) group = new Set([...group, ...other]);
        return apart;
      });
      this.groups.push(group);
    }
  }

  unknown(index) {
    return this.variables[index].terms.map(([name]) => name).filter((name) => !this.known.has(name));
  }

  /** The group of a variable; undefined where nothing ties it to others. */
  group(variable) {
    return this.groups.find((group) => group.has(variable));
  }

  /** The facts of a group. */
  factsOf(group) {
    return [...this.own].filter(([, index]) => group.has(index)).map(([name]) => name);
  }

  /** What has to hold of facts for the choices in a context; `other` names the fact that a second patient has another value of. */
  limits(context, other = "") {
    const named = (name) => (name === other ? name + "'" : name);
    const found = [];
    const mentioned = new Set();
    for (const [index, cell] of context) {
      const { kind, fact, terms } = this.variables[index];
      const { exact } = preparedVariables(this.variables)[index];
      let stretch = [exact[cell], exact[cell + 1]];
      let open = [[fact, ONE]];
      if (kind === "sum") {
        const [constant] = span("0", terms.filter(([name]) => this.known.has(name)), this.known);
        stretch = stretch.map(([number, side]) => [minus(number, constant), side]);
        open = weights(terms).filter(([name]) => !this.known.has(name));
      }
      found.push(...between(open.map(([name, factor]) => [named(name), factor]), stretch));
      open.forEach(([name]) => mentioned.add(name));
    }
    for (const name of mentioned) found.push(...between([[named(name), ONE]], endCuts(name)));
    return found;
  }

  /** The context with one more choice, or null where no facts fit it. */
  extended(context, variable, cell) {
    const longer = [...context, [variable, cell]];
    const group = this.group(variable);
    const chosen = longer.filter(([index]) => group.has(index));
    const key = chosen.join(";");
    let fits = this.fitting.get(key);
    if (fits === undefined) {
      fits = canBeKept(this.limits(chosen), WHOLE);
      this.fitting.set(key, fits);
    }
    return fits ? longer : null;
  }

  /** From which cut to which a fact can be for the choices in a context. */
  reach(name, context) {
    return reachOf(name, [...this.limits(context), ...between([[name, ONE]], endCuts(name))], WHOLE);
  }

  /** Whether two patients who differ in a fact alone can have made the choices of two contexts. */
  pairFits(name, context, otherContext) {
    const whole = WHOLE.has(name) ? new Set([...WHOLE, name + "'"]) : WHOLE;
    return canBeKept([...this.limits(context), ...this.limits(otherContext, name)], whole);
  }

  /** The same diagram without the ways that no facts go. */
  fitted(diagram) {
    const support = [];
    for (const node of diagram.nodes) {
      const own = new Set();
      if (node && node.below) {
        const group = this.group(node.variable);
        if (group !== undefined) own.add(group);
        node.below.forEach((place) => support[place].forEach((entry) => own.add(entry)));
      }
      support.push(own);
    }
    const nodes = [null];
    const places = new Map();
    const kept = new Map();
    const add = (key, node) => {
      if (!kept.has(key)) kept.set(key, nodes.push(node) - 1);
      return kept.get(key);
    };
    const placed = (old, context) => {
      if (old === 0) return 0;
      const node = diagram.nodes[old];
      if (!node.below) return add("leaf " + old, node);
      const relevant = context.filter(([variable]) => support[old].has(this.group(variable)));
      const key = old + "|" + relevant.join(";");
      if (places.has(key)) return places.get(key);
      if (places.size > MOST_STATES) throw new TooMuch();
      const { variable, first } = node;
      const below = node.below.map((place, cell) => {
        const longer = this.group(variable) === undefined ? relevant : this.extended(relevant, variable, first + cell);
        return longer === null ? 0 : placed(place, longer);
      });
      const place = below.every((other) => other === below[0]) ? below[0] : add(variable + ":" + below.join(), { variable, first, below });
      places.set(key, place);
      return place;
    };
    const root = placed(diagram.root, []);
    return { nodes, root };
  }
}
