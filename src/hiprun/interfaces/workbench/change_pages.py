"""*Change*: everything that can be changed, by a form or as text, with its mistakes as they are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import attrs

from hiprun.errors import Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.entry_text import entry_text
from hiprun.interfaces.workbench.rule_form import TESTS, ConditionLine, RuleForm, read_text, rule_form
from hiprun.interfaces.workbench.session import EditError
from hiprun.language.syntax import Path
from hiprun.model import Decision, Model
from hiprun.model.places import Place
from hiprun.model.value_conversion import text
from hiprun.pack import Pack
from hiprun.workspace import TextEdit, Workspace

EFFECT = "/effect"
_EMPTY_LINES = 3
_MOST_LINES = 30
_TYPES = {"boolean": "yes or no", "number": "a number", "integer": "a whole number", "choice": "one of several answers"}

Again = Callable[[Sequence[Problem]], PageReply]
"""Shows a form again, with the mistakes that what is in it would make."""


def entry_address(place: Place) -> str:
    """Return the address of the page on which the entry at a place is changed."""
    return "/change/entry?" + urlencode({"file": place.file, "line": place.line, "column": place.column})


# what there is


def overview(context: Context, request: PageRequest) -> PageReply:
    """Show everything that can be changed."""
    pack, workspace = context.pack, context.state.current
    parameters = [(parameter, text(parameter.value), _span(parameter)) for parameter in _parameters(pack)]
    return context.page(
        "change.html", "change", parameters=parameters, files=sorted(workspace.texts), error=None, typed=""
    )


def _parameters(pack: Pack | None) -> list[Any]:
    return list(pack.parameters.values()) if pack else []


def _span(parameter: Any) -> str:
    ends = [text(end) for end in (parameter.lowest, parameter.highest) if end is not None]
    return " to ".join(ends) if len(ends) == 2 else ""


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
            parameters=[(parameter, text(parameter.value), _span(parameter)) for parameter in _parameters(pack)],
            files=sorted(workspace.texts),
            error=(name, " ".join(f"{problem.message} {problem.help}".strip() for problem in problems)),
            typed=typed,
        )

    return _proposed(context, request, edits, f"The parameter `{name}` is now {typed.strip()}.", again)


# one entry


def entry_page(context: Context, request: PageRequest) -> PageReply:
    """Show the form of a rule, or an entry as text."""
    file, path = _entry(context, request.query)
    data = pack_edits.data_at(context.state.current, file, path)
    if len(path) == 2 and path[0] == "rules" and isinstance(data, dict) and "as" not in request.query:
        form = rule_form(data)
        if form is not None:
            return _rule_page(context, file, path, form)
    return _text_page(context, file, path)


def change_entry(context: Context, request: PageRequest) -> PageReply:
    """Replace an entry by the text that was typed."""
    workspace = context.state.current
    file, path = _entry(context, request.fields)
    entry = entry_text(workspace, file, path)
    if entry is None:
        raise EditError([Problem("no-such-place", "This entry is no longer there.", help="Look for it again.")])
    typed = request.field("text")

    def again(problems: Sequence[Problem]) -> PageReply:
        return _text_page(context, file, path, typed, problems)

    return _proposed(context, request, [entry.replaced(typed)], f"{_named(path)} in {file} was rewritten.", again)


def remove_entry(context: Context, request: PageRequest) -> PageReply:
    """Remove an entry."""
    file, path = _entry(context, request.fields)
    edits = context.state.current.remove(file, path)
    context.session.edit(edits, f"{_named(path)} in {file} was removed.")
    return to(EFFECT)


def _text_page(
    context: Context, file: str, path: Path, typed: str | None = None, problems: Sequence[Problem] = ()
) -> PageReply:
    workspace = context.state.current
    entry = entry_text(workspace, file, path)
    if entry is None:
        return to("/change/file?" + urlencode({"file": file}))
    data = pack_edits.data_at(workspace, file, path)
    return context.page(
        "entry.html",
        "change",
        422 if problems else 200,
        file=file,
        line=entry.first_line,
        column=entry.start[1],
        written=entry.text if typed is None else typed,
        problems=problems or _problems_in(workspace, file, entry.start[0], entry.end[0]),
        typed=typed is not None,
        has_form=path[0] == "rules" and isinstance(data, dict) and rule_form(data) is not None,
        entry_name=_named(path),
    )


def _problems_in(workspace: Workspace, file: str, first: int, last: int) -> list[Problem]:
    return [
        problem
        for problem in workspace.problems
        if problem.place and problem.place.file == file and first <= problem.place.line <= last
    ]


def _entry(context: Context, fields: Mapping[str, Sequence[str]]) -> tuple[str, Path]:
    """Return the file and the path of the entry that a request is about."""
    file = _known_file(context, _first(fields, "file"))
    line, column = (_number(_first(fields, name)) for name in ("line", "column"))
    path = context.state.current.path_at(file, line, column)[:2]
    if not path:
        raise EditError([Problem("no-such-place", f"There is no entry at line {line} of {file}.")])
    return file, path


def _known_file(context: Context, file: str) -> str:
    if file not in context.state.current.texts:
        raise EditError([Problem("no-such-file", "The pack has no such file.", help="Choose one from the list.")])
    return file


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 1


def _named(path: Path) -> str:
    key, name = path[0], path[-1]
    words = {"rules": "Rule", "table": "Row", "examples": "Case", "all": "Criterion", "bounds": "Bound"}
    if isinstance(name, int):
        return f"{words.get(str(key), f'Entry of {key},')} {name + (key != 'table')}"
    return str(name)


# rules


def new_rule_page(context: Context, request: PageRequest) -> PageReply:
    """Show the empty form of a rule."""
    file = _known_file(context, _first(request.query, "file"))
    return _rule_page(context, file, None, RuleForm())


def change_rule(context: Context, request: PageRequest) -> PageReply:
    """Change a rule, or add one, as the form says."""
    workspace = context.state.current
    file = _known_file(context, request.field("file"))
    form = _typed_rule(request)
    new = request.field("line") == ""
    path: Path | None = None
    edits = _new_statement(context, request)
    if new:
        edits += pack_edits.add_rule(workspace, file, form, request.field("before"))
        summary = f"The rule `{form.id}` is new."
    else:
        _, path = _entry(context, request.fields)
        edits += pack_edits.change_rule(workspace, file, path, form)
        summary = f"The rule `{form.id}` was changed."

    def again(problems: Sequence[Problem]) -> PageReply:
        return _rule_page(context, file, path, form, problems, request.field("statement"))

    return _proposed(context, request, edits, summary, again)


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
    rules = [rule.id for rule in decision.rules]
    subjects = _subjects(pack.model, pack)
    return context.page(
        "rule.html",
        "change",
        422 if problems else 200,
        file=file,
        place=place,
        form=form,
        lines=[*form.lines, *[ConditionLine("", "is", "")] * _EMPTY_LINES],
        decision=decision,
        outputs=[(output, _answers(output.domain)) for output in decision.outputs],
        tests=TESTS,
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


def _subjects(model: Model, pack: Pack) -> dict[str, list[Subject]]:
    facts = [Subject(fact.name, fact.ask, _answers(fact.domain)) for fact in pack.facts.values()]
    derived = [Subject(each.name, each.title, _answers(each.domain)) for each in model.derived.values()]
    outputs = [
        Subject(f"{decision.name}.{output.name}", output.title or decision.title, _answers(output.domain))
        for decision in pack.decisions.values()
        for output in decision.outputs
    ]
    return {"Facts": facts, "What follows from facts": derived, "Answers of other decisions": outputs}


def _answers(domain: Any) -> list[tuple[str, str]]:
    if domain.type == "boolean":
        return [("true", "yes"), ("false", "no")]
    return [(choice, words or choice) for choice, words in domain.choices.items()]


# new facts, statements and lines of patients


def new_fact_page(context: Context, request: PageRequest) -> PageReply:
    """Show the empty form of a fact."""
    return _fact_page(context, {}, ())


def _fact_page(context: Context, typed: Mapping[str, str], problems: Sequence[Problem]) -> PageReply:
    return context.page(
        "fact.html",
        "change",
        422 if problems else 200,
        typed=defaultdict(str, typed),
        types=_TYPES,
        files=pack_edits.files_of(context.state.current, "facts"),
        statements=context.pack.statements if context.pack else {},
        problems=problems,
    )


def add_fact(context: Context, request: PageRequest) -> PageReply:
    """Add a fact."""
    typed = {name: values[0] for name, values in request.fields.items()}
    file = _known_file(context, request.field("file"))

    def again(problems: Sequence[Problem]) -> PageReply:
        return _fact_page(context, typed, problems)

    try:
        edits = pack_edits.add_entry(context.state.current, file, "facts", request.field("name"), _fact_data(request))
        edits += _new_statement(context, request)
    except EditError as error:
        return again(error.problems)
    return _proposed(context, request, edits, f"The fact `{request.field('name').strip()}` is new.", again)


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


def _new_statement(context: Context, request: PageRequest) -> tuple[TextEdit, ...]:
    """Return the edits that add the last statement that a form cites, if it says what that is to say."""
    said = " ".join(request.field("statement").split())
    name = request.field("source").rpartition(",")[2].strip()
    files = pack_edits.files_of(context.state.current, "guidance")
    if not said or not name or not files:
        return ()
    return pack_edits.add_entry(context.state.current, files[0], "statements", name, said)


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
    file = _known_file(context, request.field("file"))
    name, said = request.field("name").strip(), " ".join(request.field("text").split())

    def again(problems: Sequence[Problem]) -> PageReply:
        return _statement_page(context, typed, problems)

    try:
        edits = pack_edits.add_entry(context.state.current, file, "statements", name, said)
    except EditError as error:
        return again(error.problems)
    return _proposed(context, request, edits, f"The statement `{name}` is new.", again)


def patient_page(context: Context, request: PageRequest) -> PageReply:
    """Show a patient that cases start from, and what it does not say."""
    return _patient_page(context, _first(request.query, "name"), {}, ())


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

    return _proposed(context, request, edits, f"The patient `{name}` now has `{fact}: {value}`.", again)


# whole files


def file_page(context: Context, request: PageRequest) -> PageReply:
    """Show a whole file as text."""
    file = _known_file(context, _first(request.query, "file"))
    return _file_page(context, file, context.state.current.text(file), ())


def _file_page(context: Context, file: str, typed: str, problems: Sequence[Problem]) -> PageReply:
    workspace = context.state.current
    found = problems or [each for each in workspace.problems if each.place and each.place.file == file]
    return context.page("file.html", "change", 422 if problems else 200, file=file, written=typed, problems=found)


def change_file(context: Context, request: PageRequest) -> PageReply:
    """Replace the text of a file."""
    file = _known_file(context, request.field("file"))
    old, typed = context.state.current.text(file), request.field("text").replace("\r\n", "\n")
    lines = old.replace("\r\n", "\n").split("\n")
    edit = TextEdit(file, (1, 1), (len(lines), len(lines[-1]) + 1), typed)

    def again(problems: Sequence[Problem]) -> PageReply:
        return _file_page(context, file, typed, problems)

    return _proposed(context, request, [edit], f"{file} was rewritten.", again)


# what all of these have in common


def _proposed(
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
