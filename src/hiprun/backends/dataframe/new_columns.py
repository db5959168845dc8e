"""New columns: labels, numbers and truths picked by conditions, and the Arrow columns that they become."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeAlias, assert_never

import attrs
import numpy as np
import pyarrow as pa

from hiprun.backends.dataframe.bit_planes import Numbers, Rows, Truth
from hiprun.backends.dataframe.linear_sums import Sums
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Domain
from hiprun.model.value_conversion import decimal

Form: TypeAlias = Literal["label", "text", "truth", "integer", "number", "date"]


@attrs.frozen
class ColumnType:
    """What is in a new column: one of a few texts, the `labels`, any text, or values of another kind."""

    form: Form
    labels: tuple[str, ...] = ()

    @property
    def arrow(self) -> Any:
        """The type that such a column has in Arrow."""
        match self.form:
            case "label":
                return pa.dictionary(self.indexes, pa.string())
            case "text":
                return pa.string()
            case "truth":
                return pa.bool_()
            case "integer":
                return pa.int64()
            case "number":
                return pa.float64()
            case "date":
                return pa.date32()
            case _:
                assert_never(self.form)

    @property
    def indexes(self) -> Any:
        """The type of the numbers of labels in Arrow."""
        return next(kind for bits, kind in _INDEXES if len(self.labels) < 1 << bits)


_INDEXES = ((7, pa.int8()), (15, pa.int16()), (31, pa.int32()))

TRUTH, NUMBER, INTEGER = ColumnType("truth"), ColumnType("number"), ColumnType("integer")


def type_of(domain: Domain, texts: Iterable[str] = ()) -> ColumnType:
    """Return the kind of column that values of a domain, which is no set, have; of a text those that can come out."""
    match domain.type:
        case "string":
            return ColumnType("text", tuple(texts))
        case "choice":
            return ColumnType("label", tuple(domain.choices))
        case "date":
            return ColumnType("date")
        case "boolean":
            return TRUTH
        case "integer":
            return INTEGER
        case _:
            return NUMBER


@attrs.frozen(eq=False)
class Part:
    """A new column of a batch: numbers of labels, numbers, ordinals of days, or a condition; and where it is one."""

    kind: ColumnType
    values: Any
    valid: Truth

    def only(self, rows: Rows, truth: Truth) -> Part:
        """Return this where a condition holds, nothing elsewhere."""
        return self if truth is True else attrs.evolve(self, valid=rows.every([self.valid, truth]))

    def arrow(self, rows: Rows) -> Any:
        """Return the column as Arrow has it."""
        if self.valid is False and self.kind.form == "text":
            return pa.nulls(rows.length, pa.string())
        validity = None if self.valid is True else _packed(rows, self.valid)
        match self.kind.form:
            case "truth":
                return pa.Array.from_buffers(pa.bool_(), rows.length, [validity, _packed(rows, self.values)])
            case "label" | "text":
                kind = self.kind.indexes
                indexes = _array(kind, self.values.astype(kind.to_pandas_dtype(), copy=False), validity)
                found = pa.DictionaryArray.from_arrays(indexes, pa.array(self.kind.labels, pa.string()))
                return found if self.kind.form == "label" else found.cast(pa.string())
            case "date":
                return _array(pa.date32(), (self.values - _EPOCH).astype(np.int32), validity)
            case "integer":
                return _array(pa.int64(), np.asarray(self.values, np.int64), validity)
            case "number":
                return _array(pa.float64(), np.asarray(self.values, np.float64), validity)
            case _:
                assert_never(self.kind.form)


def nothing(kind: ColumnType, rows: Rows) -> Part:
    """Return a column without values."""
    if kind.form == "truth":
        return Part(kind, False, False)
    return Part(kind, np.zeros(rows.length, np.float64 if kind.form == "number" else np.int64), False)


def array(kind: ColumnType, values: Sequence[Any]) -> Any:
    """Return single values, days as their ordinals and None where there is none, as a column of Arrow."""
    match kind.form:
        case "label":
            places = {label: place for place, label in enumerate(kind.labels)} | {None: None}
            indexes = pa.array([places[value] for value in values], kind.indexes)
            return pa.DictionaryArray.from_arrays(indexes, pa.array(kind.labels, pa.string()))
        case "date":
            days = [None if value is None else value - _EPOCH for value in values]
            return pa.array(days, pa.int32()).cast(pa.date32())
        case _:
            return pa.array(values, kind.arrow)


def relabelled(part: Part, rows: Rows, truth: Truth, label: str) -> Part:
    """Return a column of labels with another label where a condition holds."""
    here = rows.flags(truth)
    values = np.where(here, part.kind.labels.index(label), part.values)
    return Part(part.kind, values, rows.some([part.valid, truth]))


def replaced(part: Part, rows: Rows, indexes: Numbers, values: Sequence[Any], kinds: Numbers) -> Part:
    """Return a column with other values in some rows: of each of these, that of its kind; None is null."""
    place = {label: index for index, label in enumerate(part.kind.labels)}
    valid = rows.flags(part.valid).copy()
    valid[indexes] = np.array([value is not None for value in values], np.bool_)[kinds]
    if part.kind.labels:
        values = [0 if value is None else place[value] for value in values]
    plain = [0 if value is None else value for value in values]
    if part.kind.form == "truth":
        flags = rows.flags(part.values).copy()
        flags[indexes] = np.array(plain, np.bool_)[kinds]
        return Part(part.kind, rows.plane(flags), rows.plane(valid))
    new = np.array(plain, np.float64 if part.kind.form == "number" else np.int64)
    found = part.values.astype(np.result_type(part.values.dtype, new.dtype), copy=True)
    found[indexes] = new[kinds]
    return Part(part.kind, found, rows.plane(valid))


_EPOCH = datetime.date(1970, 1, 1).toordinal()

Columns: TypeAlias = list[tuple[str, Part]]


def _packed(rows: Rows, truth: Truth) -> Any:
    if isinstance(truth, bool):
        truth = np.full(-(-rows.length // 8), 255 if truth else 0, np.uint8)
    return pa.py_buffer(np.ascontiguousarray(truth))


def _array(kind: Any, values: Numbers, validity: Any) -> Any:
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(np.ascontiguousarray(values))])


@attrs.frozen(eq=False)
class Ends:
    """Between which ends a number lies, NaN on a side without one, and where it is `known`."""

    low: Numbers
    high: Numbers
    known: Truth


Picks: TypeAlias = Sequence[tuple[Truth, Numbers]]


class Writer:
    """Makes the values of new columns."""

    def __init__(self, rows: Rows, sums: Sums) -> None:
        self.rows, self.sums = rows, sums
        self._ends: dict[Linear, Ends] = {}

    def label(self, picks: Iterable[tuple[Truth, str]], labels: Sequence[str]) -> Part:
        """Return for each row the label of the first condition that holds, null where none does."""
        return self.first(ColumnType("label", tuple(labels)), list(picks))

    def first(self, kind: ColumnType, picks: Sequence[tuple[Truth, Any]]) -> Part:
        """Return for each row the fixed value of the first condition that holds, null where none does."""
        if kind.form == "truth":
            yes: list[Truth] = []
            left: Truth = True
            for truth, value in picks:
                if value:
                    yes.append(self.rows.every([left, truth]))
                left = self.rows.every([left, self.rows.negate(truth)])
            return Part(kind, self.rows.some(yes), self.rows.negate(left))
        if kind.labels or kind.form == "label":
            place = {label: index for index, label in enumerate(kind.labels)}
            labels, valid = self.rows.first([truth for truth, _ in picks], [place[value] for _, value in picks])
            return Part(kind, labels, valid)
        labels, valid = self.rows.first([truth for truth, _ in picks], range(len(picks)))
        lut = np.array([value for _, value in picks] or [0], np.float64 if kind.form == "number" else np.int64)
        return Part(kind, lut.take(labels), valid)

    def flag(self, truth: Truth) -> Part:
        """Return a condition as a column."""
        return Part(TRUTH, truth, True)

    def numbers(self, domain: Domain, values: Numbers, valid: Truth = True) -> Part:
        """Return numbers as a column of a domain; NaN is null."""
        missing = np.isnan(values)
        if missing.any():
            valid = self.rows.every([valid, self.rows.plane(~missing)])
            values = np.where(missing, 0, values)
        return Part(type_of(domain), np.rint(values) if domain.type == "integer" else values, valid)

    def ends(self, domain: Domain, value: Any) -> Ends:
        """Return between which ends a number lies that is fixed, or follows from facts."""
        if not isinstance(value, Linear):
            literal = np.full(self.rows.length, float(fixed(domain, value)))
            return Ends(literal, literal, True)
        if value not in self._ends:
            self._ends[value] = self._worked_out(value)
        return self._ends[value]

    def _worked_out(self, value: Linear) -> Ends:
        found = self.sums.number(value)
        if found is None:
            return self._plain(value)
        rows = self.rows
        low, high = found.low / found.scale, found.high / found.scale
        rough = rows.every([found.rough, found.known])
        if rows.anywhere(rough):
            plain, here = self._plain(value).low, rows.flags(rough)
            low, high = np.where(here, plain, low), np.where(here, plain, high)
        if found.no_low is not False:
            low = np.where(rows.flags(found.no_low), np.nan, low)
        if found.no_high is not False:
            high = np.where(rows.flags(found.no_high), np.nan, high)
        return Ends(low, high, found.known)

    def _plain(self, value: Linear) -> Ends:
        """Return a formula as floats work it out, NaN where a fact is unknown."""
        found = np.full(self.rows.length, float(value.constant))
        known: list[Truth] = []
        for ref, factor in value.terms:
            fact = self.sums.facts.value(ref.name)
            known.append(fact.known)
            found = found + (np.nan if fact.numbers is None else fact.numbers.numbers) * float(factor)
        all_known = self.rows.every(known)
        found = np.where(self.rows.flags(all_known), found, np.nan)
        return Ends(found, found, all_known)

    def lowest(self, picks: Picks) -> Numbers:
        """Return the lowest of the numbers whose conditions hold, NaN where none does."""
        return self._extreme(picks, np.fmin)

    def highest(self, picks: Picks) -> Numbers:
        """Return the highest of the numbers whose conditions hold, NaN where none does."""
        return self._extreme(picks, np.fmax)

    def _extreme(self, picks: Picks, extreme: Callable[[Numbers, Numbers], Numbers]) -> Numbers:
        found = np.full(self.rows.length, np.nan)
        for truth, numbers in picks:
            if truth is not False:
                found = extreme(found, self.where(truth, numbers))
        return found

    def where(self, truth: Truth, numbers: Numbers) -> Numbers:
        """Return numbers where a condition holds, NaN elsewhere."""
        return numbers if truth is True else np.where(self.rows.flags(truth), numbers, np.nan)


def fixed(domain: Domain, value: Any) -> Any:
    """Return a fixed number of a domain as a column has it."""
    return int(value) if domain.type == "integer" else float(decimal(value))
