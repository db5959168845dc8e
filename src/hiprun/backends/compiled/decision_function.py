"""One decision as a function: facts in, the conclusion out, or None where the exact way has to be taken.

The function works out which rules hold, as bits. What follows from these bits is concluded by the same code that
concludes for the interpreter, once for each combination that was met, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.backends.compiled.chunked_conclusions import folding
from hiprun.backends.compiled.circuit_expressions import Expressions, reachable
from hiprun.backends.compiled.code_writer import Writer, Written
from hiprun.backends.compiled.conclusion_cache import Remembered, size_of
from hiprun.backends.compiled.conclusion_templates import Fill, exact_numbers, filling
from hiprun.backends.compiled.fact_access import Reader, formula_facts
from hiprun.backends.compiled.large_tables import CONFLICT, WideConcluder, is_wide
from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.operators import Truth
from hiprun.inference.outcome import Origin, outcome_code
from hiprun.inference.partial_assignment import SettledSituation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.situation_keys import watched
from hiprun.model import Model

MOST_WALKED = 64
MOST_NODES = 20_000


class Concluder:
    """Turns the bits of the nodes that are watched into a conclusion."""

    def __init__(self, model: Model, program: Program, formulas: Sequence[str], memory: Remembered) -> None:
        self.model, self.program, self.formulas, self.memory = model, program, formulas, memory
        self.nodes = watched(program)
        self.remembered: dict[int, Conclusion | Fill] = {}
        """What follows from bits: the conclusion, or where it has numbers to be worked out, how it is filled."""

        self._fold = folding(program, self.nodes, lambda bits: self._concluded(bits, {})[0], memory)

    def conclude(self, bits: int, facts: Mapping[str, Any]) -> Conclusion:
        """Return what follows when the nodes in `bits` hold and the others do not."""
        if self._fold is not None:
            conclusion = self._fold(bits)
            if self.memory.has_room:  # beyond that it is quicker made again than kept account of
                self.memory.keep(self.remembered, bits, conclusion, size_of(conclusion))
            return conclusion
        conclusion, found = self._concluded(bits, facts)
        if found is not None:
            self.memory.keep(self.remembered, bits, found, size_of(conclusion))
        return conclusion

    def _concluded(self, bits: int, facts: Mapping[str, Any]) -> tuple[Conclusion, Conclusion | Fill | None]:
        """Return the same by the code that concludes for the interpreter, and what can be remembered of it."""
        truths: list[Truth] = [None] * len(self.program.circuit.kinds)
        truths[:2] = False, True
        for index, node in enumerate(self.nodes):
            truths[node] = bool(bits >> index & 1)
        known = exact_numbers(self.program, self.formulas, facts)
        there = SettledSituation(self.program, Facts(known), truths)
        conclusion = concluded(Patient(self.model, there, BUDGET))
        return conclusion, filling(self.program, truths, conclusion) if self.formulas else conclusion


def compiled_decision(  # noqa: PLR0913 - all that can be asked of a function
    model: Model,
    program: Program,
    memory: Remembered,
    *,
    checking: bool = True,
    outcomes: Outcomes | None = None,
    most_walked: int = MOST_WALKED,
    most_nodes: int = MOST_NODES,
) -> Written | None:
    """Return the function of a decision that concludes from facts, or None where that would grow too large.

    What it concludes is remembered in `memory`. Without `checking` it takes facts that were taken in and are possible
    together. With `outcomes` it takes a caller's facts and returns the outcome. With more branches than `most_walked`
    the decision is looked up, and not walked rule by rule.
    """
    formulas = formula_facts(program)
    wide = is_wide(program, most_walked)
    nodes = [program.conflict] if wide else watched(program)
    if len(reachable(program.circuit, [program.allowed, *nodes])) > most_nodes:
        return None
    writer = Writer()
    names = [fact for variable in program.variables for fact in variable.base_facts]
    reader = Reader(writer, model.facts, program, dict.fromkeys([*names, *formulas]), checking=checking)
    if outcomes is not None:
        writer.write(f"if type(given) is not dict or len(given) < {len(reader.facts)}:")
        writer.write("return None", indent=2)
        writer.write("facts = given.copy()")
    concluder = (_looked_up if wide else _walked)(model, program, formulas, memory, reader)
    return _ended(writer, concluder, reader, outcomes)


@attrs.frozen
class Outcomes:
    """How a conclusion becomes an outcome: `origin` is where it comes from.

    `rest` takes in the facts beyond those of the decision, and says whether all are well and possible together.
    """

    origin: Origin
    rest: Callable[[dict[str, Any]], bool]


def concluder_of(model: Model, program: Program, memory: Remembered) -> Concluder | None:
    """Return what concludes a decision that is walked rule by rule; None for one that is looked up."""
    return None if is_wide(program, MOST_WALKED) else Concluder(model, program, formula_facts(program), memory)


def _walked(model: Model, program: Program, formulas: Sequence[str], memory: Remembered, reader: Reader) -> Concluder:
    concluder, writer = Concluder(model, program, formulas, memory), reader.writer
    holds = _begun(reader, concluder.nodes)
    writer.write("key = 0", indent=2)
    for index, node in enumerate(concluder.nodes):
        writer.write(f"if {holds[node]}: key |= {1 << index}", indent=2)
        writer.notes += [
            f"key {1 << index} is rule {rule.id!r} ({rule.place})"
            for rule, rule_node in zip(program.decision.rules, program.rules, strict=True)
            if rule_node == node
        ]
    return concluder


def _looked_up(
    model: Model, program: Program, formulas: Sequence[str], memory: Remembered, reader: Reader
) -> WideConcluder:
    concluder, writer = WideConcluder(model, program, formulas, memory), reader.writer
    holds = _begun(reader, [program.conflict])
    values = "".join(f"{reader.subject(index, indent=2)}, " for index in range(len(program.variables)))
    writer.write(f"key = {writer.bind(concluder.lookup)}(({values}))", indent=2)
    if program.conflict != FALSE:
        writer.write(f"if {holds[program.conflict]}: key = ({CONFLICT}, *key)", indent=2)
    return concluder


def _begun(reader: Reader, nodes: Sequence[Node]) -> Expressions:
    """Write how the facts are read and checked, and what has to be known of the nodes."""
    allowed = reader.program.allowed if reader.checking else TRUE
    writer = reader.writer
    writer.write("try:")
    for fact in reader.facts:
        reader.read(fact, indent=2)
    holds = Expressions(reader, [allowed, *nodes], indent=2)
    if allowed != TRUE:
        writer.write(f"if not {holds[allowed]}:", indent=2)
        writer.write("return None", indent=3)
    return holds


def _ended(writer: Writer, concluder: Concluder | WideConcluder, reader: Reader, outcomes: Outcomes | None) -> Written:
    """Write how the conclusion is found, and the outcome made where one is wanted; return the function."""
    write = writer.write
    write("except Exception:")
    write("return None", indent=2)
    write("try:")
    write(f"found = {writer.bind(concluder.remembered)}[key]", indent=2)
    write("except KeyError:")
    write(f"found = {writer.bind(concluder.conclude)}(key, facts)", indent=2)
    if concluder.formulas:
        write("else:")
        write("found = found(facts)", indent=2)
    file, walked = file_of(concluder.program.decision.name), isinstance(concluder, Concluder)
    if outcomes is None:
        write("return found")
        return writer.function("conclude", "facts", file, reader.facts, walked=walked)
    write(f"if len(facts) != {len(reader.facts)} and not {writer.bind(outcomes.rest)}(facts):")
    write("return None", indent=2)
    for line in outcome_code("found", "facts", writer.bind(outcomes.origin), writer.bind):
        write(line)
    return writer.function("decide", "given", file, reader.facts, walked=walked)


def file_of(decision: str) -> str:
    """Return the name that tracebacks show for the function of a decision."""
    return f"hiprun-compiled-{re.sub('[^a-z0-9_]', '_', decision)}"
