"""The pages of the workbench by their addresses, for one session on this machine."""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Mapping

from hiprun.errors import HiprunError
from hiprun.interfaces.web import Handler, PageReply, PageRequest, Templates, WebApplication, make_application
from hiprun.interfaces.workbench import (
    add_pages,
    change_pages,
    effect_page,
    history_pages,
    read_page,
    table_pages,
    try_page,
)
from hiprun.interfaces.workbench.access import guarded
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.marked_text import marked
from hiprun.interfaces.workbench.problem_words import problem_words, sentence_words
from hiprun.interfaces.workbench.rule_form import value_text
from hiprun.interfaces.workbench.session import Session

_PACKAGE = "hiprun.interfaces.workbench"

_PAGES: Mapping[str, Callable[[Context, PageRequest], PageReply]] = {
    "GET /": lambda context, request: to("/read"),
    "GET /read": read_page.read_page,
    "GET /read/{chapter}": read_page.read_page,
    "GET /try": try_page.try_page,
    "POST /try/keep": try_page.keep_case,
    "GET /change": change_pages.overview,
    "POST /change/parameter": change_pages.set_parameter,
    "GET /change/entry": change_pages.entry_page,
    "POST /change/entry": change_pages.change_entry,
    "POST /change/remove": change_pages.remove_entry,
    "GET /change/rule": change_pages.new_rule_page,
    "POST /change/rule": change_pages.change_rule,
    "GET /change/fact": add_pages.new_fact_page,
    "POST /change/fact": add_pages.add_fact,
    "GET /change/statement": add_pages.new_statement_page,
    "POST /change/statement": add_pages.add_statement,
    "GET /change/patient": add_pages.patient_page,
    "POST /change/patient": add_pages.add_to_patient,
    "GET /change/table": table_pages.table_page,
    "POST /change/table": table_pages.change_cells,
    "GET /change/table/download": table_pages.download,
    "POST /change/table/upload": table_pages.upload,
    "GET /change/file": change_pages.file_page,
    "POST /change/file": change_pages.change_file,
    "GET /effect": effect_page.effect_page,
    "GET /effect/progress": effect_page.progress,
    "POST /effect/mend": effect_page.mend,
    "POST /effect/accept": effect_page.accept,
    "POST /effect/except": effect_page.make_exception,
    "POST /effect/fix": effect_page.fix,
    "POST /effect/stop": effect_page.stop,
    "POST /effect/start": effect_page.start,
    "POST /effect/back": effect_page.take_back,
    "POST /effect/read-again": effect_page.read_again,
    "POST /effect/save": effect_page.save,
    "POST /history/undo": effect_page.undo,
    "GET /history": history_pages.history,
    "GET /history/{commit}": history_pages.version,
    "GET /history/{commit}/progress": history_pages.progress,
    "POST /history/{commit}/start": history_pages.compare,
    "POST /history/{commit}/stop": history_pages.stop,
}


def make_context(session: Session) -> Context:
    """Return what the pages of a session work with."""
    words = session.words
    values = {
        "entry_address": change_pages.entry_address,
        "value_text": value_text,
        "marked": marked,
        "said": lambda sentence: sentence_words(sentence, words),
        "problem_words": lambda problem: problem_words(problem, words),
    }
    return Context(session, Templates(_PACKAGE, language=words.language, values=values))


def workbench_application(context: Context, key: str) -> WebApplication:
    """Return the workbench of a session, which answers only those who have its key."""
    routes: dict[str, Handler] = {
        "GET /workbench.js": _static("workbench.js", "text/javascript"),
        "GET /workbench.css": _static("workbench.css", "text/css"),
        "GET /book.css": lambda request: PageReply(read_page.styles(), media_type="text/css"),
    }
    routes |= {address: _handler(context, page) for address, page in _PAGES.items()}
    return guarded(make_application(routes, context.templates, scripts=True), key, context.words)


def _handler(context: Context, page: Callable[[Context, PageRequest], PageReply]) -> Handler:
    def handle(request: PageRequest) -> PageReply:
        try:
            return page(context, request)
        except HiprunError as error:
            if request.field("check"):  # only the mistakes are shown, in the page that is there
                return PageReply(context.templates.render("problems.html", problems=error.problems, live=True))
            return context.refused(error.problems)

    return handle


def _static(name: str, media_type: str) -> Handler:
    content = (importlib.resources.files(_PACKAGE) / "static" / name).read_text(encoding="utf-8")
    return lambda request: PageReply(content, media_type=media_type)
