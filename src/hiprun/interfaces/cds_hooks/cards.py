"""An outcome as a card of CDS Hooks: what to do in one line, how urgent it is, and why."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

from hiprun.catalogue import catalogue
from hiprun.errors import Problem
from hiprun.inference.advice import Advice
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.fhir import Publication
from hiprun.model import Decision

Indicator: TypeAlias = Literal["info", "warning", "critical"]

MOST_CHARACTERS = 140
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_LEVELS_WITH_CRITICAL = 3
"""From so many ordered answers on, the worst is critical: the worse of two only says that something is to be done."""


def card(
    publication: Publication, outcome: Outcome, problems: Sequence[Problem] = (), *, hook_instance: str = ""
) -> dict[str, Any]:
    """Return the card that an outcome gives. What is not settled says so, with the safest answer.

    `problems` are those of facts that were not used. The same hook instance gives the same identifier.
    """
    pack = publication.pack
    decision = pack.decisions[outcome.decision]
    advice = outcome.advice()
    summary = _cut(" ".join([advice.first, *advice.do] if advice.first else advice.do) or advice.title)
    address = publication.canonical("Library", decision.name)
    data = outcome.to_dict()
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address}#{hook_instance}")),
        "summary": summary,
        "indicator": indicator(decision, outcome),
        "detail": "\n".join(_detail(advice, problems)),
        "source": {
            "label": f"{pack.title}, {pack.version}",
            "topic": {
                "system": publication.address("CodeSystem", "decisions"),
                "code": decision.name,
                "display": decision.title or decision.name,
            },
        },
        "extension": {"dev.hiprun": {key: data[key] for key in ("status", "safest", "needs", "provenance")}},
    }


def indicator(decision: Decision, outcome: Outcome) -> Indicator:
    """Return how urgent an outcome is, by the first output whose answers have an order from calm to worse.

    The calmest answer is `info`. If there are three answers or more, the worst is `critical`. Every other answer is a
    `warning`, and so are contradictions and cases for which there is no answer. While the outcome is open, the safest
    answer counts. A decision without such an output gives `info`.
    """
    unclear = outcome.status in ("conflict", "no_match") or outcome.may_conflict or outcome.may_not_match
    calm: Indicator = "warning" if unclear else "info"
    ordered = next((output for output in decision.outputs if output.calmest), None)
    if ordered is None or outcome.safest is None:
        return calm
    value, choices = outcome.safest.get(ordered.name), list(ordered.domain.choices)
    worst = choices[0] if ordered.calmest == choices[-1] else choices[-1]
    if value == worst and len(choices) >= _LEVELS_WITH_CRITICAL:
        return "critical"
    return calm if value in (None, ordered.calmest) else "warning"


def _detail(advice: Advice, problems: Sequence[Problem]) -> Iterator[str]:
    """Yield the lines of the detail, which clients show as Markdown."""
    words = catalogue(advice.language)
    if advice.first:
        yield f"**{_escaped(advice.first)}**"
        yield from ("", *map(_escaped, advice.first_because), "")
    yield f"**{_escaped(advice.title)}**"
    yield ""
    for line in (*advice.do, advice.remark):
        yield from (_escaped(line), "") if line else ()
    parts = {
        words.text("advice.why"): [reason.text for reason in advice.why],
        words.text("advice.also"): [" ".join(filter(None, (item.text, *item.amounts))) for item in advice.also],
        words.text("advice.open"): [*filter(None, (advice.ask, *advice.open))],
        words.text("card.not_used"): [problem.message for problem in problems],
    }
    for heading, entries in parts.items():
        if entries:
            yield from (f"**{_escaped(heading)}**", "", *(f"- {_escaped(entry)}" for entry in entries), "")
    yield _escaped(advice.notice)


def _escaped(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1].rstrip()}…"
