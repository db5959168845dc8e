"""A path through the diagram → facts with other values, the nearest that follow it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, assert_never

import attrs

from hiprun.inference.counterfactuals.search import Path, code_of, point
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.intervals import Cut, Region, intersection, is_whole, of_domain, only, ordinary, whole
from hiprun.inference.operators import code
from hiprun.inference.partial_values import decode, set_with
from hiprun.model import Domain, Model, Number
from hiprun.model.values import Value, plain, public, tidy


@attrs.frozen
class FactChange:
    """One fact that would have to be different.

    `now` is its value, None while it is not known; `to` an ordinary value that does it, the nearest to `now`, and
    `within` everything that would do, as tests: `{"at_least": 30}`.
    """

    fact: str
    now: Value | None
    to: Value
    within: Mapping[str, Value] = attrs.field(factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data for JSON."""
        return {"fact": self.fact, "now": plain(self.now), "to": plain(self.to), "within": plain(self.within)}


def changes_along(model: Model, program: Program, facts: Facts, path: Path) -> list[FactChange] | None:
    """Return values that follow `path`, or None when no single fact can be moved so that a sum does."""
    told = _read(program, path)
    chosen = {**_of_regions(model, program, facts, told.regions), **_of_members(model, facts, told.members)}
    for variable, region in told.sums:
        if not _move_sum(model, facts, variable, region, told.regions, chosen):
            return None
    return [
        _change(model, program, facts, name, chosen[name], told.regions.get(name))
        for name in model.facts
        if name in chosen
    ]


@attrs.frozen
class _OnPath:
    """What a path asks of facts: regions of values, members of sets, and regions of sums."""

    regions: dict[str, Region]
    members: dict[str, dict[str, bool]]
    sums: list[tuple[Variable, Region]]


def _read(program: Program, path: Path) -> _OnPath:
    found = _OnPath({}, {}, [])
    for index, cells in path:
        if index >= len(program.variables):
            continue  # a member of a set that the rules do not ask about
        variable = program.variables[index]
        match variable.kind:
            case "member":
                found.members.setdefault(variable.fact, {})[variable.choice] = cells == 0b10
            case "sum":
                found.sums.append((variable, _region(variable, cells)))
            case "fact":
                found.regions[variable.fact] = _region(variable, cells)
            case _:
                assert_never(variable.kind)
    return found


def _of_regions(model: Model, program: Program, facts: Facts, regions: Mapping[str, Region]) -> dict[str, Any]:
    """Return the nearest value for each fact that does not lie in its region already."""
    nearest = {
        name: _nearest(region, program, model.facts[name].domain, facts, name) for name, region in regions.items()
    }
    return {name: value for name, value in nearest.items() if value is not None}


def _of_members(model: Model, facts: Facts, members: Mapping[str, Mapping[str, bool]]) -> dict[str, Any]:
    """Return each set that has to change, with as few members changed as can be."""
    found: dict[str, Any] = {}
    for name, present in members.items():
        fact = model.facts[name]
        if name in facts.partial and not fact.changeable:
            found[name] = set_with(fact.domain, facts.partial[name].tests, present)
            continue
        now: Any = facts.known.get(name, frozenset())
        to = (now | {choice for choice, has in present.items() if has}) - {c for c, has in present.items() if not has}
        if to != now or name not in facts.known:
            found[name] = to
    return found


def _region(variable: Variable, cells: int) -> Region:
    return tuple(cell for index, cell in enumerate(variable.cells) if cells >> index & 1)


def _nearest(region: Region, program: Program, domain: Domain, facts: Facts, name: str) -> Any:
    """Return the value in `region` nearest to what the fact is now; None when it certainly lies there already."""
    partial = facts.partial.get(name)
    if partial is not None and partial.region is not None and intersection(partial.region, region) == partial.region:
        return None
    now = None if name not in facts.known else code_of(program, domain, name, facts.known[name])
    whole_numbers = is_whole(domain) or domain.type == "string"
    if now is None:
        return _value(program, domain, name, ordinary(region, domain))
    if intersection(region, point(now)):
        return None
    best = min(
        (_edge(stretch, now, whole_numbers) for stretch in region), key=lambda number: (abs(number - now), number)
    )
    return _value(program, domain, name, best)


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


def _move_sum(
    model: Model,
    facts: Facts,
    variable: Variable,
    region: Region,
    regions: Mapping[str, Region],
    chosen: dict[str, Any],
) -> bool:
    """Choose one more value, if need be, so that a sum of facts lies in `region`."""
    values: dict[str, Any] = {}
    for name, _ in variable.terms:
        values[name] = chosen.get(name, facts.known.get(name))
        if values[name] is None:
            values[name] = chosen[name] = ordinary(of_domain(model.facts[name].domain), model.facts[name].domain)
    total = sum((factor * values[name] for name, factor in variable.terms), Fraction(0))
    if intersection(region, point(total)):
        return True
    for name, factor in variable.terms:
        domain = model.facts[name].domain
        if not model.facts[name].changeable:
            continue
        rest = total - factor * values[name]
        allowed = intersection(_scaled(region, rest, factor), regions.get(name, of_domain(domain)))
        allowed = intersection(allowed, of_domain(domain))
        allowed = whole(allowed) if is_whole(domain) else allowed
        if allowed:
            chosen[name] = min(
                (_edge(stretch, values[name], is_whole(domain)) for stretch in allowed),
                key=lambda number: abs(number - values[name]),
            )
            return True
    return False


def _scaled(region: Region, rest: Number, factor: Number) -> Region:
    """Return the numbers x with `rest` + `factor` * x in `region`."""

    def moved(cut: Cut) -> Cut:
        number, side = cut
        if isinstance(number, float):
            return (number if factor > 0 else -number), side if factor > 0 else 1 - side
        return tidy((number - rest) / Fraction(factor)), side if factor > 0 else 1 - side

    stretches = [(moved(start), moved(end)) for start, end in region]
    return tuple(sorted(stretch if factor > 0 else (stretch[1], stretch[0]) for stretch in stretches))


def _change(model: Model, program: Program, facts: Facts, name: str, to: Any, region: Region | None) -> FactChange:
    domain = model.facts[name].domain
    now = public(domain, facts.known[name]) if name in facts.known else None
    within = _tests(domain, region) if region is not None and domain.type in ("integer", "number", "date") else {}
    return FactChange(name, now, public(domain, to), within)


def _tests(domain: Domain, region: Region) -> dict[str, Value]:
    """Return the ends of a region of one stretch as tests; the ends of the domain itself are left out."""
    if len(region) != 1 or only(region, whole_numbers=is_whole(domain)) is not None:
        return {}
    ((low, low_side), (high, high_side)) = region[0]
    everything = of_domain(domain)
    found: dict[str, Value] = {}
    if not isinstance(low, float) and (low, low_side) != everything[0][0]:
        found["above" if low_side else "at_least"] = public(domain, low)
    if not isinstance(high, float) and (high, high_side) != everything[-1][1]:
        last = high - 1 if is_whole(domain) else high
        found["at_most" if high_side or is_whole(domain) else "below"] = public(domain, last)
    return found


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
