"""What has to be read first, as lines of text for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiprun.inference.first_words import FirstWords
from hiprun.inference.outcome_text import prose, wrapped
from hiprun.pack import Pack


def first_lines(first: FirstWords | None) -> list[str]:
    """Return what has to be read first and why, as lines at most 80 columns wide; none if there is nothing."""
    if first is None:
        return []
    return [*wrapped(first.words), *(line for reason in first.because for line in prose(reason, "  "))]


def first_data(pack: Pack, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what has to be read first as plain data for JSON."""
    first = pack.first_words(facts)
    return None if first is None else first.to_dict()
