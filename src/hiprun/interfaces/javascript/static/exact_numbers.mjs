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

/** Data that outcomes share, so that no caller can change what the next one gets. */
function frozen(value) {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

frozen(DATA.provenance);

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

/** The number that the shortest notation of a `number` says; worked out as a fraction where that is asked for. */
class Decimal {
  constructor(number) {
    this.number = number;
    this.fraction = null;
  }

  get n() {
    if (this.fraction === null) this.fraction = fromDecimal(String(this.number));
    return this.fraction.n;
  }

  get d() {
    return Number.isInteger(this.number) ? 1n : (this.n, this.fraction.d);
  }
}

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
  if (a.number !== undefined) return a.number;
  if (!finite(a)) return a.sign * Infinity;
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
