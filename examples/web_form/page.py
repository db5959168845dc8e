"""Whole pages, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from examples.web_form.answers import Answers
from examples.web_form.findings import mistakes, result
from examples.web_form.markup import Child, Html, tag
from examples.web_form.questions import question, standing
from examples.web_form.words import wording

import hiprun
from hiprun.model import Decision


def home(pack: hiprun.Pack) -> Html:
    """Return the page that lists what can be decided."""
    entries = [
        tag("li", tag("a", pack.decisions[name].title or wording(name), href=f"/{name}"))
        for name in pack.model.offered_to_person
    ]
    return _page(
        pack, pack.title, tag("main", tag("h1", pack.title), _notice(pack), tag("ul", entries, class_="cards"))
    )


def sorry(pack: hiprun.Pack, message: str) -> Html:
    """Return a page that says why there is nothing to show."""
    back = tag("p", tag("a", "All questions", href="/"))
    return _page(pack, message, tag("main", tag("h1", message), back))


def form(
    pack: hiprun.Pack, decision: Decision, asked: Sequence[str], answers: Answers, outcome: hiprun.Outcome | None
) -> Html:
    """Return the page of one decision: the result so far, and the questions with their answers."""
    title = decision.title or wording(decision.name)
    told = outcome if answers.facts or not asked else None
    questions = [question(pack.facts[name], answers, standing(name, answers, told, decision)) for name in asked]
    send = tag(
        "div",
        tag("button", "Show the advice", type="submit"),
        tag("a", "Start over", href=f"/{decision.name}"),
        class_="send",
    )
    return _page(
        pack,
        title,
        tag("header", tag("p", tag("a", pack.title, href="/")), tag("h1", title), class_="top"),
        tag(
            "main",
            tag(
                "div",
                mistakes(pack, answers),
                _first(pack, answers) if told else None,
                result(pack, decision, told) if told else _welcome(decision),
                class_="result",
            ),
            tag("form", questions, send, method="post", action=f"/{decision.name}", autocomplete="off"),
            class_="columns",
        ),
        tag("footer", _notice(pack), _provenance(outcome)),
    )


def _page(pack: hiprun.Pack, title: str, *body: Child) -> Html:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title if title == pack.title else f"{title} – {pack.title}"),
        tag("link", rel="stylesheet", href="/style.css"),
    )
    return Html("<!doctype html>" + tag("html", head, tag("body", *body), lang="en"))


def _notice(pack: hiprun.Pack) -> Child:
    return tag("p", pack.notice, class_="notice") if pack.notice else None


def _provenance(outcome: hiprun.Outcome | None) -> Child:
    made = outcome.provenance if outcome else None
    return (
        tag("p", f"Rules {made.pack} {made.version}, {made.digest[:12]}; hiprun {made.engine}", class_="quiet")
        if made
        else None
    )


def _first(pack: hiprun.Pack, answers: Answers) -> Html | None:
    """Return what has to be read before everything else, with its reasons; None if there is nothing."""
    first = pack.first_words(answers.facts)
    if first is None:
        return None
    return tag(
        "section",
        tag("p", first.words, class_="headline"),
        [tag("p", reason) for reason in first.because],
        class_="panel",
    )


def _welcome(decision: Decision) -> Html:
    promise = "Answer what you can. Anything you leave out stays unknown; it never counts as a no."
    return tag("section", tag("p", decision.because) if decision.because else None, tag("p", promise), class_="panel")
