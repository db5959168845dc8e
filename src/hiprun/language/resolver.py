"""All documents of a pack → its model: first all declarations, then the content, kind by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

import attrs

from hiprun.errors import Problem
from hiprun.language.file_kinds import KINDS, DecisionPart, ModelPart
from hiprun.language.resolve.citations import check_all_cited
from hiprun.language.resolve.cursor import Findings, Node, TooManyProblemsError, merged_by_name
from hiprun.language.resolve.declared_names import Declarations, Nodes, declare
from hiprun.language.resolve.formula_ranges import check_formulas
from hiprun.language.resolve.groups import check_groups, groups
from hiprun.language.resolve.placeholders import check_texts
from hiprun.language.resolve.reuse import Reuse, resolved
from hiprun.language.resolve.units import units
from hiprun.language.syntax import Document
from hiprun.model import Decision, Domain, Model
from hiprun.model.places import NOWHERE
from hiprun.model.stages import Stages
from hiprun.version import LANGUAGES

_DECIDING = {name: kind.content for name, kind in KINDS.items() if isinstance(kind.content, DecisionPart)}
_OUTLINES = {name: content.outline for name, content in _DECIDING.items()}


def resolve(
    documents: Sequence[Document], broken: frozenset[str] = frozenset(), reuse: Reuse | None = None
) -> tuple[Model | None, list[Problem]]:
    """Return the model that `documents` describe, or None and every mistake in them.

    The shapes of the documents have been checked. `broken` names the kinds of files that could not be read, with `?`
    for those of unknown kind: names that may be declared in them are not reported as unknown. `reuse` has what was
    resolved the last time; the model and the problems are the same without it.
    """
    findings = Findings(language=_language(documents))
    nodes: defaultdict[str, list[Node]] = defaultdict(list)
    in_order = sorted(documents, key=lambda document: document.source.file)
    try:
        first = [Node(document, findings, document.data) for document in in_order]
        findings = attrs.evolve(
            findings,
            units=units([node for node in first if node.document.kind == "units"]),
            groups=groups([node for node in first if node.document.kind == "groups"]),
        )
        if reuse is not None:
            has_guidance = any(document.kind == "guidance" for document in in_order)
            reuse.begin((findings.language, findings.units, findings.groups, has_guidance))
            findings = attrs.evolve(findings, reuse=reuse)
        for document in in_order:
            nodes[document.kind].append(Node(document, findings, document.data))
        model = _model(nodes, findings, broken)
    except TooManyProblemsError:
        *problems, stop_problem = findings.problems
        return None, [*_by_place(problems), stop_problem]
    return (None, _by_place(findings.problems)) if findings.problems else (model, [])


def _language(documents: Iterable[Document]) -> int:
    """Return the version of the language that a pack is written in; the first if it does not say."""
    written = [document.data["language"] for document in documents if document.kind == "pack"]
    return written[0] if written and written[0] in LANGUAGES else LANGUAGES[0]


def _by_place(problems: Iterable[Problem]) -> list[Problem]:
    return merged_by_name(sorted(problems, key=lambda problem: problem.place or NOWHERE))


def _model(nodes: Nodes, findings: Findings, broken: frozenset[str]) -> Model:
    declared = declare(nodes, findings, broken, _OUTLINES)
    model = _decisions(declared, Model("", "", ""))
    for name, kind in KINDS.items():
        match kind.content:
            case ModelPart():
                model = kind.content.resolve(nodes[name], declared, model)
            case DecisionPart():
                pass  # already resolved, in the order of the files of all such kinds
            case _:
                assert_never(kind.content)
    if not findings.problems:
        check_formulas(model, findings)
    check_groups(nodes["groups"], _domains(model), complete=not broken and not findings.problems)
    check_texts((node for kind in nodes.values() for node in kind), declared.names)
    if not broken:
        check_all_cited(model.statements, declared.statements, findings)
    return model


def _domains(model: Model) -> Iterator[Domain]:
    yield from (fact.domain for fact in model.facts.values())
    yield from (output.domain for decision in model.decisions.values() for output in decision.outputs)


def _decisions(declared: Declarations, model: Model) -> Model:
    decisions: dict[str, Decision] = {}
    stages: dict[str, Stages] = {}
    for name, node in declared.decisions.items():
        kind = node.document.kind
        if name == node.text(kind):
            protocol, decisions_of_file = resolved(_DECIDING[kind].resolve, node, declared.names)
            decisions |= decisions_of_file
            if protocol:
                stages[name] = protocol
    return attrs.evolve(model, decisions=decisions, stages=stages)
