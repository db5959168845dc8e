"""The first walk over a pack: every name it declares, before anything that uses one is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs

from hiprun.build import criteria, facts, limits, outputs
from hiprun.build.domains import domain
from hiprun.build.names import DECISION_KINDS, Names, Register, Signature, check_not_reserved
from hiprun.build.node import Node
from hiprun.model import Domain, Parameter

SIGNATURES: Mapping[str, Callable[[Node], Signature]] = {
    "decision": outputs.signature,
    "criteria": criteria.signature,
    "limits": limits.signature,
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
        decisions={name: SIGNATURES[node.document.kind](node) for name, node in decision_nodes.items()},
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
    found = {}
    for kind in sorted(DECISION_KINDS):
        for node in nodes[kind]:
            check_not_reserved(node[kind], node.text(kind), key=False)
            if register.claim_id(node[kind], "another decision", "name"):
                found[node.text(kind)] = node
    return dict(sorted(found.items(), key=lambda pair: pair[1].document.source.file))
