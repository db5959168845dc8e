"""Checks that a measure gives values that its fact can have: type, choices, unit and range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hiprun.diary.measure_registry import OPTIONS, TYPES, Gives, Measure
from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.model import Domain, Number
from hiprun.model.corrections import Delete, Help
from hiprun.model.value_conversion import tidy

_RESULT_WORDS: Mapping[Gives, str] = {
    "value": "a value of the field",
    "whole": "a whole number",
    "number": "a number",
    "truth": "true or false",
    "choice": "a choice",
}


def comparison_key(domain: Domain) -> tuple[Any, ...]:
    """Return what must be equal for two fields if their values are to be combined."""
    return domain.type, tuple(domain.choices), domain.unit, domain.ordered


def conversion(node: Node, measure: Measure, domains: Sequence[Domain], fact: Domain | None) -> Number | None:
    """Return the factor that converts the unit of the fields into that of the fact, as the pack defines them.

    None where `times` says it, and where no factor does.
    """
    if fact is None or not measure.keeps_unit or not domains or "times" in node.value or node.language == 1:
        return None
    own, other = (node.units.parse(domain.unit) if domain.unit else None for domain in (domains[0], fact))
    if own is None or other is None:
        return None
    ratio = node.units.ratio(own, other)
    begins_at_0 = not node.units.zero(own) and not node.units.zero(other)
    return ratio if begins_at_0 else None


def check_result(
    node: Node, measure: Measure, domains: Sequence[Domain], fact: Domain, name: str, times: Number | None
) -> None:
    """Report a measure whose values the fact `name` cannot have; `domains` are those of its fields.

    With `times`, these are multiplied to be in the unit of the fact.
    """
    measure_node = node[measure.name]
    gives: Gives = "truth" if "whether" in node.value and measure.name == "latest" else measure.gives
    if "times" in node.value and not all(domain.is_numeric for domain in domains):
        help = Help("Delete `times`.", Delete())
        node["times"].report("measure-does-not-fit", "Only numbers can be multiplied.", help, key=True)
    elif gives != "value":
        _check_type(measure_node, name, fact, gives)
        _check_choices(node, fact, name)
    else:
        for domain in domains:
            _check_values(node, measure, domain, fact, name, times)
    if measure.keeps_unit and domains and times is None:
        _check_unit(node, measure, domains[0], fact, name)


def _check_type(measure_node: Node, name: str, fact: Domain, gives: Gives) -> None:
    if fact.type not in TYPES[gives]:
        measure_node.report(
            "measure-does-not-fit",
            f"This gives {_RESULT_WORDS[gives]}, but `{name}` is {message_wording.TYPE_WORDS[fact.type]}.",
            "Choose another measure, or change the type of the fact.",
            key=True,
        )


def _check_choices(node: Node, fact: Domain, name: str) -> None:
    chosen = [key for key, option in OPTIONS.items() if option.kind == "choice" and key in node.value]
    for key in chosen:
        if fact.type == "choice" and node.value[key] not in fact.choices:
            node[key].report(
                "not-a-choice",
                f"`{name}` has no choice called `{node.value[key]}`.",
                suggestion(node.value[key], fact.choices),
            )


def _check_values(
    node: Node, measure: Measure, domain: Domain, fact: Domain, name: str, converted: Number | None
) -> None:
    measure_node = node[measure.name]
    times = node.value.get("times", 1) if converted is None else converted
    if domain.is_numeric:
        gives_integers = domain.type == "integer" and isinstance(times, int)
        fits = fact.type == "number" or (fact.type == "integer" and gives_integers)
    else:
        fits = fact.type == domain.type and set(domain.choices) <= set(fact.choices)
    if not fits:
        measure_node.report(
            "measure-does-not-fit",
            f"`{name}` cannot have the values of this field.",
            "Declare the two with the same type, and the same choices.",
            key=True,
        )
    elif domain.type == "choice" and measure.ranks and not _same_order(domain, fact):
        measure_node.report(
            "measure-does-not-fit",
            f"The choices of `{name}` are not in the same order as those of this field.",
            "List them in the same order, and give both `worse` or `ordered: true`.",
            key=True,
        )
    elif measure.keeps_ends:
        _check_range(measure_node, domain, fact, name, times)


def _same_order(domain: Domain, fact: Domain) -> bool:
    return fact.ordered and [choice for choice in fact.choices if choice in domain.choices] == list(domain.choices)


def _check_unit(node: Node, measure: Measure, domain: Domain, fact: Domain, name: str) -> None:
    if "times" not in node.value and domain.unit and fact.unit and domain.unit != fact.unit:
        node[measure.name].report(
            "unit-mismatch",
            f"`{name}` is measured in {fact.unit}, but this field is in {domain.unit}.",
            "Add `times:` with the number that converts one into the other.",
            key=True,
        )


def _check_range(measure_node: Node, domain: Domain, fact: Domain, name: str, times: Number) -> None:
    if fact.lowest is None or fact.highest is None:
        return
    low, high = (None if end is None else tidy(Fraction(end) * times) for end in (domain.lowest, domain.highest))
    if low is None or high is None or low < fact.lowest or high > fact.highest:
        measure_node.report(
            "out-of-range",
            f"`{name}` ranges {message_wording.range_words(fact)}, but this field can have values outside that range.",
            "Give the field the same range, or widen that of the fact.",
            key=True,
        )
