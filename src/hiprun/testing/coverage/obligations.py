"""What cases have to show of a rule, as conditions on a patient: it applies, a test decides, a value is at an edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, assert_never

import attrs

from hiprun.inference.dependents import domain_of
from hiprun.inference.operators import OPERATORS, Compare, Has, leaves, meaning
from hiprun.language.export.conditions import condition as written
from hiprun.language.export.conditions import value as written_value
from hiprun.language.export.yaml_layout import in_line
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Formula,
    Literal_,
    Model,
    Not,
    Ref,
    Test,
)
from hiprun.model.places import Place
from hiprun.model.substitution import NEVER, Slot, slots
from hiprun.testing.coverage.report import CoverageKind
from hiprun.testing.coverage.units_under_test import Unit
from hiprun.testing.neighbouring_values import formula_step


@attrs.frozen
class Wanted:
    """One thing to be shown, in words and as a condition.

    `instead` stands in where no patient can meet the condition: the nearest that somebody may.
    """

    words: str
    condition: Condition
    instead: Condition | None = None


@attrs.frozen
class Aim:
    """What is to be shown of a rule or of a part of it: everything in one of `ways`."""

    kind: CoverageKind
    words: str
    place: Place
    ways: tuple[tuple[Wanted, ...], ...]


def aims(model: Model, unit: Unit) -> Iterator[Aim]:
    """Yield what has to be shown of a unit."""
    yield Aim("rule", "applies", unit.place, ((Wanted("it applies", unit.condition),),))
    found = list(slots(unit.condition))
    for slot in found:
        if isinstance(slot.part, Test):
            words = in_line(written(slot.part))
            yield Aim("test", words, _place(slot, unit), _decisive(slot, slot.part))
    for slot in found:
        if isinstance(slot.part, Test | Count):
            for words, sides in _edges(model, slot.part):
                yield Aim("threshold", words, _place(slot, unit), (sides,))
    if unit.quantity is not None:
        yield _bound(model, unit, unit.quantity)


def _place(slot: Slot, unit: Unit) -> Place:
    return slot.part.place if slot.part.place.file else unit.place


def _decisive(slot: Slot, test: Test) -> tuple[tuple[Wanted, ...], ...]:
    """Return the ways to show that a test counts: two patients with all else such that it alone decides."""
    with_it, without = slot.put(ALWAYS), slot.put(NEVER)
    plain = All((with_it, Not(without)))
    turned = All((Not(with_it), without))
    return tuple(
        (
            Wanted("it holds, and that alone decides", All((test, decides))),
            Wanted("it does not hold, and that alone decides", All((Not(test), decides))),
        )
        for decides in (plain, turned)
    )


def _edges(model: Model, part: Test | Count) -> Iterator[tuple[str, tuple[Wanted, ...]]]:
    if isinstance(part, Count):
        yield from _counted(part)
        return
    domain = domain_of(model, part.subject)
    for operand, below, above in _ends(part):
        words = f"{part.subject} at {in_line(written_value(operand))}"
        if domain.is_numeric:
            step = 1 if domain.type == "integer" else formula_step(model, operand)
            edge = _Edge(part.subject, operand, Constant(step))
            yield words, edge.sides(below=below, above=above)
        elif domain.type == "date":
            yield words, _listed(part.subject, operand, operand - 1 if below else None, operand + 1 if above else None)
        elif domain.type == "choice" and domain.is_comparable and not OPERATORS[part.operator].exact:
            names = list(domain.choices)
            place = names.index(str(operand))
            before = names[place - 1] if below and place else None
            after = names[place + 1] if above and place + 1 < len(names) else None
            yield words, _listed(part.subject, operand, before, after)


def _ends(test: Test) -> Iterator[tuple[Any, bool, bool]]:
    """Yield every operand at which a test changes its truth, and whether what lies below and above matters."""
    for leaf in leaves(meaning(test.operator, test.operands)):
        match leaf:
            case Compare(signs, operand):
                yield operand, (-1 in signs) is not (0 in signs), (1 in signs) is not (0 in signs)
            case Has():
                pass  # there is no value at which a member comes or goes
            case _:
                assert_never(leaf)


@attrs.frozen
class _Edge:
    subject: Ref
    value: Formula
    step: Constant

    def sides(self, *, below: bool, above: bool) -> tuple[Wanted, ...]:
        """Return the value itself, or what is nearest to it on its own side, and what lies one step beyond."""
        beneath = self._stretch(("at_least", self._moved("-")), ("below", self.value))
        beyond = self._stretch(("above", self.value), ("at_most", self._moved("+")))
        nearest = AnyOf((beneath, beyond)) if below and above else beyond if below else beneath
        found = [Wanted("exactly there", Test(self.subject, "is", (self.value,)), nearest)]
        if below:
            found.append(Wanted("less, by one step at most", beneath))
        if above:
            found.append(Wanted("more, by one step at most", beyond))
        return tuple(found)

    def _moved(self, sign: Literal["+", "-"]) -> Formula:
        return Arithmetic(sign, self.value, self.step)

    def _stretch(self, *tests: tuple[str, Formula]) -> Condition:
        return All(tuple(Test(self.subject, operator, (value,)) for operator, value in tests))


def _listed(subject: Ref, value: Literal_, *beside: Any) -> tuple[Wanted, ...]:
    words = ("exactly there", "one before", "one behind")
    return tuple(
        Wanted(said, Test(subject, "is", (each,)))
        for said, each in zip(words, (value, *beside), strict=True)
        if each is not None
    )


def _counted(count: Count) -> Iterator[tuple[str, tuple[Wanted, ...]]]:
    for number, beyond in ((count.lowest, count.lowest - 1), (count.highest, count.highest + 1)):
        if 0 <= beyond <= len(count.parts):
            sides = [
                Wanted(f"{each} of them hold", attrs.evolve(count, lowest=each, highest=each))
                for each in (number, beyond)
            ]
            yield f"{number} of {len(count.parts)}", tuple(sides)


def _bound(model: Model, unit: Unit, quantity: Ref) -> Aim:
    """Return what has to be shown of a limit: a quantity that keeps it exactly, and one that breaks it."""
    name, limit = unit.rule.then[0]
    edge = _Edge(quantity, limit, Constant(formula_step(model, limit)))  # type: ignore[arg-type]
    sides = edge.sides(below=unit.rule.bound == "at_least", above=unit.rule.bound == "at_most")
    words = f"{name} {unit.rule.bound} {in_line(written_value(limit))}"
    applied = tuple(attrs.evolve(side, condition=All((unit.condition, side.condition)), instead=None) for side in sides)
    return Aim("threshold", words, unit.place, (applied,))
