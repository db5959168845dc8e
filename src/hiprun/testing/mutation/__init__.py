"""Small faults put into a pack on purpose, to see whether its cases notice: what they do not notice, they do not check.

model → mutants → cases run on each → those nobody noticed: proved to change no answer, or shown with the missing case.
"""

from __future__ import annotations

from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.testing.mutation.runner import mutate

__all__ = ["Mutant", "MutantResult", "MutationReport", "mutants", "mutate"]
