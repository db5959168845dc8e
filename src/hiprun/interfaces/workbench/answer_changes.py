"""Who gets another answer from one version than from another, as the pages of the workbench show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import attrs

from hiprun.catalogue import Catalogue
from hiprun.interfaces.workbench.effect_job import JobState
from hiprun.interfaces.workbench.fact_fields import PREFIX, fact_words, typed_facts
from hiprun.pack import Pack
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference

_ANSWER = re.compile(r"(?P<output>\w+):? (?P<first>\w+)(?: → (?P<second>\w+))?")
_MOST_FACTS = 12
_MOST_CHANGES = 6


@attrs.frozen
class ChangeView:
    """Patients who get another answer: what changes and the facts to look at, in words, and where to try one."""

    change: AnswerChange
    what: str
    before: str
    after: str
    facts: Sequence[tuple[str, str]]
    address: str


@attrs.frozen
class DecisionView:
    """A decision that answers differently."""

    difference: DecisionDifference
    title: str
    changes: Sequence[ChangeView]
    more: int


def comparison_values(pack: Pack | None, job: JobState | None, address: str, words: Catalogue) -> dict[str, Any]:
    """Return what is shown of the comparison of `pack` with an earlier version, on the page at `address`."""
    difference = job.difference if job else None
    decisions = _decisions(pack, difference, words) if pack and difference else []
    return {
        "job": job,
        "job_address": address,
        "cases_are_current": False,
        "own": [each for each in decisions if not each.difference.follows],
        "following": [each for each in decisions if each.difference.follows],
        "properties": {each.id: each for each in pack.model.properties} if pack else {},
        "exceptions": lambda claim: [],
        "same": sum(each.status == "equivalent" for each in difference.decisions) if difference else 0,
    }


def _decisions(pack: Pack, difference: Difference, words: Catalogue) -> list[DecisionView]:
    return [
        DecisionView(
            each,
            pack.decisions[each.decision].title if each.decision in pack.decisions else each.decision,
            [_change(pack, each.decision, change, words) for change in each.changes[:_MOST_CHANGES]],
            max(0, len(each.changes) - _MOST_CHANGES),
        )
        for each in difference.decisions
        if each.status != "equivalent" or each.texts
    ]


def _change(pack: Pack, decision: str, change: AnswerChange, words: Catalogue) -> ChangeView:
    names = list(change.matters or change.facts)[:_MOST_FACTS]
    typed = typed_facts(pack, change.facts)
    fields = [("decision", decision), *((PREFIX + name, value) for name in typed for value in typed[name])]
    address = f"/try?{urlencode(fields)}" if decision else ""
    what, before, after = (_in_words(pack, decision, said) for said in (change.what, change.before, change.after))
    facts = [fact_words(pack, name, change.facts[name], words) for name in names]
    return ChangeView(change, what, before, after, facts, address)


def _in_words(pack: Pack, decision: str, said: str) -> str:
    """Return what is said of an answer with the words of choices in place of their names."""
    outputs = {each.name: each for each in pack.decisions[decision].outputs} if decision in pack.decisions else {}

    def words(match: re.Match[str]) -> str:
        output = outputs.get(match["output"])
        choices = output.domain.choices if output else {}
        if output is None or match["first"] not in choices or (match["second"] or match["first"]) not in choices:
            return match[0]
        title = output.title or output.name.replace("_", " ")
        values = [choices[name] or name for name in (match["first"], match["second"]) if name]
        return f"{title}: {' → '.join(values)}"

    return _ANSWER.sub(words, said)
