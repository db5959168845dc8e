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
from hiprun.language.export import decisions as written
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
from hiprun.language.resolve.declarations import Declared, Outline, one_decision
from hiprun.language.resolve.names import Names, Signature
from hiprun.language.schema_extensions import Offered
from hiprun.model import Decision, DecisionKind, Model
from hiprun.model.stages import Stages

Data: TypeAlias = dict[str, Any]
Made: TypeAlias = tuple[Stages | None, Mapping[str, Decision]]
"""The decisions of a file by name, and the protocol behind them if it is one of stages."""


@attrs.frozen
class Content:
    """What files of a kind say, as a part of the model.

    `resolve` takes all files of the kind, everything that the pack declares, and the model with all decisions and the
    parts of the kinds before this one; it returns the model with this part, also where there is no such file.
    `export` yields the files that say this part again, by name.
    """

    resolve: Callable[[Sequence[Node], Declared, Model], Model]
    export: Callable[[Model], Iterator[tuple[str, Data]]]


@attrs.frozen
class Deciding:
    """What files of a kind say when each of them is a decision, or several that belong together.

    `makes`: the kinds of the decisions. `outline`: what others can know of them before they are resolved. `export`
    returns the file that says a decision again, or None where that of another decision says it too.
    """

    makes: frozenset[DecisionKind]
    outline: Outline
    resolve: Callable[[Node, Names], Made]
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
    content: Content | Deciding
    offered: Callable[[Model, Schema], Offered]


def _alone(resolve: Callable[[Node, Signature, Names], Decision]) -> Callable[[Node, Names], Made]:
    """Return how files are resolved that are one decision each."""

    def made(node: Node, names: Names) -> Made:
        name = node.text(node.document.kind)
        return None, {name: resolve(node, names.decisions[name], names)}

    return made


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pack", None, Content(model_sections.header, documents.header), schema_extensions.nothing),
        Kind("facts", "facts", Content(model_sections.facts, documents.facts), schema_extensions.nothing),
        Kind(
            "parameters",
            "parameters",
            Content(model_sections.parameters, documents.parameters),
            schema_extensions.nothing,
        ),
        Kind("derived", "derived", Content(model_sections.derived, documents.derived), schema_extensions.nothing),
        Kind(
            "constraints",
            "constraints",
            Content(model_sections.constraints, documents.constraints),
            schema_extensions.constraints,
        ),
        Kind(
            "decision",
            "rules",
            Deciding(
                frozenset({"rules", "table"}),
                one_decision(outputs.signature),
                _alone(decisions.decision),
                written.rules,
            ),
            schema_extensions.decision,
        ),
        Kind(
            "criteria",
            "all",
            Deciding(
                frozenset({"criteria"}),
                one_decision(criteria_decisions.signature),
                _alone(criteria_decisions.criteria),
                written.criteria,
            ),
            schema_extensions.nothing,
        ),
        Kind(
            "limits",
            "bounds",
            Deciding(
                frozenset({"limits"}),
                one_decision(limits.signature),
                _alone(limits.limits),
                written.limits,
            ),
            schema_extensions.limits,
        ),
        Kind("guidance", "statements", Content(model_sections.guidance, documents.guidance), schema_extensions.nothing),
        Kind("cases", "examples", Content(model_sections.cases, documents.cases), schema_extensions.cases),
        Kind(
            "properties", "always", Content(model_sections.properties, documents.properties), schema_extensions.nothing
        ),
        Kind("diary", "facts", Content(model_sections.diary, documents.diary), schema_extensions.diary),
        Kind(
            "stages",
            None,
            Deciding(
                frozenset({"stages"}),
                Outline(stage_decisions.signatures, stage_decisions.more_names),
                stages.stages,
                documents.stages,
            ),
            schema_extensions.stages,
        ),
    )
}
