"""An interview: facts in, the next question or the decision out. Keeps nothing between two steps.

Asked is only what can still change the answer, first what is expected to leave the least open. So an interview is
over exactly when no answer to any remaining question could change the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import attrs

from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Fact, Model, Type, reach
from hiprun.model.value_conversion import Value, plain, public
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Question(ValueObject):
    """What to ask next, in the words of the pack, and what depends on it.

    `choices` maps each choice to its text; empty for other types. `lowest` and `highest` are both allowed.
    `because` says why it is asked; `rules` names the open rules that use it, of the decision or of those it depends on.
    """

    fact: str
    ask: str
    type: Type
    choices: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    unit: str = ""
    lowest: Value | None = None
    highest: Value | None = None
    because: str = ""
    sources: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the question as plain data for JSON."""
        return {
            "fact": self.fact,
            "ask": self.ask,
            "type": self.type,
            "choices": dict(self.choices),
            "unit": self.unit,
            "lowest": plain(self.lowest),
            "highest": plain(self.highest),
            "because": self.because,
            "source": list(self.sources),
            "rules": list(self.rules),
        }


@attrs.frozen
class Step(ValueObject):
    """Where an interview stands.

    `question` is None when the interview is over. `outcome` is the outcome for the facts so far; its `safest` is the
    answer to give if someone stops here. `open` names the facts that were said not to be known and could still change
    it, and `most_left` how many questions can follow at most, this one included.
    """

    decision: str
    question: Question | None
    outcome: Outcome
    open: tuple[str, ...] = ()
    most_left: int = 0

    @property
    def done(self) -> bool:
        """Whether the interview is over: no question that remains could change the outcome."""
        return self.question is None

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        return {
            "decision": self.decision,
            "done": self.done,
            "question": None if self.question is None else self.question.to_dict(),
            "open": list(self.open),
            "most_left": self.most_left,
            "outcome": self.outcome.to_dict(),
        }


@attrs.frozen
class Interview(ValueObject):
    """The questions of one decision. Made by `Pack.interview`; it keeps no patient, so everybody can share one."""

    model: Model = attrs.field(repr=False)
    decision: str
    _decide: Callable[[Mapping[str, Any]], Outcome] = attrs.field(repr=False)
    _fill: Callable[[Mapping[str, Any], str], str] = attrs.field(repr=False)
    _questions: dict[str, Question] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def step(self, facts: Mapping[str, Any], not_known: Collection[str] = ()) -> Step:
        """Return the next question, or the end, for the facts so far.

        `not_known` names facts that were asked for and are not known; they are not asked again.
        Raises `FactError` with every problem of the facts.
        """
        outcome = self._decide(facts)
        asked = set(not_known)
        left = [name for name in outcome.needs if name not in asked]
        still_open = tuple(name for name in outcome.needs if name in asked)
        question = self._question(self._next(left, begun=bool(facts or asked)), outcome) if left else None
        return Step(self.decision, question, outcome, still_open, len(left))

    def _next(self, left: Sequence[str], *, begun: bool) -> str:
        """Return which fact to ask for: the first, but at the beginning one that may open an interview, if any may."""
        opening = (name for name in left if begun or self.model.facts[name].opens)
        return next(opening, left[0])

    def _question(self, name: str, outcome: Outcome) -> Question:
        found = self._questions.get(name)
        if found is None:
            found = self._questions[name] = self._asked(name)
        texts = (found.ask, found.because, *found.choices.values())
        if not any("{" in text for text in texts):
            return found
        return attrs.evolve(
            found,
            ask=self._fill(outcome.facts, found.ask),
            choices={choice: self._fill(outcome.facts, text) for choice, text in found.choices.items()},
            because=self._fill(outcome.facts, found.because),
        )

    def _asked(self, name: str) -> Question:
        """Return the question for a fact, with its texts as they are written."""
        fact: Fact = self.model.facts[name]
        domain = fact.domain
        ends = [None if end is None else public(domain, end) for end in (domain.lowest, domain.highest)]
        return Question(
            fact=name,
            ask=fact.ask,
            type=domain.type,
            choices=dict(domain.choices),
            unit=domain.unit,
            lowest=ends[0],
            highest=ends[1],
            because=fact.because,
            sources=fact.sources,
            rules=tuple(_rules_using(self.model, self.model.decisions[self.decision], name)),
        )


def _rules_using(model: Model, decision: Decision, fact: str) -> list[str]:
    found: list[str] = []
    waiting = [decision]
    for current in waiting:
        for rule in current.rules:
            used = list(reach(model, rule.refs()))
            if any(ref.kind == "fact" and ref.name == fact for ref in used):
                found.append(f"{current.name}.{rule.id}")
            for ref in used:
                other = model.decisions.get(ref.decision)
                if other is not None and other not in waiting:
                    waiting.append(other)
    return list(dict.fromkeys(found))
