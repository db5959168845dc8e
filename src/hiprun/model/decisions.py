"""Decisions: their outputs, their rules, and the hit policy that turns matching rules into one answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import attrs

from hiprun.model.expressions import ALWAYS, Condition, Domain, Formula, Literal_, Ref, formula_refs, refs
from hiprun.model.places import NOWHERE, Place

BoundSide: TypeAlias = Literal["at_least", "at_most"]
DecisionKind: TypeAlias = Literal["rules", "table", "criteria", "limits", "stages"]
Verdict: TypeAlias = Literal["below", "within", "above"]
"""Where the value of a limited quantity lies."""

VERDICTS: tuple[Verdict, ...] = ("below", "within", "above")
VERDICT = Domain("choice", dict.fromkeys(VERDICTS, ""))
"""The domain of a verdict, for conditions that test one. `below` and `above` are both outside, so it has no order."""


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
