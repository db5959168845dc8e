"""Combinations that cannot occur → constraints of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.dependencies import derived_refs
from hiprun.language.resolve.guidance import sources
from hiprun.language.resolve.names import Names, Register
from hiprun.model import Constraint, Derived, Ref, refs


def constraints(nodes: Sequence[Node], names: Names, ordered: Mapping[str, Derived]) -> Iterator[Constraint]:
    """Yield the constraints at `nodes`, whole documents. Of `ordered` each stands behind those it uses."""
    register = Register()
    outcomes = _outcomes_behind(ordered)
    for node in nodes:
        for item in node["constraints"].items():
            register.claim_id(item["id"], "another constraint")
            yield _constraint(item, names, outcomes)


def _outcomes_behind(ordered: Mapping[str, Derived]) -> dict[str, Ref]:
    """Return for each derived fact that depends on the outcome of a decision one such outcome."""
    found: dict[str, Ref] = {}
    for name, fact in ordered.items():
        outcome = _outcome(derived_refs(fact), found)
        if outcome:
            found[name] = outcome
    return found


def _constraint(node: Node, names: Names, outcomes: Mapping[str, Ref]) -> Constraint:
    """Return the constraint at `node`; those that depend on the outcome of a decision are reported."""
    never = condition(node["never"], names)
    outcome = _outcome(refs(never), outcomes)
    if outcome:
        node["never"].report(
            "constraint-on-outcome",
            f"A constraint speaks of facts, but this one depends on `{outcome}`, the outcome of a decision.",
            "Name the facts that cannot occur together; what must hold of outcomes belongs into `properties`.",
        )
    return Constraint(node.text("id"), never, node.text("because"), sources(node, names), place=node.place)


def _outcome(used: Iterable[Ref], outcomes: Mapping[str, Ref]) -> Ref | None:
    for ref in used:
        if ref.kind == "output":
            return ref
        if ref.kind == "derived" and ref.name in outcomes:
            return outcomes[ref.name]
    return None
