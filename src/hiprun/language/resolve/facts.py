"""Declarations of facts, parameters and derived facts → those of the model."""

from __future__ import annotations

from typing import Literal

import attrs

from hiprun.language.resolve import message_wording
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.domains import check_unit, decimals, declared_range, number_range
from hiprun.language.resolve.function_calls import WantedFormula
from hiprun.language.resolve.linear_formulas import fitted, report_fraction, resolved_formula
from hiprun.language.resolve.names import Names
from hiprun.language.resolve.say import say
from hiprun.model import Derived, Domain, Fact, Parameter
from hiprun.model.corrections import Delete, Help, whole_numbers
from hiprun.model.value_conversion import text


def fact(name: str, node: Node, domain: Domain, names: Names) -> Fact:
    """Return the fact declared at `node`."""
    return Fact(
        name,
        domain,
        node.text("ask"),
        because=node.text("because"),
        sources=sources(node, names),
        interpretation=node.text("interpretation"),
        changeable=node.value.get("changeable", True),
        opens=node.value.get("opens", True),
        say=say(node, name, domain),
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
            "not-whole",
            f"`{name}` is a whole number, not {message_wording.value_words(value)}.",
            Help("Write a whole number.", *whole_numbers(value)),
        )
    elif low is not None and high is not None and not low <= value <= high:
        node["value"].report(
            "out-of-range",
            f"`{name}` ranges from {text(low)} to {text(high)}; {text(value)} is outside that range.",
            "Change the value, or widen the range.",
        )
    if "unit" in node.value:
        check_unit(node["unit"])
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
        decimals=decimals(node),
        unit_words=node.units.words(node.text("unit")),
        place=node.key_place,
    )


def derived_domain(node: Node) -> Domain:
    """Return the domain of the derived fact declared at `node`."""
    if "when" in node.value:
        return Domain("boolean")
    return Domain(node.value.get("type", "number"), unit=node.text("unit"))


def derived(name: str, node: Node, names: Names) -> Derived:
    """Return the derived fact declared at `node`; after a mistake, which is reported, it must not be used."""
    cites = sources(node, names)
    if "unit" in node.value:
        check_unit(node["unit"])
    when, formula = node.get("when"), node.get("formula")
    values = _values(name, node)
    found = None
    if formula:
        gives: Literal["number", "date"] = "date" if values.type == "date" else "number"
        wanted = WantedFormula(gives, node.value.get("decimals"), values, sums_too=True)
        found = resolved_formula(formula, names, name, wanted)
    if formula and found:
        found = fitted(formula, found, attrs.evolve(values, lowest=None, highest=None), name, names)
        if values.type == "integer" and not found.is_whole:
            report_fraction(formula, name)
    return Derived(
        name,
        node.text("title"),
        condition=condition(when, names) if when else None,
        formula=found.formula if found else None,
        unit=node.text("unit"),
        type="number" if values.type == "boolean" else values.type,  # type: ignore[arg-type]
        lowest=values.lowest,
        highest=values.highest,
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        decimals=decimals(node),
        unit_words=node.units.words(node.text("unit")),
        place=node.key_place,
    )


def _values(name: str, node: Node) -> Domain:
    """Return the values that the derived fact at `node` declares; report what does not fit its type."""
    values = derived_domain(node)
    misfits = {"boolean": ("unit", "type", "range", "decimals"), "date": ("unit", "decimals")}.get(values.type, ())
    for key in misfits:
        if key in node.value:
            node[key].report(
                "does-not-fit-type",
                f"`{name}` is {message_wording.TYPE_WORDS[values.type]} and has no {key}.",
                Help(f"Delete `{key}`.", Delete()),
                key=True,
            )
    if "range" not in node.value or values.type == "boolean":
        return values
    low, high = declared_range(node, values.type, name)
    return attrs.evolve(values, lowest=low, highest=high)
