"""What cases have to show, as conditions on patients: a unit applies, a test decides, a value is at a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, assert_never

import attrs

from hiprun.inference.change_impact import domain_of
from hiprun.inference.operators import OPERATORS, Compare, Has, leaves, meaning
from hiprun.language.export.conditions import condition_data, value_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Formula,
    HasValue,
    Literal_,
    Model,
    Not,
    Ref,
    Test,
    is_formula,
)
from hiprun.model.places import Place
from hiprun.model.substitution import NEVER, Slot, slots
from hiprun.testing.coverage.report import CoverageKind
from hiprun.testing.coverage.units_under_test import UnitUnderTest
from hiprun.testing.neighbouring_values import formula_step


@attrs.frozen
class Obligation:
    """Something that a case has to show, in words and as a condition on its patient.

    If no patient can meet the condition, `fallback` is the nearest condition that might be met.
    """

    words: str
    condition: Condition
    fallback: Condition | None = None


@attrs.frozen
class CoverageGoal:
    """What cases have to show about a unit or a part of it: all obligations of one of the `alternatives`."""

    kind: CoverageKind
    words: str
    place: Place
    alternatives: tuple[tuple[Obligation, ...], ...]


def coverage_goals(model: Model, unit: UnitUnderTest) -> Iterator[CoverageGoal]:
    """Yield what cases have to show about a unit."""
    yield CoverageGoal("rule", "applies", unit.place, ((Obligation("it applies", unit.condition),),))
    all_slots = list(slots(unit.condition))
    for slot in all_slots:
        if isinstance(slot.part, Test | HasValue):
            words = inline_text(condition_data(slot.part))
            yield CoverageGoal("test", words, _place(slot, unit), _decisive_alternatives(slot, slot.part))
    for slot in all_slots:
        if isinstance(slot.part, Test | Count):
            for words, sides in _threshold_obligations(model, slot.part):
                yield CoverageGoal("threshold", words, _place(slot, unit), (sides,))
    if unit.quantity is not None:
        yield _limit_goal(model, unit, unit.quantity)


def _place(slot: Slot, unit: UnitUnderTest) -> Place:
    return slot.part.place if slot.part.place.file else unit.place


def _decisive_alternatives(slot: Slot, test: Test | HasValue) -> tuple[tuple[Obligation, ...], ...]:
    """Return the alternatives that show that a test matters: two patients for whom it alone decides."""
    with_it, without = slot.replace(ALWAYS), slot.replace(NEVER)
    follows_test = All((with_it, Not(without)))
    opposes_test = All((Not(with_it), without))
    return tuple(
        (
            Obligation("it holds, and that alone decides", All((test, decides))),
            Obligation("it does not hold, and that alone decides", All((Not(test), decides))),
        )
        for decides in (follows_test, opposes_test)
    )


def _threshold_obligations(model: Model, part: Test | Count) -> Iterator[tuple[str, tuple[Obligation, ...]]]:
    if isinstance(part, Count):
        yield from _count_obligations(part)
        return
    domain = domain_of(model, part.subject)
    for operand, below, above in _test_thresholds(part):
        words = f"{part.subject} at {inline_text(value_data(operand))}"
        if domain.is_numeric or is_formula(operand):
            step = 1 if domain.type in ("integer", "date") else formula_step(model, operand)
            threshold = _NumberThreshold(part.subject, operand, Constant(step))
            yield words, threshold.obligations(below=below, above=above)
        elif domain.type == "date":
            yield (
                words,
                _discrete_obligations(
                    part.subject, operand, operand - 1 if below else None, operand + 1 if above else None
                ),
            )
        elif domain.type == "choice" and domain.is_comparable and not OPERATORS[part.operator].exact:
            names = list(domain.choices)
            position = names.index(str(operand))
            before = names[position - 1] if below and position else None
            after = names[position + 1] if above and position + 1 < len(names) else None
            yield words, _discrete_obligations(part.subject, operand, before, after)


def _test_thresholds(test: Test) -> Iterator[tuple[Any, bool, bool]]:
    """Yield every operand at which the result of a test changes, and whether values below and above it matter."""
    for leaf in leaves(meaning(test.operator, test.operands)):
        match leaf:
            case Compare(signs, operand):
                yield operand, (-1 in signs) is not (0 in signs), (1 in signs) is not (0 in signs)
            case Has():
                pass  # membership has no threshold
            case _:
                assert_never(leaf)


@attrs.frozen
class _NumberThreshold:
    subject: Ref
    value: Formula
    step: Constant

    def obligations(self, *, below: bool, above: bool) -> tuple[Obligation, ...]:
        """Return the obligations at the value, with the nearest on its own side as fallback, and one step beyond it."""
        just_below = self._range(("at_least", self._one_step("-")), ("below", self.value))
        just_above = self._range(("above", self.value), ("at_most", self._one_step("+")))
        nearest = AnyOf((just_below, just_above)) if below and above else just_above if below else just_below
        obligations = [Obligation("exactly there", Test(self.subject, "is", (self.value,)), nearest)]
        if below:
            obligations.append(Obligation("less, by one step at most", just_below))
        if above:
            obligations.append(Obligation("more, by one step at most", just_above))
        return tuple(obligations)

    def _one_step(self, sign: Literal["+", "-"]) -> Formula:
        return Arithmetic(sign, self.value, self.step)

    def _range(self, *tests: tuple[str, Formula]) -> Condition:
        return All(tuple(Test(self.subject, operator, (value,)) for operator, value in tests))


def _discrete_obligations(subject: Ref, value: Literal_, *adjacent: Any) -> tuple[Obligation, ...]:
    words = ("exactly there", "one before", "one behind")
    return tuple(
        Obligation(text, Test(subject, "is", (constant,)))
        for text, constant in zip(words, (value, *adjacent), strict=True)
        if constant is not None
    )


def _count_obligations(count: Count) -> Iterator[tuple[str, tuple[Obligation, ...]]]:
    for number, beyond in ((count.lowest, count.lowest - 1), (count.highest, count.highest + 1)):
        if 0 <= beyond <= len(count.parts):
            sides = [
                Obligation(f"{holding} of them hold", attrs.evolve(count, lowest=holding, highest=holding))
                for holding in (number, beyond)
            ]
            yield f"{number} of {len(count.parts)}", tuple(sides)


def _limit_goal(model: Model, unit: UnitUnderTest, quantity: Ref) -> CoverageGoal:
    """Return what cases have to show about a limit: a quantity exactly at it, and one that exceeds it."""
    name, limit = unit.rule.then[0]
    threshold = _NumberThreshold(quantity, limit, Constant(formula_step(model, limit)))  # type: ignore[arg-type]
    sides = threshold.obligations(below=unit.rule.bound == "at_least", above=unit.rule.bound == "at_most")
    words = f"{name} {unit.rule.bound} {inline_text(value_data(limit))}"
    applied = tuple(
        attrs.evolve(side, condition=All((unit.condition, side.condition)), fallback=None) for side in sides
    )
    return CoverageGoal("threshold", words, unit.place, (applied,))
