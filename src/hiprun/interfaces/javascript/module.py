"""A pack as one ES module, and the types of that."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import assert_never

from hiprun.interfaces.javascript.pack_data import pack_data
from hiprun.model import Domain
from hiprun.pack import Pack

_PARTS = (
    "exact_numbers",
    "real_numbers",
    "formulas",
    "fact_checks",
    "cells",
    "diagrams",
    "inequalities",
    "ties",
    "needs",
    "output_values",
    "patient",
    "decide",
)
"""The files that the program is made of, in the order in which it needs them."""


def javascript_module(pack: Pack, decisions: Sequence[str] | None = None) -> str:
    """Return one ES module that decides as `pack.decide` does, for all decisions or those named.

    Raises `RuleError` with every decision that it cannot contain, and why.
    """
    data = pack_data(pack, list(pack.model.decisions) if decisions is None else decisions)
    return (
        f"const DATA = JSON.parse({literal(json.dumps(data, ensure_ascii=False, separators=(',', ':')))});\n{program()}"
    )


@functools.cache
def program() -> str:
    """Return the part that is the same in all modules."""
    folder = resources.files(__package__).joinpath("static")
    return "\n".join(folder.joinpath(f"{part}.mjs").read_text(encoding="utf-8") for part in _PARTS)


def literal(text: str) -> str:
    """Return a text as a JavaScript string, which stays one inside of a page too.

    >>> literal("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    quoted = json.dumps(text)
    for character in "<>&":
        quoted = quoted.replace(character, f"\\u{ord(character):04x}")
    return quoted


def typescript_types(pack: Pack, decisions: Sequence[str] | None = None) -> str:
    """Return the types of the same module, the text of a `.d.ts` file: facts, decisions, outputs and choices."""
    names = list(pack.model.decisions) if decisions is None else list(decisions)
    facts = [f"  {name}?: {_given(fact.domain)} | null;" for name, fact in pack.model.facts.items()]
    answers = [
        line
        for name in names
        for line in (
            f"  {name}: {{",
            *(f"    {output.name}: {_gives(output.domain)};" for output in pack.model.decisions[name].outputs),
            "  };",
        )
    ]
    return "\n".join(
        [
            "/** What is known of a patient; a fact that is left out, or null, is unknown. */",
            "export interface Facts {",
            *facts,
            "}",
            "/** The outputs of each decision, where they are certain. */",
            "export interface Answers {",
            *answers,
            "}",
            _TYPES,
        ]
    )


def _given(domain: Domain) -> str:
    match domain.type:
        case "boolean":
            return "boolean"
        case "integer" | "number":
            return "number | bigint | string"
        case "choice":
            return _one_of(domain.choices)
        case "set":
            return f"ReadonlyArray<{_one_of(domain.choices)}>"
        case "string" | "date":
            return "string"
        case _:
            assert_never(domain.type)


def _gives(domain: Domain) -> str:
    match domain.type:
        case "boolean":
            return "boolean | null"
        case "integer" | "number":
            return "number | Span | null"
        case "choice":
            return f"{_one_of(domain.choices)} | null"
        case "set":
            return f"Array<{_one_of(domain.choices)}> | null"
        case "string":
            return "string | null"
        case "date":
            return "string | Span<string> | null"
        case _:
            assert_never(domain.type)


def _one_of(choices: Iterable[str]) -> str:
    return " | ".join(map(json.dumps, choices)) or "never"


_TYPES = """\
export type Decision = keyof Answers;
/** A number, or a date, that is not settled yet; an end that nothing bounds is left out. */
export interface Span<Value = number> {
  at_least?: Value;
  at_most?: Value;
}
export interface Item<Outputs> {
  rule: string;
  certainty: "certain" | "possible" | "excluded";
  outputs: Partial<Outputs>;
  because: string;
  source: string[];
}
export interface Criterion {
  id: string;
  status: "met" | "unmet" | "unknown";
  title: string;
  unmet: string;
  source: string[];
}
export interface Limit {
  quantity: string;
  at_least?: number | string;
  at_most?: number | string;
  safest_at_least?: number | string;
  safest_at_most?: number | string;
  set_by: string[];
  open: string[];
  verdict?: "below" | "within" | "above";
  possible_verdicts: Array<"below" | "within" | "above">;
  unit: string;
  title: string;
}
export interface Provenance {
  pack: string;
  version: string;
  digest: string;
  engine: string;
  settings: Record<string, number>;
}
/** The outcome of a decision, with the fields of hiprun's outcome schema. */
export interface Outcome<Outputs> {
  decision: string;
  status: "decided" | "undetermined" | "no_match" | "conflict";
  exact: boolean;
  possible: Outputs[];
  safest: Partial<Outputs> | null;
  needs: Array<keyof Facts>;
  fired: string[];
  may_not_match: boolean;
  may_conflict: boolean;
  items?: Array<Item<Outputs>>;
  criteria?: Criterion[];
  limits?: Limit[];
  provenance: Provenance;
}
export interface Choice {
  name: string;
  text: string;
}
export interface Fact {
  name: keyof Facts;
  type: "boolean" | "integer" | "number" | "choice" | "set" | "string" | "date";
  ask: string;
  because: string;
  choices: Choice[];
  unit: string;
  lowest: number | string | null;
  highest: number | string | null;
}
export interface Description {
  title: string;
  kind: string;
  outputs: Array<{ name: string; title: string; type: Fact["type"]; choices: Choice[]; unit: string }>;
  rules: Array<{ id: string; title: string; because: string; source: string[] }>;
}
export class FactError extends Error {
  problems: Array<{ code: string; fact: string; message: string }>;
}
export const decisions: Decision[];
export const facts: Fact[];
export const about: { title: string; notice: string };
export const provenance: Provenance;
export function describe(decision: Decision): Description;
/** Throws a FactError with every problem of the facts. */
export function decide<Name extends Decision>(decision: Name, given: Facts): Outcome<Answers[Name]>;
"""
