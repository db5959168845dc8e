"""Bounds on rule files that several steps of reading observe."""

from __future__ import annotations

MOST_BYTES = 1_000_000
"""The size of one file."""
