"""What is known of each fact in each row of a batch, and in which cells of its variable it may lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Rows, Truth
from hiprun.backends.dataframe.fact_values import UNKNOWN, Taken, Value
from hiprun.backends.dataframe.linear_sums import Sums
from hiprun.backends.dataframe.numeric_thresholds import merged
from hiprun.inference.grounding import Variable
from hiprun.inference.interval_sets import Region
from hiprun.inference.text_equivalence_classes import TextCells
from hiprun.model import Fact, Model

_UNLISTED = 1 << 60
_FEW_CELLS = 8
"""Numbers are compared with so few limits one by one; of more it is looked up between which they lie."""


@attrs.frozen
class Stretch:
    """Which values lie in some cells of a variable; or, `turned`, which lie in the others, where that is shorter."""

    region: Region
    turned: bool


def stretch_of(model: Model, variable: Variable, mask: int) -> Stretch:
    """Return the values in the cells of a variable, which is no sum, that are in `mask`."""
    everything = (1 << len(variable.cells)) - 1
    region, others = merged(variable.cells, mask), merged(variable.cells, everything & ~mask)
    kind = model.facts[variable.fact].domain.type if variable.kind == "fact" else ""
    turned = _cost(kind, variable, others) < _cost(kind, variable, region)
    return Stretch(others, True) if turned else Stretch(region, False)


def _cost(kind: str, variable: Variable, region: Region) -> tuple[int, bool]:
    from_start = bool(region) and region[0][0] == variable.cuts[0]
    if kind == "string" and from_start:  # texts that no rule names cannot be listed
        return _UNLISTED, True
    if kind in ("choice", "string"):
        return int(sum(end[0] - begin[0] for begin, end in region)), from_start
    return len(region), from_start


class FactPlanes:
    """The facts of a batch as far as their values can be taken; those that cannot are unknown."""

    def __init__(
        self,
        model: Model,
        rows: Rows,
        taken: Mapping[str, Taken],
        texts: Mapping[str, TextCells],
        stretches: dict[tuple[int, int], Stretch],
    ) -> None:
        self.model, self.rows = model, rows
        self._taken, self._texts, self._stretches = taken, texts, stretches
        self._bad: dict[str, Truth] = {
            name: bad
            for name, entry in taken.items()
            if rows.anywhere(bad := rows.some(fault.test for fault in entry.faults))
        }
        self._values: dict[tuple[str, str], Value] = {}
        self._within: dict[Any, Truth] = {}
        self._may: dict[tuple[int, int], Truth] = {}
        self.sums = Sums(rows, self)

    @property
    def given(self) -> list[str]:
        """The facts that have a column."""
        return list(self._taken)

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
        entry = self._taken.get(name)
        found = UNKNOWN if entry is None else entry.values.get(choice, UNKNOWN)
        if name not in self._bad or found.known is False:
            return found
        return attrs.evolve(found, known=self.rows.every([found.known, self.rows.negate(self._bad[name])]))

    def unknown(self, name: str, choice: str = "") -> Truth:
        """Return where a fact, or whether a set has a choice, is not known."""
        return self.rows.negate(self.value(name, choice).known)

    def may(self, variable: Variable, mask: int) -> Truth:
        """Return whether a variable may lie in one of the cells in `mask`."""
        key = (id(variable), mask)
        if key not in self._may:
            self._may[key] = self._may_lie(variable, mask)
        return self._may[key]

    def _may_lie(self, variable: Variable, mask: int) -> Truth:
        if variable.kind == "sum":
            return self.sums.may(variable, merged(variable.cells, mask))
        unknown = self.unknown(variable.fact, variable.choice)
        if unknown is True:
            return bool(mask)
        key = (id(variable), mask)
        if key not in self._stretches:
            self._stretches[key] = stretch_of(self.model, variable, mask)
        stretch = self._stretches[key]
        found = self._known_within(variable, stretch.region)
        return self.rows.negate(found) if stretch.turned else self.rows.some([unknown, found])

    def must(self, variable: Variable, mask: int) -> Truth:
        """Return whether a variable is known to lie in one of the cells in `mask`."""
        everything = (1 << len(variable.cells)) - 1
        return self.rows.negate(self.may(variable, everything & ~mask))

    def _known_within(self, variable: Variable, region: Region) -> Truth:
        key = (variable.fact, variable.choice, region)
        if key not in self._within:
            value = self.value(variable.fact, variable.choice)
            self._within[key] = self.rows.every([value.known, self._inside(value, variable, region)])
        return self._within[key]

    def _inside(self, value: Value, variable: Variable, region: Region) -> Truth:
        """Return where values lie in a region that is not all there is; anything where they are not known."""
        rows = self.rows
        if value.texts is not None:
            domain = self.fact(variable.fact).domain
            if domain.type == "choice":
                choices = list(domain.choices)
                return rows.some(value.texts.equal(choices[code]) for code in _codes(region))
            return rows.some(self._in_cell(value, self._texts[variable.fact], cell) for cell in _codes(region))
        if value.numbers is None:
            return rows.some(value.truth if start == (1, 0) else rows.negate(value.truth) for start, _ in region)
        if len(variable.cuts) <= _FEW_CELLS:
            return value.numbers.inside(region, variable.domain[-1][1])
        lut = np.zeros(len(variable.cuts), np.bool_)
        mask = variable.mask(region)
        lut[[cell for cell in range(len(variable.cells)) if mask >> cell & 1]] = True
        return rows.plane(lut[value.numbers.cells(variable.cuts)])

    def _in_cell(self, value: Value, cells: TextCells, cell: int) -> Truth:
        texts, rows = value.texts, self.rows
        assert texts is not None
        if cell >= 0:
            return texts.equal(cells.alone[cell])
        start, end, alone = cells.span(cell)
        return rows.every(
            [
                rows.negate(texts.before(start)) if start else True,
                True if end is None else texts.before(end),
                *(rows.negate(texts.equal(text)) for text in alone),
            ]
        )

    def cells(self, variable: Variable) -> Numbers:
        """Return for each row in which cell of a variable, which is no sum, a fact lies; behind them if not known."""
        value = self.value(variable.fact, variable.choice)
        many = len(variable.cells)
        if value.known is False:
            return np.full(self.rows.length, many, np.int64)
        if value.numbers is not None:
            found = value.numbers.cells(variable.cuts)
            return found if value.known is True else np.where(self.rows.flags(value.known), found, many)
        masks = [1 << cell for cell in range(many)]
        labels, known = self.rows.first([self._sure(variable, mask) for mask in masks], range(many))
        return np.where(self.rows.flags(known), labels, many)

    def _sure(self, variable: Variable, mask: int) -> Truth:
        return self.rows.every([self.value(variable.fact, variable.choice).known, self.may(variable, mask)])


def _codes(region: Region) -> list[int]:
    return [code for start, end in region for code in range(int(start[0]), int(end[0]))]
