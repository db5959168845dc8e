"""From something a case should show to the case: a patient for whom it holds, in as few words as can be."""

from __future__ import annotations

from hiprun.drafting.draft import Draft, expectation, shortened, unused
from hiprun.drafting.question import asked
from hiprun.drafting.search import Found, Search

__all__ = ["Draft", "Found", "Search", "asked", "expectation", "shortened", "unused"]
