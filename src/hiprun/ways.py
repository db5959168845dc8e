"""The shortest ways to another answer: which few facts would have to change, and to what.

The decision is laid out over everything that can change. A path through that diagram to the wanted answer costs one
for each fact on it that is not so already; the cheapest paths are the smallest sets of changes, and since the diagram
leaves nothing out, no smaller set exists.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem, did_you_mean
from hiprun.facts import Facts
from hiprun.kernel.diagram import IMPOSSIBLE, Diagram
from hiprun.kernel.ground import OTHER_TEXT, VERDICT, Program, Variable
from hiprun.kernel.patient import Patient, as_truth
from hiprun.kernel.policy import ADVANCE, Ending, Result
from hiprun.kernel.situation import situation
from hiprun.model import Domain, Model, Number
from hiprun.narrowing import decode
from hiprun.operators import OPERATORS, code, holds, meaning
from hiprun.region import Cut, Region, intersection, is_whole, of_domain, sample, whole
from hiprun.result import Outcome
from hiprun.values import Value, internal, plain, public, tidy

_MOST_STEPS = 20_000


@attrs.frozen
class Change:
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


@attrs.frozen
class Way:
    """A set of changes that leads to the wanted answer and has none too many, and the outcome that it gives."""

    changes: tuple[Change, ...]
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """Return the way as plain data for JSON."""
        return {"changes": [change.to_dict() for change in self.changes], "outcome": self.outcome.to_dict()}


def ways(
    model: Model,
    program: Program,
    facts: Facts,
    wanted: Mapping[str, Any],
    decide: Callable[[Mapping[str, Any]], Outcome],
    *,
    most: int,
    budget: int,
) -> tuple[Way, ...]:
    """Return the smallest sets of changes of changeable facts that lead to `wanted`, the fewest changes first.

    `wanted` maps outputs to a value or to tests such as `{"at_most": ...}`. Each way is checked by deciding it anew.
    """
    is_wanted = _wanted(program, wanted)
    found: list[Way] = []
    for path in _paths(model, program, *_layout(model, program, facts, is_wanted, budget), facts):
        changes = _changes(model, program, facts, path)
        names = None if changes is None else {change.fact for change in changes}
        if names is None or any(names >= {change.fact for change in way.changes} for way in found):
            continue
        assert changes is not None
        outcome = decide({**facts.given, **{change.fact: change.to for change in changes}})
        if _reached(program, outcome, is_wanted):
            found.append(Way(tuple(changes), outcome))
            # some more than asked for, so that among equally few changes the smaller ones come first
            if len(found) == most * 4:
                break
    found.sort(key=lambda way: (len(way.changes), sum(_size(model, change) for change in way.changes)))
    return tuple(found[:most])


def _size(model: Model, change: Change) -> Fraction:
    """Return how far a fact moves, as a share of its range; a change without distance counts as a whole one."""
    domain = model.facts[change.fact].domain
    if not domain.is_comparable or change.now is None or domain.type == "date":
        return Fraction(1)
    ends = of_domain(domain)
    low, high = ends[0][0][0], ends[-1][1][0]
    width = 1 if isinstance(low, float) or isinstance(high, float) else high - low
    start, end = (code(domain, value) for value in (change.now, change.to))
    return abs(Fraction(end) - Fraction(start)) / (width or 1)


@attrs.frozen
class _Wanted:
    """The wanted value of each output, as a check on model values."""

    checks: Mapping[str, Callable[[Any], bool]] = attrs.field(hash=False)

    def __call__(self, values: Mapping[str, Any]) -> bool:
        return all(name in values and check(values[name]) for name, check in self.checks.items())


def _wanted(program: Program, wanted: Mapping[str, Any]) -> _Wanted:
    decision = program.decision
    if decision.hit == "collect":
        message = f"`{decision.name}` collects a list and has no single answer to find a way to."
        raise HiprunError([Problem("no-single-answer", message)])
    outputs = {output.name: output.domain for output in decision.outputs}
    problems: list[Problem] = []
    checks: dict[str, Callable[[Any], bool]] = {}
    for name, value in wanted.items():
        if name not in outputs:
            help_ = did_you_mean(name, outputs)
            problems.append(Problem("unknown-output", f"`{name}` is not an output of `{decision.name}`.", help=help_))
            continue
        domain = VERDICT if decision.hit == "limits" else outputs[name]
        check = _check(domain, value)
        if check is None:
            help_ = did_you_mean(str(value), domain.choices) if domain.choices else ""
            problems.append(Problem("bad-answer", f"`{decision.name}.{name}` is never that.", help=help_))
        else:
            checks[name] = check
    if problems or not wanted:
        raise HiprunError(problems or [Problem("bad-answer", "Say which answer is wanted, such as result: ready.")])
    return _Wanted(checks)


def _check(domain: Domain, value: Any) -> Callable[[Any], bool] | None:
    tests = value if isinstance(value, Mapping) else {"is": value}
    try:
        senses = []
        for name, operand in tests.items():
            operands = operand if OPERATORS[name].operands != "one" else (operand,)
            values = [code(domain, internal(domain, each)) for each in operands]
            senses.append(meaning(name, values, domain.choices))
            holds(senses[-1], values[0])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None
    return lambda found: all(holds(sense, code(domain, found)) for sense in senses)


def _reached(program: Program, outcome: Outcome, is_wanted: _Wanted) -> bool:
    if program.decision.hit == "limits":
        return is_wanted({limit.quantity: limit.verdict for limit in outcome.limits if limit.verdict is not None})
    sure = not outcome.may_conflict and not outcome.may_not_match and bool(outcome.possible)
    domains = {output.name: output.domain for output in program.decision.outputs}
    return sure and all(
        is_wanted(
            {name: internal(domains[name], value) for name, value in answer.items() if not isinstance(value, Mapping)}
        )
        for answer in outcome.possible
    )


def _layout(
    model: Model, program: Program, facts: Facts, is_wanted: _Wanted, budget: int
) -> tuple[Diagram, frozenset[int]]:
    """Return the diagram over everything that can change, and which of its results are wanted."""
    fixed = {name: value for name, value in facts.known.items() if not model.facts[name].changeable}
    partial = {name: value for name, value in facts.partial.items() if not model.facts[name].changeable}
    patient = Patient(model, situation(model, program, Facts(fixed, partial)), budget)
    if program.decision.hit == "limits":
        return _limits_layout(patient, is_wanted)
    policy = program.policy
    assert policy is not None
    payloads = tuple(tuple(map(patient.resolved, payload)) for payload in policy.payloads)
    nodes = [patient.open_node(program.branches[index].node) for index in policy.order]
    diagram = patient.explore(policy.advance, policy.finish, list(zip(nodes, payloads, strict=True)))
    names = [output.name for output in program.decision.outputs]
    good = {
        index
        for index, result in enumerate(diagram.results)
        if not isinstance(result, Ending) and is_wanted(dict(zip(names, result, strict=True)))
    }
    return diagram, frozenset(good)


def _limits_layout(patient: Patient, is_wanted: _Wanted) -> tuple[Diagram, frozenset[int]]:
    circuit = patient.residual.circuit
    parts = []
    for name, check in is_wanted.checks.items():
        nodes = patient.program.verdicts[name].items()
        parts.append(circuit.some([patient.open_node(node) for verdict, node in nodes if check(verdict)]))
    diagram = patient.explore(ADVANCE["first"], as_truth, [(circuit.every(parts), (True,))])
    wanted: Result = (True,)
    return diagram, frozenset(index for index, result in enumerate(diagram.results) if result == wanted)


# paths

Path = tuple[tuple[int, int], ...]
"""Variables with the cells they may lie in."""


def _paths(model: Model, program: Program, diagram: Diagram, wanted: frozenset[int], facts: Facts) -> Iterator[Path]:
    """Yield the paths to a wanted result, those with the fewest changes first."""
    current = [_current_cell(model, variable, program, facts) for variable in program.variables]

    def moved(variable: int, cells: int) -> int:
        if variable >= len(current):
            return 0
        return int(current[variable] is None or not cells & (current[variable] or 0))

    least: list[float] = []
    for level, branches in zip(diagram.levels, diagram.branches, strict=True):
        least.append(min(moved(level, cells) + _least(least, place, wanted) for cells, place in branches))
    order = 0
    heap: list[tuple[float, int, int, int, Path]] = [(_least(least, diagram.root, wanted), order, 0, diagram.root, ())]
    for _ in range(_MOST_STEPS):
        if not heap or heap[0][0] == math.inf:
            return
        _, _, spent, place, path = heapq.heappop(heap)
        if place < 0:
            yield path
            continue
        level = diagram.levels[place]
        for cells, child in diagram.branches[place]:
            cost = spent + moved(level, cells)
            order += 1
            entry = (cost + _least(least, child, wanted), order, cost, child, (*path, (level, cells)))
            heapq.heappush(heap, entry)


def _least(least: Sequence[float], place: int, wanted: frozenset[int]) -> float:
    if place >= 0:
        return least[place]
    return 0 if place != IMPOSSIBLE and -2 - place in wanted else math.inf


def _current_cell(model: Model, variable: Variable, program: Program, facts: Facts) -> int | None:
    """Return the cell that a variable lies in now, as a bit; None while it is not known."""
    if any(name not in facts.known for name in variable.facts):
        return None
    return variable.mask(_point(_current_number(model, variable, program, facts)))


def _point(number: Number) -> Region:
    return (((number, 0), (number, 1)),)


def _current_number(model: Model, variable: Variable, program: Program, facts: Facts) -> Number:
    if variable.kind == "sum":
        known: Mapping[str, Any] = facts.known
        return tidy(sum((factor * known[name] for name, factor in variable.terms), Fraction(0)))
    value: Any = facts.known[variable.fact]
    if variable.kind == "member":
        return int(variable.choice in value)
    return _code(program, model.facts[variable.fact].domain, variable.fact, value)


# changes


def _changes(model: Model, program: Program, facts: Facts, path: Path) -> list[Change] | None:
    """Return values that follow `path`, or None when no single fact can be moved so that a sum does."""
    regions: dict[str, Region] = {}
    members: dict[str, dict[str, bool]] = {}
    sums: list[tuple[Variable, Region]] = []
    for index, cells in path:
        if index >= len(program.variables):
            continue
        variable = program.variables[index]
        if variable.kind == "member":
            members.setdefault(variable.fact, {})[variable.choice] = cells == 0b10
            continue
        region = _region(variable, cells)
        if variable.kind == "sum":
            sums.append((variable, region))
        else:
            regions[variable.fact] = region
    chosen: dict[str, Any] = {}
    for name, region in regions.items():
        value = _nearest(region, program, model.facts[name].domain, facts, name)
        if value is not None:
            chosen[name] = value
    for name, present in members.items():
        now: Any = facts.known.get(name, frozenset())
        to = (now | {choice for choice, has in present.items() if has}) - {c for c, has in present.items() if not has}
        if to != now or name not in facts.known:
            chosen[name] = to
    for variable, region in sums:
        if not _move_sum(model, facts, variable, region, regions, chosen):
            return None
    return [
        _change(model, program, facts, name, chosen[name], regions.get(name)) for name in model.facts if name in chosen
    ]


def _region(variable: Variable, cells: int) -> Region:
    return tuple(cell for index, cell in enumerate(variable.cells) if cells >> index & 1)


def _nearest(region: Region, program: Program, domain: Domain, facts: Facts, name: str) -> Any:
    """Return the value in `region` nearest to what the fact is now; None when it lies there already."""
    now = None if name not in facts.known else _code(program, domain, name, facts.known[name])
    whole_numbers = is_whole(domain) or domain.type == "string"
    if now is None:
        return _value(program, domain, name, sample(region, whole_numbers=whole_numbers))
    if intersection(region, _point(now)):
        return None
    best = min(
        (_edge(stretch, now, whole_numbers) for stretch in region), key=lambda number: (abs(number - now), number)
    )
    return _value(program, domain, name, best)


def _code(program: Program, domain: Domain, name: str, value: Any) -> Number:
    if domain.type == "string":
        return program.strings[name].get(str(value), OTHER_TEXT)
    number: Number = code(domain, value)
    return number


def _value(program: Program, domain: Domain, name: str, number: Number) -> Any:
    if domain.type != "string":
        return decode(domain, number)
    texts = {number: text for text, number in program.strings[name].items()}
    return texts.get(int(number), "another text")


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
    while not intersection((stretch,), _point(edge + step * size)):
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
            values[name] = chosen[name] = sample(
                of_domain(model.facts[name].domain), whole_numbers=is_whole(model.facts[name].domain)
            )
    total = sum((factor * values[name] for name, factor in variable.terms), Fraction(0))
    if intersection(region, _point(total)):
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


def _change(model: Model, program: Program, facts: Facts, name: str, to: Any, region: Region | None) -> Change:
    domain = model.facts[name].domain
    now = public(domain, facts.known[name]) if name in facts.known else None
    within = _tests(domain, region) if region is not None and domain.type in ("integer", "number", "date") else {}
    return Change(name, now, public(domain, to), within)


def _tests(domain: Domain, region: Region) -> dict[str, Value]:
    """Return the ends of a region of one stretch as tests; the ends of the domain itself are left out."""
    if len(region) != 1:
        return {}
    ((low, low_side), (high, high_side)) = region[0]
    found: dict[str, Value] = {}
    whole_numbers = is_whole(domain)
    if not isinstance(low, float) and low != domain.lowest:
        found["above" if low_side else "at_least"] = public(domain, low)
    if not isinstance(high, float) and (high - 1 if whole_numbers else high) != domain.highest:
        found["at_most" if high_side or whole_numbers else "below"] = public(
            domain, high - 1 if whole_numbers else high
        )
    return found
