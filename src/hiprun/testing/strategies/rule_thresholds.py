"""The thresholds of rules: of facts and of sums of facts, and the texts that rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from hiprun.inference.grounding import Program, Variable
from hiprun.model import Number
from hiprun.pack import Pack, grounded

Terms = tuple[tuple[str, Number], ...]


@attrs.frozen
class SumThreshold:
    """A number at which a test of a weighted sum of facts changes its result."""

    terms: Terms
    value: Number


@attrs.frozen
class RuleThresholds:
    """The thresholds of each fact, the texts that rules name, and the thresholds of sums."""

    numbers: Mapping[str, tuple[Number, ...]]
    texts: Mapping[str, tuple[str, ...]]
    sums: tuple[SumThreshold, ...]


def rule_thresholds(pack: Pack, decisions: Iterable[str]) -> RuleThresholds:
    """Return the thresholds of some decisions and of the constraints of the pack."""
    numbers: dict[str, set[Number]] = {}
    texts: dict[str, set[str]] = {}
    sums: dict[SumThreshold, None] = {}
    for program in _programs(pack, decisions):
        for variable in program.variables:
            if variable.kind == "fact":
                numbers.setdefault(variable.fact, set()).update(_values(variable))
            elif variable.kind == "sum":
                sums.update({SumThreshold(variable.terms, value): None for value in _values(variable)})
        for fact, cells in program.texts.items():
            texts.setdefault(fact, set()).update(cells.told_apart())
    return RuleThresholds(
        {name: tuple(sorted(thresholds)) for name, thresholds in numbers.items()},
        {name: tuple(sorted(thresholds)) for name, thresholds in texts.items()},
        tuple(sums),
    )


def _programs(pack: Pack, decisions: Iterable[str]) -> Iterator[Program]:
    yield from (grounded(pack, name) for name in decisions)
    if pack.model.constraints:
        yield grounded(pack, "")


def _values(variable: Variable) -> list[Number]:
    return sorted({value for value, _ in variable.cuts if not isinstance(value, float)})
