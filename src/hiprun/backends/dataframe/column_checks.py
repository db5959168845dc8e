"""The columns of a frame → where each fact is, and what is wrong with its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from hiprun.backends.dataframe.column_names import BETWEEN, near_misses, places
from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.inference.facts import worded
from hiprun.model import Domain, Fact, Model

Types: TypeAlias = Mapping[str, Any]
"""The Arrow types of the columns that hold facts, by the name of the fact, or of a choice of a set."""

Reading: TypeAlias = Literal["truth", "number", "text", "day", "list", "members", "unreadable"]

TIME_OF_DAY = "a time of day, not a date"
WRONG_TYPE: Mapping[str, str] = {
    "boolean": "neither true nor false",
    "choice": "not one of the choices",
    "set": "not a list of choices",
    "string": "not a text",
    "date": "not a date",
    "integer": "not a number",
    "number": "not a number",
}
"""What is said of a value of the wrong type, by the type of the fact."""


@attrs.frozen
class Held:
    """How a fact is read: from one column, or for sets from one column for each choice."""

    fact: Fact
    reading: Reading
    column: str = ""
    members: Mapping[str, str] = attrs.field(factory=dict, hash=False)


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


def held(model: Model, types: Types, *, numeric_booleans: bool) -> dict[str, Held]:
    """Return how each fact of `model` is read; those without a column are left out."""
    found = {}
    for fact in model.facts.values():
        entry = _held(fact, types, numeric_booleans)
        if entry is not None:
            found[fact.name] = entry
    return found


def _held(fact: Fact, types: Types, numeric_booleans: bool) -> Held | None:
    if fact.name in types:
        return Held(fact, _reading(fact.domain, types[fact.name], numeric_booleans), fact.name)
    names = {choice: f"{fact.name}{BETWEEN}{choice}" for choice in _choices(fact)}
    present = {choice: name for choice, name in names.items() if name in types}
    if not present:
        return None
    for name in present.values():
        if not is_truth(types[name], numeric_booleans):
            return Held(fact, "unreadable", name)
    return Held(fact, "members", members=present)


def _choices(fact: Fact) -> Iterable[str]:
    return fact.domain.choices if fact.domain.type == "set" else ()


def is_truth(kind: Any, numeric_booleans: bool) -> bool:
    """Whether the values of a column are booleans, or numbers that are taken for these."""
    return bool(pa.types.is_boolean(kind)) or (numeric_booleans and _is_numeric(kind))


def _is_numeric(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: Any) -> bool:
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def _reading(domain: Domain, kind: Any, numeric_booleans: bool) -> Reading:
    match domain.type:
        case "boolean":
            return "truth" if is_truth(kind, numeric_booleans) else "unreadable"
        case "choice" | "string":
            return "text" if _is_text(kind.value_type if pa.types.is_dictionary(kind) else kind) else "unreadable"
        case "set":
            listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
            return "list" if listed and _is_text(kind.value_type) else "unreadable"
        case "date":
            return "day" if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else "unreadable"
        case _:
            return "number" if _is_numeric(kind) else "unreadable"


_WANTED = {
    "boolean": "The column must contain booleans.",
    "date": "The column must contain dates, or times at midnight.",
    "integer": "The column must contain numbers.",
    "number": "The column must contain numbers.",
}


def advice(fact: Fact, code: str) -> str:
    """Return what to give instead of a wrong value."""
    domain = fact.domain
    if code == "not-a-choice" or (code == "wrong-type" and domain.choices):
        return f"The choices are {', '.join(f'`{choice}`' for choice in domain.choices)}."
    if code == "wrong-type" and domain.type in _WANTED:
        return _WANTED[domain.type]
    if code == "out-of-range":
        ends = [("from", domain.lowest), ("to", domain.highest)]
        return f"It ranges {' '.join(f'{word} {worded(domain, end)}' for word, end in ends if end is not None)}."
    return ""


def decoded(array: Any) -> Any:
    """Return a column without a dictionary that has nulls of its own."""
    if pa.types.is_dictionary(array.type) and array.dictionary.null_count:
        return pc.cast(array, array.type.value_type)
    return array
