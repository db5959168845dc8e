"""Changes that people make to a pack, as edits by place: each function takes texts and returns edits of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from hiprun.errors import Problem
from hiprun.interfaces.workbench.rule_form import GROUPS, RuleForm, read_text, rule_data
from hiprun.interfaces.workbench.session import EditError
from hiprun.language.syntax import Path
from hiprun.model.places import Place
from hiprun.model.value_conversion import exact
from hiprun.verification.cases import CaseResult, Failure
from hiprun.verification.failure_causes import FailureCause
from hiprun.verification.failure_mends import Mend
from hiprun.workspace import Symbol, TextEdit, Workspace

Edits = tuple[TextEdit, ...]
_RULE_KEYS = ("id", "when", "then", "because", "source", "interpretation")


def files_of(workspace: Workspace, kind: str) -> list[str]:
    """Return the files of a kind, the one with the most entries first."""
    sizes: dict[str, int] = {}
    for file in workspace.texts:
        tree = workspace.tree(file)
        if tree is not None and tree.kind == kind:
            sizes[file] = len(workspace.text(file))
    return sorted(sizes, key=lambda file: -sizes[file])


def data_at(workspace: Workspace, file: str, path: Path) -> Any:
    """Return what a file says at a path, as data; None if nothing, or if the file has mistakes."""
    result = workspace.results.get(file)
    value: Any = result.document.data if result and result.document else None
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def entry_path(workspace: Workspace, place: Place) -> Path:
    """Return the path of the entry of a file that a place is in, such as a rule or a case."""
    return workspace.path_at(place.file, place.line, place.column)[:2]


def set_parameter(workspace: Workspace, name: str, typed: str) -> Edits:
    """Return the edits that give a parameter another value."""
    file, path = declared_at(workspace, "parameter", name)
    return workspace.set_value(file, (*path, "value"), read_text(typed))


def declared_at(workspace: Workspace, kind: Any, name: str) -> tuple[str, Path]:
    """Return the file and the path of what is declared by a name; raises `EditError` if nothing is."""
    declaration = workspace.declaration(Symbol(kind, name))
    if declaration is None:
        raise EditError([Problem("unknown-name", f"There is no {kind} called `{name}`.")])
    line, column = declaration.start
    return declaration.file, workspace.path_at(declaration.file, line, column)[:2]


def add_entry(workspace: Workspace, file: str, key: str, name: str, value: Any) -> Edits:
    """Return the edits that add a named entry, such as a fact or a statement, under the key of a file."""
    name = name.strip()
    if not name:
        raise EditError([Problem("no-name", "It needs a name.", help="Write a short one.")])
    tree = workspace.tree(file)
    if tree is not None and tree.at((key, name)) is not None:
        help = "Choose another name, or change what is there."
        raise EditError([Problem("duplicate-name", f"The name `{name}` is already taken.", help=help)])
    return workspace.set_value(file, (key, name), value)


def add_rule(workspace: Workspace, file: str, form: RuleForm, before: str = "") -> Edits:
    """Return the edits that add a rule to the decision in a file, before another rule or at the end."""
    rules = data_at(workspace, file, ("rules",)) or []
    index = next((number for number, rule in enumerate(rules) if rule.get("id") == before), len(rules))
    return workspace.insert_item(file, ("rules",), index, rule_data(form))


def change_rule(workspace: Workspace, file: str, path: Path, form: RuleForm) -> Edits:
    """Return the edits after which a rule says what is in the form; what is the same keeps its place and layout."""
    old, new = data_at(workspace, file, path) or {}, rule_data(form)
    edits: list[TextEdit] = []
    for key in _RULE_KEYS:
        if key in new and new[key] != old.get(key):
            edits += workspace.set_value(file, (*path, key), new[key])
        elif key in old and key not in new:
            edits += workspace.remove(file, (*path, key))
    return tuple(edits)


def add_to_patient(workspace: Workspace, patient: str, facts: Mapping[str, Any]) -> Edits:
    """Return the edits that add facts to a named patient, or change them."""
    file, path = declared_at(workspace, "patient", patient)
    return tuple(
        edit for name, value in facts.items() for edit in workspace.set_value(file, (*path, name), _data(value))
    )


def mend(workspace: Workspace, cause: FailureCause, mend: Mend) -> Edits:
    """Return the edits that mend cases: facts added to their patient, or to the cases that start from none."""
    if mend.patient:
        return add_to_patient(workspace, mend.patient, mend.facts)
    return tuple(
        edit
        for result in cause.results
        if result.example.patient is None and result.example.id in mend.mended
        for name, value in mend.facts.items()
        if name not in result.example.facts
        for edit in workspace.set_value(
            result.example.place.file, (*entry_path(workspace, result.example.place), "facts", name), _data(value)
        )
    )


def property_condition(workspace: Workspace, name: str) -> tuple[str, Path] | None:
    """Return where the condition of a property is, if lines can be added to it: its file and path; None otherwise."""
    try:
        file, path = declared_at(workspace, "property", name)
    except EditError:
        return None
    condition = data_at(workspace, file, (*path, "if"))
    if condition is not None and (not isinstance(condition, dict) or not GROUPS.isdisjoint(condition)):
        return None
    return file, (*path, "if")


def can_accept(workspace: Workspace, result: CaseResult) -> bool:
    """Return whether what came out can take the place of everything that a case expects and does not get."""
    return bool(result.failures) and all(_place_of(workspace, result, each) is not None for each in result.failures)


def accept(workspace: Workspace, results: Iterable[CaseResult]) -> Edits:
    """Return the edits after which cases expect what came out; cases for which it cannot be so stay as they are."""
    edits: dict[TextEdit, None] = {}
    for result in results:
        file = result.example.place.file
        places = [(_place_of(workspace, result, failure), failure.found) for failure in result.failures]
        known = [(path, found) for path, found in places if path is not None]
        for path, found in known if len(known) == len(places) else ():
            edits |= dict.fromkeys(workspace.set_value(file, path, _data(found)))
    return tuple(edits)


def _place_of(workspace: Workspace, result: CaseResult, failure: Failure) -> Path | None:
    """Return where a case says what did not come true; None where no single value says it."""
    place = result.example.place
    path = (*entry_path(workspace, place), "expect", failure.decision, *_steps(failure))
    return path if data_at(workspace, place.file, path) is not None and failure.found is not None else None


def _steps(failure: Failure) -> Path:
    quantity, dot, part = failure.what.partition(".")
    return (quantity, part) if dot else (failure.what,)


def _data(value: Any) -> Any:
    """Return a value of a fact or an outcome as the data of a rule file."""
    match value:
        case Mapping():
            return {name: _data(part) for name, part in value.items()}
        case set() | frozenset():
            return sorted(value)
        case tuple() | list():
            return [_data(part) for part in value]
        case datetime.date():
            return value.isoformat()
        case float() | Decimal():
            return exact(value)
        case _:
            return value


def add_case(workspace: Workspace, file: str, entry: Mapping[str, Any]) -> Edits:
    """Return the edits that add a case at the end of a file of cases."""
    cases = data_at(workspace, file, ("examples",)) or []
    return workspace.insert_item(file, ("examples",), len(cases), dict(entry))


def case_entry(
    id: str, title: str, patient: str, given: Mapping[str, Any], facts: Mapping[str, Any], expect: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a case as data: only facts that differ from those `given` by its patient, and those it leaves out."""
    own = {
        name: _data(value) for name, value in facts.items() if name not in given or _data(given[name]) != _data(value)
    }
    unknown = [name for name in given if name not in facts]
    entry = {"id": id, "title": title, "patient": patient, "facts": own, "unknown": unknown, "expect": _data(expect)}
    return {name: value for name, value in entry.items() if value not in ("", {}, [])}
