"""What comes out: an outcome for each decision, as values that explain themselves and turn into JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from hiprun.errors import Problem, UndecidedError, UnknownNameError, did_you_mean
from hiprun.inference.conclusion import Answer, Conclusion, Criterion, Item, Limit, OutcomeStatus, Provenance
from hiprun.model.markup import preformatted
from hiprun.model.value_conversion import Value, plain
from hiprun.model.value_objects import ValueObject

if TYPE_CHECKING:  # what explains is not needed to decide
    from hiprun.inference.advice import Advice
    from hiprun.inference.explanation import Explanation, RuleStep


class Origin(Protocol):
    """Whoever drew a conclusion; asked for what an outcome works out only when someone wants to know.

    `given` is what it handed to the outcome to remember the patient by.
    """

    @property
    def provenance(self) -> Provenance | None:
        """Which rules gave the result."""

    def outputs(self, decision: str) -> Collection[str]:
        """Return the names of the outputs that a decision declares."""

    def words(self, decision: str, output: str, value: Any) -> str:
        """Return a value of an output as readers see it."""

    def because(self, decision: str, given: Any) -> str:
        """Return what a decision says of all its answers, as readers see it; empty if it says nothing."""

    def text(self, outcome: Outcome) -> str:
        """Return an outcome as text for the reader of a terminal."""

    def facts(self, given: Any) -> Mapping[str, Any]:
        """Return the facts of the patient as callers see values."""

    def explain(self, decision: str, given: Any) -> Explanation | None:
        """Return how the outcome came about."""

    def advise(self, outcome: Outcome, given: Any) -> Advice | None:
        """Return what the outcome says to the person."""

    def why_not(self, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
        """Return the rules that keep an outcome from being as wanted."""


_NO_ANSWER = Answer({})


@attrs.frozen
class Unexplained(ValueObject):
    """The origin of an outcome that was put together by hand."""

    provenance: Provenance | None = None

    def outputs(self, decision: str) -> Collection[str]:
        """Return no names: no declaration is known."""
        return ()

    def words(self, decision: str, output: str, value: Any) -> str:
        """Return the value as it is: no words for it are known."""
        return str(plain(value))

    def because(self, decision: str, given: Any) -> str:
        """Return nothing: no words for it are known."""
        return ""

    def text(self, outcome: Outcome) -> str:
        """Return the outcome in short: no words for it are known."""
        return outcome.conclusion.summary

    def facts(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts as they were given."""
        return given

    def explain(self, decision: str, given: Any) -> None:
        """Return nothing: there is no explanation."""

    def advise(self, outcome: Outcome, given: Any) -> None:
        """Return nothing: there are no words."""

    def why_not(self, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
        """Return nothing: there are no rules."""
        return ()


@attrs.frozen
class _Told(ValueObject):
    """The origin of an outcome whose explanation says more than the origin behind it knows."""

    behind: Origin
    tell: Callable[[Explanation], Explanation]

    @property
    def provenance(self) -> Provenance | None:
        return self.behind.provenance

    def outputs(self, decision: str) -> Collection[str]:
        return self.behind.outputs(decision)

    def words(self, decision: str, output: str, value: Any) -> str:
        return self.behind.words(decision, output, value)

    def because(self, decision: str, given: Any) -> str:
        return self.behind.because(decision, given)

    def text(self, outcome: Outcome) -> str:
        return self.behind.text(outcome)

    def facts(self, given: Any) -> Mapping[str, Any]:
        return self.behind.facts(given)

    def explain(self, decision: str, given: Any) -> Explanation | None:
        explanation = self.behind.explain(decision, given)
        return None if explanation is None else self.tell(explanation)

    def advise(self, outcome: Outcome, given: Any) -> Advice | None:
        return self.behind.advise(outcome, given)

    def why_not(self, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
        return self.behind.why_not(outcome, wanted)


class Outcome:
    """The answer of one decision for one patient; see `Conclusion` for what its parts mean. Never changes.

    Made by `outcome_of`. Nothing is worked out or checked on the way, since most of `decide` would be that; its public
    parts cannot be set.
    """

    __slots__ = ("_conclusion", "_given", "_origin")

    _conclusion: Conclusion
    _given: Any
    _origin: Origin

    def __reduce__(self) -> tuple[Any, ...]:
        return outcome_of, (self._conclusion, self.facts, self._origin)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcome):
            return NotImplemented
        return (
            self._conclusion == other._conclusion
            and self.facts == other.facts
            and (self._origin is other._origin or self.provenance == other.provenance)
        )

    def __hash__(self) -> int:
        return hash(self._conclusion)

    def __repr__(self) -> str:
        return f"<Outcome {self._conclusion.summary}>"

    def __str__(self) -> str:
        return self._origin.text(self)

    def _repr_html_(self) -> str:
        return preformatted(str(self))

    @property
    def conclusion(self) -> Conclusion:
        """What is concluded, apart from the patient."""
        return self._conclusion

    @property
    def decision(self) -> str:
        """The name of the decision."""
        return self._conclusion.decision

    @property
    def status(self) -> OutcomeStatus:
        """Whether the answer is settled."""
        return self._conclusion.status

    @property
    def possible(self) -> tuple[Answer, ...]:
        """Every answer that remains, calmest first."""
        return self._conclusion.possible

    @property
    def safest(self) -> Answer:
        """For every ordered output, the worst value that remains possible; empty where no answer remains."""
        safest = self._conclusion.safest
        return _NO_ANSWER if safest is None else safest

    @property
    def needs(self) -> tuple[str, ...]:
        """The unknown facts that can still change the answer, the most decisive first."""
        return self._conclusion.needs

    @property
    def fired(self) -> tuple[str, ...]:
        """The rules that are certain to match and contribute to the answer."""
        return self._conclusion.fired

    @property
    def may_not_match(self) -> bool:
        """Whether the missing facts can also lead to no match."""
        return self._conclusion.may_not_match

    @property
    def may_conflict(self) -> bool:
        """Whether the missing facts can also lead to a conflict."""
        return self._conclusion.may_conflict

    @property
    def exact(self) -> bool:
        """False when the budget of work ran out."""
        return self._conclusion.exact

    @property
    def items(self) -> tuple[Item, ...]:
        """What a `collect` decision lists."""
        return self._conclusion.items

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria one by one."""
        return self._conclusion.criteria

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The bounds on each quantity."""
        return self._conclusion.limits

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was known about the patient, in the order of the pack."""
        found = self._origin.facts(self._given)
        return found._pairs.copy() if isinstance(found, Answer) else dict(found)

    @property
    def provenance(self) -> Provenance | None:
        """Which rules gave the result."""
        return self._origin.provenance

    def __getitem__(self, output: str) -> Any:
        """Return the value of an output that is certain.

        For `collect` this is a tuple, one value for each certain item that has this output, none where no item has it;
        for limits a `Limit`.
        Raises `UndecidedError` when several values remain or there is none, `UnknownNameError` for an unknown name.
        """
        conclusion = self._conclusion
        if conclusion.status == "decided" and conclusion.possible and not conclusion.limits:
            values = conclusion.possible[0]._pairs  # the usual case, without a detour
            if output in values:
                return values[output]
        if self.limits:
            for limit in self.limits:
                if limit.quantity == output:
                    return limit
            raise self._unknown_output(output, [limit.quantity for limit in self.limits])
        if self.items or (not self.possible and self.status == "decided"):
            return self._collected(output)
        remaining = {answer[output]: None for answer in self.possible if output in answer}
        if len(remaining) == 1 and not self.may_not_match and not self.may_conflict:
            value = next(iter(remaining))
            if not isinstance(value, Mapping):
                return value
        names = list(self.possible[0]) if self.possible else []
        if names and output not in names:
            raise self._unknown_output(output, names)
        raise self._undecided(output, [str(plain(value)) for value in remaining])

    def get(self, output: str, default: Any = None) -> Any:
        """Return the value of an output that is certain, else `default`."""
        try:
            return self[output]
        except UndecidedError:
            return default

    def label(self, output: str, value: Any = None) -> str:
        """Return the value of an output in the words of the pack: the text of a choice, an amount with its unit.

        It is the value that is certain, as `outcome[output]` has it, or another `value`, such as one of `safest` or
        `possible`.
        Raises `UndecidedError` and `UnknownNameError` like `outcome[output]`, `FactError` for a value that the output
        cannot have, and `HiprunError` if the outcome was drawn elsewhere and its rules are not loaded here.
        """
        found = self[output] if value is None else value
        known = self._origin.outputs(self.decision)
        if known and output not in known:
            raise self._unknown_output(output, list(known))
        return self._origin.words(self.decision, output, found)

    def range(self, output: str) -> tuple[Value | None, Value | None]:
        """Return the lowest and the highest value of an output that remain possible, both included.

        An end that nothing bounds is None. Raises `UndecidedError` when no answer remains, `UnknownNameError` for an
        unknown name.
        """
        if not self.possible:
            raise self._undecided(output, [])
        lowest: list[Any] = []
        highest: list[Any] = []
        for answer in self.possible:
            if output not in answer:
                raise self._unknown_output(output, list(answer))
            value = answer[output]
            listed = value.get("one_of", ()) if isinstance(value, Mapping) else (value,)
            lowest += listed or [value.get("at_least")]
            highest += listed or [value.get("at_most")]
        return None if None in lowest else min(lowest), None if None in highest else max(highest)

    def advice(self) -> Advice:
        """Return what to tell the person this is about; `str()` of it is text. Made only when asked for."""
        advice = self._origin.advise(self, self._given)
        if advice is None:
            raise self._undecided("advice", [])
        return advice

    def explain(self) -> Explanation:
        """Return for a professional how this came about; `str()` of it is text. Made only when asked for."""
        explanation = self._origin.explain(self.decision, self._given)
        if explanation is None:
            raise self._undecided("explanation", [])
        return explanation

    def why_not(self, **wanted: Any) -> tuple[RuleStep, ...]:
        """Return the rules that keep this outcome from being as `wanted`, such as `action="none"`.

        If no rule is in the way, these are the rules that would give it but do not hold. Empty if the outcome is
        already as wanted.
        Raises `HiprunError` for an answer that the decision does not have.
        """
        return self._origin.why_not(self, wanted)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain data, as the published schema `outcome.schema.json` describes it."""
        data: dict[str, Any] = {
            "decision": self.decision,
            "status": self.status,
            "exact": self.exact,
            "possible": [answer.to_dict() for answer in self.possible],
            "may_not_match": self.may_not_match,
            "may_conflict": self.may_conflict,
            "safest": None if self._conclusion.safest is None else self._conclusion.safest.to_dict(),
            "needs": list(self.needs),
            "fired": list(self.fired),
        }
        if self.items:
            data["items"] = [item.to_dict() for item in self.items]
        if self.criteria:
            data["criteria"] = [criterion.to_dict() for criterion in self.criteria]
        if self.limits:
            data["limits"] = [limit.to_dict() for limit in self.limits]
        if because := self._origin.because(self.decision, self._given):
            data["because"] = because
        data["facts"] = {name: plain(value) for name, value in self.facts.items()}
        if self.provenance is not None:
            data["provenance"] = self.provenance.to_dict()
        return data

    def _collected(self, output: str) -> tuple[Any, ...]:
        given = (name for item in self.items for name in item.outputs)
        names = dict.fromkeys((*self._origin.outputs(self.decision), *given))
        if names and output not in names:
            raise self._unknown_output(output, list(names))
        if self.status != "decided":
            raise self._undecided(output, [])
        return tuple(
            item.outputs[output] for item in self.items if item.certainty == "certain" and output in item.outputs
        )

    def _unknown_output(self, output: str, known: list[str]) -> UnknownNameError:
        message = f"`{output}` is not an output of `{self.decision}`."
        return UnknownNameError([Problem("unknown-output", message, help=did_you_mean(output, known))])

    def _undecided(self, output: str, values: list[str]) -> UndecidedError:
        listed = f" It may still be {', '.join(values)}." if values else ""
        needed = f"Ask for {', '.join(self.needs[:5])}." if self.needs else "Check `status` first."
        message = f"`{self.decision}.{output}` has no single value: the outcome is {self.status}.{listed}"
        return UndecidedError([Problem("undecided", message, help=needed)])


_UNEXPLAINED = Unexplained()


def outcome_of(conclusion: Conclusion, given: Any = _NO_ANSWER, origin: Origin = _UNEXPLAINED) -> Outcome:
    """Return the outcome that binds a conclusion to a patient; without an origin it is put together by hand."""
    made = Outcome()
    made._conclusion = conclusion
    made._given = given
    made._origin = origin
    return made


def conclusion_of(outcome: Outcome) -> Conclusion:
    """Return what was concluded, which patients whose facts meet the same rules share."""
    return outcome._conclusion


def origin_of(outcome: Outcome) -> Origin:
    """Return where an outcome comes from, apart from what a diary adds to its explanation."""
    origin = outcome._origin
    return origin.behind if isinstance(origin, _Told) else origin


def with_conclusion(outcome: Outcome, conclusion: Conclusion) -> Outcome:
    """Return an outcome for the same patient, with another conclusion."""
    return outcome_of(conclusion, outcome._given, outcome._origin)


def outcome_code(conclusion: str, given: str, origin: str, bind: Callable[[object], str]) -> tuple[str, ...]:
    """Return the lines that make and return the same from what has these names; `bind` names a constant."""
    return (
        f"made = {bind(Outcome)}()",
        f"made._conclusion = {conclusion}",
        f"made._given = {given}",
        f"made._origin = {origin}",
        "return made",
    )


def told(outcome: Outcome, tell: Callable[[Explanation], Explanation]) -> Outcome:
    """Return the same outcome; its explanation goes through `tell`, which may add what it knows."""
    return outcome_of(outcome._conclusion, outcome._given, _Told(outcome._origin, tell))
