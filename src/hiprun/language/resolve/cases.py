"""Case files → named patients and cases of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.case_expectations import ExpectableDecision, check_expectation
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import subject_tests
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.names import ANY_DECISION, NameRegister, Names
from hiprun.language.resolve.reuse import resolved
from hiprun.model import Domain, Example, Ref
from hiprun.model.corrections import Delete, Help, in_digits
from hiprun.model.places import Place

Patients = dict[str, dict[str, Any]]
"""The facts of named patients."""


def patients(nodes: Iterable[Node], names: Names) -> Patients:
    """Return the named sets of facts of all case files."""
    patients: Patients = {}
    register = NameRegister()
    for node in nodes:
        named = node.get("patients")
        for name, child in named.entries() if named else ():
            if register.claim(child, name, "another patient"):
                patients[name] = resolved(_facts, child, names)
    return patients


def check_ids(nodes: Iterable[Node]) -> None:
    """Report cases of all case files that have the same id."""
    register = NameRegister()
    for node in nodes:
        entries = node.get("examples")
        for item in entries.items() if entries else ():
            register.claim_id(item["id"], "another example")


def examples(
    node: Node,
    names: Names,
    patients: Mapping[str, dict[str, Any]],
    expectable: Mapping[str, ExpectableDecision],
) -> list[tuple[str, Example]]:
    """Return the cases in a document, each with the name of its patient, empty for a case without one."""
    entries = node.get("examples")
    return [
        (item.text("patient"), _example(item, patients, names, expectable))
        for item in (entries.items() if entries else ())
    ]


def patient_places(nodes: Iterable[Node]) -> dict[str, Place]:
    """Return the places of the named patients of all case files."""
    named = (node["patients"] for node in nodes if "patients" in node.value)
    return {name: child.key_place for node in named for name, child in node.entries()}


def _example(
    node: Node, named: Mapping[str, dict[str, Any]], names: Names, decisions: Mapping[str, ExpectableDecision]
) -> Example:
    case_facts, unknown = node.get("facts"), node.get("unknown")
    facts = {**_patient(node, named, names), **(_facts(case_facts, names) if case_facts else {})}
    for item in unknown.items() if unknown else ():
        _check_unknown(item, case_facts, names)
        facts.pop(item.value, None)
    expect = node["expect"]
    return Example(
        node.text("id"),
        facts,
        expect.value if expect.value == "refused" else _expectations(expect, names, decisions),
        node.text("title"),
        sources(node, names, counts_as_cited=False),
        node.text("interpretation"),
        unknown=tuple(unknown.value) if unknown else (),
        place=node.place,
    )


def _patient(node: Node, named: Mapping[str, dict[str, Any]], names: Names) -> dict[str, Any]:
    patient = node.get("patient")
    if patient is None:
        return {}
    if patient.value not in named and not names.may_be_in_broken_file(("cases",)):
        patient.report(
            "unknown-patient",
            f"There is no patient called `{patient.value}`.",
            suggestion(patient.value, named),
            patient.value,
        )
    return named.get(patient.value, {})


def _facts(node: Node, names: Names) -> dict[str, Any]:
    """Return the facts at `node` in the notation of the file, each checked."""
    for name, child in node.entries():
        if _is_fact(child, name, names, key=True):
            domain = names.facts[name]
            if domain is not None:
                _check_value(child, name, domain)
    return dict(node.value)


def _is_fact(node: Node, name: str, names: Names, *, key: bool) -> bool:
    if name in names.facts:
        return True
    if name in names.derived:
        node.report(
            "unknown-fact",
            f"`{name}` follows from other facts and cannot be given.",
            "Give the facts behind it.",
            key=key,
        )
    elif not names.may_be_in_broken_file(("facts",)):
        help = suggestion(name, names.facts)
        node.report("unknown-fact", f"There is no fact called `{name}`.", help, name, key=key)
    return False


def _check_value(node: Node, name: str, domain: Domain) -> None:
    if not isinstance(node.value, dict):
        constant(node, domain, name)
        return
    texts = [
        item
        for _, child in node.entries()
        for item in (child.items() if isinstance(child.value, list) else [child])
        if domain.is_numeric and isinstance(item.value, str)
    ]
    for item in texts:
        item.report(
            "wrong-type",
            f"A number is needed here, not {message_wording.value_words(item.value)}.",
            in_digits(item.value, "a number"),
        )
    if not texts:
        subject_tests(node, Ref("fact", name), domain, Names())


def _check_unknown(item: Node, case_facts: Node | None, names: Names) -> None:
    if _is_fact(item, item.value, names, key=False) and case_facts and item.value in case_facts.value:
        item.report(
            "given-and-unknown",
            f"`{item.value}` is given under `facts` and removed here.",
            Help("Keep it in only one of the two places.", Delete()),
        )


def _expectations(node: Node, names: Names, decisions: Mapping[str, ExpectableDecision]) -> dict[str, dict[str, Any]]:
    for name, child in node.entries():
        if name in decisions:
            check_expectation(child, decisions[name], names)
        elif name not in names.decisions and not names.may_be_in_broken_file(ANY_DECISION):
            child.report(
                "unknown-decision",
                f"There is no decision called `{name}`.",
                suggestion(name, names.decisions),
                name,
                key=True,
            )
    return dict(node.value)
