const DECISIONS = new Map(Object.entries(DATA.decisions));

/** The names of the decisions that this module contains. */
export const decisions = [...DECISIONS.keys()];

/** The facts of the pack, in its order, with the questions that ask for them. */
export const facts = DATA.facts.map(({ name, type, ask, because, choices, unit, lowest, highest }) => ({
  name,
  type,
  ask,
  because,
  choices: choices.map(([choice, text]) => ({ name: choice, text })),
  unit,
  lowest: lowest === null ? null : type === "date" ? fromDay(lowest) : toNumber(fromFraction(lowest)),
  highest: highest === null ? null : type === "date" ? fromDay(highest) : toNumber(fromFraction(highest)),
}));

/** Which pack this is: name, version, digest, engine and settings. */
export const provenance = DATA.provenance;

/** The title of the pack and its notice. */
export const about = { title: DATA.title, notice: DATA.notice };

/** The outputs and the rules of a decision, in words. */
export function describe(decision) {
  const { title, kind, outputs, rules } = found(decision);
  return {
    title,
    kind,
    outputs: outputs.map(({ name, title: words, type, choices, unit }) => ({
      name,
      title: words,
      type,
      choices: choices.map(([choice, text]) => ({ name: choice, text })),
      unit,
    })),
    rules: rules.map(({ id, title: words, because, source }) => ({ id, title: words, because, source })),
  };
}

function found(decision) {
  const entry = DECISIONS.get(decision);
  if (entry === undefined) throw new RangeError("This module has no decision `" + String(decision).slice(0, 100) + "`.");
  return entry;
}

/**
 * The outcome of one decision. A fact that is left out, null or undefined is unknown.
 * Throws a FactError with every problem of the facts.
 */
export function decide(decision, given) {
  const { gives } = found(decision);
  const patient = new Patient(decision, checkFacts(given));
  if (gives === "items") return patient.listed();
  return gives === "limits" ? patient.limited() : patient.answered();
}
