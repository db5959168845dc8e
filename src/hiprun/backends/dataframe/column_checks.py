"""The columns of a frame → where each fact stands, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any, Literal, TypeAlias

import attrs
import narwhals as nw

from hiprun.backends.dataframe.column_names import BETWEEN, near_misses, places
from hiprun.backends.dataframe.interval_membership import edge
from hiprun.backends.dataframe.mixed_columns import TIME_OF_DAY, WRONG_TYPE
from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.inference.facts import MOST_CHARACTERS, worded
from hiprun.model import Domain, Fact, Model
from hiprun.model.hidden_characters import PATTERN
from hiprun.model.value_conversion import MOST_DIGITS

Schema: TypeAlias = Mapping[str, Any]
Reading: TypeAlias = Literal["plain", "text", "float", "day", "zoned_day", "list", "members", "unreadable"]


@attrs.frozen
class Held:
    """Where a fact stands in a frame: in one column, or for sets in one column for each choice.

    `odd` is a helper column that says which lists hold other things than choices, where that was found out before.
    """

    fact: Fact
    reading: Reading
    column: str = ""
    members: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    odd: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it stands in."""
        return tuple(self.members.values()) if self.reading == "members" else (self.column,)

    def values(self, column: str = "") -> nw.Expr:
        """Return the values of one of its columns, as conditions take them."""
        found = nw.col(column or self.column)
        match self.reading:
            case "text":
                return found.cast(nw.String)
            case "float":
                return found.cast(nw.Float64)
            case "day":
                return found.cast(nw.Date)
            case "zoned_day":
                return found.dt.replace_time_zone(None).cast(nw.Date)
            case _:
                return found


@attrs.frozen
class Fault:
    """One way in which values cannot be taken: `test` holds where they are so, and may be null elsewhere."""

    fact: Fact
    column: str
    code: str
    what: str
    test: nw.Expr = attrs.field(eq=False)


def check_names(model: Model, columns: Iterable[str], names: Mapping[str, str] | None) -> None:
    """Raise `FactError` if `columns` hold no fact, or if `names` has facts or columns that there are not.

    `names` maps the name that a column should have to the one it has.
    """
    columns = list(columns)
    wanted = {name: name for name in places(model)}
    problems: list[Problem] = []
    for name, column in (names or {}).items():
        if name not in wanted:
            turned = column in wanted and name in columns
            help_ = f"The fact comes first: `{column}`, then `{name}`." if turned else did_you_mean(str(name), wanted)
            problems.append(Problem("unknown-fact", f"`{name}` is not a fact of this pack.", help=help_))
        elif column not in columns:
            help_ = did_you_mean(str(column), map(str, columns))
            problems.append(Problem("unknown-column", f"`{column}` is not a column of this frame.", help=help_))
        else:
            wanted[name] = column
    if not problems and wanted.keys().isdisjoint(set(columns)) and not names:
        near = " ".join(map(str, near_misses(model, columns, names)))
        help_ = near or "Give the columns the names of the facts, or say which column contains which fact."
        problems.append(Problem("no-facts", "No column of this frame is a fact of this pack.", help=help_))
    if problems:
        raise FactError(problems)


def held(model: Model, schema: Schema, names: Mapping[str, str]) -> dict[str, Held]:
    """Return where each fact of `model` stands; those without a column are left out."""
    wanted = {name: names.get(name, name) for name in places(model)}
    return {fact.name: entry for fact in model.facts.values() if (entry := _held(fact, schema, wanted)) is not None}


def _choices(fact: Fact) -> Iterable[str]:
    return fact.domain.choices if fact.domain.type == "set" else ()


def _held(fact: Fact, schema: Schema, wanted: Mapping[str, str]) -> Held | None:
    column = wanted[fact.name]
    if column in schema:
        return Held(fact, _reading(fact.domain, schema[column]), column)
    members = {choice: wanted[f"{fact.name}{BETWEEN}{choice}"] for choice in _choices(fact)}
    present = {choice: name for choice, name in members.items() if name in schema}
    if not present:
        return None
    if all(schema[name] == nw.Boolean for name in present.values()):
        return Held(fact, "members", members=present)
    odd = next(name for name in present.values() if schema[name] != nw.Boolean)
    return Held(fact, "unreadable", odd)


def _reading(domain: Domain, dtype: Any) -> Reading:
    match domain.type:
        case "boolean":
            return "plain" if dtype == nw.Boolean else "unreadable"
        case "choice" | "string":
            if dtype == nw.String:
                return "plain"
            return "text" if dtype in (nw.Categorical, nw.Enum) else "unreadable"
        case "set":
            return "list" if dtype == nw.List and dtype.inner == nw.String else "unreadable"
        case "date":
            if dtype == nw.Date:
                return "plain"
            if dtype != nw.Datetime:
                return "unreadable"
            return "zoned_day" if dtype.time_zone else "day"
        case _:
            if not dtype.is_numeric():
                return "unreadable"
            return "float" if dtype.is_decimal() or (dtype.is_float() and dtype != nw.Float64) else "plain"


_WANTED = {
    "boolean": "The column must contain booleans.",
    "date": "The column must contain dates, or times at midnight.",
    "integer": "The column must contain numbers.",
    "number": "The column must contain numbers.",
}


def faults(entry: Held, schema: Schema) -> list[Fault]:  # noqa: C901 - every type once
    """Return every way in which values of a fact can be wrong."""
    fact, domain = entry.fact, entry.fact.domain

    def fault(code: str, what: str, test: nw.Expr) -> Fault:
        return Fault(fact, entry.column, code, what, test)

    if entry.reading == "unreadable":
        return [fault("wrong-type", WRONG_TYPE[domain.type], ~nw.col(entry.column).is_null())]
    values = entry.values()
    match domain.type:
        case "choice":
            known = reduce(or_, [values == choice for choice in domain.choices])
            return [fault("not-a-choice", "not one of the choices", ~known)]
        case "set" if entry.reading == "list":
            taken = nw.sum_horizontal(*(values.list.contains(choice).cast(nw.Int64) for choice in domain.choices))
            test = (values.list.unique().list.len().cast(nw.Int64) != taken) & ~values.is_null()
            return [fault("not-a-choice", "not a list of choices", nw.col(entry.odd) if entry.odd else test)]
        case "string":
            what = f"text of more than {MOST_CHARACTERS:,} characters"
            return [
                fault("wrong-type", what, values.str.len_chars() > MOST_CHARACTERS),
                fault("hidden-character", "text with invisible characters", values.str.contains(PATTERN)),
            ]
        case "date":
            found = _out_of_range(values, domain)
            if entry.reading in ("day", "zoned_day"):
                found.append(("wrong-type", TIME_OF_DAY, _clock(entry) != values.cast(_clock_type(entry, schema))))
            return [fault(*one) for one in found]
        case "integer" | "number":
            floating = _is_floating(entry, schema)
            found = _out_of_range(values, domain, floating=floating)
            if floating:
                found = [("not-a-number", "not an ordinary number", ~values.is_finite()), *found]
            if floating and domain.type == "integer":
                found.append(("not-whole", "not a whole number", values.is_finite() & (values != values.floor())))
            return [fault(*one) for one in found]
        case _:
            return []


def suspicions(entry: Held, schema: Schema) -> list[nw.Expr]:
    """Return tests of which one holds wherever values of a fact are wrong, and which are quicker than to tell how."""
    domain = entry.fact.domain
    if entry.reading == "unreadable" or not domain.is_numeric:
        return [fault.test for fault in faults(entry, schema)]
    values, floating = entry.values(), _is_floating(entry, schema)
    inside = _inside(values, domain, floating=floating)
    found = [] if inside is None else [~inside]  # what is no ordinary number does not lie between two of them either
    return [*found, values != values.floor()] if floating and domain.type == "integer" else found


def _clock(entry: Held) -> nw.Expr:
    """Return what a clock shows where the column is: of a moment with a zone, the time in that zone."""
    found = nw.col(entry.column)
    return found.dt.replace_time_zone(None) if entry.reading == "zoned_day" else found


def _clock_type(entry: Held, schema: Schema) -> Any:
    return nw.Datetime(schema[entry.column].time_unit)


def _is_floating(entry: Held, schema: Schema) -> bool:
    return entry.reading == "float" or bool(schema[entry.column].is_float())


def _inside(values: nw.Expr, domain: Domain, *, floating: bool = False) -> nw.Expr | None:
    far = 10**MOST_DIGITS if floating else None
    lowest = domain.lowest if domain.lowest is not None or far is None else -far
    highest = domain.highest if domain.highest is not None else far
    tests: list[nw.Expr] = []
    if lowest is not None:
        number, behind = edge((lowest, 0), dates=domain.type == "date")
        tests.append(values > number if behind else values >= number)
    if highest is not None:
        number, behind = edge((highest, 1), dates=domain.type == "date")
        tests.append(values <= number if behind else values < number)
    return reduce(and_, tests) if tests else None


def _out_of_range(values: nw.Expr, domain: Domain, *, floating: bool = False) -> list[tuple[str, str, nw.Expr]]:
    inside = _inside(values, domain, floating=floating)
    if inside is None:
        return []
    return [("out-of-range", "outside its range", values.is_finite() & ~inside if floating else ~inside)]


def advice(fault: Fault) -> str:
    """Return what to give instead."""
    domain = fault.fact.domain
    if fault.code == "not-a-choice" or (fault.code == "wrong-type" and domain.choices):
        return f"The choices are {', '.join(f'`{choice}`' for choice in domain.choices)}."
    if fault.code == "wrong-type" and domain.type in _WANTED:
        return _WANTED[domain.type]
    if fault.code == "out-of-range":
        ends = [("from", domain.lowest), ("to", domain.highest)]
        return f"It ranges {' '.join(f'{word} {worded(domain, end)}' for word, end in ends if end is not None)}."
    return ""
