"""What is known of each fact in each row, and in which cells of its variable it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import narwhals as nw

from hiprun.backends.dataframe.column_checks import Held
from hiprun.backends.dataframe.interval_membership import merged, within
from hiprun.backends.dataframe.linear_sums import Sums
from hiprun.backends.dataframe.subexpression_columns import Part, Sheet, Truth
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import Region
from hiprun.inference.text_equivalence_classes import TextCells
from hiprun.model import Fact, Model

_UNLISTED = 1 << 60


@attrs.frozen
class Looked:
    """What was found out by looking at the frame first: columns with nulls, and facts with bad values.

    Of frames that are not looked at, all of them may have both.
    """

    nulls: frozenset[str]
    bad: frozenset[str]


@attrs.frozen
class Value:
    """A value in every row, and where it is not known; None where it is known in no row."""

    values: Part | None
    unknown: Truth


UNKNOWN = Value(None, True)


class FrameFacts:
    """The facts of a frame as far as its values can be taken; those that cannot are unknown."""

    def __init__(self, model: Model, sheet: Sheet, places: Mapping[str, Held], looked: Looked) -> None:
        self.model, self.sheet = model, sheet
        self._places, self._looked = places, looked
        self._values: dict[tuple[str, str], Value] = {}
        self._bad: dict[str, Truth] = {}
        self._within: dict[Any, Truth] = {}
        self._equal: dict[tuple[str, str], Truth] = {}
        self.sums = Sums(sheet, self)

    def mark_bad(self, name: str, bad: Truth) -> None:
        """Take the values of a fact as unknown in some rows."""
        self._bad[name] = bad

    def fact(self, name: str) -> Fact:
        """Return what a fact is."""
        return self.model.facts[name]

    def value(self, name: str, choice: str = "") -> Value:
        """Return the values of a fact; of a set, whether it has a choice."""
        key = (name, choice)
        if key not in self._values:
            self._values[key] = self._value(name, choice)
        return self._values[key]

    def _value(self, name: str, choice: str) -> Value:
        entry = self._places.get(name)
        if entry is None or entry.reading == "unreadable" or (entry.members and choice not in entry.members):
            return UNKNOWN
        column = entry.members[choice] if entry.members else entry.column
        expr = entry.values(column)
        if entry.reading == "list":
            expr = expr.list.contains(choice)
        bad = self._bad.get(name, False)
        if isinstance(bad, Part):
            values = self.sheet.kept(self.sheet.part(nw.when(~bad.expr).then(expr), bad))
            return Value(values, self.sheet.kept(Part(values.expr.is_null(), step=values.step)))
        if column not in self._looked.nulls:
            return Value(Part(expr), False)
        return Value(Part(expr), self.sheet.kept(Part(nw.col(column).is_null())))

    def may(self, program: Program, variable: Variable, mask: int) -> Truth:
        """Return whether a variable may lie in one of the cells in `mask`."""
        if variable.kind == "sum" and (variable.inner or self._has_date(variable)):
            return True  # left to the interpreter
        if variable.kind == "sum":
            return self.sums.may(variable, merged(variable.cells, mask))
        unknown = self.value(variable.fact, variable.choice).unknown
        found, turned = self._in_cells(program, variable, mask)
        return self.sheet.negate(found) if turned else self.sheet.some([unknown, found])

    def _has_date(self, variable: Variable) -> bool:
        return any(self.fact(name).domain.type == "date" for name in variable.facts)

    def must(self, program: Program, variable: Variable, mask: int) -> Truth:
        """Return whether a variable is known to lie in one of the cells in `mask`."""
        everything = (1 << len(variable.cells)) - 1
        return self.sheet.negate(self.may(program, variable, everything & ~mask))

    def _in_cells(self, program: Program, variable: Variable, mask: int) -> tuple[Truth, bool]:
        """Return where the values are known to lie in the cells, or, when turned, in the others: what is shorter."""
        everything = (1 << len(variable.cells)) - 1
        region, others = merged(variable.cells, mask), merged(variable.cells, everything & ~mask)
        if self._cost(variable, others) < self._cost(variable, region):
            return self._known_within(program, variable, others), True
        return self._known_within(program, variable, region), False

    def _cost(self, variable: Variable, region: Region) -> tuple[int, bool]:
        from_start = region[0][0] == variable.cuts[0]
        kind = self.fact(variable.fact).domain.type if variable.kind == "fact" else ""
        if kind == "string" and from_start:  # texts that no rule names cannot be listed
            return _UNLISTED, True
        if kind in ("choice", "string"):
            return int(sum(end[0] - begin[0] for begin, end in region)), from_start
        return len(region), from_start

    def _known_within(self, program: Program, variable: Variable, region: Region) -> Truth:
        key = (variable.fact, variable.choice, region)
        if key not in self._within:
            self._within[key] = self._kept_within(program, variable, region)
        return self._within[key]

    def _kept_within(self, program: Program, variable: Variable, region: Region) -> Truth:
        name = variable.fact
        value = self.value(name, variable.choice)
        if value.values is None:
            return False
        domain = self.fact(name).domain
        expr = value.values.expr
        if variable.kind == "member" or domain.type == "boolean":
            return self._known(value, expr)
        if domain.type == "choice":
            choices = list(domain.choices)
            return self.sheet.some(self._equals(name, choices[code]) for code in _codes(region))
        if domain.type == "string":
            cells = program.texts[name]
            return self.sheet.some(self._in_cell(name, cells, cell) for cell in _codes(region))
        dates = domain.type == "date"
        return self._known(value, within(expr, region, variable.domain, dates=dates, whole=variable.whole))

    def _in_cell(self, name: str, cells: TextCells, cell: int) -> Truth:
        if cell >= 0:
            return self._equals(name, cells.alone[cell])
        value = self.value(name)
        assert value.values is not None
        start, end, alone = cells.span(cell)
        test = value.values.expr >= start
        if end is not None:
            test &= value.values.expr < end
        return self.sheet.every(
            [self._known(value, test), *(self.sheet.negate(self._equals(name, text)) for text in alone)]
        )

    def _equals(self, name: str, text: str) -> Truth:
        key = (name, text)
        if key not in self._equal:
            value = self.value(name)
            assert value.values is not None
            self._equal[key] = self._known(value, value.values.expr == text)
        return self._equal[key]

    def _known(self, value: Value, test: nw.Expr) -> Truth:
        assert value.values is not None
        found = Part(test, value.values.size, value.values.step)
        known = self.sheet.negate(value.unknown)
        if isinstance(known, Part):
            return self.sheet.kept(Part(known.expr & found.expr, 2, max(known.step, found.step)))
        return found if test is value.values.expr else self.sheet.kept(found)


def _codes(region: Region) -> list[int]:
    return [code for start, end in region for code in range(int(start[0]), int(end[0]))]
