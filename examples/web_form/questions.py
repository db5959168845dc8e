"""The questions of a form, each made from one fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from examples.web_form.answers import NOTHING, TESTS, Answers
from examples.web_form.markup import Child, Html, tag
from examples.web_form.words import wording

import hiprun
from hiprun.model import Decision, Fact

_NOT_KNOWN = "not known"


def standing(name: str, answers: Answers, outcome: hiprun.Outcome | None, decision: Decision) -> str:
    """Return whether a question is still needed or no longer matters; empty if it is answered."""
    if outcome is None or name in answers.problems:
        return ""
    if name in outcome.needs:
        return "still needed"
    judged = {ref.name for _, ref in decision.quantities}
    return "" if name in answers.facts or name in judged else "no longer matters"


def question(fact: Fact, answers: Answers, standing: str) -> Html:
    """Return one question with its answer, its mistake if there is one, and whether it is still needed."""
    problems = answers.problems.get(fact.name, ())
    error = tag("p", " ".join(problems), id=f"{fact.name}-error", class_="error") if problems else None
    badge = tag("span", standing, class_="badge") if standing else None
    label: Child = (fact.ask, badge)
    hint = tag("p", fact.because, class_="hint") if fact.because else None
    match fact.domain.type:
        case "boolean":
            inside = _options(fact, answers, {"true": "yes", "false": "no"}, label, hint, error)
        case "choice":
            inside = _options(
                fact,
                answers,
                {name: text or wording(name) for name, text in fact.domain.choices.items()},
                label,
                hint,
                error,
            )
        case "set":
            inside = _ticks(fact, answers, label, hint, error)
        case _:
            inside = _entry(fact, answers, label, hint, error)
    classes = f"question {standing.replace(' ', '-')}{' wrong' if problems else ''}".strip()
    return tag("div", inside, id=fact.name, class_=classes)


def _options(fact: Fact, answers: Answers, options: Mapping[str, str], label: Child, hint: Child, error: Child) -> Html:
    given = answers.field(fact.name)
    entries = [
        _option("radio", fact, value, text, value == given) for value, text in {**options, "": _NOT_KNOWN}.items()
    ]
    return _group(fact, entries, label, hint, error)


def _ticks(fact: Fact, answers: Answers, label: Child, hint: Child, error: Child) -> Html:
    given = answers.chosen(fact.name)
    options = {**{name: text or wording(name) for name, text in fact.domain.choices.items()}, NOTHING: "none of these"}
    entries = [_option("checkbox", fact, value, text, value in given) for value, text in options.items()]
    return _group(fact, entries, label, hint, error)


def _option(kind: str, fact: Fact, value: str, text: str, checked: bool) -> Html:
    return tag(
        "label",
        tag("input", type=kind, name=fact.name, value=value, checked=checked),
        tag("span", text),
        class_="option",
    )


def _group(fact: Fact, entries: Sequence[Html], label: Child, hint: Child, error: Child) -> Html:
    described = f"{fact.name}-error" if error else None
    return tag(
        "fieldset", tag("legend", label), hint, error, tag("div", entries, class_="options"), aria_describedby=described
    )


def _entry(fact: Fact, answers: Answers, label: Child, hint: Child, error: Child) -> Html:
    domain, name = fact.domain, fact.name
    test = None
    if domain.is_comparable:
        given = answers.field(f"{name}.test")
        options = [tag("option", text, value=value, selected=value == given) for value, text in TESTS.items()]
        test = tag("select", options, name=f"{name}.test", aria_label=f"{fact.ask} Exactly, at least or at most?")
    entry = tag(
        "input",
        id=f"{name}-value",
        name=name,
        value=answers.field(name),
        type="date" if domain.type == "date" else "text",
        inputmode={"integer": "numeric", "number": "decimal"}.get(domain.type),
        class_="long" if domain.type == "string" else None,
        maxlength="200",
        aria_invalid="true" if error else None,
        aria_describedby=f"{name}-error" if error else None,
    )
    unit = tag("span", domain.unit, class_="unit") if domain.unit else None
    return tag(
        "div", tag("label", label, for_=f"{name}-value"), hint, error, tag("div", test, entry, unit, class_="entry")
    )
