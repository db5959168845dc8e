"""*Change*: what can be added, each by a form of its own: facts, statements, and lines of the patients of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from hiprun.errors import HiprunError, Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.context import Context
from hiprun.interfaces.workbench.proposals import first, known_file, new_name, new_statement, proposed, told
from hiprun.interfaces.workbench.rule_form import read_text
from hiprun.interfaces.workbench.session import EditError
from hiprun.workspace import additions

_TYPES = ("boolean", "number", "integer", "choice")


def new_fact_page(context: Context, request: PageRequest) -> PageReply:
    """Show the empty form of a fact."""
    return _fact_page(context, {}, ())


def _fact_page(context: Context, typed: Mapping[str, str], problems: Sequence[Problem]) -> PageReply:
    return context.page(
        "fact.html",
        "change",
        422 if problems else 200,
        typed=defaultdict(str, typed),
        types={name: context.words.text(f"workbench.fact.type.{name}") for name in _TYPES},
        files=pack_edits.files_of(context.state.current, "facts"),
        statements=context.pack.statements if context.pack else {},
        problems=problems,
    )


def add_fact(context: Context, request: PageRequest) -> PageReply:
    """Add a fact."""
    typed = {name: values[0] for name, values in request.fields.items()}
    file = known_file(context, request.field("file"))

    def again(problems: Sequence[Problem]) -> PageReply:
        return _fact_page(context, typed, problems)

    try:
        edits = additions.add_fact(context.state.current, new_name(request), _fact_data(request), file=file)
        edits += new_statement(context, request)
    except HiprunError as error:
        return told(context, request, error.problems, again)
    summary = context.words.text("workbench.done.fact", name=request.field("name").strip())
    return proposed(context, request, edits, summary, again)


def _fact_data(request: PageRequest) -> dict[str, Any]:
    kind = request.field("type") if request.field("type") in _TYPES else "boolean"
    data: dict[str, Any] = {"ask": " ".join(request.field("ask").split()), "type": kind}
    numeric = kind in ("number", "integer")
    if numeric:
        data["range"] = [read_text(request.field("lowest") or "0"), read_text(request.field("highest") or "10")]
        data["unit"] = request.field("unit").strip()
    if kind == "choice":
        data["choices"] = dict(_choices(request.field("choices")))
    worse = {"boolean": "true", "choice": "later"}.get(kind, "higher")
    better = {"boolean": "false", "choice": "earlier"}.get(kind, "lower")
    direction = {"up": worse, "down": better}.get(request.field("worse"), "")
    data["worse"] = read_text(direction) if kind == "boolean" and direction else direction
    data["because"] = " ".join(request.field("because").split())
    data["source"] = request.field("source").strip()
    return {name: value for name, value in data.items() if value not in ("", [], {})}


def _choices(typed: str) -> list[tuple[str, str]]:
    """Return the choices that were typed, one on each line, as `name: words`."""
    lines = [line.partition(":") for line in typed.splitlines() if line.strip()]
    return [(name.strip(), words.strip() or name.strip()) for name, _, words in lines]


def new_statement_page(context: Context, request: PageRequest) -> PageReply:
    """Show the empty form of a statement."""
    return _statement_page(context, {}, ())


def _statement_page(context: Context, typed: Mapping[str, str], problems: Sequence[Problem]) -> PageReply:
    files = pack_edits.files_of(context.state.current, "guidance")
    return context.page(
        "statement.html",
        "change",
        422 if problems else 200,
        typed=defaultdict(str, typed),
        files=files,
        problems=problems,
    )


def add_statement(context: Context, request: PageRequest) -> PageReply:
    """Add a statement of the guidance."""
    typed = {name: values[0] for name, values in request.fields.items()}
    file = known_file(context, request.field("file"))
    name, said = request.field("name").strip(), " ".join(request.field("text").split())

    def again(problems: Sequence[Problem]) -> PageReply:
        return _statement_page(context, typed, problems)

    try:
        edits = additions.add_statement(context.state.current, new_name(request), said, file)
    except HiprunError as error:
        return told(context, request, error.problems, again)
    return proposed(context, request, edits, context.words.text("workbench.done.statement", name=name), again)


def patient_page(context: Context, request: PageRequest) -> PageReply:
    """Show a patient that cases start from, and what it does not say."""
    return _patient_page(context, first(request.query, "name"), {}, ())


def _patient_page(context: Context, name: str, typed: Mapping[str, str], problems: Sequence[Problem]) -> PageReply:
    pack = context.pack
    given = pack.model.patients.get(name) if pack else None
    if pack is None or given is None:
        raise EditError([Problem("unknown-patient", f"There is no patient called `{name}`.")])
    missing = [fact for fact in pack.facts.values() if fact.name not in given]
    return context.page(
        "patient.html",
        "change",
        422 if problems else 200,
        patient=name,
        given=given,
        missing=missing,
        typed=defaultdict(str, typed),
        problems=problems,
        cases=sum(each.patient is not None and each.patient.name == name for each in pack.model.examples),
    )


def add_to_patient(context: Context, request: PageRequest) -> PageReply:
    """Give a patient another fact, or another value of one."""
    name, fact, value = (request.field(field).strip() for field in ("name", "fact", "value"))
    edits = pack_edits.add_to_patient(context.state.current, name, {fact: read_text(value)})

    def again(problems: Sequence[Problem]) -> PageReply:
        return _patient_page(context, name, {"fact": fact, "value": value}, problems)

    summary = context.words.text("workbench.done.patient", name=name, fact=fact, value=value)
    return proposed(context, request, edits, summary, again)
