"""Whole cohorts: decisions as columns of a dataframe, with the same answers as the interpreter.

Frames of every library are read as batches of Arrow columns. Everything that can come out of a decision is a decision
diagram; all rows of a batch walk it at once, as conditions of one bit a row, and in a row where facts are unknown
several ways are open. What that leaves open, the engine concludes, once for all rows that are alike.
"""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    from hiprun.backends.dataframe.evaluate import FrameOptions, Frames, OnError
    from hiprun.backends.dataframe.libraries import evaluate_frame
except ModuleNotFoundError as error:
    if error.name not in ("numpy", "pyarrow"):
        raise
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                f"Dataframes need the package {error.name}.",
                help='Install it with: pip install "hiprun[frame]"',
            )
        ]
    ) from None

__all__ = ["FrameOptions", "Frames", "OnError", "evaluate_frame"]
