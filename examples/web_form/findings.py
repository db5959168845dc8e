"""The result in words: how urgent, why, and what is still needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from examples.web_form.answers import Answers
from examples.web_form.markup import Child, Html, tag
from examples.web_form.words import shown, wording

import hiprun
from hiprun.model import Decision, Domain, Output
from hiprun.model.amounts import amount_text

_MOST_OPEN = 5


def mistakes(pack: hiprun.Pack, answers: Answers) -> Child:
    """Return the answers that need correcting, each with a link to its question."""
    if not answers.problems:
        return None
    entries = [
        tag("li", tag("a", pack.facts[name].ask, href=f"#{name}") if name else " ".join(texts))
        for name, texts in answers.problems.items()
    ]
    return tag(
        "section", tag("h2", "Please check these answers"), tag("ul", entries), class_="panel mistakes", role="alert"
    )


def result(pack: hiprun.Pack, decision: Decision, outcome: hiprun.Outcome) -> Html:
    """Return the result so far: the answer, or what remains possible, with the reasons and what is still needed."""
    return tag(
        "section",
        _headline(decision, outcome),
        [_ladder(output, outcome) for output in decision.outputs if _has_ladder(decision, output)],
        _listed(decision, outcome),
        _reasons(outcome),
        _needed(pack, outcome),
        class_=f"panel level-{_level(decision, outcome)}",
        aria_label="Result so far",
    )


def _headline(decision: Decision, outcome: hiprun.Outcome) -> Child:
    match outcome.status:
        case "no_match":
            return tag("p", "There is no advice for these answers.", class_="headline")
        case "conflict":
            return tag(
                "p",
                "The rules contradict each other here. Please tell the people who maintain them.",
                class_="headline",
            )
    if not outcome.safest or outcome.limits:
        return None
    state = "Decided" if outcome.status == "decided" else "Not decided yet. To be on the safe side until then"
    values = [
        tag(
            "p",
            *_labelled(output, _value(output, outcome), several=len(decision.outputs) > 1),
            class_="headline" if index == 0 else "aside",
        )
        for index, output in enumerate(decision.outputs)
        if output.name in outcome.safest
    ]
    silent = tag("p", "There may also be no advice.", class_="quiet") if outcome.may_not_match else None
    return tag("p", state, class_="state"), values, silent


def _value(output: Output, outcome: hiprun.Outcome) -> Any:
    """Return the safest value, or for an open number the range of its possible values."""
    if not output.domain.is_numeric:
        return outcome.safest[output.name] if outcome.safest else None
    low, high = outcome.range(output.name)
    return low if low == high else {"at_least": low, "at_most": high}


def _labelled(output: Output, value: Any, *, several: bool) -> Iterable[Child]:
    if output.title or (several and output.domain.type not in ("choice", "string")):
        yield tag("span", f"{output.title or wording(output.name)}: ", class_="quiet")
    yield shown(output.domain, value)


def _has_ladder(decision: Decision, output: Output) -> bool:
    return decision.hit not in ("collect", "limits") and output.domain.type == "choice" and bool(output.domain.worse)


def _ladder(output: Output, outcome: hiprun.Outcome) -> Child:
    possible = {value for answer in outcome.possible for value in _each(answer[output.name])}
    if len(possible) < 2:
        return None
    steps = []
    for value in output.domain.choices:
        state = "possible" if value in possible else "ruled out"
        text = (tag("span", f"{state}: ", class_="hidden"), shown(output.domain, value))
        steps.append(tag("li", text, class_=f"{state.replace(' ', '-')} level-{_urgency(output, value)}"))
    return tag(
        "ol", steps, class_="ladder", aria_label=f"{output.title or wording(output.name)}: what remains possible"
    )


def _each(value: Any) -> Iterable[Any]:
    return value["one_of"] if isinstance(value, Mapping) else (value,)


def _listed(decision: Decision, outcome: hiprun.Outcome) -> Child:
    if outcome.criteria:
        return tag(
            "ul",
            [
                _line(one.status, one.title or wording(one.id), one.unmet if one.status == "unmet" else "")
                for one in outcome.criteria
            ],
            class_="list",
        )
    if outcome.limits:
        return tag(
            "ul",
            [
                _line(one.verdict or "limit", wording(one.quantity), _span(one, decision.output(one.quantity).domain))
                for one in outcome.limits
            ],
            class_="list",
        )
    items = [item for item in outcome.items if item.certainty != "excluded"]
    if decision.hit == "collect" and not items:
        return tag("p", "Nothing applies.", class_="headline")
    entries = []
    for item in items:
        texts = [
            Html(tag("span", *_labelled(decision.output(name), value, several=True), class_="part"))
            for name, value in item.outputs.items()
        ]
        entries.append(_line(item.certainty, texts, item.because))
    return tag("ul", entries, class_="list") if entries else None


def _line(state: str, text: Child, note: str) -> Html:
    mark = tag("span", wording(state), class_=f"mark {state}")
    return tag("li", mark, tag("div", tag("div", text), tag("p", note, class_="quiet") if note else None))


def _span(limit: hiprun.Limit, domain: Domain) -> str:
    ends = {"at_least": limit.safest_at_least, "at_most": limit.safest_at_most}
    text = " and ".join(amount_text({test: end}, domain) for test, end in ends.items() if end is not None) or "no limit"
    return f"{text}, based on what is known so far" if limit.open else text


def _reasons(outcome: hiprun.Outcome) -> Child:
    fired = {rule.because: rule for rule in outcome.explain().rules if rule.status == "fired" and rule.because}
    if not fired or outcome.items:
        return None
    entries = [
        tag("li", tag("p", because), [tag("p", f"“{text}”", class_="quiet") for _, text in rule.sources if text])
        for because, rule in fired.items()
    ]
    return tag("details", tag("summary", "Why"), tag("ul", entries), open=len(entries) <= _MOST_OPEN)


def _needed(pack: hiprun.Pack, outcome: hiprun.Outcome) -> Child:
    if not outcome.needs:
        return None
    entries = [tag("li", tag("a", pack.facts[name].ask, href=f"#{name}")) for name in outcome.needs]
    return tag(
        "details", tag("summary", f"Still needed: {len(entries)}"), tag("ol", entries), open=len(entries) <= _MOST_OPEN
    )


def _level(decision: Decision, outcome: hiprun.Outcome) -> str:
    """Return how urgent the safest answer is, or `none` if answers have no order."""
    ranked = [output for output in decision.outputs if _has_ladder(decision, output)]
    return _urgency(ranked[0], outcome.safest[ranked[0].name]) if ranked and outcome.safest else "none"


def _urgency(output: Output, value: object) -> str:
    """Return the place of a choice in its order, from 0 (calmest) to 4."""
    place = list(output.domain.choices).index(str(value)) / (len(output.domain.choices) - 1)
    return str(round(4 * (place if output.domain.worse == "later" else 1 - place)))
