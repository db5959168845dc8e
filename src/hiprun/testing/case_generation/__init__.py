"""From something a case should show to the case: a patient for whom it holds, in as few words as can be."""

from __future__ import annotations

from hiprun.drafting.draft import Draft, expectation, shortened, unused
from hiprun.drafting.question import asked
from hiprun.drafting.search import FoundPatient, Search

__all__ = ["Draft", "FoundPatient", "Search", "asked", "expectation", "shortened", "unused"]
