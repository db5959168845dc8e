"""The one table of the kinds of rule files: what each is called, says of a pack, and lets an editor offer.

A kind of file is one record here, and its JSON Schema in `schemas/`. Whatever reads, resolves, writes or completes rule
files goes through this table, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.language import completions
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.completions import Offered
from hiprun.language.export import decisions as written
from hiprun.language.export import documents
from hiprun.language.resolve import criteria, decisions, limits, outputs, pack, stages
from hiprun.language.resolve import stage_decisions as steps
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.declarations import Declared, Outline, one_decision
from hiprun.language.resolve.names import Names, Signature
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
        Kind("pack", None, Content(pack.header, documents.header), completions.nothing),
        Kind("facts", "facts", Content(pack.facts, documents.facts), completions.nothing),
        Kind("parameters", "parameters", Content(pack.parameters, documents.parameters), completions.nothing),
        Kind("derived", "derived", Content(pack.derived, documents.derived), completions.nothing),
        Kind("constraints", "constraints", Content(pack.constraints, documents.constraints), completions.constraints),
        Kind(
            "decision",
            "rules",
            Deciding(
                frozenset({"rules", "table"}),
                one_decision(outputs.signature),
                _alone(decisions.decision),
                written.rules,
            ),
            completions.decision,
        ),
        Kind(
            "criteria",
            "all",
            Deciding(
                frozenset({"criteria"}),
                one_decision(criteria.signature),
                _alone(criteria.criteria),
                written.criteria,
            ),
            completions.nothing,
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
            completions.limits,
        ),
        Kind("guidance", "statements", Content(pack.guidance, documents.guidance), completions.nothing),
        Kind("cases", "examples", Content(pack.cases, documents.cases), completions.cases),
        Kind("properties", "always", Content(pack.properties, documents.properties), completions.nothing),
        Kind("diary", "facts", Content(pack.diary, documents.diary), completions.diary),
        Kind(
            "stages",
            None,
            Deciding(
                frozenset({"stages"}),
                Outline(steps.signatures, steps.more_names),
                stages.stages,
                documents.stages,
            ),
            completions.stages,
        ),
    )
}
