"""Dependencies: derived facts and decisions in an order in which they can be evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declared_names import Declarations
from hiprun.language.resolve.topological_order import topological_order
from hiprun.model import All, AnyOf, Condition, Count, Decision, Derived, Not, Ref, formula_refs, refs

MOST_STEPS = 100
"""The most steps between a fact and what follows from it, including nested conditions."""

_Key = tuple[str, str]


def in_dependency_order(
    derived: Mapping[str, Derived], decisions: Mapping[str, Decision], declared: Declarations
) -> tuple[dict[str, Derived], dict[str, Decision]]:
    """Return both in an order in which each comes after what it uses; report circles and chains that are too long."""
    uses: dict[_Key, list[_Key]] = {
        ("derived", name): [_key(ref) for ref in derived_refs(fact)] for name, fact in derived.items()
    }
    uses |= {
        ("decision", name): [_key(ref) for ref in _decision_refs(decision)] for name, decision in decisions.items()
    }
    nesting = {("derived", name): _nesting(fact.condition) for name, fact in derived.items() if fact.condition}
    nesting |= {
        ("decision", name): max((_nesting(rule.condition) for rule in decision.rules), default=0)
        for name, decision in decisions.items()
    }
    order, circles = topological_order(uses)
    for circle in circles:
        _report_circle(circle, declared)
    _check_depth(order, uses, nesting, declared)
    return (
        {name: derived[name] for kind, name in order if kind == "derived"},
        {name: decisions[name] for kind, name in order if kind == "decision"},
    )


def derived_refs(fact: Derived) -> list[Ref]:
    """Return everything that a derived fact depends on."""
    return [*(refs(fact.condition) if fact.condition else ()), *(formula_refs(fact.formula) if fact.formula else ())]


def _key(ref: Ref) -> _Key:
    return ("decision", ref.decision) if ref.kind == "output" else (ref.kind, ref.name)


def _decision_refs(decision: Decision) -> Iterator[Ref]:
    yield from (ref for _, ref in decision.quantities)
    for rule in decision.rules:
        yield from refs(rule.condition)
    for outputs in (*(rule.then for rule in decision.rules), decision.otherwise or ()):
        for _, value in outputs:
            yield from formula_refs(value)


def _nesting(condition: Condition) -> int:
    """Return how deeply `condition` is nested."""
    match condition:
        case Not(part):
            return 1 + _nesting(part)
        case All(parts) | AnyOf(parts) | Count(parts):
            return 1 + max(map(_nesting, parts), default=0)
        case _:
            return 0


def _check_depth(
    order: Iterable[_Key], uses: Mapping[_Key, Iterable[_Key]], nesting: Mapping[_Key, int], declared: Declarations
) -> None:
    """Report what is too many steps away from the facts; evaluating it would need as much depth."""
    depth: dict[_Key, int] = {}
    for key in order:
        depth[key] = 1 + nesting.get(key, 0) + max((depth.get(used, 0) for used in uses[key]), default=0)
        if depth[key] > MOST_STEPS:
            depth[key] = 0
            _node(key, declared).report(
                "too-deep",
                f"`{key[1]}` is more than {MOST_STEPS} steps away from the facts it follows from.",
                "Use fewer steps, or conditions that are nested less deeply.",
                key=key[0] == "derived",
            )


def _report_circle(circle: list[_Key], declared: Declarations) -> None:
    kind, name = circle[0]
    steps = [f"`{name}`" for _, name in circle]
    path = " → ".join(steps if len(steps) <= 10 else [*steps[:8], "…", steps[-1]])
    _node(circle[0], declared).report(
        "circle",
        f"`{name}` depends on itself: {path}.",
        "Remove one of these steps, so that each depends only on earlier ones.",
        key=kind == "derived",
    )


def _node(key: _Key, declared: Declarations) -> Node:
    """Return the node that declares a derived fact or a decision."""
    kind, name = key
    if kind == "derived":
        return declared.derived[name]
    return declared.decisions[name][declared.decisions[name].document.kind]
