"""The first walk over a pack: every name it declares, before anything that uses one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from hiprun.language.resolve import facts
from hiprun.language.resolve.cursor import Findings, Node
from hiprun.language.resolve.domains import domain
from hiprun.language.resolve.names import ANY_DECISION, Names, Register, Signature, check_not_reserved
from hiprun.model import Domain, Parameter

Nodes = Mapping[str, Sequence[Node]]
"""The documents of a pack by kind, in the order of their file names."""


@attrs.frozen
class Outline:
    """What can be known of the decisions in a file of some kind before any of them is resolved.

    `signatures` takes the file and returns the signatures of its decisions by name; `more_names` takes the name of the
    file and returns what its decisions are called beside the one of that name.
    """

    signatures: Callable[[Node], Mapping[str, Signature]]
    more_names: Callable[[str], tuple[str, ...]]


def one_decision(signature: Callable[[Node], Signature]) -> Outline:
    """Return the outline of files that are one decision each."""
    return Outline(lambda node: {node.text(node.document.kind): signature(node)}, lambda _: ())


@attrs.frozen
class Declared:
    """Every name, and where each is declared; of names given twice the first."""

    names: Names
    facts: Mapping[str, Node]
    derived: Mapping[str, Node]
    decisions: Mapping[str, Node]
    statements: Mapping[str, Node]
    findings: Findings


def declare(nodes: Nodes, findings: Findings, broken: frozenset[str], deciding: Mapping[str, Outline]) -> Declared:
    """Return everything that the documents declare; clashes and wrong declarations are reported.

    `deciding` has an outline for each kind of file that makes decisions; `broken` names the kinds of files that could
    not be read.
    """
    if not broken.isdisjoint(deciding):
        broken = broken.union(ANY_DECISION)
    statements = _entries(nodes, "guidance", "statements", Register(), "another statement")
    names = Names(statements=statements if nodes["guidance"] else None, broken=broken)
    register = Register()
    fact_nodes = _values(nodes, "facts", "a fact", register)
    parameter_nodes = _values(nodes, "parameters", "a parameter", register)
    derived_nodes = _values(nodes, "derived", "a derived fact", register)
    decision_nodes = _decisions(nodes, deciding)
    fact_domains: dict[str, Domain | None] = {name: domain(node, name) for name, node in fact_nodes.items()}
    parameters: dict[str, Parameter | None] = {
        name: facts.parameter(name, node, names) for name, node in parameter_nodes.items()
    }
    names = attrs.evolve(
        names,
        facts=fact_domains,
        parameters=parameters,
        derived={name: facts.derived_domain(node) for name, node in derived_nodes.items()},
        decisions=dict(_signatures(decision_nodes, deciding)),
    )
    return Declared(names, fact_nodes, derived_nodes, decision_nodes, statements, findings)


def _entries(nodes: Nodes, kind: str, key: str, register: Register, what: str) -> dict[str, Node]:
    return {
        name: child for node in nodes[kind] for name, child in node[key].entries() if register.claim(child, name, what)
    }


def _values(nodes: Nodes, kind: str, what: str, register: Register) -> dict[str, Node]:
    found = _entries(nodes, kind, kind, register, what)
    for name, node in found.items():
        check_not_reserved(node, name, key=True)
    return found


def _decisions(nodes: Nodes, deciding: Mapping[str, Outline]) -> dict[str, Node]:
    register = Register()
    found: dict[str, Node] = {}
    for kind in sorted(deciding):
        for node in nodes[kind]:
            check_not_reserved(node[kind], node.text(kind), key=False)
            name = node.text(kind)
            claimed = [register.claim_id(node[kind], "another decision", "name")]
            others = deciding[kind].more_names(name)
            claimed += [register.claim(node[kind], other, "another decision") for other in others]
            if all(claimed):
                found |= dict.fromkeys((name, *others), node)
    return dict(sorted(found.items(), key=lambda pair: pair[1].document.source.file))


def _signatures(decisions: Mapping[str, Node], deciding: Mapping[str, Outline]) -> Iterator[tuple[str, Signature]]:
    for name, node in decisions.items():
        kind = node.document.kind
        if name == node.text(kind):
            yield from deciding[kind].signatures(node).items()
