"""From something a case should show to the case: a patient for whom it holds, in as few words as can be."""

from __future__ import annotations

from hiprun.testing.case_generation.case_draft import Draft, expectation, shortened, unused
from hiprun.testing.case_generation.patient_query import asked
from hiprun.testing.case_generation.patient_search import FoundPatient, Search

__all__ = ["Draft", "FoundPatient", "Search", "asked", "expectation", "shortened", "unused"]
