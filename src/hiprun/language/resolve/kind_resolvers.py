"""The files of each kind → their part of the model."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from hiprun.errors import Problem
from hiprun.language.resolve import cases as case_files
from hiprun.language.resolve import constraints as constraint_files
from hiprun.language.resolve import diary as diary_files
from hiprun.language.resolve import facts as fact_files
from hiprun.language.resolve import properties as property_files
from hiprun.language.resolve import record as record_files
from hiprun.language.resolve import translations as translation_files
from hiprun.language.resolve.case_expectations import expectable_decision
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declared_names import Declarations
from hiprun.language.resolve.dependencies import in_dependency_order
from hiprun.language.resolve.entry_points import first_decision, starting_decisions
from hiprun.language.resolve.names import NameRegister, Names
from hiprun.language.resolve.reuse import resolved
from hiprun.model import Derived, Fact, Model, NamedPatient, Statement
from hiprun.model.corrections import Help, Write
from hiprun.version import LANGUAGE, LANGUAGES


def header(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the content of the `pack` file."""
    if not nodes:
        if not declared.names.may_be_in_broken_file(("pack",)):
            declared.findings.add(
                Problem(
                    "no-pack",
                    "No file in this folder says which pack it is.",
                    help="Add a file that begins with `pack:` and a name, then `language: 2`, `version` and `title`.",
                )
            )
        return model
    pack_node, *further_nodes = nodes
    for further_node in further_nodes:
        further_node["pack"].report(
            "two-packs",
            f"A folder is one pack, and {pack_node.document.source.file} already says which.",
            "Delete one of the two, or move its files into a folder of their own.",
        )
    if pack_node.value["language"] not in LANGUAGES:
        pack_node["language"].report(
            "unsupported-language",
            f"This version of hiprun reads versions {' and '.join(map(str, LANGUAGES))} of the rule language, not"
            f" {pack_node.text('language')}.",
            Help(
                f"Write `language: {LANGUAGE}`, or install the version of hiprun that the pack was written for.",
                Write(str(LANGUAGE)),
            ),
        )
    return attrs.evolve(
        model,
        name=pack_node.text("pack"),
        version=pack_node.text("version"),
        title=pack_node.text("title"),
        notice=pack_node.text("notice"),
        language=pack_node.language,
        text_language=pack_node.value.get("written_in", model.text_language),
        first=first_decision(pack_node, declared.names),
        starts=starting_decisions(pack_node, declared.names),
    )


def units(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with what the pack says about units."""
    return attrs.evolve(model, units=declared.findings.units.definitions)


def groups(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with its groups of choices, which conditions have already been read with."""
    return attrs.evolve(model, groups=declared.findings.groups)


def facts(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the facts whose declarations have no mistake."""
    facts = {name: resolved(_fact, node, declared.names) for name, node in declared.facts.items()}
    return attrs.evolve(model, facts={name: fact for name, fact in facts.items() if fact})


def _fact(node: Node, names: Names) -> Fact | None:
    name = str(node.path[-1])
    values = names.facts[name]
    return fact_files.fact(name, node, values, names) if values else None


def parameters(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the parameters whose declarations have no mistake."""
    return attrs.evolve(model, parameters={name: value for name, value in declared.names.parameters.items() if value})


def derived(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the derived facts; they and the decisions come after what they use."""
    derived_facts = {name: resolved(_derived, node, declared.names) for name, node in declared.derived.items()}
    ordered, decisions = in_dependency_order(derived_facts, model.decisions, declared)
    return attrs.evolve(model, derived=ordered, decisions=decisions)


def _derived(node: Node, names: Names) -> Derived:
    return fact_files.derived(str(node.path[-1]), node, names)


def constraints(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the constraints on facts and on parameters."""
    resolved = constraint_files.constraints(nodes, declared.names, model.derived)
    return attrs.evolve(model, constraints=resolved.of_facts, parameter_constraints=resolved.of_parameters)


def guidance(_: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the statements of the guidance."""
    statements = {id: Statement(id, str(node.value), place=node.key_place) for id, node in declared.statements.items()}
    return attrs.evolve(model, statements=statements)


def cases(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the named patients and the cases."""
    names = declared.names
    named = case_files.patients(nodes, names)
    case_files.check_ids(nodes)
    expectable = {name: expectable_decision(decision, names) for name, decision in model.decisions.items()}
    places = case_files.patient_places(nodes)
    examples = [
        attrs.evolve(example, patient=NamedPatient(name, places[name])) if name in places else example
        for node in nodes
        for name, example in resolved(case_files.examples, node, names, patients=named, expectable=expectable)
    ]
    return attrs.evolve(model, patients=named, examples=tuple(examples))


def properties(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with the properties."""
    register = NameRegister()
    for node in nodes:
        for item in node["always"].items():
            register.claim_id(item["id"], "another property")
    claims = [claim for node in nodes for claim in resolved(property_files.properties, node, declared.names)]
    return attrs.evolve(model, properties=tuple(claims))


def texts(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with its texts in other languages."""
    complete = not declared.findings.problems and not declared.names.broken
    return translation_files.translations(nodes, model, complete=complete)


def diary(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with its diary, if it has one."""
    return attrs.evolve(model, diary=diary_files.diary(nodes, declared.names))


def record(nodes: Sequence[Node], declared: Declarations, model: Model) -> Model:
    """Return the model with where its facts are found in a patient's record, if a file says so."""
    return attrs.evolve(model, record=record_files.record(nodes, declared.names))
