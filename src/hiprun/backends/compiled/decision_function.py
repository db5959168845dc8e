"""One decision as a function: facts in, the conclusion out, or None where the exact way has to be taken.

The function works out which rules hold, as bits. What follows from these bits is concluded by the same code that
concludes for the interpreter, once for each combination that was met, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from hiprun.backends.compiled.chunked_conclusions import Conclude, each_is_a_condition, folding
from hiprun.backends.compiled.circuit_expressions import Expressions, reachable
from hiprun.backends.compiled.code_writer import Writer, Written
from hiprun.backends.compiled.conclusion_cache import Remembered, size_of
from hiprun.backends.compiled.conclusion_templates import Fill, Numbers, exact_numbers, filling
from hiprun.backends.compiled.fact_access import Reader, formula_facts
from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.operators import Truth
from hiprun.inference.outcome import Origin, outcome_code
from hiprun.inference.partial_assignment import SettledSituation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.situation_keys import watched
from hiprun.model import Model
from hiprun.model.value_objects import ValueObject

if TYPE_CHECKING:
    from hiprun.backends.compiled.large_tables import WideConcluder

MOST_WALKED = 64
_MORE_WHERE_ADDED = 8
MOST_NODES = 20_000

_MOST_MET = 10_000
"""How many combinations of rules that were met once are told from new ones."""


class Concluder:
    """Turns the bits of the nodes that are watched into a conclusion."""

    def __init__(self, model: Model, program: Program, formulas: Sequence[str], memory: Remembered) -> None:
        self.model, self.program, self.formulas, self.memory = model, program, formulas, memory
        self.nodes = watched(program)
        self.remembered: dict[int, Conclusion | Fill] = {}
        """What follows from bits: the conclusion, or where it has numbers to be worked out, how it is filled."""

        self.in_turn = _in_turn(program, self.nodes)
        """The places of rules of which only the first that holds counts, in their order; empty where others do too."""

        self._met: set[int] = set()
        self._numbers = Numbers(model.facts)
        self._fold = None if self.in_turn else self._folding()

    def _folding(self) -> Conclude | None:
        return folding(self.program, self.nodes, lambda bits: self._concluded(bits, {})[0], self.memory)

    def conclude(self, bits: int, facts: Mapping[str, Any]) -> Conclusion:
        """Return what follows when the nodes in `bits` hold and the others do not."""
        if self._fold is not None:
            conclusion = self._fold(bits)
            # it is made quickly, so it is kept only if it comes again, and while nothing has to be forgotten for it
            if self.memory.has_room:
                if bits in self._met:
                    self.memory.keep(self.remembered, bits, conclusion, size_of(conclusion))
                else:
                    if len(self._met) >= _MOST_MET:
                        self._met.clear()
                    self._met.add(bits)
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
        fill = filling(self.program, truths, conclusion, self._numbers) if self.formulas else conclusion
        return conclusion, fill


def _in_turn(program: Program, nodes: Sequence[Node]) -> Sequence[int]:
    """Return the order in which the rules have their turn, where nothing but the first that holds counts."""
    takes_first = HIT_POLICIES[program.decision.hit].says == "first" and not program.decision.has_criteria
    if program.policy is None or not takes_first or len(nodes) > MOST_WALKED:
        return ()
    return program.policy.order if each_is_a_condition(program, nodes) else ()


def compiled_decision(
    model: Model, program: Program, concluder: Concluder | WideConcluder, end: Outcomes | Read | None = None
) -> Written:
    """Return the function of a decision that concludes from facts, by way of `concluder`.

    It takes facts that were taken in and are possible together. With `end` it takes a caller's facts and checks them:
    with `Outcomes` all of them, and it returns the outcome; else those of the decision, and it returns what is read of
    the conclusion.
    """
    writer, checking = Writer(), end is not None
    nodes = concluder.nodes if isinstance(concluder, Concluder) else [program.conflict]
    names, formulas = own_facts(program), concluder.formulas
    reader = Reader(writer, model.facts, program, names, checking=checking, kept=isinstance(end, Outcomes))
    if isinstance(end, Outcomes):
        _write_start(writer, len(names))
    _write_key(reader, concluder, nodes)
    numbers = "facts"
    if checking:
        numbers = f"{{{', '.join(f'{writer.bind(name)}: {reader.local(name)}' for name in formulas)}}}"
    write_conclusion(writer, concluder, "", numbers)
    file = file_of(program.decision.name)
    match end:
        case Outcomes():
            _write_outcome(reader, end)
            return writer.function("decide", "given", file)
        case None:
            writer.write("return found")
            return writer.function("conclude", "facts", file)
        case read:
            writer.write(f"return {writer.bind(read)}(found)")
            return writer.function("answer", "facts", f"{file}-answer")


def own_facts(program: Program) -> tuple[str, ...]:
    """Return the facts that a decision depends on."""
    names = [fact for variable in program.variables for fact in variable.base_facts] + formula_facts(program)
    return tuple(dict.fromkeys(names))


Read: TypeAlias = Callable[[Conclusion], Any]
"""Returns what a caller wants to know of a conclusion."""


@attrs.frozen
class Outcomes(ValueObject):
    """How a conclusion becomes an outcome: `origin` is where it comes from.

    That is `of_own` the names of a decision's own facts where no others are given, and their values as a tuple. `rest`
    takes in the facts beyond those of the decision, and says whether all are well and possible together.
    """

    of_own: Callable[[tuple[str, ...]], Origin]
    origin: Origin
    rest: Callable[[dict[str, Any]], bool]


def concluder_of(
    model: Model,
    program: Program,
    memory: Remembered,
    *,
    most_walked: int = MOST_WALKED,
    most_nodes: int = MOST_NODES,
) -> Concluder | WideConcluder | None:
    """Return what concludes a decision, rule by rule or by looking them up; None where either would grow too large.

    What it concludes is remembered in `memory`. With more branches than `most_walked` the decision is looked up.
    """
    wide = _is_wide(program, most_walked)
    nodes = [program.conflict] if wide else watched(program)
    if len(reachable(program.circuit, [program.allowed, *nodes])) > most_nodes:
        return None
    if not wide:
        return Concluder(model, program, formula_facts(program), memory)
    from hiprun.backends.compiled.large_tables import WideConcluder  # most decisions are walked

    return WideConcluder(model, program, formula_facts(program), memory)


def _is_wide(program: Program, most_walked: int) -> bool:
    """Whether a decision is looked up: it has many rules, of facts alone, and its answer tells of some."""
    if program.policy is None or program.decision.has_criteria or program.lowered is not None or program.is_arranged:
        return False
    # where rules add up, most of them count in any case, and walking adds them up quickest
    return len(program.branches) > most_walked * (_MORE_WHERE_ADDED if program.policy.hit.adds else 1)


def _write_start(writer: Writer, count: int) -> None:
    """Write how facts that are more than a decision's own are copied, and fewer left to others."""
    writer.write("if type(given) is not dict:")
    writer.write("return None", indent=2)
    writer.write("facts = given")
    writer.write(f"if len(given) != {count}:")
    writer.write(f"if len(given) < {count}:", indent=2)
    writer.write("return None", indent=3)
    writer.write("facts = given.copy()", indent=2)


def _write_key(reader: Reader, concluder: Concluder | WideConcluder, nodes: Sequence[Node]) -> None:
    """Write how the facts are read and checked, and what follows from them for the rules."""
    allowed = reader.program.allowed if reader.checking else TRUE
    writer = reader.writer
    writer.write("try:")
    reader.read_all(indent=2)
    holds = Expressions(reader, [allowed, *nodes], indent=2)
    if allowed != TRUE:
        writer.write(f"if not {holds[allowed]}:", indent=2)
        writer.write("return None", indent=3)
    if isinstance(concluder, Concluder):
        write_bits(writer, concluder, nodes, holds, "")
    else:
        values = "".join(f"{reader.subject(index, indent=2)}, " for index in range(len(reader.program.variables)))
        writer.write(f"key = {writer.bind(concluder.lookup)}(({values}))", indent=2)
        if reader.program.conflict != FALSE:
            from hiprun.backends.compiled.large_tables import CONFLICT

            writer.write(f"if {holds[reader.program.conflict]}: key = ({CONFLICT}, *key)", indent=2)
    writer.write("except Exception:")
    writer.write("return None", indent=2)


def write_bits(
    writer: Writer, concluder: Concluder, nodes: Sequence[Node], holds: Expressions, number: int | str
) -> None:
    """Write which of the nodes that a concluder watches hold, as the bits of `key`; `number` ends the name."""
    program = concluder.program
    for place, index in enumerate(concluder.in_turn):
        writer.write(f"{'elif' if place else 'if'} {holds[nodes[index]]}: key{number} = {1 << index}", indent=2)
    writer.write(f"{'else: ' if concluder.in_turn else ''}key{number} = 0", indent=2)
    for index, (node, watched_node) in enumerate(zip(nodes, concluder.nodes, strict=True)):
        if not concluder.in_turn:
            writer.write(f"if {holds[node]}: key{number} += {1 << index}", indent=2)
        writer.notes += [
            f"key{number} {1 << index} is rule {rule.id!r} ({rule.place})"
            for rule, rule_node in zip(program.decision.rules, program.rules, strict=True)
            if rule_node == watched_node
        ]


def write_conclusion(writer: Writer, concluder: Concluder | WideConcluder, number: int | str, numbers: str) -> None:
    """Write how `key` leads to the conclusion, `found`; `numbers` is the code of the facts that formulas need."""
    writer.write(f"found{number} = {writer.bind(concluder.remembered)}.get(key{number})")
    writer.write(f"if found{number} is None:")
    writer.write(f"found{number} = {writer.bind(concluder.conclude)}(key{number}, {numbers})", indent=2)
    if concluder.formulas:
        writer.write("else:")
        writer.write(f"found{number} = found{number}({numbers})", indent=2)


def _write_outcome(reader: Reader, outcomes: Outcomes) -> None:
    """Write how the outcome is made; only a decision's own facts, once read, need not be looked at again."""
    writer = reader.writer
    own = writer.bind(outcomes.of_own(tuple(reader.facts)))
    writer.write("if facts is given:")
    for line in outcome_code("found", "values", own, writer.bind):
        writer.write(line, indent=2)
    for name, fact in reader.facts.items():
        if fact.domain.type == "set":
            writer.write(f"facts[{writer.bind(name)}] = {reader.local(name)}")
    writer.write(f"if not {writer.bind(outcomes.rest)}(facts):")
    writer.write("return None", indent=2)
    for line in outcome_code("found", "facts", writer.bind(outcomes.origin), writer.bind):
        writer.write(line)


def file_of(decision: str) -> str:
    """Return the name that tracebacks show for the function of a decision."""
    return f"hiprun-compiled-{re.sub('[^a-z0-9_]', '_', decision)}"
