"""Changes that somebody proposes in a form: checked, shown again with what is wrong, or made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from hiprun.errors import Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.session import EditError
from hiprun.workspace import TextEdit
from hiprun.workspace.additions import add_statement

EFFECT = "/effect"

Again: TypeAlias = Callable[[Sequence[Problem]], PageReply]
"""Shows a form again, with the mistakes that what is in it would make."""


def proposed(
    context: Context, request: PageRequest, edits: Sequence[TextEdit], summary: str, again: Again
) -> PageReply:
    """Make a change, unless it makes mistakes: then show the form again, with what is wrong and the choice to go on."""
    before = context.state.current
    known = {(problem.code, problem.message) for problem in before.problems}
    after = before.edited(edits)
    new = [problem for problem in after.problems if (problem.code, problem.message) not in known]
    if request.field("check") or (new and not request.field("anyway")):
        return told(context, request, new, again)
    context.session.edit(edits, summary)
    return to(EFFECT)


def told(context: Context, request: PageRequest, problems: Sequence[Problem], again: Again) -> PageReply:
    """Return what is wrong with a form: alone if it is only to be checked, otherwise with the form."""
    if request.field("check"):
        return PageReply(context.templates.render("problems.html", problems=problems, live=True))
    return again(problems)


def new_statement(context: Context, request: PageRequest) -> tuple[TextEdit, ...]:
    """Return the edits that add the last statement that a form cites, if it says what that is to say."""
    said = " ".join(request.field("statement").split())
    name = request.field("source").rpartition(",")[2].strip()
    files = pack_edits.files_of(context.state.current, "guidance")
    if not said or not name or not files:
        return ()
    return add_statement(context.state.current, name, said, files[0])


def new_name(request: PageRequest) -> str:
    """Return the name that a form gives to something new; raises `EditError` if there is none."""
    name = request.field("name").strip()
    if not name:
        raise EditError([Problem("no-name", "It needs a name.", help="Write a short one.")])
    return name


def known_file(context: Context, file: str) -> str:
    """Return the name of a file if the pack has it; raises `EditError` otherwise."""
    if file not in context.state.current.texts:
        raise EditError([Problem("no-such-file", "The pack has no such file.", help="Choose one from the list.")])
    return file


def seen(text: str) -> str:
    """Return what a form says of the text that it shows, so that it changes nothing else when it comes back."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def check_seen(request: PageRequest, text: str) -> None:
    """Raise `EditError` if a form showed another text than the one that it would change now."""
    if request.field("seen") not in ("", seen(text)):
        message = "This has changed since the page was made."
        help = "Copy what you have typed, and open the page again."
        raise EditError([Problem("changed-since", message, help=help)])


def first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first value of a field; empty if it has none."""
    return next(iter(fields.get(name, ())), "")


def number_in(typed: str) -> int:
    """Return the number of a line or column that was sent; 1 for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 1
