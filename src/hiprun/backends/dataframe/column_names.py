"""The names of a frame's columns: which hold facts, which nearly do, and which are those of new columns already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from hiprun.errors import FactError, Problem
from hiprun.model import Domain, Fact, Model

BETWEEN = "__"
"""Stands between the parts of a column's name: dots would have to be quoted in SQL."""

HELPER = "__hiprun_"
"""How the names of helper columns begin."""

MEMBER = Domain("boolean")
"""What a column can hold that says of every row whether a set has one choice."""

_LEAST_LETTERS = 5
"""Shorter names are not compared letter by letter: too many of them differ by one and mean something else."""

_NO_LETTER = re.compile(r"[\W_]+")


@attrs.frozen
class Place:
    """A name that a column may have to hold a fact: the fact's own, or for a set one for each choice."""

    name: str
    fact: Fact
    choice: str = ""

    @property
    def domain(self) -> Domain:
        """What the column can hold."""
        return MEMBER if self.choice else self.fact.domain


@attrs.frozen
class NearMiss:
    """A column that holds no fact, and the name of the fact that it was probably meant to hold."""

    column: str
    name: str

    def __str__(self) -> str:
        return f"`{self.column}` is not a fact of this pack. Did you mean `{self.name}`?"


def places(model: Model) -> dict[str, Place]:
    """Return every name under which a column may hold a fact, with what it holds there."""
    found: dict[str, Place] = {}
    for fact in model.facts.values():
        found[fact.name] = Place(fact.name, fact)
        for choice in fact.domain.choices if fact.domain.type == "set" else ():
            name = f"{fact.name}{BETWEEN}{choice}"
            found[name] = Place(name, fact, choice)
    return found


def fact_columns(model: Model, columns: Iterable[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """Return which of `columns` hold facts: the name of the fact, or of a choice of a set → the column.

    `names` maps the name that a column should have to the one it has.
    """
    present = set(columns)
    wanted = {name: (names or {}).get(name, name) for name in places(model)}
    return {name: column for name, column in wanted.items() if column in present}


def near_misses(model: Model, columns: Iterable[str], names: Mapping[str, str] | None) -> list[NearMiss]:
    """Return the columns that hold no fact but are called nearly like one without a column.

    Nearly means: but for case, blanks and signs, or but for one letter.
    """
    columns = list(columns)
    taken = fact_columns(model, columns, names)
    wanted = {_folded(name): name for name in places(model) if name not in taken}
    slips = {slip: name for folded, name in wanted.items() for slip in _slips(folded)}
    found: list[NearMiss] = []
    for column in columns:
        if not isinstance(column, str) or column in taken.values():
            continue
        folded = _folded(column)
        name = wanted.get(folded) or next((slips[slip] for slip in _slips(folded) if slip in slips), None)
        if name is not None and _digits(name) == _digits(column):
            found.append(NearMiss(column, name))
    return found


def _folded(name: str) -> str:
    """Return a name without what nobody means by it.

    >>> _folded(" Soil-moisture ")
    'soilmoisture'
    """
    return _NO_LETTER.sub("", name.casefold())


def _slips(folded: str) -> set[str]:
    """Return the name, and the name without each of its letters: what two have in common that differ by one."""
    if len(folded) < _LEAST_LETTERS:
        return {folded}
    return {folded, *(folded[:index] + folded[index + 1 :] for index in range(len(folded)))}


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def check_new(new: Iterable[str], present: Iterable[str], *, overwrite: bool, fold: bool) -> None:
    """Raise `FactError` if new columns are called like some of those that are there.

    With `overwrite` they may take their place. With `fold`, a name is the same in upper and lower case, as in SQL, and
    columns that differ in nothing else cannot be told apart.
    """
    there = {str(name): str(name) for name in present}
    folded = {name.casefold(): name for name in there} if fold else {}
    problems: list[Problem] = []
    for name in new:
        column = there.get(name) or folded.get(name.casefold())
        if column is None or (overwrite and column == name):
            continue
        message = f"`{name}` would be a new column, but this frame already has a column called `{column}`."
        help_ = "Rename it." if overwrite else "Rename it, or use `overwrite` to replace it."
        problems.append(Problem("column-exists", message, help=help_))
    if problems:
        raise FactError(problems)
