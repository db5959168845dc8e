"""Several decisions as one function: facts are read once, and what decisions have in common is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from hiprun.backends.compiled.circuit_expressions import Expressions, reachable
from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.decision_function import Concluder, write_bits, write_conclusion
from hiprun.backends.compiled.fact_access import Reader
from hiprun.inference.circuit import AND, FALSE, LITERAL, NOT, OR, TRUE, Circuit, Node
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import Cut, complement, intersection, union
from hiprun.model import Model

Conclusions = Callable[[dict[str, Any]], list[Conclusion] | None]


def compiled_together(model: Model, concluders: Sequence[Concluder], file: str) -> Conclusions:
    """Return the function that concludes all of some decisions, or None where a fact of any of them is not known.

    It takes facts that were taken in and are possible together.
    """
    merged = _Merged(concluders[0].program)
    nodes = [merged.added(concluder.program, concluder.nodes) for concluder in concluders]
    program = merged.program()
    writer = Writer()
    formulas = [name for concluder in concluders for name in concluder.formulas]
    names = [name for variable in program.variables for name in variable.base_facts]
    reader = Reader(writer, model.facts, program, dict.fromkeys([*names, *formulas]), checking=False)
    writer.write("try:")
    reader.read_all(indent=2)
    holds = Expressions(reader, [node for found in nodes for node in found], indent=2)
    for number, (concluder, found) in enumerate(zip(concluders, nodes, strict=True)):
        write_bits(writer, concluder, found, holds, number)
    writer.write("except Exception:")
    writer.write("return None", indent=2)
    for number, concluder in enumerate(concluders):
        write_conclusion(writer, concluder, number, "facts")
    writer.write(f"return [{', '.join(f'found{number}' for number in range(len(nodes)))}]")
    call: Conclusions = writer.function("conclude", "facts", file).call
    return call


class _Merged:
    """One circuit over the variables of several programs, in which equal conditions are the same node."""

    def __init__(self, first: Program) -> None:
        self._first = first
        self._circuit = Circuit([], intersection, union, lambda one, other: intersection(one, complement(other)))
        self._variables: list[Variable] = []
        self._cuts: list[set[Cut]] = []
        self._indexes: dict[Variable, int] = {}

    def added(self, program: Program, nodes: Sequence[Node]) -> list[Node]:
        """Return what some nodes of a program are here."""
        source, target = program.circuit, self._circuit
        indexes = [self._index(variable) for variable in program.variables]
        found: dict[Node, Node] = {FALSE: FALSE, TRUE: TRUE}
        for node in reachable(source, nodes):
            kind, parts = source.kinds[node], source.parts[node]
            if kind == LITERAL:
                found[node] = target.literal(indexes[parts[0]], parts[1])
            elif kind == NOT:
                found[node] = target.negate(found[parts])
            elif kind in (AND, OR):
                join = target.every if kind == AND else target.some
                found[node] = join([found[part] for part in parts])
            else:
                offset, terms, wanted = parts
                found[node] = target.total(offset, [(weight, found[part]) for weight, part in terms], wanted)
        return [found[node] for node in nodes]

    def _index(self, variable: Variable) -> int:
        key = attrs.evolve(variable, cuts=())
        if key not in self._indexes:
            self._indexes[key] = len(self._variables)
            self._variables.append(key)
            self._cuts.append(set())
            self._circuit.full.append(variable.domain)
        self._cuts[self._indexes[key]].update(variable.cuts)
        return self._indexes[key]

    def program(self) -> Program:
        """Return a program with this circuit; only what is read of facts and conditions means something in it."""
        variables = tuple(
            attrs.evolve(variable, cuts=tuple(sorted(cuts)))
            for variable, cuts in zip(self._variables, self._cuts, strict=True)
        )
        return attrs.evolve(self._first, circuit=self._circuit, variables=variables)
