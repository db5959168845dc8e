"""The first walk over a pack: every name it declares, before anything that uses one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from hiprun.language.resolve import facts
from hiprun.language.resolve.cursor import Findings, Node
from hiprun.language.resolve.domains import domain
from hiprun.language.resolve.names import ANY_DECISION, NameRegister, Names, Signature, check_not_reserved
from hiprun.language.resolve.reuse import resolved
from hiprun.model import Domain, Parameter

Nodes = Mapping[str, Sequence[Node]]
"""The documents of a pack by kind, in the order of their file names."""


@attrs.frozen
class Outline:
    """What is known about the decisions in a kind of file before they are resolved.

    `signatures` takes a file and returns the signatures of its decisions by name. `more_names` takes the name of the
    file and returns the names of its decisions other than the one with that name.
    """

    signatures: Callable[[Node], Mapping[str, Signature]]
    more_names: Callable[[str], tuple[str, ...]]


def one_decision(signature: Callable[[Node], Signature]) -> Outline:
    """Return the outline for a kind of file with one decision in each."""
    return Outline(lambda node: {node.text(node.document.kind): signature(node)}, lambda _: ())


@attrs.frozen
class Declarations:
    """Every name, and where it is declared; for duplicate names, the first place."""

    names: Names
    facts: Mapping[str, Node]
    derived: Mapping[str, Node]
    decisions: Mapping[str, Node]
    statements: Mapping[str, Node]
    findings: Findings


def declare(nodes: Nodes, findings: Findings, broken: frozenset[str], deciding: Mapping[str, Outline]) -> Declarations:
    """Return everything that the documents declare; report duplicates and invalid declarations.

    `deciding` has an outline for each kind of file that has decisions; `broken` names the kinds of files that could
    not be read.
    """
    if not broken.isdisjoint(deciding):
        broken = broken.union(ANY_DECISION)
    statements = _entries(nodes, "guidance", "statements", NameRegister(), "another statement")
    names = Names(statements=dict.fromkeys(statements) if nodes["guidance"] else None, broken=broken)
    register = NameRegister()
    fact_nodes = _named_values(nodes, "facts", "a fact", register)
    parameter_nodes = _named_values(nodes, "parameters", "a parameter", register)
    derived_nodes = _named_values(nodes, "derived", "a derived fact", register)
    decision_nodes = _decision_nodes(nodes, deciding)
    fact_domains: dict[str, Domain | None] = {name: resolved(_domain, node) for name, node in fact_nodes.items()}
    parameters: dict[str, Parameter | None] = {
        name: resolved(_parameter, node, names) for name, node in parameter_nodes.items()
    }
    names = attrs.evolve(
        names,
        facts=fact_domains,
        parameters=parameters,
        derived={name: resolved(facts.derived_domain, node) for name, node in derived_nodes.items()},
        decisions=dict(_signatures(decision_nodes, deciding)),
    )
    return Declarations(names, fact_nodes, derived_nodes, decision_nodes, statements, findings)


def _domain(node: Node) -> Domain | None:
    return domain(node, str(node.path[-1]))


def _parameter(node: Node, names: Names) -> Parameter | None:
    return facts.parameter(str(node.path[-1]), node, names)


def _entries(nodes: Nodes, kind: str, key: str, register: NameRegister, noun: str) -> dict[str, Node]:
    return {
        name: child for node in nodes[kind] for name, child in node[key].entries() if register.claim(child, name, noun)
    }


def _named_values(nodes: Nodes, kind: str, noun: str, register: NameRegister) -> dict[str, Node]:
    nodes_by_name = _entries(nodes, kind, kind, register, noun)
    for name, node in nodes_by_name.items():
        check_not_reserved(node, name, key=True)
    return nodes_by_name


def _decision_nodes(nodes: Nodes, deciding: Mapping[str, Outline]) -> dict[str, Node]:
    register = NameRegister()
    nodes_by_name: dict[str, Node] = {}
    for kind in sorted(deciding):
        for node in nodes[kind]:
            check_not_reserved(node[kind], node.text(kind), key=False)
            name = node.text(kind)
            claimed = [register.claim_id(node[kind], "another decision", "name")]
            more_names = deciding[kind].more_names(name)
            claimed += [register.claim(node[kind], more_name, "another decision") for more_name in more_names]
            if all(claimed):
                nodes_by_name |= dict.fromkeys((name, *more_names), node)
    return dict(sorted(nodes_by_name.items(), key=lambda pair: pair[1].document.source.file))


def _signatures(decisions: Mapping[str, Node], deciding: Mapping[str, Outline]) -> Iterator[tuple[str, Signature]]:
    for name, node in decisions.items():
        kind = node.document.kind
        if name == node.text(kind):
            yield from resolved(deciding[kind].signatures, node).items()
