"""The picture of a document: facts at the bottom, above them the decisions, and lines for what each requires."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

WIDTH, HEIGHT = 180, 80
_ACROSS, _DOWN, _MARGIN = 220, 160, 80


@attrs.frozen
class Shape:
    """An element of the document as a box: its id, and the place of its left upper corner."""

    element: str
    x: int
    y: int

    @property
    def top(self) -> tuple[int, int]:
        """The middle of its upper side."""
        return self.x + WIDTH // 2, self.y

    @property
    def bottom(self) -> tuple[int, int]:
        """The middle of its lower side."""
        return self.x + WIDTH // 2, self.y + HEIGHT


def shapes(inputs: Sequence[str], decisions: Sequence[str], levels: Sequence[int]) -> dict[str, Shape]:
    """Return the boxes by the ids of their elements: each decision above those that it requires.

    >>> [(shape.x, shape.y) for shape in shapes(["a", "b"], ["c", "d"], [0, 1]).values()]
    [(80, 400), (300, 400), (80, 240), (80, 80)]
    """
    rows: list[list[str]] = [[] for _ in range(max(levels, default=0) + 1)]
    for name, level in zip(decisions, levels, strict=True):
        rows[level].append(name)
    return {
        name: Shape(name, _MARGIN + _ACROSS * place, _MARGIN + _DOWN * (len(rows) - row))
        for row, names in enumerate([inputs, *rows])
        for place, name in enumerate(names)
    }
