"""What is remembered of conclusions, bounded for a pack together: the oldest makes way for the newest."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, MutableMapping
from typing import Any

import attrs

from hiprun.inference.conclusion import Conclusion
from hiprun.model.value_objects import Entity

MOST_REMEMBERED = 120_000
"""How many items are remembered for all decisions of a pack together; an item takes about 300 bytes."""


_LARGEST = 1_000
"""Room for one more conclusion, however large it may well be."""


@attrs.define(eq=False)
class Group(Entity):
    """Something remembered, and the other keys that lead to it; all are forgotten together."""

    value: Any
    entries: list[tuple[MutableMapping[Any, Any], Hashable]] = attrs.field(factory=list)
    size: int = 0


class Remembered:
    """Keeps an account of several tables of conclusions, one for each function, and holds them within `most` items.

    Functions read their tables as they are. They are written here alone, so threads may share them.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self.most = most
        self.items = 0
        self.reserved = 0
        self.has_room = True
        """Whether nothing had to be forgotten yet for want of room."""

        self._order: deque[Group] = deque()
        self._lock = threading.Lock()

    def reserve(self, size: int) -> bool:
        """Set `size` items aside for good; False where more than half of all would be."""
        with self._lock:
            fits = self.reserved + size <= self.most // 2
            if fits:
                self.reserved += size
                self.items += size
                self._forget()
            return fits

    def keep(self, table: MutableMapping[Any, Any], key: Hashable, value: Any, size: int) -> None:
        """Remember `value`, of `size` items, under `key` in `table`, and forget the oldest beyond the bound."""
        with self._lock:
            if key not in table and self.reserved + size <= self.most:
                table[key] = value
                self._add(Group(value), table, key, size)

    def keep_group(self, table: MutableMapping[Any, Group], key: Hashable, value: Any, size: int) -> Group:
        """Remember `value` likewise, as a group that other keys can join; return the group that is in the table."""
        with self._lock:
            group = table.get(key) or Group(value)
            if key not in table and self.reserved + size <= self.most:
                table[key] = group
                self._add(group, table, key, size)
            return group

    def join(self, group: Group, table: MutableMapping[Any, Any], key: Hashable, size: int) -> None:
        """Remember what a group has under one more key, of `size` items, unless the group was forgotten."""
        with self._lock:
            if group.entries and key not in table:
                table[key] = group.value
                self._add(group, table, key, size)

    def _add(self, group: Group, table: MutableMapping[Any, Any], key: Hashable, size: int) -> None:
        if not group.entries:
            self._order.append(group)
        group.entries.append((table, key))
        group.size += size
        self.items += size
        self._forget()

    def _forget(self) -> None:
        self.has_room = self.items < self.most - _LARGEST
        while self.items > self.most:
            oldest = self._order.popleft()
            for old_table, old_key in oldest.entries:
                del old_table[old_key]
            self.items -= oldest.size
            oldest.entries.clear()


def size_of(conclusion: Conclusion) -> int:
    """Return how many items a conclusion counts as: one, and one for each value, rule and bound in it."""
    values = sum(map(len, conclusion.possible))
    return (
        1
        + values
        + len(conclusion.items)
        + len(conclusion.criteria)
        + 2 * len(conclusion.limits)
        + len(conclusion.fired)
    )
