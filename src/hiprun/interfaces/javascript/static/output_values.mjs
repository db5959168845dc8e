// values of outputs

/** A value of the data with the known facts put in: {plain, key, code}, or {low, high} for a number; `rough` if its ends may lie too far out. */
function valueOf(output, value, known) {
  if (value !== null && typeof value === "object" && !value.set) {
    const exact = value.number !== undefined ? constantOf(value.number) : null;
    const [low, high] = exact ? [exact, exact] : span(value.constant, value.terms, known);
    const unknown = (value.terms || []).map(([name]) => name).filter((name) => !known.has(name));
    return { low, high, open: unknown.length > 0, rough: unknown.some((name) => TERMS.has(name)) };
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
  if (values[0].texts) return [...values[0].texts];
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
