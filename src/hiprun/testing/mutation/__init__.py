"""Mutation testing: small faults put into a pack on purpose, to see whether its cases notice them.

model → mutants → the cases run on each → for each that no case notices, a draft of a case that would, or the proof
that it changes no answer.
"""

from __future__ import annotations

from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.testing.mutation.runner import mutate

__all__ = ["Mutant", "MutantResult", "MutationReport", "mutants", "mutate"]
