"""A plan: the facts that it still needs, what it holds, and how it is made anew when something has changed."""

from __future__ import annotations

import base64
import datetime
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.diary import Rows
from hiprun.errors import FactError
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.form_state import STAGES, START, FormState, read_day
from hiprun.interfaces.page.given_answers import given_answers
from hiprun.interfaces.page.interview_pages import CHANGE
from hiprun.interfaces.page.plan_words import (
    assumptions,
    change_views,
    milestones,
    next_session,
    week_views,
)
from hiprun.interfaces.page.questions import fact_question
from hiprun.interfaces.page.situation import Situation, answers_alone, problem_text, situation
from hiprun.interfaces.page.urgency import plan_level
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.web.questions import QuestionView
from hiprun.plan import Plan, entries_until

DAY = ".day"


@attrs.frozen
class _Making:
    """A plan that was made, the one before it was made anew, the answers, and what could not be used."""

    plan: Plan
    now: Situation
    before: Plan | None = None
    prefix: str = ""
    problems: Sequence[str] = ()


def choose(context: Context, request: PageRequest) -> PageReply:
    """Return the page with the protocols to choose from; the plan itself if there is just one."""
    stages = list(context.pack.model.stages)
    if not stages:
        return context.no_such_page()
    if len(stages) == 1:
        return plan(context, attrs.evolve(request, path={"stages": stages[0]}))
    return context.reply("plans.html", context.state(request))


def plan(context: Context, request: PageRequest) -> PageReply:
    """Return the page of a plan by one protocol."""
    name = request.path["stages"]
    if name not in context.pack.model.stages:
        return context.no_such_page()
    change = request.field(CHANGE)
    state = context.state(request).without(change).having(STAGES, name)
    state = state if state.day(START) else state.having(START, context.now().date().isoformat())
    diary = context.diary(state)
    made = _made(context, state, diary.rows)
    asked = _question(context, state, made, change)
    values = _plan_values(context, made) if asked is None and made.plan.days else {}
    return context.reply(
        "plan.html",
        _travelling(state, asked, values),
        status=422 if made.now.errors else 200,
        stages=name,
        title=_title(context, name),
        first=None if values else context.first(made.now.facts),
        question=asked,
        given=given_answers(context, state, made.now),
        missing=[(need, context.pack.facts[need].ask) for need in made.plan.needs] if asked is None else [],
        problems=[*diary.problems, *made.problems],
        start=made.plan.start,
        today=context.now().date(),
        **values,
    )


def changed(context: Context, request: PageRequest) -> PageReply:
    """Return the form in which to say what has changed since a plan was made."""
    name = request.path["stages"]
    if name not in context.pack.model.stages:
        return context.no_such_page()
    state = context.state(request)
    start = state.day(START) or context.now().date()
    day = read_day(request.field(DAY)) or max(start, context.now().date())
    facts, words = context.pack.facts, context.templates.words
    questions, others = (
        [fact_question(facts[fact], facts[fact].domain, state, words, prefix=f"{day}/") for fact in names]
        for names in _reportable(context, name, state)
    )
    return context.reply(
        "changed.html", state, stages=name, title=_title(context, name), day=day, questions=questions, others=others
    )


def calendar(context: Context, request: PageRequest) -> PageReply:
    """Return a plan as a calendar file."""
    return _file(
        context,
        request,
        "plan.ics",
        "text/calendar",
        lambda made: made.to_calendar(planned_at=context.now().astimezone()),
    )


def picture(context: Context, request: PageRequest) -> PageReply:
    """Return the picture of a plan as a file."""
    return _file(context, request, "plan.svg", "image/svg+xml", lambda made: made.to_svg())


def _travelling(state: FormState, asked: QuestionView | None, values: Mapping[str, Any]) -> FormState:
    """Return what travels unseen: not what the page has a field for."""
    if asked is not None:
        return state.without(asked.name)
    return state.without(START) if values else state


def _title(context: Context, stages: str) -> str:
    return context.pack.model.stages[stages].title or stages.replace("_", " ")


def _file(context: Context, request: PageRequest, name: str, media_type: str, content: Any) -> PageReply:
    stages, state = request.path["stages"], context.state(request)
    if stages not in context.pack.model.stages:
        return context.no_such_page()
    state = state.having(STAGES, stages)
    made = _made(context, state, context.diary(state).rows)
    return PageReply(content(made.plan), media_type=media_type, download=name)


def _made(context: Context, state: FormState, rows: Rows | None) -> _Making:
    """Return the plan that the answers, the diary and everything reported since give."""
    pack, stages = context.pack, state.text(STAGES)
    today = context.now().date()
    start = state.day(START) or today
    start, first_rows, grown = _beginning(context, rows, start, today)
    if first_rows is None:
        combine = answers_alone(pack)
    else:
        combine = functools.partial(_facts_for_plan, context, stages, first_rows, start)
    now = situation(pack, state, combine)
    made = _Making(pack.plan(stages, now.facts, start=start), now)
    days = {prefix: read_day(prefix[:-1]) for prefix in state.reports()}
    if grown and made.plan.days:
        days.setdefault(f"{today}/", today)
    for prefix, day in sorted(days.items()):
        if made.plan.days and day is not None:
            made = _made_anew(context, state, made, prefix, day, rows if grown else None)
    return made


def _beginning(
    context: Context, rows: Rows | None, start: datetime.date, today: datetime.date
) -> tuple[datetime.date, Rows | None, bool]:
    """Return the day on which a plan begins, the entries that it begins from, and whether there are more since.

    If the diary is not older than the plan, nothing is known of its first day, and the plan begins today.
    """
    if rows is None or start >= today:
        return start, rows, False
    before = entries_until(rows, start - datetime.timedelta(days=1), context.zone)
    if not before.rows:
        return today, rows, False
    return start, before, len(before.rows) < len(rows.rows)


def _facts_for_plan(
    context: Context, stages: str, rows: Rows, day: datetime.date, also: Mapping[str, Any]
) -> Mapping[str, Any]:
    return context.pack.facts_for_plan(stages, rows, day, also, zone=context.zone)


def _made_anew(
    context: Context, state: FormState, made: _Making, prefix: str, day: datetime.date, rows: Rows | None
) -> _Making:
    """Return a plan made anew with what was reported for a day; what cannot be used is told, and changes nothing."""
    pack = context.pack

    def combine(also: Mapping[str, Any]) -> Mapping[str, Any]:
        news = dict(also)
        if rows is not None:
            news = pack.facts_for_plan(made.plan.stages.name, rows, day, also, after=made.plan, zone=context.zone)
        made.plan.replan(day, news)
        return news

    try:
        later = situation(pack, state, combine, prefix)
        anew, _ = made.plan.replan(day, later.facts)
    except FactError as error:
        return attrs.evolve(made, problems=[*made.problems, *(problem_text(problem) for problem in error.problems)])
    problems = [*made.problems, *later.errors.values()]
    return attrs.evolve(made, plan=anew, before=made.plan, prefix=prefix, problems=problems)


def _question(context: Context, state: FormState, made: _Making, change: str) -> QuestionView | None:
    """Return the question to answer next for the plan; None if it can be made, or nobody knows what it needs."""
    facts, errors = context.pack.facts, made.now.errors
    words = context.templates.words
    wrong = next(iter(errors), change if change in facts else "")
    if wrong:
        return fact_question(facts[wrong], facts[wrong].domain, state, words, error=errors.get(wrong, ""))
    left = [name for name in made.plan.needs if not state.is_not_known(name, made.prefix)]
    if not left:
        return None
    return fact_question(facts[left[0]], facts[left[0]].domain, state, words, prefix=made.prefix)


def _plan_values(context: Context, made: _Making) -> dict[str, Any]:
    words, plan = context.templates.words, made.plan
    return {
        "opening": plan.opening,
        "standing": plan.voice().status_sentence(plan.status),
        "level": plan_level(context.pack.decisions, plan),
        "next": next_session(plan, max(context.now().date(), plan.reported or plan.start)),
        "weeks": week_views(plan, words),
        "soon": _weeks_until_soon(plan, context.now().date()),
        "changes": change_views(made.before, plan) if made.before else None,
        "since": read_day(made.prefix[:-1]),
        "milestones": milestones(plan),
        "assumptions": assumptions(plan),
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(plan.to_svg().encode()).decode()}",
    }


def _weeks_until_soon(plan: Plan, today: datetime.date) -> int:
    """Return how many weeks to show at once: up to the one after the week of today."""
    return min(max(sum(week.start <= today for week in plan.weeks), 1) + 1, len(plan.weeks))


def _reportable(context: Context, stages: str, state: FormState) -> tuple[list[str], list[str]]:
    """Return the facts to ask for when something has changed, and others that can matter: those that can get worse."""
    pack = context.pack
    first = pack.model.first
    main = [*(pack.decide(first, {}).needs if first else ()), *state.names()]
    asked = [name for name in dict.fromkeys(main) if pack.facts[name].changeable]
    protocol = pack.model.stages[stages]
    needs = [name for decision in (stages, protocol.day_decision) for name in pack.decide(decision, {}).needs]
    others = [name for name in dict.fromkeys(needs) if pack.facts[name].domain.worse and pack.facts[name].changeable]
    return asked, [name for name in others if name not in asked]
