"""A page for people: from the questions of any pack to an answer in words, with a diary and a plan, without an account.

Nothing about anyone is stored: answers travel in the form, and the diary is a file of the person's.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable

from hiprun.catalogue import catalogue
from hiprun.errors import HiprunError
from hiprun.interfaces.page import diary_pages, interview_pages, plan_pages
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.dates import date_words, time_words
from hiprun.interfaces.page.diary_file import DiaryFile, diary_file
from hiprun.interfaces.page.situation import problem_text
from hiprun.interfaces.web import (
    LOCAL_HOSTS,
    Handler,
    PageReply,
    PageRequest,
    Templates,
    WebApplication,
    make_application,
)
from hiprun.pack import Pack

__all__ = ["DiaryFile", "diary_file", "make_page"]

_PAGES: dict[str, Callable[[Context, PageRequest], PageReply]] = {
    "/": interview_pages.home,
    "/ask/{decision}": interview_pages.ask,
    "/professional/{decision}": interview_pages.professional,
    "/diary": diary_pages.diary,
    "/diary/entry/{kind}": diary_pages.entry,
    "/plan": plan_pages.choose,
    "/plan/{stages}": plan_pages.plan,
}
"""Can be opened by their address, and then have no answers yet, or be sent a form."""

_FORMS: dict[str, Callable[[Context, PageRequest], PageReply]] = {
    "/diary/remove": diary_pages.remove,
    "/diary/upload": diary_pages.upload,
    "/diary/download": diary_pages.download,
    "/plan/{stages}/changed": plan_pages.changed,
    "/plan/{stages}/calendar": plan_pages.calendar,
    "/plan/{stages}/picture": plan_pages.picture,
}


_MOST_BYTES = 1_000_000
"""Of a form with everything that travels in it: a diary of twenty years."""


def make_page(
    pack: Pack,
    *,
    diary: DiaryFile | None = None,
    now: Callable[[], datetime.datetime] = datetime.datetime.now,
    zone: datetime.tzinfo | None = None,
    hosts: frozenset[str] | None = LOCAL_HOSTS,
) -> WebApplication:
    """Return the application for one pack, to be served to one person or, without `diary`, to many.

    hiprun's own words are in the language of the pack. `now` is the clock on the wall, `zone` where days begin if
    the times of a diary have offsets. `hosts` are the names under which it may be reached, None for any.
    """
    words = catalogue(pack.model.text_language)
    dates = {"date_words": lambda day: date_words(day, words), "time_words": lambda when: time_words(when, words)}
    templates = Templates(__name__, language=words.language, values=dates)
    context = Context(pack, templates, now, zone, diary)
    routes: dict[str, Handler] = {}
    for path, page in {**_PAGES, **_FORMS}.items():
        handler = functools.partial(_reply, context, page)
        routes[f"POST {path}"] = handler
        if path in _PAGES:
            routes[f"GET {path}"] = handler
    return make_application(routes, templates, hosts=hosts, most_bytes=_MOST_BYTES)


def _reply(context: Context, page: Callable[[Context, PageRequest], PageReply], request: PageRequest) -> PageReply:
    """Return a page, or the one that says what is wrong with what was sent."""
    try:
        return page(context, request)
    except HiprunError as error:
        problems = [problem_text(problem) for problem in error.problems]
        return context.reply("problem.html", context.state(request), status=422, problems=problems)
