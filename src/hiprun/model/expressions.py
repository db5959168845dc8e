"""What conditions and formulas are made of, as frozen values with every name resolved.

Numbers are exact: `int`, or `Fraction` where there is a fractional part. Dates are kept as their
proleptic ordinal (`date.toordinal`), so everything that compares them treats them as integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

import attrs

from hiprun.model.digest_marks import LATER
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject

Number: TypeAlias = int | Fraction
Type: TypeAlias = Literal["boolean", "integer", "number", "choice", "set", "string", "date"]
Literal_: TypeAlias = bool | Number | str | frozenset[str]
"""A constant of a rule file: boolean; number, or date as ordinal; choice or string; set of choices."""

NUMERIC: frozenset[str] = frozenset({"integer", "number"})


@attrs.frozen
class Domain(ValueObject):
    """The values that a fact or an output can have.

    `choices` maps each choice to its text, in the order of the file. `lowest` and `highest` are both included
    (None: unbounded). `worse` is `higher`, `lower`, `true`, `false`, `later`, `earlier` or empty. Numbers are shown to
    `decimals` places (None: as many as make sense), and `unit_words` has the unit as it is written after 1 and after
    other amounts, if the pack gives it a plural.
    """

    type: Type
    choices: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    lowest: Number | None = None
    highest: Number | None = None
    unit: str = ""
    worse: str = ""
    ordered: bool = False
    decimals: int | None = attrs.field(default=None, metadata={LATER: True})
    unit_words: tuple[str, ...] = attrs.field(default=(), metadata={LATER: True})

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers that formulas can use."""
        return self.type in NUMERIC

    @property
    def is_worse_upwards(self) -> bool:
        """Whether values get worse as they grow, choices in their order and `true` after `false`."""
        return self.worse in ("higher", "later", "true")

    @property
    def is_comparable(self) -> bool:
        """Whether its values have an order that `at_least` and similar tests can use."""
        return self.type in ("integer", "number", "date") or (self.type == "choice" and self.ordered)


@attrs.frozen
class Ref(ValueObject):
    """The name of a value that depends on the patient: a fact, a derived fact, or an output of a decision."""

    kind: Literal["fact", "derived", "output"]
    name: str
    decision: str = ""
    """The decision that `name` is an output of; empty otherwise."""

    def __str__(self) -> str:
        return f"{self.decision}.{self.name}" if self.decision else self.name


@attrs.frozen
class Constant(ValueObject):
    """A number in a formula; `unit` is the unit written after it, which is checked and changes nothing.

    `converts`: no author wrote it here; it converts one unit into another, as the pack says.
    """

    value: Number
    unit: str = attrs.field(default="", eq=False, repr=False, kw_only=True)
    converts: bool = attrs.field(default=False, eq=False, repr=False, kw_only=True)


@attrs.frozen
class ParameterRef(ValueObject):
    """A parameter in a formula."""

    name: str


@attrs.frozen
class Arithmetic(ValueObject):
    """Two formulas joined by `+`, `-`, `*` or `/`. A sign is written as `0 - x`."""

    operator: Literal["+", "-", "*", "/"]
    left: Formula
    right: Formula


@attrs.frozen
class Call(ValueObject):
    """A function of formulas, by its name; `option` is a word that says which of two rules it follows, if any.

    A power is the function `power`, of a formula and one that is the same number for every patient and setting.
    """

    function: str
    arguments: tuple[Formula, ...]
    option: str = ""


Formula: TypeAlias = Constant | ParameterRef | Ref | Arithmetic | Call


def is_formula(value: object) -> bool:
    """Return whether a value of a rule is a formula and no plain constant."""
    return isinstance(value, Constant | ParameterRef | Ref | Arithmetic | Call)


def as_formula(value: Formula | Literal_) -> Formula:
    """Return a value of a rule for a number or a date as a formula."""
    if isinstance(value, Constant | ParameterRef | Ref | Arithmetic | Call):
        return value
    assert isinstance(value, int | Fraction)
    return Constant(value)


@attrs.frozen
class Test(ValueObject):
    """A fact, derived fact or output compared with something.

    `operands` has one entry for each operand in the file: a `Formula` if `subject` is a number,
    otherwise a constant of its type (a date as ordinal). `is` on a set has one operand, a `frozenset`.
    """

    __test__ = False  # keeps pytest from collecting it as a test case

    subject: Ref
    operator: str
    operands: tuple[Formula | Literal_, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class HasValue(ValueObject):
    """Holds when an output has a value, or with `held` False when it has none because its decision found no answer.

    Unlike every other test it also holds where there is no value.
    """

    subject: Ref
    held: bool = True
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class All(ValueObject):
    """Holds when every part holds; without parts, always."""

    parts: tuple[Condition, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class AnyOf(ValueObject):
    """Holds when at least one part holds; without parts, never."""

    parts: tuple[Condition, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Not(ValueObject):
    """Holds when its part does not hold."""

    part: Condition
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Count(ValueObject):
    """Holds when the number of parts that hold lies between `lowest` and `highest`, both included."""

    parts: tuple[Condition, ...]
    lowest: int
    highest: int
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


Condition: TypeAlias = Test | HasValue | All | AnyOf | Not | Count

ALWAYS = All(())


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every test in `condition`, in the order of the file."""
    match condition:
        case Test():
            yield condition
        case HasValue():
            return
        case Not(part):
            yield from tests(part)
        case All(parts) | AnyOf(parts) | Count(parts):
            for part in parts:
                yield from tests(part)
        case _:
            assert_never(condition)


def presences(condition: Condition) -> Iterator[HasValue]:
    """Yield every question in `condition` whether an output has a value, in the order of the file."""
    match condition:
        case HasValue():
            yield condition
        case Test():
            return
        case Not(part):
            yield from presences(part)
        case All(parts) | AnyOf(parts) | Count(parts):
            for part in parts:
                yield from presences(part)
        case _:
            assert_never(condition)


def formula_refs(formula: Formula | Literal_) -> Iterator[Ref]:
    """Yield every fact, derived fact and output that `formula` uses, in the order of the file."""
    match formula:
        case Ref():
            yield formula
        case Arithmetic(_, left, right):
            yield from formula_refs(left)
            yield from formula_refs(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from formula_refs(argument)


def formula_parameters(formula: Formula | Literal_) -> Iterator[str]:
    """Yield the name of every parameter that `formula` uses; a plain value uses none."""
    match formula:
        case ParameterRef(name):
            yield name
        case Arithmetic(_, left, right):
            yield from formula_parameters(left)
            yield from formula_parameters(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from formula_parameters(argument)


def parameters(condition: Condition) -> Iterator[str]:
    """Yield the name of every parameter that `condition` uses, in the order of the file."""
    for test in tests(condition):
        for operand in test.operands:
            yield from formula_parameters(operand)


def refs(condition: Condition) -> Iterator[Ref]:
    """Yield every fact, derived fact and output that `condition` uses, those compared with something first."""
    for test in tests(condition):
        yield test.subject
        for operand in test.operands:
            yield from formula_refs(operand)
    for presence in presences(condition):
        yield presence.subject
