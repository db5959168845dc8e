// facts

/** The first number from an end of a range on that surely is within it. */
function surely(end, inwards) {
  const number = toNumber(end);
  const notation = finite(end) ? fromDecimal(String(number)) : end;
  const size = Number.EPSILON * Math.abs(number) || Number.MIN_VALUE;
  return notation !== null && compare(notation, end) * inwards >= 0 ? number : number + inwards * size;
}

const PLACES = new Map(DATA.facts.map((fact, place) => [fact.name, place]));
const MOST_CHARACTERS = 10000;

/** What a check returns instead of a value. */
class Refused {
  constructor(problem) {
    this.problem = problem;
  }
}

function refused(fact, code, message) {
  return new Refused({ code, fact: fact.name, message: "`" + fact.name + "`: " + message });
}

function outside(fact, number, shown) {
  if (compare(number, fact.low) < 0) return "it is at least " + shown(fact.low) + ".";
  if (compare(number, fact.high) > 0) return "it is at most " + shown(fact.high) + ".";
  return "";
}

/** Whether a `number` surely is one of the fact's: well within its ends, where fractions decide, and easy to write. */
function surelyInside(fact, value) {
  const size = Math.abs(value);
  if (!(value >= fact.least && value <= fact.most) || size > 1e15 || (size < 1e-15 && size !== 0)) return false;
  return fact.type === "number" || Number.isInteger(value);
}

function checkNumber(fact, value) {
  if (typeof value === "number" && surelyInside(fact, value)) return new Decimal(value + 0);
  const plain = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const number = typeof plain === "string" ? fromDecimal(plain) : null;
  if (number === null) return refused(fact, "fact-type", "it is a number, such as 3 or \"3.5\".");
  if (fact.type === "integer" && number.d !== 1n) return refused(fact, "fact-type", "it is a whole number.");
  const beyond = outside(fact, number, (end) => String(toNumber(end)));
  return beyond ? refused(fact, "fact-range", beyond) : number;
}

function checkDate(fact, value) {
  const day = typeof value === "string" ? toDay(value) : null;
  if (day === null) return refused(fact, "fact-type", "it is a date, such as \"2026-07-31\".");
  const number = new Decimal(day);
  const beyond = outside(fact, number, (end) => fromDay(end.n));
  return beyond ? refused(fact, "fact-range", beyond) : number;
}

function checkSet(fact, value) {
  if (!Array.isArray(value)) return refused(fact, "fact-type", "it is a list of choices; an empty list means none.");
  for (let index = 0; index < value.length; index += 1) {
    if (!fact.codes.has(value[index])) {
      return refused(fact, "fact-choice", "each entry is one of " + [...fact.codes.keys()].join(", ") + ".");
    }
  }
  return value;
}

function checkChoice(fact, value) {
  return fact.codes.has(value) ? value : refused(fact, "fact-choice", "it is one of " + [...fact.codes.keys()].join(", ") + ".");
}

function checkText(fact, value) {
  return typeof value === "string" && value.length <= MOST_CHARACTERS
    ? value
    : refused(fact, "fact-type", "it is a text of at most " + MOST_CHARACTERS + " characters.");
}

const FACTS = new Map(
  DATA.facts.map((fact) => {
    const ends = [fact.lowest, fact.highest].map((end) => (end === null ? null : fromFraction(end)));
    const low = ends[0] || MINUS_INFINITE;
    const high = ends[1] || INFINITE;
    const codes = new Map(fact.choices.map((choice, index) => [choice[0], index]));
    const place = PLACES.get(fact.name);
    return [fact.name, { ...fact, place, low, high, codes, least: surely(low, 1), most: surely(high, -1) }];
  }),
);

/** The value of a fact as it is known, or a `Refused`. */
function checkFact(fact, value) {
  switch (fact.type) {
    case "boolean":
      return typeof value === "boolean" ? value : refused(fact, "fact-type", "it is true or false.");
    case "integer":
    case "number":
      return checkNumber(fact, value);
    case "choice":
      return checkChoice(fact, value);
    case "set":
      return checkSet(fact, value);
    case "date":
      return checkDate(fact, value);
    default:
      return checkText(fact, value);
  }
}

/** The values of the facts that are known, by their places, and of the terms that follow from them. */
class Known {
  constructor() {
    this.values = new Array(DATA.facts.length).fill(undefined);
    this.terms = new Map();
  }

  get(name) {
    const place = PLACES.get(name);
    return place === undefined ? this.terms.get(name) : this.values[place];
  }

  has(name) {
    return this.get(name) !== undefined;
  }
}

/** Whether the constraints leave anything for these facts; also where that would take too much work. */
function canOccur(known) {
  const { possible } = DATA;
  const cells = new Cells(possible, known);
  if (!ends(possible, possible.root, cells)) return false;
  if (!possible.variables.some(isTied)) return true;
  const diagram = narrowed(possible, possible.root, cells);
  const asked = variablesOf(possible, diagram);
  if (!asked.some(isTied) || asked.some(hasTerms)) return true;
  return orTooMuch(() => new Ties(possible, cells, known).fitted(diagram).root !== 0, true);
}

function checkFacts(given) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new FactError([{ code: "facts-shape", fact: "", message: "Facts are an object of names and values." }]);
  }
  const problems = [];
  const known = new Known();
  const names = Object.keys(given);
  const values = Object.values(given);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    const value = values[index];
    const fact = FACTS.get(name);
    if (fact === undefined) {
      const message = "`" + name.slice(0, 100) + "` is not a fact of this pack.";
      problems.push({ code: "unknown-fact", fact: name, message });
    } else if (value !== null && value !== undefined) {
      const checked = checkFact(fact, value);
      if (checked instanceof Refused) problems.push(checked.problem);
      else known.values[fact.place] = checked;
    }
  }
  if (problems.length) throw new FactError(problems);
  workOutTerms(known);
  if (!canOccur(known)) {
    const message = "These facts cannot occur together. Check them again, and leave out any that are not certain.";
    throw new FactError([{ code: "impossible-facts", fact: "", message }]);
  }
  return known;
}
