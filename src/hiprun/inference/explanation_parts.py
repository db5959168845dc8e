"""What the explanations of a pack have in common: made once for everyone, or for all patients who are alike to a rule.

What is kept of patients is bounded; whatever has to be forgotten is made again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import attrs

from hiprun.inference.linear_forms import Linear, linear
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.inference.rule_words import RuleWords
from hiprun.model import (
    Decision,
    Derived,
    HasValue,
    Model,
    Not,
    Number,
    Ref,
    Rule,
    Test,
    formula_refs,
    is_formula,
    reach,
)
from hiprun.model.expressions import refs
from hiprun.model.templates import placeholders
from hiprun.model.value_objects import ValueObject

_MOST_KEPT = 4_000
"""Conditions laid open, and facts in words, that are kept; each takes a kilobyte or two."""

Kept = TypeVar("Kept")


@attrs.frozen
class RuleParts(ValueObject):
    """One rule: what its condition is about, through derived facts too, and what its step always says."""

    about: tuple[Ref, ...]
    sources: tuple[tuple[str, str], ...]
    place: str
    outputs_are_alike: bool
    """Whether its outputs are the same for every patient."""


@attrs.frozen
class DecisionParts(ValueObject):
    """One decision: what it uses, through derived facts too, and its rules."""

    uses_facts: tuple[str, ...]
    uses_derived: tuple[Derived, ...]
    uses_decisions: tuple[str, ...]
    rules: tuple[RuleParts, ...]


class ExplanationParts:
    """The parts of a pack's explanations."""

    def __init__(self, model: Model) -> None:
        """Look at nothing yet: each part is made when it is first asked for."""
        self.model = model
        self._kept: dict[Hashable, object] = {}
        self.decision = functools.cache(self._decision)
        self.behind = functools.cache(self._behind)
        self.words = functools.cache(self._words)
        self.test = functools.cache(self._test)
        self.filled = functools.cache(self._filled)

    @functools.cached_property
    def parameters(self) -> dict[str, Number]:
        """The values of all parameters."""
        return {name: parameter.value for name, parameter in self.model.parameters.items()}

    @functools.cached_property
    def derived(self) -> dict[str, Linear]:
        """What each derived number comes to, over facts and outputs."""
        found: dict[str, Linear] = {}
        for name, derived in self.model.derived.items():
            if derived.formula is not None:
                found[name] = linear(derived.formula, self.parameters, found)
        return found

    def alike(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what was made under this key, else make it."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return found  # type: ignore[return-value]

    def _filled(self, text: str) -> str | None:
        """Return a text of the pack as every reader sees it; None where it shows something of the patient."""
        if self.model.language == 1:
            return text
        if any(placeholder.name not in self.model.parameters for placeholder in placeholders(text)):
            return None
        return ReaderTexts(self.model).fill(text)

    def _behind(self, name: str) -> tuple[str, ...]:
        """Return a decision and those that it leans on, nearest first."""
        names = [name]
        for used in names:
            names += [other for other in self.decision(used).uses_decisions if other not in names]
        return tuple(names)

    def _words(self, name: str, index: int) -> str:
        """Return a rule of a decision in plain words."""
        decision = self.model.decisions[name]
        return RuleWords(self.model).rule(decision, decision.rules[index])

    def _test(self, condition: Test | HasValue | Not) -> str:
        """Return a test, or that it does not hold, in words, with the names of its subject and of its parameters."""
        test = condition.part if isinstance(condition, Not) else condition
        assert isinstance(test, Test | HasValue)
        pieces = tuple(RuleWords(self.model).condition(condition).line())
        named = dict.fromkeys(piece.name for piece in pieces if piece.kind == "parameter")
        words = "".join(piece.text for piece in pieces)
        return f"{words} ({', '.join((str(test.subject), *named))})"

    def _decision(self, name: str) -> DecisionParts:
        decision = self.model.decisions[name]
        used = list(reach(self.model, decision.refs()))
        return DecisionParts(
            uses_facts=_names(used, "fact"),
            uses_derived=tuple(self.model.derived[name] for name in _names(used, "derived")),
            uses_decisions=tuple(dict.fromkeys(ref.decision for ref in used if ref.kind == "output")),
            rules=tuple(self._rule(decision, rule) for rule in decision.rules),
        )

    def _rule(self, decision: Decision, rule: Rule) -> RuleParts:
        condition = rule.require if rule.require is not None else rule.condition
        return RuleParts(
            about=tuple(ref for ref in reach(self.model, refs(condition)) if ref.kind != "derived"),
            sources=tuple((id_, self.statement(id_)) for id_ in rule.sources),
            place=f"{rule.place.file}:{rule.place.line}",
            outputs_are_alike=not any(
                decision.output(name).domain.type == "string" or (is_formula(value) and any(formula_refs(value)))
                for name, value in rule.then
            ),
        )

    def statement(self, id_: str) -> str:
        """Return the text of a statement; empty where the pack does not have it."""
        found = self.model.statements.get(id_)
        return found.text if found is not None else ""


def _names(used: Iterable[Ref], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref.name for ref in used if ref.kind == kind))
