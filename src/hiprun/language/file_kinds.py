"""The one table of the kinds of rule files: what each is called, says of a pack, and lets an editor offer.

A kind of file is one record here, and its JSON Schema in `schemas/`. Whatever reads, resolves, writes or completes rule
files goes through this table, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.language import schema_extensions
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.export import decisions as export_decisions
from hiprun.language.export import documents
from hiprun.language.resolve import (
    criteria_decisions,
    decisions,
    limits,
    model_sections,
    outputs,
    stage_decisions,
    stages,
)
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declarations import Declarations, Outline, one_decision
from hiprun.language.resolve.names import Names, Signature
from hiprun.language.schema_extensions import Extensions
from hiprun.model import Decision, DecisionKind, Model
from hiprun.model.stages import Stages

Data: TypeAlias = dict[str, Any]
ResolvedDecisions: TypeAlias = tuple[Stages | None, Mapping[str, Decision]]
"""The decisions of a file by name, and the protocol behind them if it is one of stages."""


@attrs.frozen
class ModelPart:
    """What files of a kind say, as a part of the model.

    `resolve` takes all files of the kind, everything that the pack declares, and the model with all decisions and the
    parts of the kinds before this one; it returns the model with this part, also where there is no such file.
    `export` yields the files that say this part again, by name.
    """

    resolve: Callable[[Sequence[Node], Declarations, Model], Model]
    export: Callable[[Model], Iterator[tuple[str, Data]]]


@attrs.frozen
class DecisionPart:
    """What files of a kind say when each of them is a decision, or several that belong together.

    `makes`: the kinds of the decisions. `outline`: what others can know of them before they are resolved. `export`
    returns the file that says a decision again, or None where that of another decision says it too.
    """

    makes: frozenset[DecisionKind]
    outline: Outline
    resolve: Callable[[Node, Names], ResolvedDecisions]
    export: Callable[[Model, Decision], Data | None]


@attrs.frozen
class Kind:
    """A kind of rule file; `name` is the first key in each.

    `entries`: the key under which it holds what can be left out piece by piece, so that one mistake does not hide
    others; None where a mistake spoils the whole file. `offered` takes the published
    schema with the definitions it refers to, and returns what an editor knows beyond it.
    """

    name: str
    entries: str | None
    content: ModelPart | DecisionPart
    schema_extensions: Callable[[Model, Schema], Extensions]


def _single_decision(
    resolve: Callable[[Node, Signature, Names], Decision],
) -> Callable[[Node, Names], ResolvedDecisions]:
    """Return how files are resolved that are one decision each."""

    def resolve_file(node: Node, names: Names) -> ResolvedDecisions:
        name = node.text(node.document.kind)
        return None, {name: resolve(node, names.decisions[name], names)}

    return resolve_file


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pack", None, ModelPart(model_sections.header, documents.header), schema_extensions.no_extensions),
        Kind("facts", "facts", ModelPart(model_sections.facts, documents.facts), schema_extensions.no_extensions),
        Kind(
            "parameters",
            "parameters",
            ModelPart(model_sections.parameters, documents.parameters),
            schema_extensions.no_extensions,
        ),
        Kind(
            "derived", "derived", ModelPart(model_sections.derived, documents.derived), schema_extensions.no_extensions
        ),
        Kind(
            "constraints",
            "constraints",
            ModelPart(model_sections.constraints, documents.constraints),
            schema_extensions.constraints,
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
            schema_extensions.decision,
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
            schema_extensions.no_extensions,
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
            schema_extensions.limits,
        ),
        Kind(
            "guidance",
            "statements",
            ModelPart(model_sections.guidance, documents.guidance),
            schema_extensions.no_extensions,
        ),
        Kind("cases", "examples", ModelPart(model_sections.cases, documents.cases), schema_extensions.cases),
        Kind(
            "properties",
            "always",
            ModelPart(model_sections.properties, documents.properties),
            schema_extensions.no_extensions,
        ),
        Kind("diary", "facts", ModelPart(model_sections.diary, documents.diary), schema_extensions.diary),
        Kind(
            "stages",
            None,
            DecisionPart(
                frozenset({"stages"}),
                Outline(stage_decisions.signatures, stage_decisions.more_names),
                stages.protocol,
                documents.stages,
            ),
            schema_extensions.stages,
        ),
    )
}
