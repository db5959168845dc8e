"""Whole cohorts: decisions as columns of a dataframe, with the same answers as the interpreter.

Everything that can come out of a decision is a decision diagram; all rows of a frame walk it at once, as expressions
of boolean columns, and in a row where facts are unknown several ways are open. The one home of narwhals for cohorts.
"""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    from hiprun.backends.dataframe.evaluate import FrameOptions, Frames, OnError
except ModuleNotFoundError as error:
    if error.name != "narwhals":
        raise
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                "Dataframes need the package narwhals.",
                help='Install it with: pip install "hiprun[frame]"',
            )
        ]
    ) from None

__all__ = ["FrameOptions", "Frames", "OnError"]
