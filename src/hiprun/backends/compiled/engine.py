"""All decisions of a pack as functions, each made when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from hiprun.backends.compiled.concluding import compiled_decision
from hiprun.backends.compiled.constraints import compiled_constraints
from hiprun.backends.compiled.direct import compiled_answer
from hiprun.backends.compiled.intake import Intake, intake
from hiprun.backends.compiled.writing import Written
from hiprun.conclusion import Conclusion
from hiprun.kernel.ground import Program
from hiprun.model import Model
from hiprun.result import Origin, Outcome, outcome_of

Decide: TypeAlias = Callable[[Mapping[str, Any]], Outcome | None]


class Compiled:
    """The decisions of one pack, compiled. Answers None wherever the exact way has to be taken."""

    def __init__(self, model: Model, program: Callable[[str], Program]) -> None:
        self.model = model
        self._program = program
        self._written: dict[str, Written | None] = {}
        self._answers: dict[str, Written | None] = {}
        self._possible: Callable[[dict[str, Any]], bool] | None = None
        self._intake: Intake | None = None

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
        return self._possible(taken)

    def written(self, decision: str) -> Written | None:
        """Return the function of a decision with its source; None for decisions that are not compiled."""
        if decision not in self._written:
            self._written[decision] = compiled_decision(self.model, self._program(decision), _file(decision))
        return self._written[decision]

    def conclude(self, decision: str, taken: dict[str, Any]) -> Conclusion | None:
        """Return the conclusion for facts that were taken in and are possible together."""
        written = self.written(decision)
        return None if written is None else written.call(taken)

    def answer(self, decision: str) -> Written | None:
        """Return the bare function of a decision with its source; None for decisions that are not compiled."""
        if decision not in self._answers:
            conclude = self.written(decision)
            self._answers[decision] = conclude and compiled_answer(
                self.model, self._program(decision), conclude, f"{_file(decision)}-answer"
            )
        return self._answers[decision]

    def decider(self, decision: str, origin: Origin) -> Decide:
        """Return the quickest way from a caller's facts to the outcome of a decision."""
        written = self.written(decision)
        if written is None or not self.possible({}):
            return lambda facts: None
        conclude, own = written.call, frozenset(written.facts)
        width = len(own)

        def decide(facts: Mapping[str, Any]) -> Outcome | None:
            if type(facts) is dict:
                taken: dict[str, Any] = facts.copy()
                conclusion = conclude(taken)
                if conclusion is not None and (
                    len(taken) == width or (self.intake.take_rest(taken, own) and self.possible(taken))
                ):
                    return outcome_of(conclusion, taken, origin)
            return None

        return decide


def _file(decision: str) -> str:
    """Return the name that tracebacks show for the function of a decision."""
    return f"hiprun-compiled-{re.sub('[^a-z0-9_]', '_', decision)}"
