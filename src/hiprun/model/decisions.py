"""Decisions: their outputs, their rules, and the hit policy that turns matching rules into one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import attrs

from hiprun.model.digest_marks import LATER, NO_RESULT
from hiprun.model.expressions import ALWAYS, Condition, Domain, Formula, Literal_, Ref, formula_refs, is_formula, refs
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject

BoundSide: TypeAlias = Literal["at_least", "at_most"]
DecisionKind: TypeAlias = Literal["rules", "table", "criteria", "limits", "stages"]
Audience: TypeAlias = Literal["person", "professional", "internal"]
"""For whom an answer is: the person, the professional, or only other decisions."""

Verdict: TypeAlias = Literal["below", "within", "above"]
"""Where the value of a limited quantity lies."""

VERDICTS: tuple[Verdict, ...] = ("below", "within", "above")
VERDICT = Domain("choice", dict.fromkeys(VERDICTS, ""))
"""The domain of a verdict, for conditions that test one. `below` and `above` are both outside, so it has no order."""


@attrs.frozen
class Output(ValueObject):
    """A named value that a decision gives. `say` has what is said of it to the person, as for a fact."""

    name: str
    domain: Domain
    title: str = ""
    optional: bool = False
    say: Mapping[str, str] = attrs.field(factory=dict, hash=False, kw_only=True, metadata={LATER: True})

    @property
    def calmest(self) -> str:
        """The calmest choice; empty if it is no choice, or one whose choices have no worse direction."""
        choices = list(self.domain.choices)
        match self.domain.type, self.domain.worse:
            case "choice", "later":
                return choices[0]
            case "choice", "earlier":
                return choices[-1]
            case _:
                return ""


@attrs.frozen
class Rule(ValueObject):
    """What to conclude when a condition holds: a rule, a table row, a criterion or a bound.

    `then` pairs the name of each output with a `Formula` (for numbers) or a constant. A criterion has its requirement
    in `require` and the advice for when it is not met in `unmet`; its `condition` is `Not(require)`. A bound has one
    pair in `then`, its quantity and limit, and `bound` says which side it is on.
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
        """Yield every fact, derived fact and decision output that it uses."""
        yield from refs(self.condition)
        for _, value in self.then:
            yield from formula_refs(value)


@attrs.frozen
class Gap(ValueObject):
    """A stretch between the bands of a decision that is left out on purpose, and why."""

    condition: Condition
    because: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Decision(ValueObject):
    """A named question with its rules and the policy that turns the matching ones into one answer.

    `hit` is the name of that policy in the registry of hit policies. `otherwise` has the outputs for when no rule
    matches; if it is None, the answer is then `no_match`, or whatever a policy that always answers makes of no rules.
    `complete` claims that some rule always matches; `gaps` are those between bands that are meant.
    For limits, `outputs` are the quantities, and `quantities` says which fact or output each of them refers to.
    `audience` says for whom the answer is.
    """

    name: str
    kind: DecisionKind
    title: str
    outputs: tuple[Output, ...]
    hit: str
    rules: tuple[Rule, ...]
    otherwise: tuple[tuple[str, Formula | Literal_], ...] | None = None
    order: Literal["file", "worst"] = "file"
    complete: bool = attrs.field(default=False, metadata={NO_RESULT: True})
    gaps: tuple[Gap, ...] = attrs.field(default=(), metadata={NO_RESULT: True})
    quantities: tuple[tuple[str, Ref], ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    audience: Audience = attrs.field(default="person", metadata={LATER: True}, kw_only=True)
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    otherwise_place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    def __repr__(self) -> str:
        return f"<Decision {self.name}: {self.hit}, {len(self.rules)} rules>"

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and output of other decisions that it uses."""
        for rule in self.rules:
            yield from rule.refs()
        for _, value in self.otherwise or ():
            yield from formula_refs(value)
        for _, ref in self.quantities:
            yield ref

    @property
    def has_criteria(self) -> bool:
        """Whether its rules are criteria, each of which the outcome reports as met, unmet or unknown."""
        return self.kind == "criteria"

    @property
    def has_limits(self) -> bool:
        """Whether its rules are bounds on quantities, which are its outputs."""
        return self.kind == "limits"

    def output(self, name: str) -> Output:
        """Return the output called `name`; raises KeyError if there is none."""
        return {output.name: output for output in self.outputs}[name]

    def is_number(self, output: str) -> bool:
        """Return whether an output is worked out as a number: one that is a number, or a date that rules calculate."""
        domain = self.output(output).domain
        if domain.type != "date":
            return domain.is_numeric
        rows = [*(rule.then for rule in self.rules), self.otherwise or ()]
        return any(name == output and is_formula(value) for row in rows for name, value in row)

    def condition_domain(self, name: str) -> Domain:
        """Return the domain that conditions on the output `name` refer to: for a limit, that of its verdict."""
        output = self.output(name)
        return VERDICT if self.has_limits else output.domain
