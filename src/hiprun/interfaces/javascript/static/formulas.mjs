// formulas: sums of facts and of terms, which are functions of such sums and stand among the facts under their names

const TERMS = new Map(DATA.terms);
const FORMS = new WeakMap();

/** What the facts in a sum are multiplied by, as fractions. */
function weights(terms) {
  let found = FORMS.get(terms);
  if (found === undefined) {
    found = terms.map(([name, factor]) => [name, fromFraction(factor)]);
    FORMS.set(terms, found);
  }
  return found;
}

const CONSTANTS = new Map();

/** A number of the data as a fraction, worked out once. */
function constantOf(text) {
  let found = CONSTANTS.get(text);
  if (found === undefined) {
    found = fromFraction(text);
    CONSTANTS.set(text, found);
  }
  return found;
}

const baseFacts = (name) => (TERMS.has(name) ? TERMS.get(name).facts : [name]);

function endsOf(name) {
  const term = TERMS.get(name);
  if (term === undefined) return [FACTS.get(name).low, FACTS.get(name).high];
  return [constantOf(term.lowest), constantOf(term.highest)];
}

/** The least and the greatest value of a sum. */
function span(constant, terms, known) {
  let low = constantOf(constant);
  let high = low;
  for (const [name, weight] of weights(terms)) {
    const value = known.get(name);
    const ends = value === undefined ? endsOf(name) : [value, value];
    const found = ends.map((end) => times(end, weight));
    if (weight.n < 0n) found.reverse();
    low = plus(low, found[0]);
    high = plus(high, found[1]);
  }
  return [low, high];
}

const FIRST_DAY = 1n;
const LAST_DAY = 3652059n;
const wholeOf = (a) => a.n / a.d;
const clamped = (day) => (day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day);
const dayOf = (a) => clamped(wholeOf(a));
const towardsZero = (number, size) => fraction(number / size);

function partsOf(day) {
  const date = new Date((Number(day) - EPOCH) * 86400000);
  return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
}

function dayAt(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return BigInt(date.getTime() / 86400000 + EPOCH);
}

function monthsLater(start, months, rule) {
  const [startYear, startMonth, day] = partsOf(start);
  const total = BigInt(startYear * 12 + startMonth) + months;
  if (total < 12n) return FIRST_DAY;
  if (total >= 120000n) return LAST_DAY;
  const [year, month] = [Number(total) / 12 | 0, Number(total) % 12];
  const length = partsOf(dayAt(year, month + 1, 0))[2];
  return clamped(day <= length ? dayAt(year, month, day) : dayAt(year, month, length) + (rule === "next_day" ? 1n : 0n));
}

function monthsBetween(start, end, rule) {
  if (end < start) return -monthsBetween(end, start, rule);
  const [first, last] = [partsOf(start), partsOf(end)];
  const months = BigInt((last[0] - first[0]) * 12 + last[1] - first[1]);
  return monthsLater(start, months, rule) <= end ? months : months - 1n;
}

const ROUNDINGS = {
  round: (a) => (a.n >= 0n ? floorOf(plus(a, HALF)) : ceilingOf(minus(a, HALF))),
  round_down: floorOf,
  round_up: ceilingOf,
};

/** A number to a power, or null where that is no fraction. */
function powerOf(base, exponent) {
  const root = exponent.d === 1n ? base : exactRoot(base, Number(exponent.d));
  if (root === null) return null;
  const size = exponent.n < 0n ? -exponent.n : exponent.n;
  const found = fraction(root.n ** size, root.d ** size);
  return exponent.n < 0n ? inverse(found) : found;
}

/** What functions come to, exactly; null where that is no fraction. */
const EXACT = {
  multiply: times,
  divide: (a, b) => times(a, inverse(b)),
  power: powerOf,
  min: (...numbers) => least(numbers),
  max: (...numbers) => most(numbers),
  abs: (a) => (a.n < 0n ? negative(a) : a),
  sqrt: (a) => exactRoot(a, 2),
  exp: (a) => (a.n === 0n ? fraction(1n) : null),
  ln: (a) => (a.n === a.d ? ZERO : null),
  log10: exactPowerOfTen,
  days: (start, end) => minus(end, start),
  weeks: (start, end) => towardsZero(dayOf(end) - dayOf(start), 7n),
  months: (start, end, rule) => fraction(monthsBetween(dayOf(start), dayOf(end), rule)),
  years: (start, end, rule) => towardsZero(monthsBetween(dayOf(start), dayOf(end), rule), 12n),
  add_days: plus,
  add_weeks: (day, number) => plus(day, times(fraction(7n), number)),
  add_months: (day, number, rule) => fraction(monthsLater(dayOf(day), wholeOf(number), rule)),
  add_years: (day, number, rule) => fraction(monthsLater(dayOf(day), 12n * wholeOf(number), rule)),
};

/** The same, between two decimals. */
const NEAR = {
  multiply: (digits, a, b) => digits.multiply(a, b),
  divide: (digits, a, b) => digits.divide(a, b),
  min: (_, ...near) => [least(near.map((ends) => ends[0])), least(near.map((ends) => ends[1]))],
  max: (_, ...near) => [most(near.map((ends) => ends[0])), most(near.map((ends) => ends[1]))],
  abs: (_, [low, high]) => (low.n > 0n ? [low, high] : high.n < 0n ? [negative(high), negative(low)] : [ZERO, most([negative(low), high])]),
  sqrt: (digits, a) => digits.root(a),
  exp: (digits, a) => digits.exponential(a),
  ln: (digits, a) => digits.logarithm(a),
  log10: (digits, a) => digits.decimalLogarithm(a),
};

/** What a sum comes to where its facts are known; null where that is no fraction. */
function exactSum({ constant, terms }, known) {
  let total = constantOf(constant);
  for (const [name, weight] of weights(terms)) {
    const value = TERMS.has(name) ? exactTerm(TERMS.get(name), known) : known.get(name);
    if (value === null) return null;
    total = plus(total, times(value, weight));
  }
  return total;
}

function exactTerm(term, known) {
  if (term.function in ROUNDINGS) return roundedTerm(term, known);
  const numbers = term.arguments.map((form) => exactSum(form, known));
  return numbers.includes(null) ? null : EXACT[term.function](...numbers, term.option);
}

function nearSum({ constant, terms }, known, digits) {
  let total = digits.near(constantOf(constant));
  for (const [name, weight] of weights(terms)) {
    const near = TERMS.has(name) ? nearTerm(TERMS.get(name), known, digits) : digits.near(known.get(name));
    total = digits.add(total, digits.multiply(digits.near(weight), near));
  }
  return total;
}

function nearTerm(term, known, digits) {
  const exact = exactTerm(term, known);
  if (exact !== null) return digits.near(exact);
  if (term.function === "power") return digits.power(nearSum(term.arguments[0], known, digits), exactSum(term.arguments[1], known));
  return NEAR[term.function](digits, ...term.arguments.map((form) => nearSum(form, known, digits)));
}

/** A sum rounded to a step; where it is no fraction, as its digits say once they are sure. */
function roundedTerm({ function: name, arguments: [form, stepForm] }, known) {
  const round = ROUNDINGS[name];
  const step = exactSum(stepForm, known);
  const exact = exactSum(form, known);
  if (exact !== null) return times(fraction(round(times(exact, inverse(step)))), step);
  let ends = [ZERO, ZERO];
  for (const digits of PRECISIONS) {
    try {
      ends = nearSum(form, known, digits).map((end) => times(end, inverse(step)));
    } catch (error) {
      if (!(error instanceof TooFewDigits)) throw error;
      continue;
    }
    const found = ends.map(round);
    if (found[0] === found[1]) return times(fraction(found[0]), step);
  }
  // closer to where the rounding changes than the digits tell: taken to lie there
  const twice = plus(ends[0], ends[1]);
  return times(fraction(round(fraction(ROUNDINGS.round(times(twice, fraction(50n))), 100n))), step);
}

/** Put the terms whose facts are known among the facts. */
function workOutTerms(known) {
  for (const [name, term] of TERMS) {
    if (!term.facts.every((fact) => known.has(fact))) continue;
    const value = exactTerm(term, known);
    if (value !== null) known.terms.set(name, value);
  }
}
