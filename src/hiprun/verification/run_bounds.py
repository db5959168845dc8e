"""What holds for whole runs of proofs and tests: how much work they may take, how far they are, how they stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import attrs

Stopped: TypeAlias = Literal["", "bound", "interrupted"]
"""Why a run did not come to its end; empty when it did."""

STOPPED: dict[Stopped, str] = {
    "bound": "The budget for the whole run is used up; whatever was not examined by then stays open.",
    "interrupted": "Interrupted; whatever was not examined by then stays open.",
}

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many parts of a run, of how many, are done."""


def silent(done: int, whole: int) -> None:
    """Tell nobody how far a run is."""


class Interrupted(KeyboardInterrupt):
    """A run was stopped by hand. `report` has what was found so far, and says that the rest is open."""

    def __init__(self, report: Any) -> None:
        super().__init__()
        self.report = report


@attrs.define(eq=False)
class SolverBudget:
    """How many steps of the prover one question may take, and how many are left for the whole run."""

    question: int
    left: int

    @property
    def used_up(self) -> bool:
        """Whether nothing is left for the run."""
        return self.left <= 0

    def spend(self, steps: int) -> None:
        """Note what a question took."""
        self.left -= steps
