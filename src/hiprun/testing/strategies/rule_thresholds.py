"""Where the rules of a pack tell patients apart: thresholds of facts and of sums of facts, and texts that are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from hiprun.inference.grounding import Program, Variable
from hiprun.model import Number
from hiprun.pack import Pack, grounded

Terms = tuple[tuple[str, Number], ...]


@attrs.frozen
class Threshold:
    """A number at which a sum of facts, each times a number, begins to count."""

    terms: Terms
    value: Number


@attrs.frozen
class Marks:
    """The thresholds of each fact, the texts that rules name, and the thresholds of sums."""

    numbers: Mapping[str, tuple[Number, ...]]
    texts: Mapping[str, tuple[str, ...]]
    sums: tuple[Threshold, ...]


def marks(pack: Pack, decisions: Iterable[str]) -> Marks:
    """Return where these decisions, and the constraints of the pack, tell patients apart."""
    numbers: dict[str, set[Number]] = {}
    texts: dict[str, set[str]] = {}
    sums: dict[Threshold, None] = {}
    for program in _programs(pack, decisions):
        for variable in program.variables:
            if variable.kind == "fact":
                numbers.setdefault(variable.fact, set()).update(_values(variable))
            elif variable.kind == "sum":
                sums.update({Threshold(variable.terms, value): None for value in _values(variable)})
        for fact, cells in program.texts.items():
            texts.setdefault(fact, set()).update(cells.told_apart())
    return Marks(
        {name: tuple(sorted(found)) for name, found in numbers.items()},
        {name: tuple(sorted(found)) for name, found in texts.items()},
        tuple(sums),
    )


def _programs(pack: Pack, decisions: Iterable[str]) -> Iterator[Program]:
    yield from (grounded(pack, name) for name in decisions)
    if pack.model.constraints:
        yield grounded(pack, "")


def _values(variable: Variable) -> list[Number]:
    return sorted({value for value, _ in variable.cuts if not isinstance(value, float)})
