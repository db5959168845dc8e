"""All documents of a pack → its model: first all declarations, then the content, kind by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import assert_never

import attrs

from hiprun.errors import Problem
from hiprun.language.file_kinds import KINDS, DecisionPart, ModelPart
from hiprun.language.resolve.citations import check_all_cited
from hiprun.language.resolve.cursor import Findings, Node, TooManyProblemsError, merged_by_name
from hiprun.language.resolve.declared_names import Declarations, Nodes, declare
from hiprun.language.resolve.formula_ranges import check_formulas
from hiprun.language.syntax import Document
from hiprun.model import Decision, Model
from hiprun.model.places import NOWHERE
from hiprun.model.stages import Stages

_DECIDING = {name: kind.content for name, kind in KINDS.items() if isinstance(kind.content, DecisionPart)}
_OUTLINES = {name: content.outline for name, content in _DECIDING.items()}


def resolve(documents: Sequence[Document], broken: frozenset[str] = frozenset()) -> tuple[Model | None, list[Problem]]:
    """Return the model that `documents` describe, or None and every mistake in them.

    The shapes of the documents have been checked. `broken` names the kinds of files that could not be read, with `?`
    for those of unknown kind: names that may be declared in them are not reported as unknown.
    """
    findings = Findings()
    nodes: defaultdict[str, list[Node]] = defaultdict(list)
    for document in sorted(documents, key=lambda document: document.source.file):
        nodes[document.kind].append(Node(document, findings, document.data))
    try:
        model = _model(nodes, findings, broken)
    except TooManyProblemsError:
        *problems, stop_problem = findings.problems
        return None, [*_by_place(problems), stop_problem]
    return (None, _by_place(findings.problems)) if findings.problems else (model, [])


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
    if not broken:
        check_all_cited(model.statements, declared.statements, findings)
    return model


def _decisions(declared: Declarations, model: Model) -> Model:
    decisions: dict[str, Decision] = {}
    stages: dict[str, Stages] = {}
    for name, node in declared.decisions.items():
        kind = node.document.kind
        if name == node.text(kind):
            protocol, resolved = _DECIDING[kind].resolve(node, declared.names)
            decisions |= resolved
            if protocol:
                stages[name] = protocol
    return attrs.evolve(model, decisions=decisions, stages=stages)
