"""A file that says where facts are found in a patient's record → the model's sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.message_wording import name_list
from hiprun.language.resolve.names import NameRegister, Names
from hiprun.model import Domain
from hiprun.model.record_sources import RECORD_KINDS, Record, RecordKind, RecordSource

_OPTIONS: dict[RecordKind, frozenset[str]] = {
    "observation": frozenset({"component", "unit", "hours", "values"}),
    "condition": frozenset(),
    "patient": frozenset(),
}


def record(nodes: Sequence[Node], names: Names) -> Record | None:
    """Return where facts are found, as the files at `nodes` say; None if there is none."""
    register = NameRegister()
    found: list[RecordSource] = []
    for file in nodes:
        for name, node in file["facts"].entries() if "facts" in file.value else ():
            if name not in names.facts:
                if not names.may_be_in_broken_file(("facts",)):
                    help = suggestion(name, names.facts)
                    node.report("unknown-fact", f"There is no fact called `{name}`.", help, name, key=True)
                continue
            domain = names.facts[name]
            source = _source(name, domain, node) if domain and register.claim(node, name, "another source") else None
            found += [source] if source else []
    if not nodes:
        return None
    hours = [file.value["answer_hours"] for file in nodes if "answer_hours" in file.value]
    return Record(nodes[0].text("record"), min(hours, default=0), tuple(found))


def _source(name: str, domain: Domain, node: Node) -> RecordSource | None:
    kinds = [kind for kind in RECORD_KINDS if kind in node.value]
    if len(kinds) != 1:
        message = f"`{name}` is found in {'several places' if kinds else 'no place'}."
        node.report("source-unclear", message, f"Give one of {name_list(RECORD_KINDS)}.", key=True)
        return None
    kind = kinds[0]
    unfitting = [option for option in node.value if option != kind and option not in _OPTIONS[kind]]
    problem = f"`{unfitting[0]}` says nothing about a `{kind}`." if unfitting else _problem(domain, node, kind)
    if problem:
        node.report("source-does-not-fit", f"`{name}`: {problem}", key=True)
        return None
    values = node.value.get("values", {})
    unknown = [(choice, child) for choice, child in _values(node) if choice not in domain.choices]
    for choice, child in unknown:
        message = f"`{choice}` is not one of the choices of `{name}`."
        child.report("source-does-not-fit", message, suggestion(choice, domain.choices), key=True)
    if unknown:
        return None
    return RecordSource(
        name,
        kind,
        () if kind == "patient" else _codes(node.value[kind]),
        _codes(node.value.get("component", ())),
        node.text("unit"),
        node.value.get("hours", 0),
        tuple((choice, _codes(codes)) for choice, codes in values.items()),
        place=node.key_place,
    )


def _problem(domain: Domain, node: Node, kind: RecordKind) -> str:
    """Return why a fact cannot be found there; empty if it can."""
    match kind:
        case "condition":
            return "" if domain.type == "boolean" else "only a yes-or-no fact can be found as a `condition`."
        case "patient":
            return "" if domain.is_numeric else "only a number can be the age of the patient."
        case "observation":
            return _observation_problem(domain, node)
        case _:
            assert_never(kind)


def _observation_problem(domain: Domain, node: Node) -> str:
    if domain.type not in ("boolean", "integer", "number", "choice"):
        return "only a number, a choice, or a yes-or-no fact can be found as an `observation`."
    if "hours" not in node.value:
        return "an `observation` needs `hours`: for how long it counts."
    if domain.is_numeric != ("unit" in node.value):
        return "a number needs its `unit`, and nothing else has one."
    if (domain.type == "choice") != ("values" in node.value):
        return "a choice needs `values`: the codes that mean each choice; nothing else has them."
    return ""


def _values(node: Node) -> Iterable[tuple[str, Node]]:
    return node["values"].entries() if "values" in node.value else ()


def _codes(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
