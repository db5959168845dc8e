"""All documents of a pack → its model: first what they declare, then what they say about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hiprun.errors import Problem
from hiprun.language.resolve import facts
from hiprun.language.resolve.case_expectations import expected
from hiprun.language.resolve.cases import Patients, examples, patients
from hiprun.language.resolve.constraints import constraints
from hiprun.language.resolve.criteria import criteria
from hiprun.language.resolve.cursor import Findings, Node, TooManyProblemsError
from hiprun.language.resolve.decisions import decision
from hiprun.language.resolve.declarations import Declared, Nodes, declare
from hiprun.language.resolve.dependencies import in_order
from hiprun.language.resolve.diary import diary
from hiprun.language.resolve.guidance import check_all_cited
from hiprun.language.resolve.limits import limits
from hiprun.language.resolve.names import Names, Register
from hiprun.language.resolve.properties import properties
from hiprun.language.resolve.stages import stages
from hiprun.language.syntax import Document
from hiprun.model import Decision, Example, Fact, Model, Property, Statement
from hiprun.model.places import NOWHERE
from hiprun.model.stages import Stages

LANGUAGE = 1


def build(documents: Sequence[Document], broken: frozenset[str] = frozenset()) -> tuple[Model | None, list[Problem]]:
    """Return the model that `documents` describe, or None and every mistake in them.

    The shapes of the documents are right already. `broken` names the kinds of files that could not be read, with `?`
    for those of unknown kind: names that may stand in them are not reported as unknown.
    """
    findings = Findings()
    nodes: defaultdict[str, list[Node]] = defaultdict(list)
    for document in sorted(documents, key=lambda document: document.source.file):
        nodes[document.kind].append(Node(document, findings, document.data))
    try:
        model = _model(nodes, findings, broken)
    except TooManyProblemsError:
        *problems, last = findings.problems
        return None, [*_by_place(problems), last]
    return (None, _by_place(findings.problems)) if findings.problems else (model, [])


def _by_place(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.place or NOWHERE)


def _model(nodes: Nodes, findings: Findings, broken: frozenset[str]) -> Model:
    header = _header(nodes["pack"], findings, broken)
    declared = declare(nodes, broken)
    names = declared.names
    known = _facts(declared)
    derived = {name: facts.derived(name, node, names) for name, node in declared.derived.items()}
    decisions, protocols = _decisions(declared)
    derived, decisions = in_order(derived, decisions, declared)
    never = tuple(constraints(nodes["constraints"], names, derived))
    always = _properties(nodes, names)
    named = patients(nodes["cases"], names)
    shown = _examples(nodes, named, names, decisions)
    statements = {id: Statement(id, str(node.value), place=node.key_place) for id, node in declared.statements.items()}
    written = diary(nodes["diary"], names, decisions)
    if not broken:
        check_all_cited(statements, declared.statements, findings)
    return Model(
        header.get("pack", ""),
        header.get("version", ""),
        header.get("title", ""),
        header.get("notice", ""),
        facts=known,
        parameters={name: value for name, value in names.parameters.items() if value},
        derived=derived,
        constraints=never,
        decisions=decisions,
        properties=tuple(always),
        statements=statements,
        examples=tuple(shown),
        patients=named,
        diary=written,
        stages=protocols,
    )


def _header(nodes: Sequence[Node], findings: Findings, broken: frozenset[str]) -> Mapping[str, str]:
    """Return what the one `pack` file says."""
    if not nodes:
        if broken.isdisjoint({"pack", "?"}):
            findings.add(
                Problem(
                    "no-pack",
                    "No file of this folder says what pack it is.",
                    help="Add a file that begins with `pack:` and a name, then `language: 1`, `version` and `title`.",
                )
            )
        return {}
    first, *others = nodes
    for other in others:
        other["pack"].report(
            "two-packs",
            f"A folder is one pack, and {first.document.source.file} already says which.",
            "Delete one of the two, or move its files into a folder of their own.",
        )
    if first.value["language"] != LANGUAGE:
        first["language"].report(
            "unsupported-language",
            f"This hiprun reads language {LANGUAGE}, not {first.text('language')}.",
            f"Write `language: {LANGUAGE}`, or install the hiprun that the pack was written for.",
        )
    return {key: first.text(key) for key in ("pack", "version", "title", "notice")}


def _facts(declared: Declared) -> dict[str, Fact]:
    found = {}
    for name, node in declared.facts.items():
        values = declared.names.facts[name]
        if values:
            found[name] = facts.fact(name, node, values, declared.names)
    return found


def _decisions(declared: Declared) -> tuple[dict[str, Decision], dict[str, Stages]]:
    names = declared.names
    decisions: dict[str, Decision] = {}
    protocols: dict[str, Stages] = {}
    for name, node in declared.decisions.items():
        if node.document.kind != "stages":
            decisions[name] = _decision(name, node, names)
        elif name == node.text("stages"):
            protocols[name], made = stages(node, names)
            decisions |= made
    return decisions, protocols


def _decision(name: str, node: Node, names: Names) -> Decision:
    declared = names.decisions[name]
    match node.document.kind:
        case "criteria":
            return criteria(node, declared, names)
        case "limits":
            return limits(node, names)
        case _:
            return decision(node, declared, names)


def _properties(nodes: Nodes, names: Names) -> Iterator[Property]:
    register = Register()
    for node in nodes["properties"]:
        yield from properties(node, register, names)


def _examples(nodes: Nodes, named: Patients, names: Names, decisions: Mapping[str, Decision]) -> Iterator[Example]:
    of = {name: expected(decision, names) for name, decision in decisions.items()}
    register = Register()
    for node in nodes["cases"]:
        yield from examples(node, named, register, names, of)
