"""How an outcome came about, as values: rules, conditions, facts, and the decisions it leans on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.catalogue import catalogue
from hiprun.inference.operators import Truth
from hiprun.model.markup import preformatted
from hiprun.model.value_conversion import plain
from hiprun.model.value_objects import ValueObject

RuleStatus: TypeAlias = Literal["fired", "overruled", "not_fired", "unknown"]

_WIDTH = 80
_MOST_GROUPS = 8
_MOST_GROUPS_BEHIND = 3
_MOST_RULES = 6


@attrs.frozen
class ConditionStep(ValueObject):
    """One test or group of a condition: what it says, whether it holds (None: unknown), and what was found."""

    text: str
    truth: Truth
    found: str = ""
    parts: tuple[ConditionStep, ...] = ()
    subject: str = ""
    """What a test is about; empty for a group."""
    denied: str = ""
    """That a test does not hold, in words, where a group asks for that."""

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        data: dict[str, Any] = {"text": self.text, "truth": self.truth}
        if self.found:
            data["found"] = self.found
        if self.parts:
            data["parts"] = [part.to_dict() for part in self.parts]
        return data


@attrs.frozen
class RuleStep(ValueObject):
    """One rule: whether it fired and why, what it gives, and its sources.

    `overruled` means that it matched, but an earlier or worse rule decided. `words` is the whole rule in plain words,
    for one that fired or is open.
    """

    id: str
    status: RuleStatus
    reason: str
    condition: ConditionStep
    outputs: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    because: str = ""
    advice: str = ""
    interpretation: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    place: str = ""
    words: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        return {
            "id": self.id,
            "status": self.status,
            "words": self.words,
            "reason": self.reason,
            "condition": self.condition.to_dict(),
            "outputs": plain(self.outputs),
            "because": self.because,
            "advice": self.advice,
            "interpretation": self.interpretation,
            "source": [{"id": id_, "text": text} for id_, text in self.sources],
            "place": self.place,
        }


@attrs.frozen
class ConstraintStep(ValueObject):
    """A constraint that settles something the facts leave open: what cannot occur together, and why."""

    id: str
    text: str
    because: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    place: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        return {
            "id": self.id,
            "text": self.text,
            "because": self.because,
            "source": [{"id": id_, "text": text} for id_, text in self.sources],
            "place": self.place,
        }


@attrs.frozen
class OtherwiseStep(ValueObject):
    """What is given where no rule has the say, nothing where that is no match, and where the file says so."""

    outputs: Mapping[str, Any] = attrs.field(hash=False)
    place: str

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        return {"outputs": plain(self.outputs), "place": self.place}


@attrs.frozen
class RuledOut(ValueObject):
    """Rules that do not apply for one reason: facts, each with what was found of it."""

    facts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the group as plain data for JSON."""
        return {"facts": dict(self.facts), "rules": list(self.rules)}


@attrs.frozen
class NamedValue(ValueObject):
    """A fact or derived fact that was used: its value as text, None while it is unknown, and where it comes from."""

    name: str
    value: str | None
    title: str = ""
    origin: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain data for JSON."""
        return attrs.asdict(self)


@attrs.frozen
class Explanation(ValueObject):
    """How one outcome came about. `str()` gives plain text at most 80 columns wide.

    `because` and `interpretation` are what the pack says about the whole decision, and `language` is that of its
    texts. `constraints` are those without which less would be certain. `otherwise` is set if it gives the answer,
    `ruled_out` if no rule does: it says why none applies. `decisions` explains the decisions that this one depends on,
    directly or through others, each once, nearest first.
    """

    decision: str
    title: str
    status: str
    summary: str
    rules: tuple[RuleStep, ...]
    otherwise: OtherwiseStep | None = None
    ruled_out: tuple[RuledOut, ...] = ()
    constraints: tuple[ConstraintStep, ...] = ()
    facts: tuple[NamedValue, ...] = ()
    derived: tuple[NamedValue, ...] = ()
    decisions: tuple[Explanation, ...] = ()
    needs: tuple[str, ...] = ()
    notice: str = ""
    because: str = ""
    interpretation: str = ""
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data for JSON."""
        return {
            "decision": self.decision,
            "title": self.title,
            "status": self.status,
            "summary": self.summary,
            "because": self.because,
            "interpretation": self.interpretation,
            "rules": [rule.to_dict() for rule in self.rules],
            "otherwise": None if self.otherwise is None else self.otherwise.to_dict(),
            "ruled_out": [group.to_dict() for group in self.ruled_out],
            "constraints": [constraint.to_dict() for constraint in self.constraints],
            "facts": [fact.to_dict() for fact in self.facts],
            "derived": [fact.to_dict() for fact in self.derived],
            "decisions": [decision.to_dict() for decision in self.decisions],
            "needs": list(self.needs),
            "notice": self.notice,
        }

    def __repr__(self) -> str:
        return f"<Explanation {self.decision}: {self.status}>"

    def _repr_html_(self) -> str:
        return preformatted(str(self))

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, *, every_rule: bool = False, heading: bool = True) -> Iterator[str]:
        """Yield the text line by line; with `every_rule` also the rules that did not fire, and why.

        `heading`: with the outcome in one sentence, what is needed, and why the pack has the whole decision.
        """
        yield from self._own_lines(every_rule, first=True, heading=heading)
        together: dict[str, list[str]] = {}
        for fact in self.origins().values():
            together.setdefault(fact.origin, []).append(f"{fact.name} {fact.value}")
        if together:
            yield ""
            yield "Where facts come from"
        for origin, said in together.items():
            yield from _wrapped(f"{', '.join(said)}: {origin}", indent="  ")
        if self.notice:
            yield ""
            yield from _wrapped(self.notice)

    def origins(self) -> dict[str, NamedValue]:
        """Return the facts that were used, here or in a decision behind it, and that say where they come from."""
        found = {fact.name: fact for fact in self.facts if fact.origin and fact.value is not None}
        for decision in self.decisions:
            found |= decision.origins()
        return found

    def without_origins(self) -> Explanation:
        """Return the same without the word on where facts come from."""
        return attrs.evolve(
            self,
            facts=tuple(attrs.evolve(fact, origin="") for fact in self.facts),
            decisions=tuple(decision.without_origins() for decision in self.decisions),
        )

    def _own_lines(self, every_rule: bool, *, first: bool, heading: bool = True) -> Iterator[str]:
        if heading:
            yield from _wrapped(f"{self.decision}: {self.summary}")
            yield from _wrapped(self.because, indent="  ")
        yield from self._interpretation_lines(self.interpretation, indent="  ")
        yield from self._rule_lines(every_rule)
        yield from self._calm_lines(_MOST_GROUPS if first else _MOST_GROUPS_BEHIND)
        yield from self._constraint_lines()
        if self.needs and heading:
            yield from _wrapped(f"Still needed: {', '.join(self.needs)}", indent="  ")
        for decision in self.decisions:
            yield ""
            yield from decision._own_lines(every_rule, first=False)

    def _rule_lines(self, every_rule: bool) -> Iterator[str]:
        marks = {"fired": "*", "overruled": "-", "not_fired": "-", "unknown": "?"}
        for rule in self.rules:
            if rule.status not in ("fired", "unknown") and not every_rule:
                continue
            yield from _wrapped(f"{marks[rule.status]} {rule.id} ({rule.place})", indent="  ")
            yield from _wrapped(rule.reason, indent="      ")
            for text in (rule.because, rule.advice):
                if text:
                    yield from _wrapped(text, indent="      ")
            if rule.status != "fired":
                continue
            yield from self._interpretation_lines(rule.interpretation, indent="      ")
            if rule.sources:
                yield from _wrapped(f"source: {', '.join(id_ for id_, _ in rule.sources)}", indent="      ")

    def _interpretation_lines(self, interpretation: str, indent: str) -> Iterator[str]:
        if interpretation:
            yield from _wrapped(f"{catalogue(self.language).text('book.interpretation')} {interpretation}", indent)

    def _calm_lines(self, most: int) -> Iterator[str]:
        """Yield why no rule applies, by the facts that rule them out, and what is given instead."""
        for group in self.ruled_out[:most]:
            facts = ", ".join(f"{name} ({found})" for name, found in group.facts)
            shown, more = group.rules[:_MOST_RULES], len(group.rules) - _MOST_RULES
            others = f" and {more} more" if more > 0 else ""
            yield from _wrapped(f"- {facts or 'no fact'} rules out: {', '.join(shown)}{others}", indent="  ")
        left = sum(len(group.rules) for group in self.ruled_out[most:])
        if left:
            yield f"  - and so on for {left} more rule{'s' if left > 1 else ''}"
        if self.otherwise is not None:
            said = ", ".join(f"{name} = {value}" for name, value in self.otherwise.outputs.items()) or "no match"
            yield from _wrapped(f"* otherwise: {said} ({self.otherwise.place})", indent="  ")

    def _constraint_lines(self) -> Iterator[str]:
        for constraint in self.constraints:
            yield from _wrapped(f"! {constraint.id} ({constraint.place})", indent="  ")
            yield from _wrapped(f"This cannot be: {constraint.text}.", indent="      ")
            if constraint.because:
                yield from _wrapped(constraint.because, indent="      ")
            if constraint.sources:
                yield from _wrapped(f"source: {', '.join(id_ for id_, _ in constraint.sources)}", indent="      ")


def explained_once(explanations: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """Return explanations of several decisions in which each decision is explained once, its own place preferred."""
    given = list(explanations)
    explained = {explanation.decision for explanation in given}
    found: list[Explanation] = []
    for explanation in given:
        behind = tuple(decision for decision in explanation.decisions if decision.decision not in explained)
        explained |= {decision.decision for decision in behind}
        found.append(attrs.evolve(explanation, decisions=behind))
    return tuple(found)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + ("  " if indent else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
