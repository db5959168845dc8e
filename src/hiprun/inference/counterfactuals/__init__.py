"""The shortest ways to another answer: which few facts would have to change, and to what.

The decision is laid out over everything that can change. A path through that diagram to the wanted answer costs one
for each fact on it that is not so already; the cheapest paths are the smallest sets of changes, and since the diagram
leaves nothing out, no smaller set exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.inference.counterfactuals.blocking_rules import obstacles
from hiprun.inference.counterfactuals.changes import FactChange, changes_along, size
from hiprun.inference.counterfactuals.search import cheapest_paths, layout
from hiprun.inference.counterfactuals.target import Wanted, check_wanted, reached
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome
from hiprun.model import Model

__all__ = ["FactChange", "Way", "obstacles", "ways"]


@attrs.frozen
class Way:
    """A set of changes that leads to the wanted answer and has none too many, and the outcome that it gives."""

    changes: tuple[FactChange, ...]
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """Return the way as plain data for JSON."""
        return {"changes": [change.to_dict() for change in self.changes], "outcome": self.outcome.to_dict()}


def ways(  # noqa: PLR0913 - those of `Pack.ways_to`, and the pack's own
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
    is_wanted = check_wanted(program, wanted)
    found: list[Way] = []
    for path in cheapest_paths(model, program, layout(model, program, facts, is_wanted, budget), facts):
        changes = changes_along(model, program, facts, path)
        names = None if changes is None else {change.fact for change in changes}
        if names is None or any(names >= {change.fact for change in way.changes} for way in found):
            continue
        assert changes is not None
        way = _way(program, facts, is_wanted, decide, changes)
        if way is not None:
            names = {change.fact for change in way.changes}
            found = [other for other in found if not names <= {change.fact for change in other.changes}]
            found.append(way)
            # some more than asked for, so that among equally few changes the smaller ones come first
            if len(found) == most * 4:
                break
    found.sort(key=lambda way: (len(way.changes), sum(size(model, change) for change in way.changes)))
    return tuple(found[:most])


def _way(
    program: Program,
    facts: Facts,
    is_wanted: Wanted,
    decide: Callable[[Mapping[str, Any]], Outcome],
    changes: list[FactChange],
) -> Way | None:
    """Return the way of these changes, if it is one, without those of unknown facts that may be what they will."""

    def outcome_of(chosen: list[FactChange]) -> Outcome:
        return decide({**facts.given, **{change.fact: change.to for change in chosen}})

    outcome = outcome_of(changes)
    if not reached(program, outcome, is_wanted):
        return None
    for change in [change for change in changes if change.now is None]:
        fewer = [other for other in changes if other is not change]
        without = outcome_of(fewer)
        if reached(program, without, is_wanted):
            changes, outcome = fewer, without
    return Way(tuple(changes), outcome)
