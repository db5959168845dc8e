"""Topological order: everything comes after what it uses; and the circles that have no such order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")

_MOST_CIRCLES = 10


def topological_order(uses: Mapping[Key, Iterable[Key]]) -> tuple[list[Key], list[list[Key]]]:
    """Return the keys, each after those it uses and otherwise as given, and the circles of keys that use each other.

    Of circles that share a key, only some are returned, and no more than ten. Keys that are only used are left out.

    >>> topological_order({"total": ["price"], "price": []})
    (['price', 'total'], [])
    >>> topological_order({"egg": ["hen"], "hen": ["egg"]})[1]
    [['egg', 'hen', 'egg']]
    """
    order: list[Key] = []
    circles: list[list[Key]] = []
    finished: set[Key] = set()
    for start in uses:
        if start in finished:
            continue
        path = {start: iter(uses[start])}
        while path:
            current, successors = next(reversed(path.items()))
            step = next((key for key in successors if key in uses and key not in finished), None)
            if step is None:
                del path[current]
                finished.add(current)
                order.append(current)
            elif step not in path:
                path[step] = iter(uses[step])
            elif len(circles) < _MOST_CIRCLES:
                keys = list(path)
                circles.append([*keys[keys.index(step) :], step])
    return order, circles
