"""The table of the kinds of rule files: the name of each, how it is resolved and exported, and its schema extensions.

A kind of file is one record here, plus its JSON Schema in `schemas/`. Everything that reads, resolves, writes or
completes rule files goes through this table, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.language import editor_schema_extensions
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.editor_schema_extensions import Extensions
from hiprun.language.export import decisions as export_decisions
from hiprun.language.export import documents
from hiprun.language.resolve import (
    criteria_decisions,
    decisions,
    kind_resolvers,
    limits,
    outputs,
    stage_decisions,
    stages,
)
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declared_names import Declarations, Outline, one_decision
from hiprun.language.resolve.names import Names, Signature
from hiprun.model import Decision, DecisionKind, Model
from hiprun.model.stages import Stages

Data: TypeAlias = dict[str, Any]
ResolvedDecisions: TypeAlias = tuple[Stages | None, Mapping[str, Decision]]
"""The decisions of a file by name, and its protocol if it is a file of stages."""


@attrs.frozen
class ModelPart:
    """How the files of a kind become a part of the model, and the other way around.

    `resolve` takes all files of the kind, everything that the pack declares, and the model with all decisions and the
    parts of the kinds before this one. It returns the model with this part, even if there is no such file.
    `export` yields the files for this part, by name.
    """

    resolve: Callable[[Sequence[Node], Declarations, Model], Model]
    export: Callable[[Model], Iterator[tuple[str, Data]]]


@attrs.frozen
class DecisionPart:
    """How each file of a kind becomes a decision, or several related ones, and the other way around.

    `makes`: the kinds of the decisions. `outline`: what others can know about them before they are resolved. `export`
    returns the file for a decision, or None if that of another decision includes it.
    """

    makes: frozenset[DecisionKind]
    outline: Outline
    resolve: Callable[[Node, Names], ResolvedDecisions]
    export: Callable[[Model, Decision], Data | None]


@attrs.frozen
class Kind:
    """A kind of rule file; `name` is its first key.

    `entries` is the key whose entries can be left out one by one, so that one mistake does not hide others; None if a
    mistake makes the whole file unusable. `schema_extensions` takes the published schema with the definitions it refers
    to, and returns what an editor can know beyond it.
    """

    name: str
    entries: str | None
    content: ModelPart | DecisionPart
    schema_extensions: Callable[[Model, Schema], Extensions]


def _single_decision(
    resolve: Callable[[Node, Signature, Names], Decision],
) -> Callable[[Node, Names], ResolvedDecisions]:
    """Return the function that resolves a kind of file with one decision in each."""

    def resolve_file(node: Node, names: Names) -> ResolvedDecisions:
        name = node.text(node.document.kind)
        return None, {name: resolve(node, names.decisions[name], names)}

    return resolve_file


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pack", None, ModelPart(kind_resolvers.header, documents.header), editor_schema_extensions.pack),
        Kind(
            "units",
            "units",
            ModelPart(kind_resolvers.units, documents.units),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "facts",
            "facts",
            ModelPart(kind_resolvers.facts, documents.facts),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "groups",
            "groups",
            ModelPart(kind_resolvers.groups, documents.groups),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "parameters",
            "parameters",
            ModelPart(kind_resolvers.parameters, documents.parameters),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "derived",
            "derived",
            ModelPart(kind_resolvers.derived, documents.derived),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "constraints",
            "constraints",
            ModelPart(kind_resolvers.constraints, documents.constraints),
            editor_schema_extensions.constraints,
        ),
        Kind(
            "decision",
            "rules",
            DecisionPart(
                frozenset({"rules", "table"}),
                one_decision(outputs.signature),
                _single_decision(decisions.decision),
                export_decisions.rules_document,
            ),
            editor_schema_extensions.decision,
        ),
        Kind(
            "criteria",
            "all",
            DecisionPart(
                frozenset({"criteria"}),
                one_decision(criteria_decisions.signature),
                _single_decision(criteria_decisions.criteria),
                export_decisions.criteria_document,
            ),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "limits",
            "bounds",
            DecisionPart(
                frozenset({"limits"}),
                one_decision(limits.signature),
                _single_decision(limits.limits),
                export_decisions.limits_document,
            ),
            editor_schema_extensions.limits,
        ),
        Kind(
            "guidance",
            "statements",
            ModelPart(kind_resolvers.guidance, documents.guidance),
            editor_schema_extensions.no_extensions,
        ),
        Kind("cases", "examples", ModelPart(kind_resolvers.cases, documents.cases), editor_schema_extensions.cases),
        Kind(
            "properties",
            "always",
            ModelPart(kind_resolvers.properties, documents.properties),
            editor_schema_extensions.no_extensions,
        ),
        Kind(
            "record",
            "facts",
            ModelPart(kind_resolvers.record, documents.record),
            editor_schema_extensions.no_extensions,
        ),
        Kind("diary", "facts", ModelPart(kind_resolvers.diary, documents.diary), editor_schema_extensions.diary),
        Kind(
            "stages",
            None,
            DecisionPart(
                frozenset({"stages"}),
                Outline(stage_decisions.signatures, stage_decisions.more_names),
                stages.protocol,
                documents.stages,
            ),
            editor_schema_extensions.stages,
        ),
        Kind("texts", "of", ModelPart(kind_resolvers.texts, documents.texts), editor_schema_extensions.texts),
    )
}
