"""One decision as a bare function: facts in, the answer out, as soon as no further rule can change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from hiprun.backends.compiled.circuit_expressions import Expressions, reachable
from hiprun.backends.compiled.code_writer import Writer, Written
from hiprun.backends.compiled.conclusion_templates import Numbers
from hiprun.backends.compiled.decision_function import own_facts
from hiprun.backends.compiled.fact_access import Reader, linear_facts
from hiprun.inference.circuit import FALSE, LITERAL, TRUE, Node
from hiprun.inference.conclusion import Answer, Conclusion
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Candidate, Ending, Gathered, Payload, Policy
from hiprun.model import Model

MOST_LINES = 2000

Given: TypeAlias = Answer | tuple[Answer, ...] | None


def compiled_answer(model: Model, program: Program, file: str) -> Written | None:
    """Return the bare function of a decision; None for those without one answer, and where it would grow too long."""
    if program.policy is None:
        return None
    walk = _Walk(model, program, program.policy, own_facts(program))
    return walk.writer.function("answer", "facts", file) if walk.written() else None


def given(conclusion: Conclusion | None) -> Given:
    """Return the answer of a conclusion: the items of `collect` that are certain, or the only answer there is."""
    if conclusion is None or conclusion.status != "decided":
        return None
    if conclusion.possible:
        return conclusion.possible[0]
    return tuple(item.outputs for item in conclusion.items if item.certainty == "certain")


class _Walk:
    """Writes the rules one after the other, in the order of the policy, with an end wherever the answer is sure."""

    def __init__(self, model: Model, program: Program, policy: Policy, facts: Iterable[str]) -> None:
        self.program, self.policy = program, policy
        self.writer = Writer()
        self._reader = Reader(self.writer, model.facts, program, facts)
        self._answers: dict[Payload, Any] = {}
        self._numbers = Numbers(model.facts)

    def written(self) -> bool:
        """Write the function; False when it grows too long."""
        program, policy, write = self.program, self.policy, self.writer.write
        nodes = [program.branches[index].node for index in policy.order]
        write("try:")
        reader, read = self._reader, set[str]()
        for node, usual, holds in ((program.allowed, TRUE, "not "), (program.conflict, FALSE, "")):
            if node != usual:
                write(f"if {holds}{self._condition(reader, read, node, 2)}:", indent=2)
                write("return None", indent=3)
        candidates = list(zip(nodes, policy.payloads, strict=True))
        complete = self._rules(reader, read, None, candidates, 2)
        write("except Exception:")
        write("return None", indent=2)
        return complete

    def _rules(
        self, reader: Reader, read: set[str], gathered: Gathered, candidates: Sequence[Candidate], indent: int
    ) -> bool:
        """Write what is left to look at once some rules are known to hold and others not; False when too long."""
        while len(self.writer.lines) <= MOST_LINES:
            gathered, left = self.policy.advance(gathered, candidates)
            if not left:
                self._end(reader, read, self.policy.finish(gathered), indent)
                return True
            (node, payload), *others = left
            if not self._plain_fact(reader, read, node, indent):
                self.writer.write(f"if {self._condition(reader, read, node, indent)}:", indent=indent)
            if not self._rules(reader.forked(), set(read), gathered, [(TRUE, payload), *others], indent + 1):
                return False
            candidates = others
        return False

    def _end(self, reader: Reader, read: set[str], result: Any, indent: int) -> None:
        if isinstance(result, Ending):
            self.writer.write("return None", indent=indent)
            return
        needed = linear_facts(result)
        self._read(reader, read, needed, indent)
        if result not in self._answers:
            self._answers[result] = self._answer(result, bool(needed))
        call = "(facts)" if needed else ""
        self.writer.write(f"return {self.writer.bind(self._answers[result])}{call}", indent=indent)

    def _answer(self, row: Payload, formulas: bool) -> Any:
        outputs = zip(self.policy.outputs, row, strict=True)
        parts = [(output.name, self._numbers.shown(output.domain, value)) for output, value in outputs]

        def answer(facts: Mapping[str, Any]) -> Answer:
            return Answer({name: made(facts) for name, made in parts})

        return answer if formulas else answer({})

    def _plain_fact(self, reader: Reader, read: set[str], node: Node, indent: int) -> bool:
        """Write the test of a fact that is true or false together with its check, if a node is no more than that."""
        circuit = self.program.circuit
        if circuit.kinds[node] != LITERAL:
            return False
        index, region = circuit.parts[node]
        variable = self.program.variables[index]
        if variable.fact in read or variable.kind != "fact" or reader.facts[variable.fact].domain.type != "boolean":
            return False
        read.add(variable.fact)
        local, wanted = reader.local(variable.fact), region[0][0] == (1, 0)
        self.writer.write(f"{local} = facts[{self.writer.bind(variable.fact)}]", indent=indent)
        self.writer.write(f"if {local} is not {not wanted}:", indent=indent)
        self.writer.write(f"if {local} is not {wanted}:", indent=indent + 1)
        self.writer.write("return None", indent=indent + 2)
        return True

    def _condition(self, reader: Reader, read: set[str], node: Node, indent: int) -> str:
        """Write what a node needs to be known first, and return its code."""
        circuit, variables = self.program.circuit, self.program.variables
        indexes = [circuit.parts[part][0] for part in reachable(circuit, [node]) if circuit.kinds[part] == LITERAL]
        self._read(reader, read, [fact for index in indexes for fact in variables[index].base_facts], indent)
        return Expressions(reader, [node], indent=indent)[node]

    def _read(self, reader: Reader, read: set[str], facts: Iterable[str], indent: int) -> None:
        for fact in dict.fromkeys(facts):
            if fact not in read:
                read.add(fact)
                reader.read(fact, indent=indent)
