"""How many examples tests of Hypothesis try: always the same few, or with HIPRUN_EXAMPLES=10 ten times as many."""

from __future__ import annotations

import os

_TIMES = float(os.environ.get("HIPRUN_EXAMPLES", "1"))


def examples(few: int) -> int:
    """Return how many examples to try where `few` are enough as long as nothing has changed."""
    return max(1, round(few * _TIMES))
