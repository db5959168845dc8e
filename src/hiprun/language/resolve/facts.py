"""Declarations of facts, parameters and derived facts → those of the model."""

from __future__ import annotations

from hiprun.language.resolve import message_wording
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.domains import check_unit, decimals, number_range
from hiprun.language.resolve.linear_formulas import fitted, resolved_formula
from hiprun.language.resolve.names import Names
from hiprun.model import Derived, Domain, Fact, Parameter
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
            "Write a whole number.",
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
    return Domain("boolean") if "when" in node.value else Domain("number", unit=node.text("unit"))


def derived(name: str, node: Node, names: Names) -> Derived:
    """Return the derived fact declared at `node`; after a mistake, which is reported, it must not be used."""
    cites = sources(node, names)
    for key in ("unit", "decimals"):
        if "when" in node.value and key in node.value:
            node[key].report(
                "does-not-fit-type", f"`{name}` is true or false and has no {key}.", f"Delete `{key}`.", key=True
            )
    if "unit" in node.value:
        check_unit(node["unit"])
    when, formula = node.get("when"), node.get("formula")
    found = resolved_formula(formula, names, name) if formula else None
    if formula and found:
        found = fitted(formula, found, Domain("number", unit=node.text("unit")), name, names)
    return Derived(
        name,
        node.text("title"),
        condition=condition(when, names) if when else None,
        formula=found.formula if found else None,
        unit=node.text("unit"),
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        decimals=decimals(node),
        unit_words=node.units.words(node.text("unit")),
        place=node.key_place,
    )
