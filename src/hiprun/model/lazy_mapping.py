"""Mappings whose entries are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class LazyMapping(Mapping[str, Any]):
    """Named entries, each made of its source on first access; equal to a dictionary, and copied as one."""

    def __init__(self, sources: Mapping[str, Any], make: Callable[[Any], Any]) -> None:
        self._sources, self._make = sources, make
        self._entries: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        entry = self._entries.get(name)
        if entry is None:
            # two threads may both make it, and then share the one that was kept first
            entry = self._entries.setdefault(name, self._make(self._sources[name]))
        return entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)
