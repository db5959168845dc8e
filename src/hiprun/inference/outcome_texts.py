"""The texts of a pack's outcomes, filled in for the patient they are about.

What fills them in is imported when the first text is: a program that asks for a decision without such texts never needs
it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hiprun.inference.conclusion import Answer, Conclusion
from hiprun.inference.displayed_texts import has_placeholders, outcome_texts
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.outcome import Outcome, with_conclusion
from hiprun.model import Model

if TYPE_CHECKING:
    from hiprun.inference.reader_texts import ReaderTexts

_MOST_KEPT = 1000
"""Conclusions that are kept with their texts filled in."""


class OutcomeTexts:
    """Fills in the texts of outcomes; `decide` returns the outcome of a decision with its texts as written."""

    def __init__(self, model: Model, decide: Callable[[str, Facts], Outcome]) -> None:
        """Look at no decision yet, so that a pack is loaded without creating all of them."""
        self._model, self._decide = model, decide
        self._kept: dict[int, tuple[Conclusion, Conclusion]] = {}
        self.concern = functools.cache(self._concern)
        self._show_a_patient = functools.cache(self._shows_a_patient)

    def _concern(self, decision: str) -> bool:
        """Return whether the outcomes of a decision have texts to fill in."""
        return self._model.language > 1 and has_placeholders(self._model.decisions[decision])

    def fill(self, facts: Mapping[str, Any], text: str) -> str:
        """Return a text with what is known from `facts`, which are values as callers see them."""
        return self.of(facts).fill(text)

    def outcomes(self, found: dict[str, Outcome]) -> dict[str, Outcome]:
        """Return outcomes by decision with their texts filled in."""
        return found | {name: self.outcome(outcome) for name, outcome in found.items() if self.concern(name)}

    def outcome(self, outcome: Outcome) -> Outcome:
        """Return an outcome that has texts with these filled in."""
        if self._show_a_patient(outcome.decision):
            return with_conclusion(outcome, self.of(outcome.facts).conclusion(outcome.conclusion))
        return with_conclusion(outcome, self._for_everyone(outcome.conclusion))

    def _for_everyone(self, conclusion: Conclusion) -> Conclusion:
        """Return a conclusion with its texts filled in, which show the same for every patient; many share one."""
        kept = self._kept.get(id(conclusion))
        if kept is None or kept[0] is not conclusion:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            from hiprun.inference.reader_texts import ReaderTexts

            kept = self._kept[id(conclusion)] = conclusion, ReaderTexts(self._model).conclusion(conclusion)
        return kept[1]

    def comparable(self, facts: Mapping[str, Any]) -> Callable[[Any], Any]:
        """Return what fills in a value that is a text, or holds texts, whether they are filled in already or not."""
        texts = self.of(facts)

        def filled(value: Any) -> Any:
            if isinstance(value, str):
                return texts.fill_again(value)
            if isinstance(value, Mapping):
                return {name: filled(part) for name, part in value.items()}
            return [filled(part) for part in value] if isinstance(value, list | tuple) else value

        return filled

    def decider(
        self, decision: str, decide: Callable[[Mapping[str, Any]], Outcome | None]
    ) -> Callable[[Mapping[str, Any]], Outcome | None]:
        """Return a way to decide whose outcomes have their texts filled in."""
        if not self.concern(decision):
            return decide

        def decided(facts: Mapping[str, Any]) -> Outcome | None:
            outcome = decide(facts)
            return None if outcome is None else self.outcome(outcome)

        return decided

    def answerer(self, decision: str, answer: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        """Return a way to an answer, or a tuple of them, whose texts are filled in."""
        if not self.concern(decision):
            return answer
        from hiprun.inference.reader_texts import ReaderTexts

        outputs = self._model.decisions[decision].outputs
        strings = {output.name for output in outputs if output.domain.type == "string"}

        def answered(facts: dict[str, Any]) -> Any:
            found = answer(facts)
            if found is None:
                return None
            texts = self.of(facts) if self._show_a_patient(decision) else ReaderTexts(self._model)
            if isinstance(found, Answer):
                return texts.answer(found, strings)
            return tuple(texts.answer(entry, strings) for entry in found)

        return answered

    def _shows_a_patient(self, decision: str) -> bool:
        from hiprun.inference.reader_texts import show_patients

        return show_patients(self._model, outcome_texts(self._model.decisions[decision]))

    def of(self, facts: Mapping[str, Any]) -> ReaderTexts:
        """Return the texts for a patient."""
        from hiprun.inference.reader_texts import ReaderTexts

        checked = check_facts(self._model, facts)
        return ReaderTexts(self._model, checked, functools.cache(lambda name: self._decide(name, checked)))
