"""All decisions of a pack as functions, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from hiprun.backends.compiled.circuit_expressions import reachable
from hiprun.backends.compiled.code_writer import Written
from hiprun.backends.compiled.conclusion_cache import Remembered
from hiprun.backends.compiled.constraints import compiled_constraints
from hiprun.backends.compiled.decision_function import (
    MOST_NODES,
    Concluder,
    Outcomes,
    Read,
    compiled_decision,
    concluder_of,
    file_of,
    own_facts,
)
from hiprun.backends.compiled.input_checks import Intake, intake
from hiprun.backends.compiled.partial_facts_cache import PartialConcluder, PartlyPossible
from hiprun.backends.compiled.short_circuit_function import compiled_answer, given
from hiprun.backends.compiled.whole_pack import Conclusions, compiled_together
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome, outcome_of
from hiprun.inference.outcome_pack_link import Drawn
from hiprun.model import Model

if TYPE_CHECKING:
    from hiprun.backends.compiled.large_tables import WideConcluder

Decide: TypeAlias = Callable[[Mapping[str, Any]], Outcome | None]


class Compiled:
    """The decisions of one pack, compiled. Answers None wherever the exact way has to be taken."""

    def __init__(
        self,
        model: Model,
        program: Callable[[str], Program],
        nothing_known: Mapping[str, Conclusion],
        *,
        most_nodes: int = MOST_NODES,
    ) -> None:
        self.model, self.most_nodes = model, most_nodes
        self._nothing_known = nothing_known
        self._program = program
        self.memory = Remembered()
        self._concluders: dict[str, Concluder | WideConcluder | None] = {}
        self._conclusions: dict[str, Written | None] = {}
        self._answers: dict[str, Written | None] = {}
        self._together: tuple[list[str], Conclusions] | None = None
        self._possible: Callable[[dict[str, Any]], bool] | None = None
        self._intake: Intake | None = None
        self._needed: dict[str, frozenset[str]] = {}
        self._partly: dict[str, PartialConcluder] = {}
        self._partly_possible: PartlyPossible | None = None

    @property
    def intake(self) -> Intake:
        """How facts are taken in."""
        if self._intake is None:
            self._intake = intake(self.model.facts)
        return self._intake

    def taken(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the known facts as compiled functions take them; None when one of them is odd."""
        return self.intake.taken(facts)

    def possible(self, taken: dict[str, Any]) -> bool:
        """Return whether facts that were taken in are sure to be possible together."""
        if self._possible is None:
            self._possible = compiled_constraints(self.model, self._program)
        return self._possible(taken) or self._possible_in_part(taken)

    def _possible_in_part(self, taken: dict[str, Any]) -> bool:
        if self._partly_possible is None:
            self._partly_possible = PartlyPossible(self.model, self._program(""), self.intake.takers, self.memory)
        return self._partly_possible(taken)

    def partly(self, decision: str) -> PartialConcluder:
        """Return what concludes a decision where facts are unknown."""
        found = self._partly.get(decision)
        if found is None:
            found = PartialConcluder(self.model, self._program(decision), self.intake.takers, self.memory)
            self._partly[decision] = found
        return found

    def conclude(self, decision: str, taken: dict[str, Any]) -> Conclusion | None:
        """Return the conclusion for facts that were taken in and are possible together."""
        if not taken or not self._facts(decision) <= taken.keys():
            return self._in_part(decision, taken)
        written = self._concluding(decision)
        return (written and written.call(taken)) or self.partly(decision).conclude(taken)

    def _concluding(self, decision: str) -> Written | None:
        """Return the function from facts that were taken in to the conclusion."""
        if decision not in self._conclusions:
            self._conclusions[decision] = self._written(decision, None)
        return self._conclusions[decision]

    def _written(self, decision: str, end: Outcomes | Read | None) -> Written | None:
        concluder = self._concluder(decision)
        return None if concluder is None else compiled_decision(self.model, self._program(decision), concluder, end)

    def _concluder(self, decision: str) -> Concluder | WideConcluder | None:
        """Return what concludes a decision, which all functions of the decision share."""
        if decision not in self._concluders:
            self._concluders[decision] = concluder_of(
                self.model, self._program(decision), self.memory, most_nodes=self.most_nodes
            )
        return self._concluders[decision]

    def _in_part(self, decision: str, taken: dict[str, Any]) -> Conclusion | None:
        """Return the conclusion where something is unknown."""
        known = None if taken else self._nothing_known.get(decision)
        return known or self.partly(decision).conclude(taken)

    def _facts(self, decision: str) -> frozenset[str]:
        """Return the facts that a decision depends on."""
        found = self._needed.get(decision)
        if found is None:
            found = self._needed[decision] = frozenset(own_facts(self._program(decision)))
        return found

    def conclude_all(self, taken: dict[str, Any]) -> dict[str, Conclusion]:
        """Return the conclusions of the decisions that can be had at once, where all that they ask for is known."""
        if self._together is None:
            concluders = self._walked()
            call = compiled_together(self.model, concluders, "hiprun-compiled-together") if concluders else _nothing
            self._together = [concluder.program.decision.name for concluder in concluders], call
        names, call = self._together
        found = call(taken)
        return {} if found is None else dict(zip(names, found, strict=True))

    def _walked(self) -> list[Concluder]:
        """Return what concludes the decisions that are walked rule by rule, as far as all are not too large."""
        found: list[Concluder] = []
        nodes = 0
        for name in self.model.decisions:
            concluder = self._concluder(name)
            if isinstance(concluder, Concluder):
                size = len(reachable(concluder.program.circuit, concluder.nodes))
                if nodes + size <= self.most_nodes:
                    found.append(concluder)
                    nodes += size
        return found

    def answer(self, decision: str) -> Written | None:
        """Return the bare function of a decision with its source; None for decisions that are not compiled."""
        if decision not in self._answers:
            self._answers[decision] = self._answering(decision)
        return self._answers[decision]

    def _answering(self, decision: str) -> Written | None:
        walked = None
        if isinstance(self._concluder(decision), Concluder):
            walked = compiled_answer(self.model, self._program(decision), f"{file_of(decision)}-answer")
        return walked or self._written(decision, given)

    def deciders(self, decision: str, origin: Drawn) -> tuple[Decide, Decide]:
        """Return the quickest way from a caller's facts to the outcome of a decision: of known ones, and of others."""
        if not self.possible({}):
            return _nothing, _nothing
        own = self._facts(decision)
        take_rest, possible, in_part = self.intake.take_rest, self.possible, self._in_part

        def decide_in_part(facts: Mapping[str, Any]) -> Outcome | None:
            if type(facts) is dict:
                taken: dict[str, Any] = facts.copy()
                if (taken.keys() <= own or take_rest(taken, own)) and possible(taken):
                    conclusion = in_part(decision, taken)
                    if conclusion is not None:
                        return outcome_of(conclusion, taken, origin)
            return None

        written = self.decide_function(decision, origin)
        return _nothing if written is None else written.call, decide_in_part

    def decide_function(self, decision: str, origin: Drawn) -> Written | None:
        """Return the function of a decision with its source; None for decisions that are not compiled."""
        rest = self.intake.taking_rest(self._facts(decision), self.possible)
        return self._written(decision, Outcomes(origin.of, origin, rest))


def _nothing(facts: Any) -> None:
    """Leave everything to the exact way."""
