"""`hiprun add`: facts, parameters, statements, rules and cases, by questions or by options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hiprun.errors import FactError, RuleError
from hiprun.interfaces.cli.options import named_values
from hiprun.interfaces.cli.written_files import write_files
from hiprun.language.reader.fact_files import read_value
from hiprun.workspace import TextEdit, Workspace, open_workspace
from hiprun.workspace.additions import (
    add_case,
    add_fact,
    add_parameter,
    add_rule,
    add_statement,
    fullest_patient,
)

_TO_DO = "never-cited"
_TYPES = ("boolean", "integer", "number", "choice", "set", "string", "date")
_ORDERS = {
    "boolean": ("true", "false", "neither"),
    "integer": ("higher", "lower", "neither"),
    "number": ("higher", "lower", "neither"),
    "choice": ("later", "earlier", "neither"),
}
_rules = click.option("--rules", metavar="PATH", default=".", help="The folder of rule files; default: this folder.")
_source = click.option("--source", metavar="ID", multiple=True, help="A statement that it rests on.")


@click.group()
def add() -> None:
    """Add something to a pack, in the right file.

    What an option does not say is asked for. If the pack would have a mistake
    afterwards, the mistake is shown and nothing is written.
    """


@add.command()
@click.argument("name", required=False)
@click.option("--ask", metavar="TEXT", help="The question that asks for it.")
@click.option("--type", "type_", type=click.Choice(_TYPES), help="What its values are.")
@click.option("--choices", metavar="A,B", help="The choices of a choice or a set.")
@click.option("--range", "range_", metavar="LOW,HIGH", help="The lowest and the highest number or date.")
@click.option("--unit", metavar="UNIT", help="What a number is measured in.")
@click.option("--worse", metavar="DIRECTION", help="Where it gets worse: true, false, higher, lower, later, earlier.")
@click.option("--usual", metavar="VALUE", help="The value of a patient without any sign.")
@click.option(
    "--patient", "patients", metavar="PATIENT", multiple=True, help="A patient of the cases who gets that value."
)
@_source
@_rules
def fact(
    name: str | None,
    ask: str | None,
    type_: str | None,
    choices: str | None,
    range_: str | None,
    unit: str | None,
    worse: str | None,
    usual: str | None,
    patients: tuple[str, ...],
    source: tuple[str, ...],
    rules: str,
) -> None:
    """Add a fact, with the question that asks for it."""
    workspace = _opened(rules)
    name = name or click.prompt("A short name for it, with _ for spaces")
    entry: dict[str, Any] = {"ask": ask or click.prompt("The question that asks for it")}
    entry["type"] = type_ or click.prompt("What are its values?", type=click.Choice(_TYPES), default="boolean")
    if entry["type"] in ("choice", "set"):
        entry["choices"] = _listed(choices or click.prompt("Its choices, with commas between them"))
    if entry["type"] in ("integer", "number", "date"):
        entry["range"] = [_value(end) for end in _listed(range_ or click.prompt("Its range, such as 0,10"))]
        unit = click.prompt("Its unit (empty: none)", default="", show_default=False) if unit is None else unit
        entry |= {"unit": unit} if unit else {}
    orders = _ORDERS.get(entry["type"], ())
    if orders and worse is None:
        worse = click.prompt("Where does it get worse?", type=click.Choice(orders), default="neither")
    if worse and worse != "neither":
        entry["worse"] = _value(worse)
    entry |= _sources(source)
    patients = patients or tuple(filter(None, [fullest_patient(workspace)]))
    if patients and usual is None:
        named = ", ".join(f"`{patient}`" for patient in patients)
        usual = click.prompt(f"Its value for the patient {named} (empty: unknown)", default="", show_default=False)
    given = {patient: _value(usual) for patient in patients} if usual else {}
    _write(rules, workspace, add_fact(workspace, name, entry, given))


@add.command()
@click.argument("name", required=False)
@click.option("--value", metavar="NUMBER", help="Its value.")
@click.option("--title", metavar="TEXT", help="What it is, in a few words.")
@click.option("--range", "range_", metavar="LOW,HIGH", help="What it may be set to; without it, it is fixed.")
@click.option("--unit", metavar="UNIT", help="What it is measured in.")
@_source
@_rules
def parameter(
    name: str | None,
    value: str | None,
    title: str | None,
    range_: str | None,
    unit: str | None,
    source: tuple[str, ...],
    rules: str,
) -> None:
    """Add a number that rules share."""
    workspace = _opened(rules)
    name = name or click.prompt("A short name for it, with _ for spaces")
    entry: dict[str, Any] = {"value": _value(value or click.prompt("Its value"))}
    range_ = (
        click.prompt("What it may be set to, such as 3,5 (empty: fixed)", default="", show_default=False)
        if range_ is None
        else range_
    )
    unit = click.prompt("Its unit (empty: none)", default="", show_default=False) if unit is None else unit
    entry |= {"unit": unit} if unit else {}
    entry |= {"range": [_value(end) for end in _listed(range_)]} if range_ else {}
    entry["title"] = title or click.prompt("What it is, in a few words")
    _write(rules, workspace, add_parameter(workspace, name, entry | _sources(source)))


@add.command()
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--text", metavar="TEXT", help="What the source says, in a sentence.")
@_rules
def statement(id_: str | None, text: str | None, rules: str) -> None:
    """Add a statement of the guidance, which rules can cite."""
    workspace = _opened(rules)
    id_ = id_ or click.prompt("An id for it, such as chapter.topic")
    _write(rules, workspace, add_statement(workspace, id_, text or click.prompt("What the source says")))


@add.command()
@click.argument("decision", required=False)
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--when", metavar="CONDITION", help="What must be so, as in rule files: `fact: true`.")
@click.option("--then", metavar="ANSWER", help="What follows, as in rule files: `output: value`.")
@click.option("--because", metavar="TEXT", help="Why, in a sentence.")
@click.option("--before", metavar="RULE", default="", help="The rule before which it belongs; default: at the end.")
@_source
@_rules
def rule(
    decision: str | None,
    id_: str | None,
    when: str | None,
    then: str | None,
    because: str | None,
    before: str,
    source: tuple[str, ...],
    rules: str,
) -> None:
    """Add a rule to a decision."""
    workspace = _opened(rules)
    decision = decision or click.prompt("To which decision?")
    entry: dict[str, Any] = {"id": id_ or click.prompt("An id for it, with - for spaces")}
    entry["when"] = _mapping(when or click.prompt("What must be so? (such as `fact: true`)"))
    entry["then"] = _mapping(then or click.prompt("What follows? (such as `output: value`)"))
    entry["because"] = because or click.prompt("Why?")
    if not source:
        said = click.prompt("Which statement says so? (its id; empty: none)", default="", show_default=False)
        source = (said,) if said else ()
    _write(rules, workspace, add_rule(workspace, decision, entry | _sources(source), before))


@add.command()
@click.argument("id_", metavar="[ID]", required=False)
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...")
@click.option("--title", metavar="TEXT", help="What the case shows.")
@click.option("--patient", metavar="PATIENT", help="The patient it starts from.")
@click.option("--expect", metavar="ANSWERS", help="What is expected, as in rule files: `decision: {output: value}`.")
@click.option("--file", metavar="NAME", default="", help="The file in the folder `cases`; default: the first one.")
@_rules
def case(
    id_: str | None,
    facts: tuple[str, ...],
    title: str | None,
    patient: str | None,
    expect: str | None,
    file: str,
    rules: str,
) -> None:
    """Add an example patient with the answers that are expected."""
    workspace = _opened(rules)
    entry: dict[str, Any] = {"id": id_ or click.prompt("An id for it, with - for spaces")}
    entry["title"] = title or click.prompt("What does it show?")
    usual = fullest_patient(workspace)
    if patient is None:
        patient = click.prompt("The patient it starts from (empty: none)", default=usual, show_default=bool(usual))
    entry |= {"patient": patient} if patient else {}
    given = named_values(facts, "FACT=VALUE")
    if not facts:
        given = _mapping(click.prompt("What is different? (such as `fact: true`)"))
    entry["facts"] = given
    entry["expect"] = _mapping(expect or click.prompt("What is expected? (such as `decision: {output: value}`)"))
    _write(rules, workspace, add_case(workspace, entry, file))


def _opened(rules: str) -> Workspace:
    if not Path(rules).is_dir():
        raise click.BadParameter(f"{rules} is not a folder.", param_hint="--rules")
    return open_workspace(rules)


def _write(rules: str, workspace: Workspace, edits: tuple[TextEdit, ...]) -> None:
    """Write the files that edits change, or raise RuleError with the mistakes that they would make.

    A statement that nothing cites yet is no such mistake, only something to do next.
    """
    changed = workspace.edited(edits)
    before = {(problem.code, problem.message) for problem in workspace.problems}
    new = [problem for problem in changed.problems if (problem.code, problem.message) not in before]
    mistakes = [problem for problem in new if problem.code != _TO_DO]
    if mistakes:
        raise RuleError(mistakes)
    folder = Path(rules).absolute()
    files = sorted({edit.file for edit in edits})
    write_files({folder.parent / file: changed.text(file) for file in files})
    for file in files:
        click.echo(f"{file}: {'changed' if file in workspace.texts else 'new'}")
    for problem in changed.problems:
        click.echo(f"Still to do: {problem.message}")


def _value(text: str) -> Any:
    try:
        return read_value(text.strip())
    except FactError as error:
        raise click.UsageError(f"`{text}` cannot be read: {error.problems[0].message}") from error


def _mapping(text: str) -> dict[str, Any]:
    """Return names with values, as rule files write them, with or without braces."""
    stripped = text.strip()
    return dict(_value(stripped if stripped.startswith("{") else f"{{{stripped}}}"))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _sources(source: tuple[str, ...]) -> dict[str, Any]:
    return {"source": source[0] if len(source) == 1 else list(source)} if source else {}
