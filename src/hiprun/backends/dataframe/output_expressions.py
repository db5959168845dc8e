"""New columns: labels, numbers and truths picked by conditions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import attrs
import narwhals as nw

from hiprun.backends.dataframe.linear_sums import Sums, divided
from hiprun.backends.dataframe.subexpression_columns import Part, Sheet, Truth
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Domain, Number
from hiprun.model.value_conversion import decimal

Columns: TypeAlias = list[tuple[str, Part]]


@attrs.frozen
class Ends:
    """Between which ends a number lies, null on a side without one, and where it is `known`."""

    low: Part
    high: Part
    known: Truth


class Writer:
    """Makes the values of new columns. `enums`: whether the frame knows columns of a few fixed texts."""

    def __init__(self, sheet: Sheet, sums: Sums, *, enums: bool) -> None:
        self.sheet, self.sums, self.enums = sheet, sums, enums

    def label(self, picks: Iterable[tuple[Truth, str]], labels: Iterable[str]) -> Part:
        """Return for each row the label of the first condition that holds, null where none does."""
        dtype = nw.Enum(list(labels)) if self.enums else nw.String
        return self.first([(truth, Part(nw.lit(label, dtype=dtype))) for truth, label in picks], dtype)

    def first(self, picks: Sequence[tuple[Truth, Part]], dtype: Any) -> Part:
        """Return for each row the value of the first condition that holds, null where none does."""
        found: list[nw.Expr] = []
        parts: list[Truth] = []
        for truth, value in picks:
            if truth is True:
                found.append(value.expr)
                parts.append(value)
                break
            if isinstance(truth, Part):
                found.append(nw.when(truth.expr).then(value.expr))
                parts += [truth, value]
        if not found:
            return Part(nw.lit(None, dtype=dtype))
        return self.sheet.part(nw.coalesce(*found) if len(found) > 1 else found[0], *parts)

    def only(self, truth: Truth, value: Part) -> Part:
        """Return a value where a condition holds, null elsewhere."""
        if truth is True:
            return value
        expr = truth.expr if isinstance(truth, Part) else nw.lit(False)
        return self.sheet.part(nw.when(expr).then(value.expr), truth, value)

    def flag(self, truth: Truth) -> Part:
        """Return a condition as a column."""
        return truth if isinstance(truth, Part) else Part(nw.lit(truth))

    def dtype(self, domain: Domain) -> Any:
        """Return the kind of column that values of a domain stand in."""
        match domain.type:
            case "choice":
                return nw.Enum(list(domain.choices)) if self.enums else nw.String
            case "date":
                return nw.Date
            case "boolean":
                return nw.Boolean
            case _:
                return nw.String

    def literal(self, domain: Domain, value: Any) -> Part:
        """Return a fixed value of a domain."""
        if isinstance(value, Linear):  # a date that is worked out, which the interpreter does row by row
            return Part(nw.lit(None, dtype=self.dtype(domain)))
        if domain.type == "date":
            value = datetime.date.fromordinal(value)
        return Part(nw.lit(value, dtype=self.dtype(domain)))

    def ends(self, domain: Domain, value: Any) -> Ends:
        """Return between which ends a number lies that is fixed, or follows from facts."""
        if domain.type == "date" or not isinstance(value, Linear):
            literal = self.literal(domain, value) if domain.type == "date" else number(domain, value)
            return Ends(literal, literal, not isinstance(value, Linear))
        found = self.sums.number(value)
        if found is None:
            return self._plain(value)
        sheet, scale = self.sheet, found.scale
        low, high = (sheet.part(divided(end.expr, scale), end) for end in (found.low, found.high))
        rough = sheet.every([found.rough, found.known])
        if isinstance(rough, Part):
            plain = self._plain(value).low
            low, high = (
                sheet.part(nw.when(rough.expr).then(plain.expr).otherwise(end.expr), rough, plain, end)
                for end in (low, high)
            )
        low = self.only(sheet.negate(found.no_low), low)
        high = self.only(sheet.negate(found.no_high), high)
        return Ends(sheet.kept(low), sheet.kept(high), found.known)

    def _plain(self, value: Linear) -> Ends:
        """Return a formula as floats work it out, null where a fact is unknown."""
        values = [self.sums.facts.value(ref.name) for ref, _ in value.terms]
        expr: nw.Expr = nw.lit(float(value.constant), dtype=nw.Float64)
        for (_, factor), found in zip(value.terms, values, strict=True):
            term = nw.lit(None, dtype=nw.Float64) if found.values is None else found.values.expr
            expr = expr + term * float(factor)
        part = self.sheet.kept(self.sheet.part(expr, *(found.values for found in values if found.values)))
        known = self.sheet.every(self.sheet.negate(found.unknown) for found in values)
        return Ends(part, part, known)

    def lowest(self, picks: Sequence[tuple[Truth, Part]], domain: Domain) -> Part:
        """Return the lowest of the numbers whose conditions hold, null where none does."""
        return self._extreme(picks, domain, nw.min_horizontal)

    def highest(self, picks: Sequence[tuple[Truth, Part]], domain: Domain) -> Part:
        """Return the highest of the numbers whose conditions hold, null where none does."""
        return self._extreme(picks, domain, nw.max_horizontal)

    def _extreme(self, picks: Sequence[tuple[Truth, Part]], domain: Domain, extreme: Any) -> Part:
        found = [self.only(truth, value) for truth, value in picks if truth is not False]
        if not found:
            return Part(nw.lit(None, dtype=number_type(domain)))
        if len(found) == 1:
            return found[0]
        return self.sheet.part(extreme(*(entry.expr for entry in found)), *found)

    def one_of(self, truths: Iterable[Truth]) -> Truth:
        """Return where exactly one of some conditions holds."""
        sheet = self.sheet
        once: Truth = False
        twice: Truth = False
        for truth in truths:
            twice = sheet.some([twice, sheet.every([once, truth])])
            once = sheet.some([once, truth])
        return sheet.every([once, sheet.negate(twice)])


def number_type(domain: Domain) -> Any:
    """Return the kind of column that numbers of a domain stand in."""
    return nw.Int64 if domain.type == "integer" else nw.Float64


def number(domain: Domain, value: Number) -> Part:
    """Return a fixed number."""
    exact = int(value) if domain.type == "integer" else float(decimal(value))
    return Part(nw.lit(exact, dtype=number_type(domain)))
