"""A question of the pack: the answer so far, first and in words, and the one question to answer next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiprun.diary import Rows
from hiprun.inference.advice import Advice
from hiprun.inference.interview import Question
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.form_state import FormState
from hiprun.interfaces.page.given_answers import given_answers
from hiprun.interfaces.page.plan_words import SessionView, session_today
from hiprun.interfaces.page.questions import fact_question
from hiprun.interfaces.page.situation import Situation, situation
from hiprun.interfaces.page.urgency import level
from hiprun.interfaces.planned_day import plan_from_today
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.web.questions import QuestionView

CHANGE = ".change"
"""The field with the fact whose answer is to be given anew."""


def home(context: Context, request: PageRequest) -> PageReply:
    """Return the page that one starts from: the pack's own few questions."""
    model = context.pack.model
    shown = [name for name, _ in context.starts()]
    names = [name for name in model.offered_to_person if name not in shown]
    others = [(name, context.title(name)) for name in names]
    return context.reply("home.html", context.state(request), others=others)


def ask(context: Context, request: PageRequest) -> PageReply:
    """Return the page of one decision."""
    decision = request.path["decision"]
    if decision not in context.pack.model.offered:
        return context.no_such_page()
    state = context.state(request)
    change = request.field(CHANGE)
    state = state.without(change)
    diary = context.diary(state)
    now = situation(context.pack, state, context.facts(diary.rows))
    outcome = context.pack.decide(decision, now.facts)
    asked, left = _next_question(context, decision, state, now, change)
    advice = outcome.advice()
    beside = _shown_with(context, outcome) if asked is None and diary.rows else []
    return context.reply(
        "ask.html",
        _without_open(state, asked),
        status=422 if now.errors else 200,
        decision=decision,
        title=context.title(decision),
        advice=advice,
        first=context.first(now.facts) if decision != context.pack.model.first else None,
        level=level(context.pack.decisions[decision], outcome),
        begun=bool(state.names() or diary.rows),
        question=asked,
        left=left,
        given=given_answers(context, state, now),
        last=next(reversed(state.names()), ""),
        open=_still_open(context, outcome) if asked is None else [],
        diary_problems=diary.problems,
        as_of=context.moment(diary.rows) if diary.rows else None,
        sessions=_sessions(context, beside, diary.rows, now),
        others=_others(context, beside, now),
    )


def professional(context: Context, request: PageRequest) -> PageReply:
    """Return how an answer came about, for the professional."""
    decision = request.path["decision"]
    state = context.state(request)
    if decision not in context.pack.model.offered:
        return context.no_such_page()
    now = situation(context.pack, state, context.facts(context.diary(state).rows))
    outcome = context.pack.decide(decision, now.facts)
    return context.reply(
        "professional.html",
        state,
        decision=decision,
        title=context.title(decision),
        explanation=str(outcome.explain()),
    )


def _without_open(state: FormState, asked: QuestionView | None) -> FormState:
    return state if asked is None else state.without(asked.name)


def _next_question(
    context: Context, decision: str, state: FormState, now: Situation, change: str
) -> tuple[QuestionView | None, int]:
    """Return the question to answer next, and how many can follow at most, this one included."""
    words = context.templates.words
    facts = context.pack.facts
    wrong = next(iter(now.errors), "")
    not_known = [name for name in state.names() if state.is_not_known(name)]
    step = context.pack.interview(decision).step(now.facts, not_known)
    if name := wrong or (change if change in facts else ""):
        error = now.errors.get(name, "")
        return fact_question(facts[name], facts[name].domain, state, words, error=error), step.most_left
    question = _first_question(context, decision, now.facts, not_known) or step.question
    if question is None:
        return None, 0
    return fact_question(question, facts[question.fact].domain, state, words), step.most_left


def _first_question(context: Context, decision: str, facts: Mapping[str, Any], not_known: list[str]) -> Question | None:
    """Return the question that settles what has to be read first, while that is open."""
    first = context.pack.first_words(facts)
    if first is None or first.certain or first.decision == decision:
        return None
    return context.pack.interview(first.decision).step(facts, not_known).question


def _still_open(context: Context, outcome: Outcome) -> list[tuple[str, str]]:
    """Return the facts that could still change the answer, with their questions."""
    return [(name, context.pack.facts[name].ask) for name in outcome.needs]


def _shown_with(context: Context, outcome: Outcome) -> list[str]:
    """Return the decisions to show with the question of the day, some of them only with the answer hoped for."""
    diary = context.pack.model.diary
    daily = diary.today if diary else None
    if daily is None or daily.decision != outcome.decision:
        return []
    hoped_for = outcome.status == "decided" and all(outcome.get(name) == value for name, value in daily.wanted)
    return list(dict.fromkeys((*(daily.session if hoped_for else ()), *daily.also)))


def _sessions(context: Context, names: list[str], rows: Rows | None, now: Situation) -> list[SessionView]:
    """Return what each protocol among `names` holds for today."""
    pack = context.pack
    if rows is None:
        return []
    at = context.moment(rows)
    stages = [name for name in names if name in pack.model.stages]
    plans = [plan_from_today(pack, name, rows, at, now.answered, context.zone) for name in stages]
    return [session_today(plan) for plan in plans if plan.days]


def _others(context: Context, names: list[str], now: Situation) -> list[Advice]:
    """Return what the other decisions among `names` say, if they say something."""
    pack = context.pack
    advices = [pack.decide(name, now.facts).advice() for name in names if name not in pack.model.stages]
    return [advice for advice in advices if advice.also]
