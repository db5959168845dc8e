"""A diary becomes facts: entries are checked, and measures of them are facts like any others."""

from __future__ import annotations

from hiprun.diary.derive import facts_from
from hiprun.diary.facts import DiaryFacts, Noted
from hiprun.diary.rows import Rows

__all__ = ["DiaryFacts", "Noted", "Rows", "facts_from"]
