"""What is remembered of conclusions, bounded for a pack together: the oldest makes way for the newest."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, MutableMapping
from typing import Any

from hiprun.inference.conclusion import Conclusion

MOST_REMEMBERED = 120_000
"""How many items are remembered for all decisions of a pack together; an item takes about 300 bytes."""


class Remembered:
    """Keeps an account of several tables of conclusions, one for each function, and holds them within `most` items.

    Functions read their tables as they are. They are written here alone, so threads may share them.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self.most = most
        self.items = 0
        self._order: deque[tuple[MutableMapping[Any, Any], Hashable, int]] = deque()
        self._lock = threading.Lock()

    def keep(self, table: MutableMapping[Any, Any], key: Hashable, value: Any, size: int) -> None:
        """Remember `value`, of `size` items, under `key` in `table`, and forget the oldest beyond the bound."""
        with self._lock:
            if key in table or size > self.most:
                return
            table[key] = value
            self._order.append((table, key, size))
            self.items += size
            while self.items > self.most:
                oldest, old_key, old_size = self._order.popleft()
                del oldest[old_key]
                self.items -= old_size


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
