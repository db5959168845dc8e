"""From a diary to facts: entries are checked, and the results of measures are facts like any others."""

from __future__ import annotations

from hiprun.diary.derived_facts import facts_from
from hiprun.diary.facts_with_provenance import DiaryFacts, Noted
from hiprun.diary.row_reader import Rows

__all__ = ["DiaryFacts", "Noted", "Rows", "facts_from"]
