"""Rows that decisions cannot tell apart: the same cells of every fact, and where sums speak of a fact the same number.

Of such rows one is concluded, by the engine, and the others get its answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Any

import attrs
import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers
from hiprun.backends.dataframe.fact_planes import FactPlanes
from hiprun.inference.grounding import Program
from hiprun.model import Fact

_MOST_CODES = 1 << 62


@attrs.frozen(eq=False)
class Distinct:
    """Kinds of rows: one row that stands for each, its key, the same in every batch, and of which kind each row is."""

    examples: Numbers
    keys: Sequence[tuple[Any, ...]]
    kinds: Numbers


def distinct(facts: FactPlanes, programs: Iterable[Program], indexes: Numbers) -> Distinct:
    """Return which of the rows `indexes` are alike to all of `programs`."""
    columns = [column[indexes] for column in _columns(facts, programs)]
    codes = np.zeros(len(indexes), np.int64)
    size = 1
    for column in columns:
        values, places = _numbered(column)
        size *= len(values)
        if size > _MOST_CODES:
            codes = np.unique(codes, return_inverse=True)[1]
            size = (int(codes.max()) + 1) * len(values)
        codes = codes * len(values) + places
    _, first, kinds = np.unique(codes, return_index=True, return_inverse=True)
    keys = list(zip(*(column[first].tolist() for column in columns), strict=True)) or [()] * len(first)
    return Distinct(indexes[first], keys, kinds)


def _columns(facts: FactPlanes, programs: Iterable[Program]) -> Iterator[Numbers]:
    """Yield what tells rows apart."""
    numbers: set[str] = set()
    for program in programs:
        for name in program.numbers:
            value = facts.value(name)
            if name not in numbers and value.numbers is not None:
                numbers.add(name)
                yield np.where(facts.rows.flags(value.known), value.numbers.numbers, np.nan)
        for variable in program.variables:
            if variable.kind != "sum" and variable.fact not in numbers and variable.fact in facts.given:
                yield facts.cells(variable)


def _numbered(column: Numbers) -> tuple[Numbers, Numbers]:
    """Return the values of a column, and where each row has which."""
    if column.dtype.kind != "f" and len(column) and column.min() >= 0 and column.max() < 4 * len(column) + 64:
        present = np.zeros(int(column.max()) + 1, np.int64)
        present[column] = 1
        values = np.flatnonzero(present)
        return values, (np.cumsum(present) - 1)[column]
    return np.unique(column, return_inverse=True)


def patients(facts: FactPlanes, names: Iterable[str], indexes: Numbers) -> list[dict[str, Any]]:
    """Return the facts of some rows as the engine takes them."""
    found: list[dict[str, Any]] = [{} for _ in indexes]
    for name in names:
        for patient, value in zip(found, _values(facts, name, indexes), strict=True):
            if value is not None:
                patient[name] = value
    return found


def _values(facts: FactPlanes, name: str, indexes: Numbers) -> list[Any]:
    domain = facts.fact(name).domain
    if domain.type == "set":
        return _sets(facts, name, indexes)
    value, rows = facts.value(name), facts.rows
    known = rows.flags(value.known)[indexes].tolist()
    plain: list[Any]
    if value.numbers is not None:
        plain = value.numbers.numbers[indexes].tolist()
    elif value.texts is not None:
        plain = value.texts.at(indexes)
    else:
        plain = rows.flags(value.truth)[indexes].tolist()
    if domain.type == "date":
        plain = [
            datetime.date.fromordinal(day) if is_known else None for day, is_known in zip(plain, known, strict=True)
        ]
    return [entry if is_known else None for entry, is_known in zip(plain, known, strict=True)]


def _sets(facts: FactPlanes, name: str, indexes: Numbers) -> list[Any]:
    rows, fact = facts.rows, facts.fact(name)
    choices = list(fact.domain.choices)
    columns: list[list[bool | None]] = []
    for choice in choices:
        value = facts.value(name, choice)
        known = rows.flags(value.known)[indexes].tolist()
        is_in = rows.flags(value.truth)[indexes].tolist()
        columns.append([truth if is_known else None for is_known, truth in zip(known, is_in, strict=True)])
    return [set_of(fact, choices, row) for row in zip(*columns, strict=True)]


def set_of(fact: Fact, choices: Sequence[str], values: Sequence[bool | None]) -> Any:
    """Return a set as the engine takes it, from whether each of some choices is in it; None if that is never known."""
    some = list(compress(choices, values))
    if None not in values and len(values) == len(fact.domain.choices):
        return frozenset(some)
    none = [choice for choice, is_in in zip(choices, values, strict=True) if is_in is False]
    return {"includes_all": some, "includes_none": none} if some or none else None
