"""Facts, parameters, derived facts and constraints: what is known, set, worked out and ruled out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hiprun.build import wording
from hiprun.build.amounts import amount, check_fit
from hiprun.build.conditions import condition
from hiprun.build.domains import number_range
from hiprun.build.guidance import sources
from hiprun.build.names import Names
from hiprun.build.node import Node
from hiprun.model import Constraint, Derived, Domain, Fact, Parameter, Ref, formula_refs, refs
from hiprun.values import text


def fact(name: str, node: Node, domain: Domain, names: Names) -> Fact:
    """Return the fact declared at `node`."""
    return Fact(
        name,
        domain,
        node.text("ask"),
        because=node.text("because"),
        sources=sources(node, names),
        interpretation=node.text("interpretation"),
        place=node.key_place,
    )


def parameter(name: str, node: Node, names: Names) -> Parameter | None:
    """Return the parameter declared at `node`; None after a mistake."""
    before = len(node.findings.problems)
    cites = sources(node, names)
    kind = node.value.get("type", "number")
    value = node.value["value"]
    low, high = number_range(node, whole=kind == "integer", name=name)
    if kind == "integer" and not isinstance(value, int):
        node["value"].report(
            "not-whole", f"`{name}` is a whole number, not {wording.value(value)}.", "Write a whole number."
        )
    elif low is not None and high is not None and not low <= value <= high:
        node["value"].report(
            "out-of-range",
            f"`{name}` goes from {text(low)} to {text(high)}; {text(value)} lies outside.",
            "Change the value, or widen the range.",
        )
    if len(node.findings.problems) != before:
        return None
    return Parameter(
        name,
        value,
        kind,
        low,
        high,
        node.text("unit"),
        node.text("title"),
        node.text("because"),
        cites,
        node.text("interpretation"),
        place=node.key_place,
    )


def derived_domain(node: Node) -> Domain:
    """Return the values of the derived fact declared at `node`."""
    return Domain("boolean") if "when" in node.value else Domain("number", unit=node.text("unit"))


def derived(name: str, node: Node, names: Names) -> Derived:
    """Return the derived fact declared at `node`; after a mistake, which is reported, one that must not be used."""
    cites = sources(node, names)
    if "when" in node.value and "unit" in node.value:
        node["unit"].report(
            "does-not-fit-type", f"`{name}` is true or false and has no unit.", "Delete `unit`.", key=True
        )
    when, formula = node.get("when"), node.get("formula")
    found = amount(formula, names, name) if formula else None
    if formula and found:
        check_fit(formula, found, Domain("number", unit=node.text("unit")), name)
    return Derived(
        name,
        node.text("title"),
        condition=condition(when, names) if when else None,
        formula=found.formula if found else None,
        unit=node.text("unit"),
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        place=node.key_place,
    )


def outcomes_behind(ordered: Mapping[str, Derived]) -> dict[str, Ref]:
    """Return for each derived fact that depends on the outcome of a decision one such outcome."""
    found: dict[str, Ref] = {}
    for name, fact in ordered.items():
        outcome = _outcome(derived_refs(fact), found)
        if outcome:
            found[name] = outcome
    return found


def constraint(node: Node, names: Names, outcomes: Mapping[str, Ref]) -> Constraint:
    """Return the constraint at `node`; those that depend on the outcome of a decision are reported."""
    never = condition(node["never"], names)
    outcome = _outcome(refs(never), outcomes)
    if outcome:
        node["never"].report(
            "constraint-on-outcome",
            f"A constraint speaks of facts, but this one depends on `{outcome}`, the outcome of a decision.",
            "Name the facts that cannot occur together; what must hold of outcomes belongs into `properties`.",
        )
    return Constraint(node.text("id"), never, node.text("because"), sources(node, names), place=node.place)


def _outcome(used: Iterable[Ref], outcomes: Mapping[str, Ref]) -> Ref | None:
    for ref in used:
        if ref.kind == "output":
            return ref
        if ref.kind == "derived" and ref.name in outcomes:
            return outcomes[ref.name]
    return None


def derived_refs(fact: Derived) -> list[Ref]:
    """Return everything that a derived fact follows from."""
    return [*(refs(fact.condition) if fact.condition else ()), *(formula_refs(fact.formula) if fact.formula else ())]
