"""What the engine concluded for rows of a kind, remembered for the rows to come: bounded, the oldest makes way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

Key: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Mapping[str, Any]

MOST_REMEMBERED = 300_000
"""How many cells of facts are remembered for all decisions of a pack together, each row counting as one more."""


class Remembered:
    """Conclusions by what was asked and by the cells of the facts; equal ones are kept once. Threads may share it."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self.most, self.size = most, 0
        self._tables: dict[Hashable, dict[Key, Values]] = {}
        self._same: dict[Hashable, Values] = {}
        self._order: deque[tuple[Hashable, Key]] = deque()
        self._lock = threading.Lock()

    def all(
        self, asked: Hashable, keys: Sequence[Key], conclude: Callable[[Sequence[int]], Sequence[Values]]
    ) -> list[Values]:
        """Return what follows for each key; `conclude` works it out for those at some places among `keys`."""
        with self._lock:  # whoever waits finds what the others have concluded
            table = self._tables.setdefault(asked, {})
            found = [table.get(key) for key in keys]
            missing = [place for place, values in enumerate(found) if values is None]
            for place, values in zip(missing, conclude(missing) if missing else (), strict=True):
                found[place] = self._kept(asked, keys[place], values)
            return [values for values in found if values is not None]

    def _kept(self, asked: Hashable, key: Key, values: Values) -> Values:
        values = self._same.setdefault((asked, tuple(values.items())), values)
        self._tables.setdefault(asked, {})[key] = values
        self._order.append((asked, key))
        self.size += 1 + len(key)
        while self.size > self.most:
            oldest, old_key = self._order.popleft()
            del self._tables[oldest][old_key]
            self.size -= 1 + len(old_key)
        if len(self._same) > self.most:
            self._same.clear()
        return values
