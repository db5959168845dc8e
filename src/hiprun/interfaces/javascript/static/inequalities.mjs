// limits on sums of numbers, and whether they can be kept together, exactly: {factors, bound, strict} keeps a sum below

/** Where a question would take more work than a module spends on it. */
class TooMuch extends Error {}

/** What a question is answered by, or `otherwise` where that would take too much work. */
function orTooMuch(question, otherwise) {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return otherwise;
  }
}

const MOST_ROWS = 300;
const MOST_TRIES = 200;

/** A sum of `terms`, each a name and a fraction, that is at most `bound`, or below it. */
function atMost(terms, bound, strict) {
  const below = terms.reduce((found, [, factor]) => (found / gcd(found, factor.d)) * factor.d, 1n);
  const factors = new Map();
  for (const [name, factor] of terms) factors.set(name, (factors.get(name) || 0n) + (factor.n * below) / factor.d);
  return { factors, bound: times(bound, fraction(below)), strict };
}

/** The limits that keep a sum between two cuts. */
function between(terms, [low, high]) {
  const found = [];
  const mirrored = terms.map(([name, factor]) => [name, negative(factor)]);
  if (finite(low[0])) found.push(atMost(mirrored, negative(low[0]), low[1] === 1));
  if (finite(high[0])) found.push(atMost(terms, high[0], high[1] === 0));
  return found;
}

const namesIn = (rows) => [...new Set(rows.flatMap((row) => [...row.factors.keys()]))].sort();
const isConsistent = (rows) => rows.every(({ bound, strict }) => bound.n > 0n || (bound.n === 0n && !strict));

/** The tightest of the limits on each sum, with the smallest whole factors. */
function tightest(rows, whole) {
  const found = new Map();
  for (const row of rows) {
    const terms = [...row.factors].filter(([, factor]) => factor !== 0n).sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const common = terms.reduce((size, [, factor]) => gcd(factor, size), 0n) || 1n;
    const factors = new Map(terms.map(([name, factor]) => [name, factor / common]));
    let { bound, strict } = { bound: times(row.bound, fraction(1n, common)), strict: row.strict };
    if (terms.length && terms.every(([name]) => whole.has(name))) {
      bound = fraction(strict ? ceilingOf(bound) - 1n : floorOf(bound));
      strict = false;
    }
    const key = [...factors].join();
    const other = found.get(key);
    const order = other === undefined ? -1 : compare(bound, other.bound);
    if (order < 0 || (order === 0 && strict)) found.set(key, { factors, bound, strict });
  }
  return [...found.values()];
}

/** What two limits say of the others once `name` is taken out; with `roomy`, if a whole number has to fit between them. */
function combined(high, low, name, roomy) {
  const first = -low.factors.get(name);
  const second = high.factors.get(name);
  const factors = new Map();
  for (const [row, size] of [[high, first], [low, second]]) {
    for (const [other, factor] of row.factors) factors.set(other, (factors.get(other) || 0n) + factor * size);
  }
  factors.delete(name);
  const room = roomy ? fraction((1n - first) * (second - 1n)) : ZERO;
  const bound = plus(plus(times(high.bound, fraction(first)), times(low.bound, fraction(second))), room);
  return { factors, bound, strict: high.strict || low.strict };
}

/** What has to hold of the other numbers so that `names` fit, and whether that is enough where some are whole. */
function without(limits, names, whole, roomy = false) {
  let rows = tightest(limits, whole);
  let exact = true;
  for (const name of names) {
    const at = (row) => row.factors.get(name) || 0n;
    const [upper, lower] = [rows.filter((row) => at(row) > 0n), rows.filter((row) => at(row) < 0n)];
    const rest = rows.filter((row) => at(row) === 0n);
    if (rest.length + upper.length * lower.length > MOST_ROWS) throw new TooMuch();
    const apart = (side, one) => side.every((row) => at(row) === one && [...row.factors.keys()].every((other) => whole.has(other)));
    const isWhole = whole.has(name);
    if (isWhole && !apart(upper, 1n) && !apart(lower, -1n)) exact = false;
    const pairs = upper.flatMap((high) => lower.map((low) => combined(high, low, name, roomy && isWhole)));
    rows = tightest([...rest, ...pairs], whole);
  }
  return { rows, exact };
}

/** The limits with a number in the place of `name`. */
function withNumber(rows, name, number) {
  return rows.map(({ factors, bound, strict }) => {
    const rest = new Map(factors);
    rest.delete(name);
    return { factors: rest, bound: minus(bound, times(fraction(factors.get(name) || 0n), number)), strict };
  });
}

/** From which cut to which the limits leave `name`, the only number in them; null where they leave nothing. */
function cutsLeft(rows, name) {
  let low = [MINUS_INFINITE, 0];
  let high = [INFINITE, 1];
  for (const { factors, bound, strict } of rows) {
    const factor = factors.get(name) || 0n;
    if (factor === 0n) {
      if (!isConsistent([{ bound, strict }])) return null;
      continue;
    }
    const cut = [times(bound, inverse(fraction(factor))), (factor > 0n) === strict ? 0 : 1];
    if (factor > 0n && compareCuts(cut, high) < 0) high = cut;
    if (factor < 0n && compareCuts(cut, low) > 0) low = cut;
  }
  return compareCuts(low, high) < 0 ? [low, high] : null;
}

/** Whether numbers exist that keep all limits, those named in `whole` being whole ones. */
function canBeKept(rows, whole, tries = MOST_TRIES) {
  const names = namesIn(rows);
  const integers = names.filter((name) => whole.has(name));
  const inTurn = [...names.filter((name) => !whole.has(name)), ...integers];
  const left = without(rows, inTurn, whole);
  if (!isConsistent(left.rows)) return false;
  if (left.exact || isConsistent(without(rows, inTurn, whole, true).rows)) return true;
  const [name] = integers;
  const cuts = cutsLeft(without(rows, names.filter((other) => other !== name), whole).rows, name);
  if (cuts === null) return false;
  const [first, last] = wholeEnds(cuts);
  if (first === null || last === null || last - first >= BigInt(tries)) throw new TooMuch();
  const fewer = Math.floor(tries / Number(last - first + 1n));
  for (let value = first; value <= last; value += 1n) {
    if (canBeKept(withNumber(rows, name, fraction(value)), whole, fewer)) return true;
  }
  return false;
}

/** The first and the last whole number between two cuts; null where there is no end. */
function wholeEnds([low, high]) {
  const after = ([number, side]) => (finite(number) ? floorOf(number) + (side || number.d !== 1n ? 1n : 0n) : null);
  const [first, next] = [after(low), after(high)];
  return [first, next === null ? null : next - 1n];
}

/** From which cut to which `name` can be where the limits are kept; null where they never are. */
function reachOf(name, rows, whole) {
  const names = namesIn(rows);
  const cuts = cutsLeft(without(rows, names.filter((other) => other !== name), whole).rows, name);
  if (cuts === null || !names.some((other) => whole.has(other))) return cuts;
  if (!canBeKept(rows, whole)) return null;
  const fits = (number) => canBeKept(withNumber(rows, name, number), whole);
  if (!whole.has(name)) {
    if (cuts.every(([number, side], end) => !finite(number) || (side === end && fits(number)))) return cuts;
    throw new TooMuch();
  }
  const ends = wholeEnds(cuts).map((number, end) => {
    let found = number;
    for (let tries = 0; found !== null && !fits(fraction(found)); tries += 1) {
      if (tries === MOST_TRIES) throw new TooMuch();
      found += end ? -1n : 1n;
    }
    return found;
  });
  return [ends[0] === null ? cuts[0] : [fraction(ends[0]), 0], ends[1] === null ? cuts[1] : [fraction(ends[1] + 1n), 0]];
}
