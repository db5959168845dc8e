"""Which texts of a decision its outcomes show, as they are written."""

from __future__ import annotations

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision


def outcome_texts(decision: Decision) -> list[str]:
    """Return the texts of a decision that its outcomes show: of items, of criteria, and those that rules give."""
    texts: list[str] = []
    if HIT_POLICIES[decision.hit].gives == "items":
        texts += [rule.because for rule in decision.rules]
    if decision.has_criteria:
        texts += [text for rule in decision.rules for text in (rule.title, rule.unmet)]
    strings = [output.name for output in decision.outputs if output.domain.type == "string"]
    for outputs in (*(rule.then for rule in decision.rules), decision.otherwise or ()):
        texts += [value for name, value in outputs if name in strings and isinstance(value, str)]
    return texts


def has_placeholders(decision: Decision) -> bool:
    """Whether the outcomes of a decision have texts to fill in."""
    return any("{" in text or "}" in text for text in outcome_texts(decision))
