"""One text of a file from two that were changed at the same time, where the two changes are in different places."""

from __future__ import annotations

from collections.abc import Sequence

import attrs


@attrs.frozen
class _Change:
    """Lines from `start` to `end` that are others now."""

    start: int
    end: int
    lines: Sequence[str]


def merged(base: str, ours: str, theirs: str) -> str | None:
    """Return a text with both changes of `base`; None if they are in the same lines or in lines beside each other.

    All that is between the first and the last line that differ counts as changed.

    >>> merged("a\\nb\\nc\\nd", "a\\nB\\nc\\nd", "a\\nb\\nc\\nD\\ne")
    'a\\nB\\nc\\nD\\ne'
    """
    lines = base.split("\n")
    changes = sorted((_change(lines, text.split("\n")) for text in (ours, theirs)), key=lambda change: change.start)
    first, second = changes
    if first.end >= second.start:
        return None
    return "\n".join(
        [*lines[: first.start], *first.lines, *lines[first.end : second.start], *second.lines, *lines[second.end :]]
    )


def _change(before: Sequence[str], after: Sequence[str]) -> _Change:
    shortest = min(len(before), len(after))
    start = next((index for index in range(shortest) if before[index] != after[index]), shortest)
    same = 0
    while same < shortest - start and before[-1 - same] == after[-1 - same]:
        same += 1
    return _Change(start, len(before) - same, after[start : len(after) - same])
