"""The one table of tests: which values each fits, and what it means, known and unknown.

Every test is defined by five forms (`Compare`, `Has`, `Every`, `Some`, `Never`), so a backend that
can express these can express them all. Truth is three-valued: True, False, or None for unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model import Domain

Truth: TypeAlias = bool | None


@attrs.frozen
class Compare:
    """Holds when the sign of (value - operand) is one of `signs`: -1 below, 0 equal, 1 above."""

    signs: frozenset[int]
    operand: Any


@attrs.frozen
class Has:
    """Holds when a set value has `choice`."""

    choice: str


@attrs.frozen
class Every:
    """Holds when every part holds."""

    parts: tuple[Meaning, ...]


@attrs.frozen
class Some:
    """Holds when at least one part holds."""

    parts: tuple[Meaning, ...]


@attrs.frozen
class Never:
    """Holds when its part does not."""

    part: Meaning


Meaning: TypeAlias = Compare | Has | Every | Some | Never

_ALL_TYPES = frozenset({"boolean", "integer", "number", "choice", "set", "string", "date"})
_SETS = frozenset({"set"})
_COMPARABLE = frozenset({"integer", "number", "date", "choice"})
_LISTED = frozenset({"integer", "number", "date", "choice", "string"})


@attrs.frozen
class Operator:
    """One test: its name in rule files, what it fits, and the words that say it in an explanation.

    `operands` is how many values stand behind it, `phrase` has `{}` for them. `needs_order`: choices must be ordered.
    """

    name: str
    types: frozenset[str]
    operands: Literal["one", "two", "many"]
    phrase: str
    needs_order: bool = False
    signs: frozenset[int] | None = None

    def fits(self, domain: Domain) -> bool:
        """Whether this test can be asked of values of `domain`."""
        return domain.type in self.types and (not self.needs_order or domain.is_comparable)


def _signs(*signs: int) -> frozenset[int]:
    return frozenset(signs)


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("is", _ALL_TYPES, "one", "is {}", signs=_signs(0)),
        Operator("is_not", _ALL_TYPES, "one", "is not {}", signs=_signs(-1, 1)),
        Operator("at_least", _COMPARABLE, "one", "is at least {}", needs_order=True, signs=_signs(0, 1)),
        Operator("at_most", _COMPARABLE, "one", "is at most {}", needs_order=True, signs=_signs(-1, 0)),
        Operator("above", _COMPARABLE, "one", "is above {}", needs_order=True, signs=_signs(1)),
        Operator("below", _COMPARABLE, "one", "is below {}", needs_order=True, signs=_signs(-1)),
        Operator("between", _COMPARABLE, "two", "is between {}", needs_order=True),
        Operator("one_of", _LISTED, "many", "is one of {}"),
        Operator("none_of", _LISTED, "many", "is none of {}"),
        Operator("includes", _SETS, "one", "includes {}"),
        Operator("includes_any", _SETS, "many", "includes any of {}"),
        Operator("includes_all", _SETS, "many", "includes all of {}"),
        Operator("includes_none", _SETS, "many", "includes none of {}"),
    )
}


def meaning(operator: str, operands: Sequence[Any], choices: Iterable[str] = ()) -> Meaning:
    """Return what a test means. `choices` are those of the subject, needed for `is` and `is_not` on sets.

    >>> meaning("between", [1, 3]) == Every((Compare(frozenset({0, 1}), 1), Compare(frozenset({-1, 0}), 3)))
    True
    """
    if operator in ("is", "is_not") and isinstance(operands[0], frozenset):
        exactly = Every(tuple(Has(name) if name in operands[0] else Never(Has(name)) for name in choices))
        return exactly if operator == "is" else Never(exactly)
    signs = OPERATORS[operator].signs
    if signs is not None:
        return Compare(signs, operands[0])
    match operator:
        case "between":
            low, high = operands
            return Every((meaning("at_least", (low,)), meaning("at_most", (high,))))
        case "one_of":
            return Some(tuple(meaning("is", (operand,)) for operand in operands))
        case "none_of":
            return Every(tuple(meaning("is_not", (operand,)) for operand in operands))
        case "includes" | "includes_all":
            return Every(tuple(Has(operand) for operand in operands))
        case "includes_any":
            return Some(tuple(Has(operand) for operand in operands))
        case _:
            return Every(tuple(Never(Has(operand)) for operand in operands))


def holds(sense: Meaning, value: Any) -> bool:
    """Return whether a known `value` meets `sense`.

    >>> holds(meaning("between", [1, 3]), 3)
    True
    """
    match sense:
        case Compare(signs, operand):
            return ((value > operand) - (value < operand)) in signs
        case Has(choice):
            return choice in value
        case Every(parts):
            return all(holds(part, value) for part in parts)
        case Some(parts):
            return any(holds(part, value) for part in parts)
        case _:
            return not holds(sense.part, value)


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's and: False wins over unknown, unknown over True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def some(truths: Iterable[Truth]) -> Truth:
    """Kleene's or: True wins over unknown, unknown over False."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def negate(truth: Truth) -> Truth:
    """Kleene's not: unknown stays unknown."""
    return None if truth is None else not truth


def code(domain: Domain, value: Any) -> Any:
    """Return what comparisons of `value` are made on: a choice's rank, 0 or 1 for a boolean, else the value itself."""
    match domain.type:
        case "choice":
            return list(domain.choices).index(value)
        case "boolean":
            return int(value)
        case _:
            return value
