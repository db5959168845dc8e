"""*Change*: everything that can be changed, by a form or as text, with its mistakes as they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import attrs

from hiprun.catalogue import Catalogue
from hiprun.errors import HiprunError, Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.entry_text import EntryText, entry_text
from hiprun.interfaces.workbench.problem_words import plain_words
from hiprun.interfaces.workbench.proposals import (
    EFFECT,
    check_seen,
    first,
    known_file,
    new_statement,
    number_in,
    proposed,
    seen,
    told,
)
from hiprun.interfaces.workbench.rule_form import TESTS, ConditionLine, RuleForm, rule_data, rule_form
from hiprun.interfaces.workbench.session import EditError
from hiprun.language.syntax import Path
from hiprun.model import Decision, Model
from hiprun.model.places import Place
from hiprun.model.value_conversion import text
from hiprun.pack import Pack
from hiprun.workspace import TextEdit, Workspace
from hiprun.workspace.additions import add_rule

_EMPTY_LINES = 3
_MOST_LINES = 30
_NUMBERED = frozenset({"rules", "table", "examples", "all", "bounds"})


def entry_address(place: Place) -> str:
    """Return the address of the page on which the entry at a place is changed."""
    return "/change/entry?" + urlencode({"file": place.file, "line": place.line, "column": place.column})


# what there is


def overview(context: Context, request: PageRequest) -> PageReply:
    """Show everything that can be changed."""
    pack, workspace = context.pack, context.state.current
    parameters = [
        (parameter, text(parameter.value), _span(parameter, context.words)) for parameter in _parameters(pack)
    ]
    return context.page(
        "change.html", "change", parameters=parameters, files=sorted(workspace.texts), error=None, typed=""
    )


def _parameters(pack: Pack | None) -> list[Any]:
    return list(pack.parameters.values()) if pack else []


def _span(parameter: Any, words: Catalogue) -> str:
    lowest, highest = parameter.lowest, parameter.highest
    return words.text("form.span", lowest=text(lowest), highest=text(highest)) if None not in (lowest, highest) else ""


def set_parameter(context: Context, request: PageRequest) -> PageReply:
    """Give a parameter another value."""
    name, typed = request.field("name"), request.field("value")
    workspace = context.state.current
    edits = pack_edits.set_parameter(workspace, name, typed)

    def again(problems: Sequence[Problem]) -> PageReply:
        pack = context.pack
        return context.page(
            "change.html",
            "change",
            422,
            parameters=[
                (parameter, text(parameter.value), _span(parameter, context.words)) for parameter in _parameters(pack)
            ],
            files=sorted(workspace.texts),
            error=(name, " ".join(plain_words(problem, context.words) for problem in problems)),
            typed=typed,
        )

    return proposed(
        context, request, edits, context.words.text("workbench.done.parameter", name=name, value=typed.strip()), again
    )


# one entry


def entry_page(context: Context, request: PageRequest) -> PageReply:
    """Show the form of a rule, or an entry as text."""
    file, path, entry = _entry(context, request.query)
    data = pack_edits.data_at(context.state.current, file, path)
    if len(path) == 2 and path[0] == "rules" and isinstance(data, dict) and "as" not in request.query:
        form = rule_form(data)
        if form is not None:
            return _rule_page(context, file, path, form)
    return _text_page(context, file, path, entry)


def change_entry(context: Context, request: PageRequest) -> PageReply:
    """Replace an entry by the text that was typed."""
    file, path, entry = _entry(context, request.fields)
    check_seen(request, entry.text)
    typed = request.field("text")

    def again(problems: Sequence[Problem]) -> PageReply:
        return _text_page(context, file, path, entry, typed, problems)

    summary = context.words.text("workbench.done.rewritten", entry=_named(context.words, path), file=file)
    return proposed(context, request, [entry.replaced(typed)], summary, again)


def remove_entry(context: Context, request: PageRequest) -> PageReply:
    """Remove an entry."""
    file, path, entry = _entry(context, request.fields)
    check_seen(request, entry.text)
    edits = context.state.current.remove(file, path)
    summary = context.words.text("workbench.done.removed", entry=_named(context.words, path), file=file)
    context.session.edit(edits, summary)
    return to(EFFECT)


def _text_page(
    context: Context,
    file: str,
    path: Path,
    entry: EntryText,
    typed: str | None = None,
    problems: Sequence[Problem] = (),
) -> PageReply:
    workspace = context.state.current
    data = pack_edits.data_at(workspace, file, path)
    return context.page(
        "entry.html",
        "change",
        422 if problems else 200,
        file=file,
        line=entry.first_line,
        column=entry.start[1],
        written=entry.text if typed is None else typed,
        seen=seen(entry.text),
        problems=problems or _problems_in(workspace, file, entry.start[0], entry.end[0]),
        typed=typed is not None,
        has_form=path[0] == "rules" and isinstance(data, dict) and rule_form(data) is not None,
        title=context.words.text("workbench.entry.change", entry=_named(context.words, path, "inside.")),
    )


def _problems_in(workspace: Workspace, file: str, first: int, last: int) -> list[Problem]:
    return [
        problem
        for problem in workspace.problems
        if problem.place and problem.place.file == file and first <= problem.place.line <= last
    ]


def _entry(context: Context, fields: Mapping[str, Sequence[str]]) -> tuple[str, Path, EntryText]:
    """Return the entry that a request is about: its file, its path and its text."""
    file = known_file(context, first(fields, "file"))
    line, column = (number_in(first(fields, name)) for name in ("line", "column"))
    path = context.state.current.path_at(file, line, column)[:2]
    entry = entry_text(context.state.current, file, path)
    if entry is None:
        raise EditError([Problem("no-such-place", f"There is no entry at line {line} of {file}.")])
    return file, path, entry


def _named(words: Catalogue, path: Path, where: str = "") -> str:
    """Return what an entry is called: `where` it is said is the beginning of a sentence, or `inside.` one."""
    key, name = str(path[0]), path[-1]
    if isinstance(name, int):
        kind = key if key in _NUMBERED else "other"
        return words.text(f"workbench.entry.{where}{kind}", section=key, number=name + (key != "table"))
    return str(name)


# rules


def new_rule_page(context: Context, request: PageRequest) -> PageReply:
    """Show the empty form of a rule."""
    file = known_file(context, first(request.query, "file"))
    return _rule_page(context, file, None, RuleForm())


def change_rule(context: Context, request: PageRequest) -> PageReply:
    """Change a rule, or add one, as the form says."""
    workspace = context.state.current
    file = known_file(context, request.field("file"))
    form = _typed_rule(request)
    new = request.field("line") == ""
    path = None
    if not new:
        _, path, entry = _entry(context, request.fields)
        check_seen(request, entry.text)

    def again(problems: Sequence[Problem]) -> PageReply:
        return _rule_page(context, file, path, form, problems, request.field("statement"))

    try:
        edits = new_statement(context, request)
        if path is None:
            decision = pack_edits.data_at(workspace, file, ("decision",))
            edits += add_rule(workspace, str(decision), rule_data(form), request.field("before"))
        else:
            edits += pack_edits.change_rule(workspace, file, path, form)
    except HiprunError as error:
        return told(context, request, error.problems, again)
    summary = context.words.text("workbench.done.rule" if new else "workbench.done.rule_changed", name=form.id)
    return proposed(context, request, edits, summary, again)


def _typed_rule(request: PageRequest) -> RuleForm:
    columns = [list(request.fields.get(name, ())) for name in ("subject", "test", "value")]
    lines = [
        ConditionLine(subject, test if test in TESTS else "is", value.strip())
        for subject, test, value in list(zip(*columns, strict=False))[:_MOST_LINES]
        if subject
    ]
    then = {
        name.removeprefix("then."): values[0] for name, values in request.fields.items() if name.startswith("then.")
    }
    return RuleForm(
        request.field("id"),
        "any" if request.field("join") == "any" else "all",
        tuple(lines),
        then,
        request.field("because"),
        request.field("interpretation"),
        request.field("source"),
    )


def _rule_page(
    context: Context,
    file: str,
    path: Path | None,
    form: RuleForm,
    problems: Sequence[Problem] = (),
    statement: str = "",
) -> PageReply:
    workspace, pack = context.state.current, context.pack
    decision = _decision_in(pack, file)
    if pack is None or decision is None:
        raise EditError([Problem("has-mistakes", "While the rules have mistakes, they are changed as text.")])
    place = workspace.place_of(file, path) if path else None
    entry = entry_text(workspace, file, path) if path else None
    rules = [rule.id for rule in decision.rules]
    subjects = _subjects(pack.model, pack, context.words)
    return context.page(
        "rule.html",
        "change",
        422 if problems else 200,
        file=file,
        place=place,
        seen=seen(entry.text) if entry else "",
        form=form,
        lines=[*form.lines, *[ConditionLine("", "is", "")] * _EMPTY_LINES],
        decision=decision,
        outputs=[(output, _answers(output.domain, context.words)) for output in decision.outputs],
        tests={test: context.words.text(f"workbench.test.{test}") for test in TESTS},
        subjects=subjects,
        known={subject.name for group in subjects.values() for subject in group},
        statements=pack.statements,
        rules=rules,
        statement=statement,
        problems=problems,
    )


def _decision_in(pack: Pack | None, file: str) -> Decision | None:
    names = [] if pack is None else [name for name, each in pack.model.decisions.items() if each.place.file == file]
    return pack.decisions[names[0]] if pack and names else None


@attrs.frozen
class Subject:
    """Something that a rule can ask about, what it is, and the values it can have, as written and in words."""

    name: str
    title: str
    answers: Sequence[tuple[str, str]]


def _subjects(model: Model, pack: Pack, words: Catalogue) -> dict[str, list[Subject]]:
    facts = [Subject(fact.name, fact.ask, _answers(fact.domain, words)) for fact in pack.facts.values()]
    derived = [Subject(each.name, each.title, _answers(each.domain, words)) for each in model.derived.values()]
    outputs = [
        Subject(f"{decision.name}.{output.name}", output.title or decision.title, _answers(output.domain, words))
        for decision in pack.decisions.values()
        for output in decision.outputs
    ]
    groups = {"facts": facts, "derived": derived, "outputs": outputs}
    return {words.text(f"workbench.rule.{name}"): group for name, group in groups.items()}


def _answers(domain: Any, words: Catalogue) -> list[tuple[str, str]]:
    if domain.type == "boolean":
        return [("true", words.text("text.yes")), ("false", words.text("text.no"))]
    return [(choice, label or choice) for choice, label in domain.choices.items()]


# whole files


def file_page(context: Context, request: PageRequest) -> PageReply:
    """Show a whole file as text."""
    file = known_file(context, first(request.query, "file"))
    return _file_page(context, file, context.state.current.text(file), ())


def _file_page(context: Context, file: str, typed: str, problems: Sequence[Problem]) -> PageReply:
    workspace = context.state.current
    found = problems or [each for each in workspace.problems if each.place and each.place.file == file]
    status, mark = 422 if problems else 200, seen(workspace.text(file))
    return context.page("file.html", "change", status, file=file, written=typed, seen=mark, problems=found)


def change_file(context: Context, request: PageRequest) -> PageReply:
    """Replace the text of a file."""
    file = known_file(context, request.field("file"))
    old, typed = context.state.current.text(file), request.field("text").replace("\r\n", "\n")
    check_seen(request, old)
    lines = old.replace("\r\n", "\n").split("\n")
    edit = TextEdit(file, (1, 1), (len(lines), len(lines[-1]) + 1), typed)

    def again(problems: Sequence[Problem]) -> PageReply:
        return _file_page(context, file, typed, problems)

    return proposed(context, request, [edit], context.words.text("workbench.done.file", file=file), again)
