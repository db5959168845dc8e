"""Hypothesis strategies: made-up patients and diaries for any pack, and whole made-up packs. Needs the extra `test`.

Everything drawn can occur: facts keep to their ranges and to the constraints of the pack. What fails shrinks to a
short, readable patient: few facts, calm ones, round numbers.
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
