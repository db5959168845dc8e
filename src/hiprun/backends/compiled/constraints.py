"""Whether facts are possible together, as a function that says yes only where it is sure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hiprun.backends.compiled.circuit_expressions import Expressions
from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.fact_access import Reader
from hiprun.errors import FactError
from hiprun.inference.circuit import AND, TRUE, Node
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.infer import check_possible
from hiprun.model import Model

Possible = Callable[[dict[str, Any]], bool]


def compiled_constraints(model: Model, program: Callable[[str], Program]) -> Possible:
    """Return a function that says whether facts that were taken in are sure to be possible together.

    Constraints that share no fact, not even through others, have nothing to do with one another. Of such a group
    either no fact may be given, for it can be kept as such, or all, and then it has to hold.
    """
    if not model.constraints:
        return lambda facts: True
    grounded = program("")
    try:
        check_possible(model, grounded, Facts({}))
    except FactError:
        return lambda facts: False
    writer = Writer()
    for names, nodes in _groups(grounded):
        reader = Reader(writer, model.facts, grounded, names, checking=False)
        given = " or ".join(f"{writer.bind(name)} in facts" for name in names)
        writer.write(f"if {given}:")
        writer.write("try:", indent=2)
        for name in names:
            reader.read(name, indent=3)
        expressions = Expressions(reader, nodes, indent=3)
        writer.write(f"if not ({' and '.join(expressions[node] for node in nodes)}):", indent=3)
        writer.write("return False", indent=4)
        writer.write("except Exception:", indent=2)
        writer.write("return False", indent=3)
    writer.write("return True")
    return writer.function("possible", "facts", "hiprun-compiled-constraints").call


def _groups(program: Program) -> list[tuple[list[str], list[Node]]]:
    """Return the groups of constraints that share facts: the facts of each, and what has to hold."""
    circuit, allowed = program.circuit, program.allowed
    nodes = list(circuit.parts[allowed]) if circuit.kinds[allowed] == AND else [allowed]
    groups: list[tuple[set[str], list[Node]]] = []
    for node in nodes:
        if node == TRUE:
            continue
        support = circuit.support[node]
        names = {
            name for i, variable in enumerate(program.variables) if support >> i & 1 for name in variable.base_facts
        }
        joined = [node]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names |= group[0]
            joined += group[1]
        groups.append((names, joined))
    return [(sorted(names), joined) for names, joined in groups]
