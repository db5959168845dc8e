"""What a pack says about units → their definitions: what one of them is in another, where it begins, its plural."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.message_wording import value_words
from hiprun.language.resolve.names import NameRegister
from hiprun.model.corrections import Delete, Help
from hiprun.model.units import NO_UNIT, NUMBER, Unit, UnitDefinition, Units, parse, worth
from hiprun.model.value_conversion import from_notation, tidy

_FRACTION = re.compile(rf"({NUMBER})/({NUMBER})(?: |\Z)")


def units(nodes: Sequence[Node]) -> Units:
    """Return what the files of units at `nodes` say; report definitions that are none, double ones and circles."""
    register = NameRegister()
    entries: dict[str, tuple[Node, UnitDefinition]] = {}
    for file in nodes:
        if file.language == 1:
            file["units"].report(
                "needs-language-2",
                "Units are declared in version 2 of the language.",
                "Write `language: 2` in the pack file; `hiprun check --upgrade` says what else that changes.",
                key=True,
            )
            return Units()
        for name, node in file["units"].entries():
            definition = _definition(name, node)
            taken = [register.claim(node, name, "another unit")]
            if definition.plural and definition.plural != name:
                taken.append(register.claim(node["plural"], definition.plural, "another unit"))
            if all(taken):
                entries[name] = node, definition
    as_written = Units({name: definition for name, (_, definition) in entries.items()})
    definitions = {
        name: attrs.evolve(definition, is_=definition.is_ and as_written.in_singular(definition.is_))
        for name, definition in as_written.definitions.items()
    }
    for name, (node, _) in entries.items():
        if _goes_in_circles(name, definitions):
            node.report(
                "circular-unit",
                f"`{name}` is finally defined by itself.",
                Help("Define one of the two by the other, not both.", Delete()),
                key=True,
            )
            definitions[name] = attrs.evolve(definitions[name], is_=None)
    return Units(definitions)


def _definition(name: str, node: Node) -> UnitDefinition:
    unit = parse(name)
    if unit is None or unit != Unit.named(name):
        node.report(
            "bad-unit",
            f"`{name}` is not the name of a unit.",
            "A name consists of letters, digits and spaces; products such as `mg/kg` need no declaration.",
            key=True,
        )
    if isinstance(node.value, str):
        return UnitDefinition(name, _worth(node))
    is_ = _worth(node["is"]) if "is" in node.value else None
    zero = node.value.get("zero", 0)
    if zero and (is_ is None or len(is_.powers) != 1 or is_.powers[0][1] != 1):
        node["zero"].report(
            "bad-unit",
            f"`zero` says what {name} shows where another unit shows 0, but no single unit is given.",
            "Say which one under `is`, such as `is: 5/9 °C`.",
            key=True,
        )
        zero = 0
    plural = node.text("plural")
    if plural and parse(plural) != Unit.named(plural):
        node["plural"].report(
            "bad-unit", f"`{plural}` is not the name of a unit.", "A plural consists of letters, digits and spaces."
        )
        plural = ""
    return UnitDefinition(name, is_, zero, plural)


def _worth(node: Node) -> Unit | None:
    """Return what one of a unit is: `0.45359237 kg`, `5/9 °C`; None after a mistake."""
    notation = str(node.value)
    fraction = _FRACTION.match(notation)
    unit = worth(notation[fraction.end() :].strip() or "1" if fraction else notation)
    if fraction and unit:
        top, bottom = from_notation(fraction[1]), from_notation(fraction[2])
        unit = unit * Unit(factor=tidy(Fraction(top) / bottom)) if top and bottom else None
    if unit is None or unit == NO_UNIT:
        node.report(
            "bad-unit",
            f"{value_words(node.value)} does not say what one of this unit is in another.",
            "Write a number and a unit: `0.45359237 kg`; or a number alone: `1/100` for per cent.",
        )
        return None
    return unit


def _goes_in_circles(name: str, definitions: Mapping[str, UnitDefinition]) -> bool:
    waiting, seen = [name], set[str]()
    for current in waiting:
        definition = definitions.get(current)
        if definition and definition.is_ and current not in seen:
            behind = [other for other, _ in definition.is_.powers]
            if name in behind:
                return True
            seen.add(current)
            waiting += behind
    return False
