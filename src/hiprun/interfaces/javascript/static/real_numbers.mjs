// numbers that are no fractions: two decimals between which they lie, each rounded outwards to some digits

class TooFewDigits extends Error {}

const HALF = fraction(1n, 2n);
const inverse = (a) => fraction(a.d, a.n);
const minus = (a, b) => plus(a, negative(b));
const least = (found) => found.reduce((a, b) => (compare(b, a) < 0 ? b : a));
const most = (found) => found.reduce((a, b) => (compare(b, a) > 0 ? b : a));

function floorOf(a) {
  const whole = a.n / a.d;
  return a.n < 0n && whole * a.d !== a.n ? whole - 1n : whole;
}

const ceilingOf = (a) => -floorOf(negative(a));
const powerOfTen = (exponent) => (exponent < 0 ? fraction(1n, 10n ** BigInt(-exponent)) : fraction(10n ** BigInt(exponent)));

function rounded(a, digits, up) {
  if (a.n === 0n) return a;
  const shift = powerOfTen(digits + String(a.d).length - String(a.n).length);
  const scaled = times(a, shift);
  return times(fraction(up ? ceilingOf(scaled) : floorOf(scaled)), inverse(shift));
}

/** Arithmetic with so many digits; every result lies between the two ends, whatever the digits beyond say. */
class Digits {
  constructor(digits) {
    this.digits = digits;
    this.places = digits + 25;
    this.one = 10n ** BigInt(this.places);
  }

  near(low, high = low) {
    return [rounded(low, this.digits, false), rounded(high, this.digits, true)];
  }

  add(a, b) {
    return this.near(plus(a[0], b[0]), plus(a[1], b[1]));
  }

  multiply(a, b) {
    const found = a.flatMap((one) => b.map((other) => times(one, other)));
    return this.near(least(found), most(found));
  }

  divide(a, b) {
    if (b[0].n <= 0n && b[1].n >= 0n) throw new TooFewDigits();
    return this.multiply(a, [inverse(b[1]), inverse(b[0])]);
  }

  /** The ends around a scaled number that is right but for its last ten digits. */
  around(scaled, exponent = 0) {
    const margin = 10n ** 10n;
    const shift = powerOfTen(exponent - this.places);
    return [times(fraction(scaled - margin), shift), times(fraction(scaled + margin), shift)];
  }

  scaled(a) {
    return (a.n * this.one) / a.d;
  }

  root([low, high]) {
    const ends = [low, high].map((end, index) => {
      const square = end.n < 0n ? 0n : (end.n * this.one * this.one) / end.d;
      return fraction(wholeRoot(square, 2) + BigInt(index), this.one);
    });
    return this.near(...ends);
  }

  /** Twice the area tangent of a scaled number: the logarithm of (1 + x) / (1 - x). */
  series(x) {
    const square = (x * x) / this.one;
    let total = 0n;
    for (let power = x, odd = 1n; power !== 0n; power = (power * square) / this.one, odd += 2n) total += power / odd;
    return 2n * total;
  }

  get logarithmOfTen() {
    if (this.ten === undefined) this.ten = 3n * this.series(this.one / 3n) + this.series(this.one / 9n);
    return this.ten;
  }

  logarithmOf(a) {
    let tens = String(a.n).length - String(a.d).length;
    let rest = times(a, powerOfTen(-tens));
    if (compare(rest, fraction(3n)) > 0) {
      tens += 1;
      rest = times(rest, fraction(1n, 10n));
    }
    const part = this.scaled(fraction(rest.n - rest.d, rest.n + rest.d));
    return this.around(this.series(part) + BigInt(tens) * this.logarithmOfTen);
  }

  logarithm([low, high]) {
    if (low.n <= 0n) throw new TooFewDigits();
    return this.near(this.logarithmOf(low)[0], this.logarithmOf(high)[1]);
  }

  decimalLogarithm(near) {
    return this.divide(this.logarithm(near), this.around(this.logarithmOfTen));
  }

  exponentialOf(a) {
    const number = this.scaled(a);
    const tens = (2n * number + this.logarithmOfTen) / (2n * this.logarithmOfTen);
    const part = (number - tens * this.logarithmOfTen) / 256n;
    let total = this.one;
    for (let power = part, count = 1n; power !== 0n; count += 1n, power = (power * part) / (this.one * count)) total += power;
    for (let count = 0; count < 8; count += 1) total = (total * total) / this.one;
    return this.around(total, Number(tens));
  }

  exponential([low, high]) {
    return this.near(this.exponentialOf(low)[0], this.exponentialOf(high)[1]);
  }

  power(base, exponent) {
    if (exponent.d !== 1n) return this.exponential(this.multiply(this.near(exponent), this.logarithm(base)));
    let found = this.near(fraction(1n));
    for (let count = exponent.n < 0n ? -exponent.n : exponent.n; count; count -= 1n) found = this.multiply(found, base);
    if (exponent.n > 0n && exponent.n % 2n === 0n) found = [most([found[0], ZERO]), found[1]];
    return exponent.n < 0n ? this.divide(this.near(fraction(1n)), found) : found;
  }
}

const PRECISIONS = [30, 60, 120, 240].map((digits) => new Digits(digits));

/** The largest whole number whose power is at most a number. */
function wholeRoot(number, degree) {
  if (number < 2n) return number;
  const exponent = BigInt(degree);
  let root = 1n << BigInt(Math.floor((number.toString(16).length * 4) / degree) + 1);
  for (;;) {
    const next = ((exponent - 1n) * root + number / root ** (exponent - 1n)) / exponent;
    if (next >= root) return root;
    root = next;
  }
}

/** The root of a number that is not negative, where it is a fraction; else null. */
function exactRoot(a, degree) {
  // the root of what has fewer binary digits lies between 1 and 2
  if ([a.n, a.d].some((number) => number > 1n && degree > number.toString(16).length * 4)) return null;
  const [n, d] = [a.n, a.d].map((number) => wholeRoot(number, degree));
  return n ** BigInt(degree) === a.n && d ** BigInt(degree) === a.d ? fraction(n, d) : null;
}

/** Which power of ten a number is, or null. */
function exactPowerOfTen(a) {
  const exponent = a.d === 1n ? String(a.n).length - 1 : 1 - String(a.d).length;
  return compare(powerOfTen(exponent), a) === 0 ? fraction(BigInt(exponent)) : null;
}
