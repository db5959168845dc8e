"""One decision as a function: facts in, the conclusion out, or None where the exact way has to be taken.

The function works out which rules hold, as bits. What follows from these bits is concluded by the same code that
concludes for the interpreter, once for each combination that was met, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hiprun.backends.compiled.circuit_expressions import Expressions, reachable
from hiprun.backends.compiled.code_writer import Writer, Written
from hiprun.backends.compiled.conclusion_templates import Fill, exact_numbers, filling, linear_facts
from hiprun.backends.compiled.fact_access import Reader
from hiprun.backends.compiled.large_tables import CONFLICT, WideConcluder, is_wide
from hiprun.backends.compiled.remembered import Remembered, size_of
from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.operators import Truth
from hiprun.inference.partial_assignment import SettledSituation
from hiprun.inference.partial_evaluation import Patient
from hiprun.model import Model

MOST_WALKED = 64
MOST_NODES = 20_000


def watched(program: Program) -> list[Node]:
    """Return the nodes on which a conclusion depends."""
    nodes = [
        *program.rules,
        *(branch.node for branch in program.branches),
        *(node for verdict in program.verdicts.values() for node in verdict.values()),
        program.conflict,
    ]
    return [node for node in dict.fromkeys(nodes) if node > TRUE]


def formula_facts(program: Program) -> list[str]:
    """Return the facts that the outputs of a decision are worked out from."""
    values = [value for branch in program.branches for value in branch.values.values()]
    values += program.policy.otherwise or () if program.policy is not None else ()
    return linear_facts(values)


class Concluder:
    """Turns the bits of the nodes that are watched into a conclusion."""

    def __init__(self, model: Model, program: Program, formulas: Sequence[str], memory: Remembered) -> None:
        self.model, self.program, self.formulas, self.memory = model, program, formulas, memory
        self.nodes = watched(program)
        self.remembered: dict[int, Conclusion | Fill] = {}
        """What follows from bits: the conclusion, or where it has numbers to be worked out, how it is filled."""

    def conclude(self, bits: int, facts: Mapping[str, Any]) -> Conclusion:
        """Return what follows when the nodes in `bits` hold and the others do not."""
        truths: list[Truth] = [None] * len(self.program.circuit.kinds)
        truths[:2] = False, True
        for index, node in enumerate(self.nodes):
            truths[node] = bool(bits >> index & 1)
        known = exact_numbers(self.program, self.formulas, facts)
        there = SettledSituation(self.program, Facts(known), truths)
        conclusion = concluded(Patient(self.model, there, BUDGET))
        found = filling(self.program, truths, conclusion) if self.formulas else conclusion
        if found is not None:
            self.memory.keep(self.remembered, bits, found, size_of(conclusion))
        return conclusion


def compiled_decision(
    model: Model,
    program: Program,
    memory: Remembered,
    *,
    checking: bool = True,
    most_walked: int = MOST_WALKED,
    most_nodes: int = MOST_NODES,
) -> Written | None:
    """Return the function of a decision that concludes from facts, or None where that would grow too large.

    What it concludes is remembered in `memory`. Without `checking` it takes facts that were taken in and are possible
    together. With more branches than `most_walked` the decision is looked up, and not walked rule by rule.
    """
    formulas = formula_facts(program)
    wide = is_wide(program, most_walked)
    nodes = [program.conflict] if wide else watched(program)
    if len(reachable(program.circuit, [program.allowed, *nodes])) > most_nodes:
        return None
    return (_looked_up if wide else _walked)(model, program, formulas, memory, checking)


def concluder_of(model: Model, program: Program, memory: Remembered) -> Concluder | None:
    """Return what concludes a decision that is walked rule by rule; None for one that is looked up."""
    return None if is_wide(program, MOST_WALKED) else Concluder(model, program, formula_facts(program), memory)


def _walked(model: Model, program: Program, formulas: Sequence[str], memory: Remembered, checking: bool) -> Written:
    concluder = Concluder(model, program, formulas, memory)
    writer, reader, holds = _begun(model, program, formulas, concluder.nodes, checking)
    writer.write("key = 0", indent=2)
    for index, node in enumerate(concluder.nodes):
        writer.write(f"if {holds[node]}: key |= {1 << index}", indent=2)
        writer.notes += [
            f"key {1 << index} is rule {rule.id!r} ({rule.place})"
            for rule, rule_node in zip(program.decision.rules, program.rules, strict=True)
            if rule_node == node
        ]
    return _ended(writer, concluder, reader)


def _looked_up(model: Model, program: Program, formulas: Sequence[str], memory: Remembered, checking: bool) -> Written:
    writer, reader, holds = _begun(model, program, formulas, [program.conflict], checking)
    concluder = WideConcluder(model, program, formulas, memory)
    values = "".join(f"{reader.subject(index, indent=2)}, " for index in range(len(program.variables)))
    writer.write(f"key = {writer.bind(concluder.lookup)}(({values}))", indent=2)
    if program.conflict != FALSE:
        writer.write(f"if {holds[program.conflict]}: key = ({CONFLICT}, *key)", indent=2)
    return _ended(writer, concluder, reader)


def _begun(
    model: Model, program: Program, formulas: Sequence[str], nodes: Sequence[Node], checking: bool
) -> tuple[Writer, Reader, Expressions]:
    """Write how the facts are read and checked, and what has to be known of the nodes."""
    allowed = program.allowed if checking else TRUE
    writer = Writer()
    names = [fact for variable in program.variables for fact in variable.base_facts]
    reader = Reader(writer, model.facts, program, dict.fromkeys([*names, *formulas]), checking=checking)
    writer.write("try:")
    for fact in reader.facts:
        reader.read(fact, indent=2)
    holds = Expressions(reader, [allowed, *nodes], indent=2)
    if allowed != TRUE:
        writer.write(f"if not {holds[allowed]}:", indent=2)
        writer.write("return None", indent=3)
    return writer, reader, holds


def _ended(writer: Writer, concluder: Concluder | WideConcluder, reader: Reader) -> Written:
    """Write how the conclusion is found, and return the function."""
    writer.write("except Exception:")
    writer.write("return None", indent=2)
    writer.write("try:")
    writer.write(f"found = {writer.bind(concluder.remembered)}[key]", indent=2)
    writer.write("except KeyError:")
    writer.write(f"return {writer.bind(concluder.conclude)}(key, facts)", indent=2)
    writer.write("return found(facts)" if concluder.formulas else "return found")
    walked = isinstance(concluder, Concluder)
    return writer.function("conclude", "facts", file_of(concluder.program.decision.name), reader.facts, walked=walked)


def file_of(decision: str) -> str:
    """Return the name that tracebacks show for the function of a decision."""
    return f"hiprun-compiled-{re.sub('[^a-z0-9_]', '_', decision)}"
