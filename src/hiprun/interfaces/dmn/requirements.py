"""What the tables of a document require: the facts that they test, and the tables of decisions that theirs uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hiprun.interfaces.dmn.table_rows import Table
from hiprun.model import Decision, Model, Ref


def required_facts(table: Table) -> list[str]:
    """Return the facts that the columns of a table test, in their order."""
    return list(dict.fromkeys(column.fact for column in table.columns))


def required_tables(model: Model, made: Sequence[Table]) -> list[list[int]]:
    """Return for each table the positions of those of `made` whose outputs its decision uses."""
    places = {(table.decision.name, table.output.name): place for place, table in enumerate(made)}
    used = {
        name: sorted({places[output] for output in _outputs(model, model.decisions[name]) if output in places})
        for name, _ in places
    }
    return [used[table.decision.name] for table in made]


def _outputs(model: Model, decision: Decision) -> Iterator[tuple[str, str]]:
    """Yield the outputs of other decisions that a decision uses, also by way of derived facts."""
    waiting = list(decision.refs())
    seen: set[Ref] = set()
    while waiting:
        ref = waiting.pop()
        if ref in seen:
            continue
        seen.add(ref)
        if ref.kind == "output":
            yield ref.decision, ref.name
        elif ref.kind == "derived":
            waiting += model.derived[ref.name].refs()


def levels(required: Sequence[Sequence[int]]) -> list[int]:
    """Return how many tables lie below each one, along the longest way down.

    >>> levels([[], [0], [1, 0], []])
    [0, 1, 2, 0]
    """
    found = [0] * len(required)
    while (further := [max((found[below] + 1 for below in used), default=0) for used in required]) != found:
        found = further
    return found
