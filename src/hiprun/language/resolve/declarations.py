"""The first walk over a pack: every name it declares, before anything that uses one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from hiprun.language.resolve import criteria, facts, limits, outputs
from hiprun.language.resolve import stage_decisions as steps
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.domains import domain
from hiprun.language.resolve.names import DECISION_KINDS, Names, Register, Signature, check_not_reserved
from hiprun.model import Domain, Parameter
from hiprun.model.stages import day_name, session_name, stage_name

SIGNATURES: Mapping[str, Callable[[Node], Mapping[str, Signature]]] = {
    "decision": lambda node: {node.text("decision"): outputs.signature(node)},
    "criteria": lambda node: {node.text("criteria"): criteria.signature(node)},
    "limits": lambda node: {node.text("limits"): limits.signature(node)},
    "stages": steps.signatures,
}
Nodes = Mapping[str, Sequence[Node]]
"""The documents of a pack by kind, in the order of their file names."""


@attrs.frozen
class Declared:
    """Every name, and where each is declared; of names given twice the first."""

    names: Names
    facts: Mapping[str, Node]
    derived: Mapping[str, Node]
    decisions: Mapping[str, Node]
    statements: Mapping[str, Node]


def declare(nodes: Nodes, broken: frozenset[str]) -> Declared:
    """Return everything that the documents declare; clashes and wrong declarations are reported."""
    statements = _entries(nodes, "guidance", "statements", Register(), "another statement")
    names = Names(statements=frozenset(statements) if nodes["guidance"] else None, broken=broken)
    register = Register()
    fact_nodes = _values(nodes, "facts", "a fact", register)
    parameter_nodes = _values(nodes, "parameters", "a parameter", register)
    derived_nodes = _values(nodes, "derived", "a derived fact", register)
    decision_nodes = _decisions(nodes)
    fact_domains: dict[str, Domain | None] = {name: domain(node, name) for name, node in fact_nodes.items()}
    parameters: dict[str, Parameter | None] = {
        name: facts.parameter(name, node, names) for name, node in parameter_nodes.items()
    }
    names = attrs.evolve(
        names,
        facts=fact_domains,
        parameters=parameters,
        derived={name: facts.derived_domain(node) for name, node in derived_nodes.items()},
        decisions=dict(_signatures(decision_nodes)),
    )
    return Declared(names, fact_nodes, derived_nodes, decision_nodes, statements)


def _entries(nodes: Nodes, kind: str, key: str, register: Register, what: str) -> dict[str, Node]:
    return {
        name: child for node in nodes[kind] for name, child in node[key].entries() if register.claim(child, name, what)
    }


def _values(nodes: Nodes, kind: str, what: str, register: Register) -> dict[str, Node]:
    found = _entries(nodes, kind, kind, register, what)
    for name, node in found.items():
        check_not_reserved(node, name, key=True)
    return found


def _decisions(nodes: Nodes) -> dict[str, Node]:
    register = Register()
    found: dict[str, Node] = {}
    for kind in sorted(DECISION_KINDS):
        for node in nodes[kind]:
            check_not_reserved(node[kind], node.text(kind), key=False)
            name = node.text(kind)
            claimed = [register.claim_id(node[kind], "another decision", "name")]
            # Stages are four decisions in one file.
            others = (stage_name(name), day_name(name), session_name(name)) if kind == "stages" else ()
            claimed += [register.claim(node[kind], other, "another decision") for other in others]
            if all(claimed):
                found |= dict.fromkeys((name, *others), node)
    return dict(sorted(found.items(), key=lambda pair: pair[1].document.source.file))


def _signatures(decisions: Mapping[str, Node]) -> Iterator[tuple[str, Signature]]:
    for name, node in decisions.items():
        kind = node.document.kind
        if name == node.text(kind):
            yield from SIGNATURES[kind](node).items()
