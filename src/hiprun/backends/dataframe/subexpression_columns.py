"""A dataframe's new columns while they are being put together: small expressions, and helper columns for larger ones.

Conditions over rows are `True` or `False` where they are the same for all rows, else a `Part`. What grows beyond a few
terms becomes a column of its own, so that no expression is ever worked out twice, and none grows without bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import attrs
import narwhals as nw

AnyFrame: TypeAlias = "nw.DataFrame[Any] | nw.LazyFrame[Any]"

HELPER = "__hiprun_"


@attrs.frozen(eq=False)
class Part:
    """An expression for every row, how many terms it has, and how many steps have to come before it."""

    expr: nw.Expr
    size: int = 1
    step: int = 0


Truth: TypeAlias = bool | Part
"""A condition: the same for all rows, or told by an expression that is never null."""


class Sheet:
    """Gathers expressions in steps; equal conditions are gathered once. `most` is how large one may grow."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._steps: list[list[nw.Expr]] = []
        self._names = 0
        self._joined: dict[tuple[bool, frozenset[int]], Truth] = {}
        self._negated: dict[int, Part] = {}
        self._alive: list[Part] = []

    def part(self, expr: nw.Expr, *parts: Truth) -> Part:
        """Return an expression made of `parts`."""
        made = [entry for entry in parts if isinstance(entry, Part)]
        found = Part(expr, 1 + sum(entry.size for entry in made), max((entry.step for entry in made), default=0))
        return self.kept(found) if found.size > self.most else found

    def kept(self, entry: Part) -> Part:
        """Return a part as a helper column."""
        name = f"{HELPER}{self._names}"
        self._names += 1
        while len(self._steps) <= entry.step:
            self._steps.append([])
        self._steps[entry.step].append(entry.expr.alias(name))
        return Part(nw.col(name), 1, entry.step + 1)

    def every(self, truths: Iterable[Truth]) -> Truth:
        """Return the condition that holds where all of them do."""
        return self._join(truths, conjunction=True)

    def some(self, truths: Iterable[Truth]) -> Truth:
        """Return the condition that holds where at least one of them does."""
        return self._join(truths, conjunction=False)

    def negate(self, truth: Truth) -> Truth:
        """Return the condition that holds where another does not."""
        if isinstance(truth, bool):
            return not truth
        found = self._negated.get(id(truth))
        if found is None:
            found = self.part(~truth.expr, truth)
            self._negated[id(truth)], self._negated[id(found)] = found, truth
            self._alive += [truth, found]
        return found

    def _join(self, truths: Iterable[Truth], *, conjunction: bool) -> Truth:
        parts: dict[int, Part] = {}
        for truth in truths:
            if truth is not conjunction and isinstance(truth, bool):
                return truth
            if isinstance(truth, Part):
                parts[id(truth)] = truth
        if not parts:
            return conjunction
        if len(parts) == 1:
            return next(iter(parts.values()))
        if any(id(self._negated.get(key)) in parts for key in parts):
            return not conjunction
        key = (conjunction, frozenset(parts))
        if key not in self._joined:
            self._alive += parts.values()
            self._joined[key] = self._joined_parts(list(parts.values()), conjunction)
        return self._joined[key]

    def _joined_parts(self, parts: Sequence[Part], conjunction: bool) -> Part:
        """Join many in bunches, so that none becomes too large."""
        while len(parts) > 1:
            bunch: list[Part] = []
            size = 0
            for entry in parts:
                if len(bunch) > 1 and size + entry.size > self.most:
                    break
                bunch.append(entry)
                size += entry.size
            expr = bunch[0].expr
            for entry in bunch[1:]:
                expr = expr & entry.expr if conjunction else expr | entry.expr
            parts = [*parts[len(bunch) :], self.part(expr, *bunch)]
        return parts[0]

    def added(self, frame: AnyFrame, columns: Iterable[tuple[str, Part]]) -> AnyFrame:
        """Return `frame` with new columns; the helpers are gone again."""
        for step in self._steps:
            frame = frame.with_columns(*step)
        frame = frame.with_columns(*(entry.expr.alias(name) for name, entry in columns))
        return frame.drop([f"{HELPER}{number}" for number in range(self._names)])
