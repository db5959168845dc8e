"""What a pack says, as frozen values with every name resolved. A position is no part of equality.

Numbers are exact: `int`, or `Fraction` where there is a fractional part. Dates are kept as their
proleptic ordinal (`date.toordinal`), everything that compares them treats them as integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from hiprun.source import NOWHERE, Place

Number: TypeAlias = int | Fraction
Type: TypeAlias = Literal["boolean", "integer", "number", "choice", "set", "string", "date"]
HitPolicy: TypeAlias = Literal[
    "unique", "any", "first", "priority", "worst", "collect", "sum", "min", "max", "count", "limits"
]
Literal_: TypeAlias = bool | Number | str | frozenset[str]
"""A constant of a rule file: boolean; number, or date as ordinal; choice or string; set of choices."""

NUMERIC: frozenset[str] = frozenset({"integer", "number"})


@attrs.frozen
class Domain:
    """The values that a fact or an output can have.

    `choices` maps each choice to its text, in the order of the file. `lowest` and `highest` are both included
    (None: no bound). `worse` is `higher`, `lower`, `true`, `false`, `later`, `earlier` or empty.
    """

    type: Type
    choices: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    lowest: Number | None = None
    highest: Number | None = None
    unit: str = ""
    worse: str = ""
    ordered: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers that formulas can use."""
        return self.type in NUMERIC

    @property
    def is_comparable(self) -> bool:
        """Whether `at_least` and its like make sense."""
        return self.type in ("integer", "number", "date") or (self.type == "choice" and self.ordered)


@attrs.frozen
class Statement:
    """One statement of the guidance that rules cite."""

    id: str
    text: str
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Fact:
    """Something that can be known about a patient, and the words in which to ask for it.

    `changeable` is False for what nobody can change by acting, such as the time that has passed.
    """

    name: str
    domain: Domain
    ask: str
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    changeable: bool = True
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Parameter:
    """A number that rules share and that a clinic may set within its range."""

    name: str
    value: Number
    type: Literal["integer", "number"] = "number"
    lowest: Number | None = None
    highest: Number | None = None
    unit: str = ""
    title: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Ref:
    """The name of a value that depends on the patient: a fact, a derived fact, or an output of a decision."""

    kind: Literal["fact", "derived", "output"]
    name: str
    decision: str = ""
    """The decision that `name` is an output of; empty otherwise."""

    def __str__(self) -> str:
        return f"{self.decision}.{self.name}" if self.decision else self.name


@attrs.frozen
class Constant:
    """A number in a formula."""

    value: Number


@attrs.frozen
class ParameterRef:
    """A parameter in a formula."""

    name: str


@attrs.frozen
class Arithmetic:
    """Two formulas joined by `+`, `-`, `*` or `/`. A sign is written as `0 - x`."""

    operator: Literal["+", "-", "*", "/"]
    left: Formula
    right: Formula


Formula: TypeAlias = Constant | ParameterRef | Ref | Arithmetic


@attrs.frozen
class Test:
    """A fact, derived fact or output compared with something.

    `operands` holds one entry for each operand in the file: a `Formula` where `subject` is a number,
    else a constant of its type (a date as ordinal). `is` on a set has one operand, a `frozenset`.
    """

    __test__ = False  # not a test case, whatever its name says to pytest

    subject: Ref
    operator: str
    operands: tuple[Formula | Literal_, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class All:
    """Holds when every part holds; of no parts: always."""

    parts: tuple[Condition, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class AnyOf:
    """Holds when at least one part holds; of no parts: never."""

    parts: tuple[Condition, ...]
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Not:
    """Holds when its part does not."""

    part: Condition
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Count:
    """Holds when the number of parts that hold lies between `lowest` and `highest`, both included."""

    parts: tuple[Condition, ...]
    lowest: int
    highest: int
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


Condition: TypeAlias = Test | All | AnyOf | Not | Count

ALWAYS = All(())


@attrs.frozen
class Derived:
    """A fact that follows from others: either a condition (boolean) or a formula (number)."""

    name: str
    title: str
    condition: Condition | None = None
    formula: Formula | None = None
    unit: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Constraint:
    """A combination of facts that cannot occur."""

    id: str
    never: Condition
    because: str = ""
    sources: tuple[str, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Output:
    """One of the values that a decision gives."""

    name: str
    domain: Domain
    title: str = ""
    optional: bool = False


@attrs.frozen
class Rule:
    """What to conclude when a condition holds: a rule, a table row, a criterion or a bound.

    `then` pairs output names with a `Formula` (number outputs) or a constant. A criterion keeps what it
    requires in `require` and its advice in `unmet`; its `condition` is `Not(require)`. A bound has one pair in
    `then`, its quantity and limit, and says in `bound` on which side it holds.
    """

    id: str
    condition: Condition = ALWAYS
    then: tuple[tuple[str, Formula | Literal_], ...] = ()
    title: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    require: Condition | None = None
    unmet: str = ""
    bound: Literal["", "at_least", "at_most"] = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of a decision that it uses."""
        yield from refs(self.condition)
        for _, value in self.then:
            yield from formula_refs(value)


@attrs.frozen
class Decision:
    """A named question with its rules and the policy that turns the matching ones into one answer.

    `otherwise` holds the outputs for when no rule matches; None says that the answer is then `no_match`
    (for `collect`, `sum` and `count`: an empty list, 0). For limits, `outputs` are the quantities and
    `quantities` says what each of them refers to.
    """

    name: str
    kind: Literal["rules", "table", "criteria", "limits"]
    title: str
    outputs: tuple[Output, ...]
    hit: HitPolicy
    rules: tuple[Rule, ...]
    otherwise: tuple[tuple[str, Formula | Literal_], ...] | None = None
    order: Literal["file", "worst"] = "file"
    quantities: tuple[tuple[str, Ref], ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of another decision that it uses."""
        for rule in self.rules:
            yield from rule.refs()
        for _, value in self.otherwise or ():
            yield from formula_refs(value)
        for _, ref in self.quantities:
            yield ref

    def output(self, name: str) -> Output:
        """Return the output called `name`; a KeyError says there is none."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise KeyError(name)


@attrs.frozen
class Property:
    """What must hold for every patient: where `condition` holds, `then` holds."""

    id: str
    then: Condition
    condition: Condition = ALWAYS
    title: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Example:
    """A patient of a case file, and what must come out.

    `facts` are complete (the named patient's included), as plain values in the notation of the files, numbers exact.
    `expect` maps a decision to its expectations by name, or is the word `refused`.
    """

    id: str
    facts: Mapping[str, object] = attrs.field(hash=False)
    expect: Mapping[str, Mapping[str, object]] | Literal["refused"] = attrs.field(hash=False)
    title: str = ""
    sources: tuple[str, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Model:
    """A whole pack. Mappings keep the order of files by name and of entries as written.

    A decision stands behind those it uses, and a derived fact behind those it follows from.
    """

    name: str
    version: str
    title: str
    notice: str = ""
    facts: Mapping[str, Fact] = attrs.field(factory=dict, hash=False)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict, hash=False)
    derived: Mapping[str, Derived] = attrs.field(factory=dict, hash=False)
    constraints: tuple[Constraint, ...] = ()
    decisions: Mapping[str, Decision] = attrs.field(factory=dict, hash=False)
    properties: tuple[Property, ...] = ()
    statements: Mapping[str, Statement] = attrs.field(factory=dict, hash=False)
    examples: tuple[Example, ...] = ()
    patients: Mapping[str, Mapping[str, object]] = attrs.field(factory=dict, eq=False, repr=False, kw_only=True)
    """The named patients that cases start from; every example has their facts put in already."""


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every test in `condition`, in the order of the file."""
    match condition:
        case Test():
            yield condition
        case Not(part):
            yield from tests(part)
        case All(parts) | AnyOf(parts) | Count(parts):
            for part in parts:
                yield from tests(part)


def formula_refs(formula: Formula | Literal_) -> Iterator[Ref]:
    """Yield every fact, derived fact and output that `formula` uses, in the order of the file."""
    match formula:
        case Ref():
            yield formula
        case Arithmetic(_, left, right):
            yield from formula_refs(left)
            yield from formula_refs(right)


def refs(condition: Condition) -> Iterator[Ref]:
    """Yield every fact, derived fact and output that `condition` uses, in the order of the file."""
    for test in tests(condition):
        yield test.subject
        for operand in test.operands:
            yield from formula_refs(operand)


def reach(model: Model, start: Iterable[Ref]) -> Iterator[Ref]:
    """Yield the references in `start` once each, and those that their derived facts use in turn."""
    waiting = list(start)
    seen: set[Ref] = set()
    for ref in waiting:
        if ref in seen:
            continue
        seen.add(ref)
        yield ref
        if ref.kind == "derived":
            derived = model.derived[ref.name]
            if derived.condition is not None:
                waiting.extend(refs(derived.condition))
            if derived.formula is not None:
                waiting.extend(formula_refs(derived.formula))
