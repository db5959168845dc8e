"""What uses what: derived facts and decisions in an order in which they can be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declarations import Declared
from hiprun.language.resolve.topological_order import ordered
from hiprun.model import All, AnyOf, Arithmetic, Condition, Count, Decision, Derived, Not, Ref, formula_refs, refs

MOST_STEPS = 100
"""How many steps may lie between a fact and what follows from it, nested conditions counted."""

_Key = tuple[str, str]


def in_order(
    derived: Mapping[str, Derived], decisions: Mapping[str, Decision], declared: Declared
) -> tuple[dict[str, Derived], dict[str, Decision]]:
    """Return both so that each stands behind what it uses; circles and endless chains are reported."""
    uses: dict[_Key, list[_Key]] = {
        ("derived", name): [_key(ref) for ref in derived_refs(fact)] for name, fact in derived.items()
    }
    uses |= {("decision", name): [_key(ref) for ref in _decision_refs(made)] for name, made in decisions.items()}
    steps = {("derived", name): _steps(fact.condition) for name, fact in derived.items() if fact.condition}
    steps |= {
        ("decision", name): max((_steps(rule.condition) for rule in made.rules), default=0)
        for name, made in decisions.items()
    }
    order, circles = ordered(uses)
    for circle in circles:
        _report_circle(circle, declared)
    _check_length(order, uses, steps, declared)
    return (
        {name: derived[name] for kind, name in order if kind == "derived"},
        {name: decisions[name] for kind, name in order if kind == "decision"},
    )


def derived_refs(fact: Derived) -> list[Ref]:
    """Return everything that a derived fact follows from."""
    return [*(refs(fact.condition) if fact.condition else ()), *(formula_refs(fact.formula) if fact.formula else ())]


def _key(ref: Ref) -> _Key:
    return ("decision", ref.decision) if ref.kind == "output" else (ref.kind, ref.name)


def _decision_refs(made: Decision) -> Iterator[Ref]:
    yield from (ref for _, ref in made.quantities)
    for rule in made.rules:
        yield from refs(rule.condition)
    for given in (*(rule.then for rule in made.rules), made.otherwise or ()):
        for _, value in given:
            if isinstance(value, Ref | Arithmetic):
                yield from formula_refs(value)


def _steps(condition: Condition) -> int:
    """Return how deep `condition` is nested."""
    match condition:
        case Not(part):
            return 1 + _steps(part)
        case All(parts) | AnyOf(parts) | Count(parts):
            return 1 + max(map(_steps, parts), default=0)
        case _:
            return 0


def _check_length(
    order: Iterable[_Key], uses: Mapping[_Key, Iterable[_Key]], own: Mapping[_Key, int], declared: Declared
) -> None:
    """Report what lies too many steps behind the facts; whatever evaluates it would have to go as deep."""
    far: dict[_Key, int] = {}
    for key in order:
        far[key] = 1 + own.get(key, 0) + max((far.get(used, 0) for used in uses[key]), default=0)
        if far[key] > MOST_STEPS:
            far[key] = 0
            _node(key, declared).report(
                "too-deep",
                f"`{key[1]}` lies more than {MOST_STEPS} steps behind the facts it follows from.",
                "Say it in fewer steps, or in conditions that are nested less.",
                key=key[0] == "derived",
            )


def _report_circle(circle: list[_Key], declared: Declared) -> None:
    kind, name = circle[0]
    steps = [f"`{name}`" for _, name in circle]
    way = " → ".join(steps if len(steps) <= 10 else [*steps[:8], "…", steps[-1]])
    _node(circle[0], declared).report(
        "circle",
        f"`{name}` depends on itself: {way}.",
        "Take one of these steps out, so that each follows from what is known before.",
        key=kind == "derived",
    )


def _node(key: _Key, declared: Declared) -> Node:
    """Return where something is declared: a derived fact under its name, a decision by it."""
    kind, name = key
    if kind == "derived":
        return declared.derived[name]
    return declared.decisions[name][declared.decisions[name].document.kind]
