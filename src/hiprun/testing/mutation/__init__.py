"""Small faults put into a pack on purpose, to see whether its cases notice: what they do not notice, they do not check.

model → mutants → cases run on each → those nobody noticed: proved to change no answer, or shown with the missing case.
"""

from __future__ import annotations

from hiprun.mutation.campaign import mutate
from hiprun.mutation.mutants import Mutant, mutants
from hiprun.mutation.report import MutantResult, MutationReport

__all__ = ["Mutant", "MutantResult", "MutationReport", "mutants", "mutate"]
