"""What the cases of a pack show of its rules: each fires, each of its tests decides alone, each threshold is pinned.

model → what has to be shown, as conditions → cases that meet them → for what no case shows: a patient, or the proof
that nobody could.
"""

from __future__ import annotations

from hiprun.testing.coverage.measurement import survey
from hiprun.testing.coverage.report import CoverageReport, Part, Side

__all__ = ["CoverageReport", "Part", "Side", "survey"]
