"""What has to be read before everything else: the words of the decision that comes first, while it is not calm."""

from __future__ import annotations

from typing import Any

import attrs

from hiprun.catalogue.catalogue import ENGLISH, catalogue
from hiprun.inference.outcome import Outcome
from hiprun.inference.reader_texts import shown_decision
from hiprun.model import Model
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class FirstWords(ValueObject):
    """The words of the decision that comes first, whose answer is above its calmest.

    `value` is the answer, or the most that it may be if `certain` is False, and `text` is its text. `least` is then
    the least that it certainly is, with its text. `because` has the reasons of the rules that give it. `language` is
    that of hiprun's own words.
    """

    decision: str
    output: str
    value: str
    text: str
    certain: bool = True
    least: str = ""
    least_text: str = ""
    because: tuple[str, ...] = ()
    language: str = ENGLISH

    @property
    def words(self) -> str:
        """What to do, in one line; it says so if only a part of it is certain."""
        if self.certain:
            return self.text
        return catalogue(self.language).text("first.in_part", least=self.least_text, most=self.text)

    def to_dict(self) -> dict[str, Any]:
        """Return the words as plain data for JSON."""
        return {
            "decision": self.decision,
            "output": self.output,
            "value": self.value,
            "text": self.text,
            "certain": self.certain,
            "least": self.least,
            "words": self.words,
            "because": list(self.because),
        }


def first_words(model: Model, outcome: Outcome) -> FirstWords | None:
    """Return the words that come first; None if the outcome is calm, or may be for all that is known."""
    decision = shown_decision(model, outcome.decision)
    output = next(output for output in decision.outputs if output.calmest)
    possible = {answer[output.name] for answer in outcome.possible}
    ranked = [value for value in output.domain.choices if value in possible]
    if output.calmest == list(output.domain.choices)[-1]:
        ranked.reverse()
    if not ranked or ranked[0] == output.calmest or outcome.may_not_match or outcome.may_conflict:
        return None
    least, worst = ranked[0], ranked[-1]
    texts = {value: output.domain.choices[value] or value.replace("_", " ") for value in ranked}
    reasons = [
        rule.because
        for rule in outcome.explain().rules
        if rule.status == "fired" and rule.because and rule.outputs.get(output.name) in possible
    ]
    return FirstWords(
        decision.name,
        output.name,
        worst,
        texts[worst],
        least == worst,
        least,
        texts[least],
        tuple(dict.fromkeys(reasons)),
        model.text_language,
    )
