"""A choice of changes → facts with other values, the nearest to those that they have now."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.counterfactuals.choice_paths import Choice, ChoicePaths
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import (
    Cut,
    Region,
    as_tests,
    intersection,
    is_whole,
    of_domain,
    only,
    ordinary,
    point,
    union,
)
from hiprun.inference.operators import code
from hiprun.inference.partial_values import decode, sets_that_meet
from hiprun.model import Domain, Fact, Model, Number
from hiprun.model.value_conversion import Value, plain, public, tidy
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class FactChange(ValueObject):
    """One fact that would have to be different.

    `now` is its value, None if it is not known; `to` is an ordinary value that is enough, the nearest to `now`, and
    `within` is everything that would be enough, as tests: `{"at_least": 30}`.
    """

    fact: str
    now: Value | None
    to: Value
    within: Mapping[str, Value] = attrs.field(factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data for JSON."""
        return {"fact": self.fact, "now": plain(self.now), "to": plain(self.to), "within": plain(self.within)}


def changes_of(model: Model, program: Program, facts: Facts, paths: ChoicePaths, choice: Choice) -> list[FactChange]:
    """Return the values that a choice stands for: of all that would do, those nearest to what is so."""
    chosen: dict[str, Any] = dict(choice.numbers)
    within: dict[str, Region] = {}
    changed = {level: program.variables[level] for level, _ in choice.cells if level < len(program.variables)}
    for level, variable in sorted(changed.items(), key=lambda entry: entry[0]):
        if variable.kind == "fact":
            name = variable.fact
            region = _that_does(paths, choice, level, variable)
            chosen[name] = nearest_value(region, program, model.facts[name].domain, facts, name)
            moved = variable.mask(point(code_of(program, model.facts[name].domain, name, chosen[name])))
            cells = {(other, cell) for other, cell in choice.cells if other != level}
            choice = attrs.evolve(choice, cells=frozenset(cells | {(level, moved)}))
    path = paths.leads(choice) or ()
    for level, variable in changed.items():
        if variable.kind == "fact":
            within[variable.fact] = _that_does(paths, choice, level, variable)
        else:
            fact = model.facts[variable.fact]
            chosen[fact.name] = nearest_set(program, facts, fact, {**dict(path), **dict(choice.cells)})
    return [
        _change(model, program, facts, name, chosen[name], within.get(name)) for name in model.facts if name in chosen
    ]


def _that_does(paths: ChoicePaths, choice: Choice, level: int, variable: Variable) -> Region:
    """Return where a variable can be moved to, the others staying as they are chosen."""
    cells = paths.would_do(choice, level)
    return union(tuple(stretch for index, stretch in enumerate(variable.cells) if cells >> index & 1))


def nearest_set(program: Program, facts: Facts, fact: Fact, cells: Mapping[int, int]) -> frozenset[str]:
    """Return a set whose members are as chosen; the others are as they are, or as what leads there has them."""
    present = {
        variable.choice: cells[level] == 0b10
        for level, variable in enumerate(program.variables)
        if variable.kind == "member" and variable.fact == fact.name and level in cells
    }
    if fact.name in facts.partial and not fact.changeable:
        return next(sets_that_meet(fact.domain, facts.partial[fact.name].tests, present))
    now: Any = facts.known.get(fact.name, frozenset())
    added = {member for member, has in present.items() if has}
    return (now | added) - {member for member, has in present.items() if not has}  # type: ignore[no-any-return]


def nearest_value(region: Region, program: Program, domain: Domain, facts: Facts, name: str) -> Any:
    """Return the value in `region` nearest to what the fact is now."""
    whole_numbers = is_whole(domain) or domain.type == "string"
    if name not in facts.known:
        partial = facts.partial.get(name)
        likely = region if partial is None or partial.region is None else intersection(region, partial.region)
        return _value(program, domain, name, ordinary(likely or region, domain))
    now = code_of(program, domain, name, facts.known[name])
    best = min(
        (_edge(stretch, now, whole_numbers) for stretch in region), key=lambda number: (abs(number - now), number)
    )
    return _value(program, domain, name, best)


def code_of(program: Program, domain: Domain, name: str, value: Any) -> Number:
    """Return what comparisons of a fact's value are made on."""
    if domain.type == "string":
        return program.texts[name].of(str(value))
    number: Number = code(domain, value)
    return number


def _value(program: Program, domain: Domain, name: str, number: Number) -> Any:
    if domain.type != "string":
        return decode(domain, number)
    return program.texts[name].example(int(number), "another text", " still")


def _edge(stretch: tuple[Cut, Cut], now: Number, whole_numbers: bool) -> Number:
    """Return an ordinary number in `stretch`, which does not hold `now`, near the end that lies towards it."""
    (low, low_side), (high, high_side) = stretch
    if (now, 0) < stretch[0]:
        edge, side, step = low, low_side, 1
    else:
        edge, side, step = high, 1 - high_side, -1
    assert not isinstance(edge, float)
    if not side:
        return edge
    if whole_numbers:
        return edge + step
    size = Fraction(1)
    while not intersection((stretch,), point(edge + step * size)):
        size /= 2 if size == 1 else 5
    return tidy(edge + step * size)


def _change(model: Model, program: Program, facts: Facts, name: str, to: Any, region: Region | None) -> FactChange:
    domain = model.facts[name].domain
    now = public(domain, facts.known[name]) if name in facts.known else None
    within = _tests(domain, region) if region is not None and domain.type in ("integer", "number", "date") else {}
    return FactChange(name, now, public(domain, to), within)


def _tests(domain: Domain, region: Region) -> dict[str, Value]:
    """Return the ends of a region of one stretch as tests; the ends of the domain itself are left out."""
    if len(region) != 1 or only(region, whole_numbers=is_whole(domain)) is not None:
        return {}
    return as_tests(domain, *region[0])


def size(model: Model, change: FactChange) -> Fraction:
    """Return how far a fact moves, as a share of its range; a change without distance counts as a whole one."""
    domain = model.facts[change.fact].domain
    if not domain.is_comparable or change.now is None or domain.type == "date":
        return Fraction(1)
    ends = of_domain(domain)
    low, high = ends[0][0][0], ends[-1][1][0]
    width = 1 if isinstance(low, float) or isinstance(high, float) else high - low
    start, end = (code(domain, value) for value in (change.now, change.to))
    return abs(Fraction(end) - Fraction(start)) / (width or 1)
