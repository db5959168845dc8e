"""What a pack says, as frozen values with every name resolved. A position is no part of equality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import attrs

from hiprun.model.expressions import (
    ALWAYS,
    NUMERIC,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Domain,
    Formula,
    Literal_,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
    Type,
    formula_parameters,
    formula_refs,
    parameters,
    refs,
    tests,
)
from hiprun.model.places import NOWHERE, Place
from hiprun.model.stages import Stages

__all__ = [
    "ALWAYS",
    "NO_RESULT",
    "NUMERIC",
    "VERDICT",
    "VERDICTS",
    "All",
    "AnyOf",
    "Arithmetic",
    "BoundSide",
    "Condition",
    "Constant",
    "Constraint",
    "Count",
    "Daily",
    "Decision",
    "DecisionKind",
    "Derived",
    "Diary",
    "Domain",
    "EntryType",
    "Example",
    "Fact",
    "Formula",
    "Literal_",
    "Model",
    "Not",
    "Number",
    "Output",
    "Parameter",
    "ParameterRef",
    "Property",
    "Recorded",
    "Ref",
    "Rule",
    "Silence",
    "Statement",
    "Test",
    "Type",
    "Verdict",
    "Window",
    "formula_parameters",
    "formula_refs",
    "parameters",
    "reach",
    "refs",
    "tests",
]

BoundSide: TypeAlias = Literal["at_least", "at_most"]
DecisionKind: TypeAlias = Literal["rules", "table", "criteria", "limits", "stages"]
Silence: TypeAlias = Literal["unknown", "none", "left_out"]
Verdict: TypeAlias = Literal["below", "within", "above"]
"""Where a limited quantity lies."""

NO_RESULT = "no result"
"""Marks the parts of a model that can show in no result, so that its digest is the same without them."""

VERDICTS: tuple[Verdict, ...] = ("below", "within", "above")
VERDICT = Domain("choice", dict.fromkeys(VERDICTS, ""))
"""What conditions can ask of a limited quantity. Both `below` and `above` are outside, so there is no order."""


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
    """A number that rules share. A clinic may set it within its range; without a range it is fixed."""

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

    @property
    def is_fixed(self) -> bool:
        """Whether it has no range, so that it cannot be set."""
        return self.lowest is None and self.highest is None

    @property
    def domain(self) -> Domain:
        """The values it can be set to."""
        return Domain(self.type, lowest=self.lowest, highest=self.highest, unit=self.unit)


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

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of a decision that it follows from."""
        if self.condition is not None:
            yield from refs(self.condition)
        if self.formula is not None:
            yield from formula_refs(self.formula)


@attrs.frozen
class Constraint:
    """A combination of facts that cannot occur, or of values of parameters that must not be set.

    In one over parameters they are named as facts are elsewhere: each is a `Ref` of the kind `fact`.
    """

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
    bound: BoundSide | Literal[""] = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of a decision that it uses."""
        yield from refs(self.condition)
        for _, value in self.then:
            yield from formula_refs(value)


@attrs.frozen
class Decision:
    """A named question with its rules and the policy that turns the matching ones into one answer.

    `hit` is the name of that policy in the registry of hit policies. `otherwise` holds the outputs for when no rule
    matches; None says that the answer is then `no_match`, or what comes of no rules under policies that always answer.
    For limits, `outputs` are the quantities and `quantities` says what each of them refers to.
    """

    name: str
    kind: DecisionKind
    title: str
    outputs: tuple[Output, ...]
    hit: str
    rules: tuple[Rule, ...]
    otherwise: tuple[tuple[str, Formula | Literal_], ...] | None = None
    order: Literal["file", "worst"] = "file"
    quantities: tuple[tuple[str, Ref], ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    otherwise_place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of another decision that it uses."""
        for rule in self.rules:
            yield from rule.refs()
        for _, value in self.otherwise or ():
            yield from formula_refs(value)
        for _, ref in self.quantities:
            yield ref

    @property
    def has_criteria(self) -> bool:
        """Whether each of its rules is a criterion, of which the outcome says whether it is met."""
        return self.kind == "criteria"

    def output(self, name: str) -> Output:
        """Return the output called `name`; a KeyError says there is none."""
        return {output.name: output for output in self.outputs}[name]

    def asked(self, name: str) -> Domain:
        """Return the values that conditions can ask about of the output called `name`: of a limit, its verdict."""
        output = self.output(name)
        return VERDICT if self.kind == "limits" else output.domain


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
class NamedPatient:
    """A patient that several cases start from: its name, and where its facts stand."""

    name: str
    place: Place


@attrs.frozen
class Example:
    """A patient of a case file, and what must come out.

    `facts` are complete (the named patient's included), as plain values in the notation of the files, numbers exact.
    `expect` maps a decision to its expectations by name, or is the word `refused`. `patient` is the one whose facts it
    starts from.
    """

    id: str
    facts: Mapping[str, object] = attrs.field(hash=False)
    expect: Mapping[str, Mapping[str, object]] | Literal["refused"] = attrs.field(hash=False)
    title: str = ""
    sources: tuple[str, ...] = ()
    patient: NamedPatient | None = attrs.field(default=None, eq=False, repr=False, kw_only=True)
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class EntryType:
    """One kind of entry in a diary: what may be written down in it, by name, and what a day without one says.

    `silence`: nothing (`unknown`), that there was none (`none`), or that only what is written counts (`left_out`).
    `backdated`: its day says nothing about when the diary began. `lasts` names fields whose minutes say how long it
    took. `never` holds what contradicts itself within one entry.
    """

    name: str
    title: str
    fields: Mapping[str, Domain] = attrs.field(hash=False)
    texts: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    when: Literal["time", "day"] = "time"
    silence: Silence = "unknown"
    backdated: bool = False
    lasts: tuple[str, ...] = ()
    never: tuple[Constraint, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Window:
    """The stretch of a diary that a fact looks at; `number` of days or hours, or the type of entry since which."""

    kind: Literal["all", "today", "days", "hours", "this_week", "this_week_so_far", "week_before", "since"] = "all"
    number: int = 0
    entry: str = ""


@attrs.frozen
class Recorded:
    """How a fact follows from a diary: a measure of entries, or of fields of theirs, over a window.

    `fields` pairs types of entries with names of fields; an empty name stands for the entry itself. `options` holds
    the numbers and words that a measure takes besides.
    """

    fact: str
    measure: str
    fields: tuple[tuple[str, str], ...]
    over: Window = Window()
    silence: Silence | None = None
    where: Condition | None = None
    whether: Condition | None = None
    options: Mapping[str, Formula | Literal_] = attrs.field(factory=dict, hash=False)
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Daily:
    """The question that is asked of a diary day by day: a decision, the answer hoped for, and what goes with it.

    `session` names decisions that matter when the answer is as hoped for, `also` those that matter every day.
    """

    decision: str
    wanted: tuple[tuple[str, Literal_], ...]
    session: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@attrs.frozen
class Diary:
    """What is written down day by day, and the facts that follow from it. `week_starts`: 0 is Monday."""

    title: str
    entries: Mapping[str, EntryType] = attrs.field(hash=False)
    facts: Mapping[str, Recorded] = attrs.field(factory=dict, hash=False)
    week_starts: int = 0
    today: Daily | None = None
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
    properties: tuple[Property, ...] = attrs.field(default=(), metadata={NO_RESULT: True})
    statements: Mapping[str, Statement] = attrs.field(factory=dict, hash=False)
    examples: tuple[Example, ...] = attrs.field(default=(), metadata={NO_RESULT: True})
    patients: Mapping[str, Mapping[str, object]] = attrs.field(factory=dict, hash=False, metadata={NO_RESULT: True})
    diary: Diary | None = None
    stages: Mapping[str, Stages] = attrs.field(factory=dict, hash=False)
    parameter_constraints: tuple[Constraint, ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition that rules, derived facts, constraints and properties ask of a patient."""
        for derived in self.derived.values():
            if derived.condition is not None:
                yield derived.condition
        for constraint in self.constraints:
            yield constraint.never
        for decision in self.decisions.values():
            for rule in decision.rules:
                yield rule.condition
        for claim in self.properties:
            yield claim.condition
            yield claim.then


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
            waiting.extend(model.derived[ref.name].refs())
