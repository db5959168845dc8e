"""Changes that somebody proposes in a form: checked, shown again with what is wrong, or made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from hiprun.errors import Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.session import EditError
from hiprun.workspace import TextEdit

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
    if request.field("check"):
        return PageReply(context.templates.render("problems.html", problems=new, live=True))
    if new and not request.field("anyway"):
        return again(new)
    context.session.edit(edits, summary)
    return to(EFFECT)


def new_statement(context: Context, request: PageRequest) -> tuple[TextEdit, ...]:
    """Return the edits that add the last statement that a form cites, if it says what that is to say."""
    said = " ".join(request.field("statement").split())
    name = request.field("source").rpartition(",")[2].strip()
    files = pack_edits.files_of(context.state.current, "guidance")
    if not said or not name or not files:
        return ()
    return pack_edits.add_entry(context.state.current, files[0], "statements", name, said)


def known_file(context: Context, file: str) -> str:
    """Return the name of a file if the pack has it; raises `EditError` otherwise."""
    if file not in context.state.current.texts:
        raise EditError([Problem("no-such-file", "The pack has no such file.", help="Choose one from the list.")])
    return file


def first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first value of a field; empty if it has none."""
    return next(iter(fields.get(name, ())), "")


def number_in(typed: str) -> int:
    """Return the number of a line or column that was sent; 1 for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 1
