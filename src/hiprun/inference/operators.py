"""The one registry of tests: what each is called, which values it fits, what it means, and the words that say it.

Every test is defined by five forms (`Compare`, `Has`, `Every`, `Some`, `Never`), so a backend that can express these
can express them all, and whatever else is asked of a test (where its truth changes, which other test has its edge on
the other side) follows from its meaning. Truth is three-valued: True, False, or None for unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, assert_never

import attrs

from hiprun.model import Domain, Type
from hiprun.model.value_objects import ValueObject

Truth: TypeAlias = bool | None


@attrs.frozen
class Compare(ValueObject):
    """Holds when the sign of (value - operand) is one of `signs`: -1 below, 0 equal, 1 above."""

    signs: frozenset[int]
    operand: Any


@attrs.frozen
class Has(ValueObject):
    """Holds when a set value has `choice`."""

    choice: str


@attrs.frozen
class Every(ValueObject):
    """Holds when every part holds."""

    parts: tuple[Meaning, ...]


@attrs.frozen
class Some(ValueObject):
    """Holds when at least one part holds."""

    parts: tuple[Meaning, ...]


@attrs.frozen
class Never(ValueObject):
    """Holds when its part does not."""

    part: Meaning


Leaf: TypeAlias = Compare | Has
Meaning: TypeAlias = Compare | Has | Every | Some | Never
Operands: TypeAlias = Sequence[Any]
Expressed = TypeVar("Expressed")


@attrs.frozen(kw_only=True)
class Operator(ValueObject):
    """One test: its name in rule files, what it fits, what it means, and the words that say it.

    `operands` is how many values stand behind it, each of them a value such as the subject has, or where it `takes` a
    `member` one choice of a set. `needs_order`: choices must be ordered. `exact`: it asks whether the value is one of
    its operands, so one that it can never be is a mistake. `means` takes the operands, and the choices of the subject.
    `phrase` says it in an explanation, with `{}` for the operands, and `description` in an editor.
    """

    name: str
    types: frozenset[Type]
    operands: Literal["one", "two", "many"]
    takes: Literal["value", "member"]
    needs_order: bool
    exact: bool
    means: Callable[[Operands, Sequence[str]], Meaning]
    phrase: str
    description: str

    def fits(self, domain: Domain) -> bool:
        """Whether this test can be asked of values of `domain`."""
        return domain.type in self.types and (not self.needs_order or domain.is_comparable)


_ANYTHING: frozenset[Type] = frozenset({"boolean", "integer", "number", "choice", "set", "string", "date"})
_COMPARABLE: frozenset[Type] = frozenset({"integer", "number", "date", "choice"})
_LISTED: frozenset[Type] = _COMPARABLE | {"string"}
_SETS: frozenset[Type] = frozenset({"set"})

_EQUAL, _UNEQUAL = frozenset({0}), frozenset({-1, 1})
_NOT_BELOW, _NOT_ABOVE = frozenset({0, 1}), frozenset({-1, 0})


def _equal(operand: Any, choices: Sequence[str]) -> Meaning:
    if isinstance(operand, frozenset):
        return Every(tuple(Has(choice) if choice in operand else Never(Has(choice)) for choice in choices))
    return Compare(_EQUAL, operand)


def _unequal(operand: Any, choices: Sequence[str]) -> Meaning:
    return Never(_equal(operand, choices)) if isinstance(operand, frozenset) else Compare(_UNEQUAL, operand)


def _within(low: Any, high: Any) -> Meaning:
    return Every((Compare(_NOT_BELOW, low), Compare(_NOT_ABOVE, high)))


def _equality(name: str, means: Callable[[Any, Sequence[str]], Meaning], phrase: str, description: str) -> Operator:
    return Operator(
        name=name,
        types=_ANYTHING,
        operands="one",
        takes="value",
        needs_order=False,
        exact=True,
        means=lambda operands, choices: means(operands[0], choices),
        phrase=phrase,
        description=description,
    )


def _comparison(name: str, signs: Iterable[int], description: str) -> Operator:
    allowed = frozenset(signs)
    return Operator(
        name=name,
        types=_COMPARABLE,
        operands="one",
        takes="value",
        needs_order=True,
        exact=False,
        means=lambda operands, _: Compare(allowed, operands[0]),
        phrase=f"is {name.replace('_', ' ')} {{}}",
        description=description,
    )


def _list(name: str, means: Callable[[Operands], Meaning], description: str) -> Operator:
    return Operator(
        name=name,
        types=_LISTED,
        operands="many",
        takes="value",
        needs_order=False,
        exact=True,
        means=lambda operands, _: means(operands),
        phrase=f"is {name.replace('_', ' ')} {{}}",
        description=description,
    )


def _membership(
    name: str, operands: Literal["one", "many"], means: Callable[[Operands], Meaning], phrase: str, description: str
) -> Operator:
    return Operator(
        name=name,
        types=_SETS,
        operands=operands,
        takes="member",
        needs_order=False,
        exact=False,
        means=lambda operands, _: means(operands),
        phrase=phrase,
        description=description,
    )


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        _equality("is", _equal, "is {}", "Equals it. For sets: a list."),
        _equality("is_not", _unequal, "is not {}", "Does not equal it."),
        _comparison(
            "at_least", _NOT_BELOW, "Is greater than or equal to it; for ordered choices: is it or comes later."
        ),
        _comparison("at_most", _NOT_ABOVE, "Is less than or equal to it; for ordered choices: is it or comes earlier."),
        _comparison("above", {1}, "Is greater than it; for ordered choices: comes later."),
        _comparison("below", {-1}, "Is less than it; for ordered choices: comes earlier."),
        Operator(
            name="between",
            types=_COMPARABLE,
            operands="two",
            takes="value",
            needs_order=True,
            exact=False,
            means=lambda ends, _: _within(*ends),
            phrase="is between {}",
            description="Is between the two, both included.",
        ),
        _list("one_of", lambda values: Some(tuple(Compare(_EQUAL, value) for value in values)), "Is one of them."),
        _list("none_of", lambda values: Every(tuple(Compare(_UNEQUAL, value) for value in values)), "Is none of them."),
        _membership(
            "includes",
            "one",
            lambda names: Every(tuple(map(Has, names))),
            "includes {}",
            "The set contains this choice.",
        ),
        _membership(
            "includes_any",
            "many",
            lambda names: Some(tuple(map(Has, names))),
            "includes any of {}",
            "The set contains at least one of them.",
        ),
        _membership(
            "includes_all",
            "many",
            lambda names: Every(tuple(map(Has, names))),
            "includes all of {}",
            "The set contains all of them.",
        ),
        _membership(
            "includes_none",
            "many",
            lambda names: Every(tuple(Never(Has(name)) for name in names)),
            "includes none of {}",
            "The set contains none of them.",
        ),
    )
}


def meaning(operator: str, operands: Operands, choices: Iterable[str] = ()) -> Meaning:
    """Return what a test means. `choices` are those of the subject, where it is a set.

    >>> meaning("between", [1, 3]) == Every((Compare(frozenset({0, 1}), 1), Compare(frozenset({-1, 0}), 3)))
    True
    """
    return OPERATORS[operator].means(operands, tuple(choices))


def spelled(sense: Meaning, operands: Operands, domain: Domain) -> str | None:
    """Return the name of the test of values of `domain` that means `sense` with these operands; None without one."""
    for operator in OPERATORS.values():
        takes = {"one": len(operands) == 1, "two": len(operands) == 2, "many": True}[operator.operands]
        if takes and operator.fits(domain) and operator.means(operands, tuple(domain.choices)) == sense:
            return operator.name
    return None


def expressed(
    sense: Meaning,
    leaf: Callable[[Leaf], Expressed],
    every: Callable[[list[Expressed]], Expressed],
    some: Callable[[list[Expressed]], Expressed],
    negate: Callable[[Expressed], Expressed],
) -> Expressed:
    """Return what a test means in other terms, given how these say a comparison or membership, and, or and not."""

    def of(part: Meaning) -> Expressed:
        match part:
            case Compare() | Has():
                return leaf(part)
            case Every(parts):
                return every([of(inner) for inner in parts])
            case Some(parts):
                return some([of(inner) for inner in parts])
            case Never(inner):
                return negate(of(inner))
            case _:
                assert_never(part)

    return of(sense)


def leaves(sense: Meaning) -> Iterator[Leaf]:
    """Yield the comparisons and memberships that a test is made of."""
    match sense:
        case Compare() | Has():
            yield sense
        case Every(parts) | Some(parts):
            for part in parts:
                yield from leaves(part)
        case Never(part):
            yield from leaves(part)
        case _:
            assert_never(sense)


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
        case Never(part):
            return not holds(part, value)
        case _:
            assert_never(sense)


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
        case "integer" | "number" | "date" | "set" | "string":
            return value
        case _:
            assert_never(domain.type)
