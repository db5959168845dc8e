"""What has to be asked for each decision of a pack; worked out once, whatever the frame, and kept within a bound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

import attrs

from hiprun.backends.dataframe.collected_columns import Lists, lists
from hiprun.backends.dataframe.limit_columns import Limits, limits
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.single_answer_columns import Answers, answers
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Gives
from hiprun.model import Model

Plan: TypeAlias = Answers | Lists | Limits

MOST_KEPT = 100_000
"""How many nodes the diagrams of all plans that a pack keeps may have together."""
_PLANS: Mapping[Gives, Callable[[Asker], Plan]] = {"answer": answers, "items": lists, "limits": limits}


@attrs.frozen
class Planned:
    """A decision with its questions. `native` where every one of them has a diagram."""

    program: Program
    plan: Plan

    @property
    def native(self) -> bool:
        """Whether diagrams answer all of its questions."""
        return all(question.diagram is not None for question in self.plan.questions)

    @property
    def size(self) -> int:
        """How many nodes its diagrams have."""
        return sum(len(question.diagram.nodes) for question in self.plan.questions if question.diagram is not None)

    @property
    def always_exact(self) -> bool:
        """Whether these answers are exact whatever is unknown."""
        groups = any(question.groups for question in self.plan.questions)
        return self.native and not groups and not self.program.formulas


class Plans:
    """The plans of one pack, each made when it is first needed; beyond `MOST_KEPT` the oldest are made anew."""

    def __init__(self, model: Model, program: Callable[[str], Program]) -> None:
        self.model, self._program = model, program
        self.dropped = 0
        self._made: dict[str, Planned] = {}
        self._lock = threading.Lock()
        self._constraints: Constraints | None = None

    def of(self, decision: str) -> Planned:
        """Return the plan of a decision."""
        found = self._made.get(decision)
        if found is None:
            program = self._program(decision)
            make = _PLANS[HIT_POLICIES[program.decision.hit].gives]
            found = Planned(program, make(Asker(self.model, program)))
            with self._lock:
                self._made[decision] = found
                while len(self._made) > 1 and sum(planned.size for planned in self._made.values()) > MOST_KEPT:
                    del self._made[next(iter(self._made))]
                    self.dropped += 1
        return found

    def constraints(self) -> Constraints:
        """Return what has to be asked about facts that cannot occur together."""
        if self._constraints is None:
            program = self._program("")
            asker = Asker(self.model, program)
            broken = tuple(asker.broken(program.conditions[entry.never]) for entry in self.model.constraints)
            self._constraints = Constraints(program, asker.possible(), broken)
        return self._constraints


@attrs.frozen
class Constraints:
    """Whether facts can occur together at all, and for each constraint whether it is broken."""

    program: Program
    possible: DiagramQuestion
    broken: tuple[DiagramQuestion, ...]

    @property
    def native(self) -> bool:
        """Whether all of this has diagrams."""
        return all(question.diagram is not None for question in (self.possible, *self.broken))

    @property
    def always_exact(self) -> bool:
        """Whether it is always known exactly which facts can occur together."""
        return self.native and not self.possible.groups
