"""An order in which everything stands behind what it uses, and the circles that have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")

_MOST_CIRCLES = 10


def ordered(uses: Mapping[Key, Iterable[Key]]) -> tuple[list[Key], list[list[Key]]]:
    """Return the keys with those that each uses before it, else as given; and circles of keys that use each other.

    Of circles that share a key only some are returned, and no more than ten. Keys that are only used are left out.

    >>> ordered({"total": ["price"], "price": []})
    (['price', 'total'], [])
    >>> ordered({"egg": ["hen"], "hen": ["egg"]})[1]
    [['egg', 'hen', 'egg']]
    """
    order: list[Key] = []
    circles: list[list[Key]] = []
    done: set[Key] = set()
    for start in uses:
        if start in done:
            continue
        way = {start: iter(uses[start])}
        while way:
            here, ahead = next(reversed(way.items()))
            step = next((key for key in ahead if key in uses and key not in done), None)
            if step is None:
                del way[here]
                done.add(here)
                order.append(here)
            elif step not in way:
                way[step] = iter(uses[step])
            elif len(circles) < _MOST_CIRCLES:
                passed = list(way)
                circles.append([*passed[passed.index(step) :], step])
    return order, circles
