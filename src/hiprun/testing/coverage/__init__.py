"""Coverage: whether the cases of a pack show that each rule fires, each test decides, and each threshold is pinned.

model → obligations, as conditions → the cases that meet them → for each obligation that no case meets, a patient who
would, or the proof that there is none.
"""

from __future__ import annotations

from hiprun.testing.coverage.measurement import survey
from hiprun.testing.coverage.report import CoverageReport, Part, Side

__all__ = ["CoverageReport", "Part", "Side", "survey"]
