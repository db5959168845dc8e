"""What frozen values have in common: how they are shown, compared and hashed.

attrs would compile these methods anew for each class, each time a program starts: half of what a class takes. So they
are written once, here, and attrs, which leaves a method to a class that has it, makes the rest.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import attrs


def _adopt(cls: type, base: type, *names: str) -> None:
    """Give a class methods as its own, unless it writes them itself: attrs overlooks those that are inherited."""
    for name in names:
        if name not in vars(cls):
            setattr(cls, name, vars(base)[name])


class Entity:
    """Base of classes of attrs that are shown with their fields, and equal to nothing but themselves (`eq=False`)."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        _adopt(cls, Entity, "__repr__")

    def __repr__(self) -> str:
        cls: Any = type(self)
        contents = ", ".join(f"{name}={getattr(self, name)!r}" for name in _shown(cls))
        return f"{cls.__qualname__.rpartition('>.')[2]}({contents})"


class ValueObject(Entity):
    """Base of frozen classes of attrs that are equal if they are of one class and their fields are equal."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _adopt(cls, ValueObject, "__eq__", "__hash__")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        cls: Any = type(self)
        compared = _compared(cls)
        return bool(compared(self) == compared(other))

    def __hash__(self) -> int:
        cls: Any = type(self)
        return hash(_hashed(cls)(self))


@functools.cache
def _shown(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls) if field.repr)


@functools.cache
def _compared(cls: type) -> Callable[[Any], Any]:
    return _getter([field.name for field in attrs.fields(cls) if field.eq])


@functools.cache
def _hashed(cls: type) -> Callable[[Any], Any]:
    return _getter([field.name for field in attrs.fields(cls) if (field.eq if field.hash is None else field.hash)])


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda value: ()
