// one patient and one decision

/** The rows of results in which no formula stands, which are the same for every patient. */
const ROWS = new WeakMap();

/** What is known of a side on which no bound can apply. */
const NO_BOUND = { certain: null, possible: null, setBy: [], open: [] };

class Patient {
  constructor(name, known) {
    this.name = name;
    this.decision = DECISIONS.get(name);
    this.known = known;
    this.cells = new Cells(this.decision, known);
    this.exact = true;
    this.isWide = false;
    this.scores = new Map();
  }

  diagram(root, turn) {
    const found = narrowed(this.decision, root, this.cells, turn);
    const asked = variablesOf(this.decision, found);
    if (!asked.some(isTied)) return found;
    const fitted = asked.some(hasTerms) ? null : orTooMuch(() => this.ties.fitted(found), null);
    if (fitted !== null) return fitted;
    this.exact = false;
    this.isWide = true;
    return found;
  }

  get ties() {
    if (this.madeTies === undefined) this.madeTies = new Ties(this.decision, this.cells, this.known);
    return this.madeTies;
  }

  note(diagram) {
    const needs = new Needs(this.decision, diagram, this.ties);
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
    for (const fact of terms.flatMap(([name]) => baseFacts(name))) if (!this.known.has(fact)) this.noteScore(fact, 0);
  }

  needs() {
    if (!this.exact) this.noteTied();
    return [...this.scores.keys()].sort(
      (a, b) => this.scores.get(a) - this.scores.get(b) || PLACES.get(a) - PLACES.get(b),
    );
  }

  /** Note the facts that sums tie to those noted. */
  noteTied() {
    const sums = this.decision.variables.filter(isTied).map(factsOf);
    for (let count = -1; count !== this.scores.size; ) {
      count = this.scores.size;
      for (const names of sums) if (names.some((name) => this.scores.has(name))) this.noteFormula(names.map((name) => [name]));
    }
  }

  /** The truth that a diagram shows, if the known facts lead to the end of it; undefined otherwise. */
  settledTruth(root) {
    const place = walked(this.decision, root, this.cells);
    if (place >= 0) return undefined;
    const result = place === DEAD_END ? "conflict" : resultAt(this.decision, place);
    return result === "conflict" ? null : result[0];
  }

  truth(root) {
    const settled = this.settledTruth(root);
    return settled === undefined ? truthOf(this.diagram(root)) : settled;
  }

  certainty(root, needed) {
    const settled = this.settledTruth(root);
    if (typeof settled === "boolean") return settled;
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
      found = [];
      for (let index = 0; index < roots.length; index += 1) if (this.truth(roots[index]) === true) found.push(rules[index].id);
      if (this.decision.gives === "limits") found = [...new Set(found)]; // both bounds of a range have its id
    }
    this.exact = exact && !this.isWide;
    return found;
  }

  row(result) {
    return result.map((value, index) => valueOf(this.decision.outputs[index], value, this.known));
  }

  /** A result with the known facts put in, for leaves of a diagram that are then alike. */
  turned(result) {
    if (!Array.isArray(result)) return { key: result, result };
    const same = ROWS.get(result);
    if (same !== undefined) return same;
    const row = this.row(result);
    if (row.some((value) => value.open)) {
      this.exact = false;
      result.forEach((value) => this.noteFormula((value && value.terms) || []));
    }
    const found = { key: row.map(keyOfValue).join(), result: row };
    if (!result.some((value) => value && value.terms)) ROWS.set(result, found);
    return found;
  }

  /** The outcome where the known facts lead to one answer, which no formula leaves open; undefined otherwise. */
  settled() {
    const place = walked(this.decision, this.decision.answer, this.cells);
    const result = place < DEAD_END ? resultAt(this.decision, place) : "conflict";
    if (!Array.isArray(result)) return undefined;
    const row = this.turned(result).result;
    if (row.some((value) => value.open)) return undefined;
    const criteria = this.decision.kind === "criteria" ? this.criteria(false) : [];
    const found = this.outcome({
      status: "decided",
      possible: [this.answer(row)],
      safest: this.answer(row),
      needs: [],
      fired: criteria.length ? unmet(criteria) : this.fired(false),
      may_not_match: false,
      may_conflict: false,
    });
    if (criteria.length) found.criteria = criteria;
    return found;
  }

  /** An answer that is certain, by the names of its outputs. */
  answer(row) {
    const found = {};
    const outputs = this.decision.outputs;
    for (let index = 0; index < outputs.length; index += 1) found[outputs[index].name] = shown(outputs[index], [row[index]]);
    return found;
  }

  answered() {
    const settled = this.settled();
    if (settled !== undefined) return settled;
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
        ? unmet(criteria)
        : this.fired(status === "conflict" && this.truth(this.decision.conflict) === true),
      may_not_match: !decided && noMatch,
      may_conflict: !decided && conflict,
    });
    if (criteria.length) found.criteria = criteria;
    return found;
  }

  safest(rows) {
    const found = {};
    this.decision.outputs.forEach((output, index) => {
      if (rows.length === 1 && !rows[0][index].open) {
        found[output.name] = shown(output, [rows[0][index]]);
        return;
      }
      const values = rows.map((row) => row[index]);
      const keys = new Set(values.map(keyOfValue));
      if (keys.size === 1 && !values[0].open) found[output.name] = shown(output, [values[0]]);
      else if (output.worse) {
        const worst = values.reduce((a, b) => (compare(rankEnds(output, a)[1], rankEnds(output, b)[1]) >= 0 ? a : b));
        const rank = rankEnds(output, worst)[1];
        const number = REVERSED.includes(output.worse) ? negative(rank) : rank;
        if (worst.low === undefined) found[output.name] = shown(output, [worst]);
        else if (finite(number)) found[output.name] = publicNumber(output, number);
      }
    });
    return found;
  }

  criteria(inConflict) {
    return this.decision.rules.map((rule, index) => {
      const truth = inConflict ? null : this.certainty(this.decision.fired[index]);
      const status = truth === null ? "unknown" : truth ? "unmet" : "met";
      return { id: rule.id, status, title: rule.title, unmet: rule.unmet, source: [...rule.source] };
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
      if (rows.some((row) => row.some((value) => value.rough))) this.exact = false;
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
      source: [...rules[index].source],
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
    if (!sets.some((set) => set.length) && !inConflict) return NO_BOUND;
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

  outcome({ status, possible, safest, needs, fired, may_not_match, may_conflict }) {
    const { name: decision, exact } = this;
    const { provenance } = DATA;
    return { decision, exact, status, possible, safest, needs, fired, may_not_match, may_conflict, provenance };
  }
}

function unmet(criteria) {
  return criteria.filter((criterion) => criterion.status === "unmet").map((criterion) => criterion.id);
}

function distinct(answers) {
  if (answers.length < 2) return answers;
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
