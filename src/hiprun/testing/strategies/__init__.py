"""Hypothesis strategies for patients and diaries of any pack, and for whole packs. Needs the extra `test`.

Everything drawn is possible: facts respect their ranges and the constraints of the pack. Failing examples shrink to
short, readable patients: few facts, calm values, round numbers.
"""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    import hypothesis  # noqa: F401
except ImportError as error:
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                "Made-up patients need the package hypothesis, which is not installed.",
                help='Install it with: pip install "hiprun[test]"',
            )
        ]
    ) from error

from hiprun.testing.strategies.diary_entries import diaries
from hiprun.testing.strategies.packs import pack_files, packs
from hiprun.testing.strategies.patients import partial_patients, patients

__all__ = ["diaries", "pack_files", "packs", "partial_patients", "patients"]
