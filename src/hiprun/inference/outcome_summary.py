"""An outcome in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hiprun.inference.conclusion import Limit
from hiprun.inference.outcome import Outcome
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.model import Decision, Domain
from hiprun.model.amounts import amount_text, rounded_text
from hiprun.model.value_conversion import plain


def summary(outcome: Outcome, decision: Decision, texts: ReaderTexts) -> str:
    """Return an outcome of `decision` in one sentence."""
    if outcome.status == "no_match":
        return "no rule matches, so there is no answer"
    if outcome.status == "conflict":
        return "rules contradict each other, so there is no answer"
    if outcome.items:
        names = [item.rule for item in outcome.items if item.certainty == "certain"]
        maybe = [item.rule for item in outcome.items if item.certainty == "possible"]
        found = ", ".join(names) or "nothing"
        return f"{found}; possibly also {', '.join(maybe)}" if maybe else found
    if outcome.limits:
        return "; ".join(_limit_words(limit, decision.output(limit.quantity).domain) for limit in outcome.limits)
    safest = outcome.safest
    values = ", ".join(
        f"{name} = {_words(value, decision.output(name).domain, texts)}" for name, value in (safest or {}).items()
    )
    if outcome.status == "decided":
        return values
    least = f"; the safest is {values}" if values else ""
    many = f"{len(outcome.possible)} answers remain possible" if len(outcome.possible) > 1 else "not settled yet"
    return f"{many}{least}"


def _limit_words(limit: Limit, domain: Domain) -> str:
    sides = [
        f"{word} {amount_text(value, domain)}"
        for word, value in (("at least", limit.at_least), ("at most", limit.at_most))
        if value is not None
    ]
    verdict = f" ({limit.verdict})" if limit.verdict else ""
    return f"{limit.title or limit.quantity} {' and '.join(sides) or ('open' if limit.open else 'no bound')}{verdict}"


def _words(value: Any, domain: Domain, texts: ReaderTexts) -> str:
    if domain.type == "string" and isinstance(value, str):
        return texts.fill(value)
    if domain.is_numeric and not isinstance(value, Mapping):
        return rounded_text(Fraction(value), domain.decimals)
    return plain_words(value)


def plain_words(value: Any) -> str:
    """Return a value that came out as text."""
    shown = plain(value)
    if isinstance(shown, bool):
        return "true" if shown else "false"
    return ", ".join(map(str, shown)) if isinstance(shown, list) else str(shown)
