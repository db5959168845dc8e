"""Tendencies: which facts can make something rise or fall as they get worse, and how tendencies are put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, assert_never

import attrs

from hiprun.inference.functions import Slope


@attrs.frozen
class Tendency:
    """The facts that can make a truth or a number rise as they get worse, and those that can make it fall."""

    rises: frozenset[str] = frozenset()
    falls: frozenset[str] = frozenset()

    def __or__(self, other: Tendency) -> Tendency:
        return Tendency(self.rises | other.rises, self.falls | other.falls)

    @property
    def reversed(self) -> Tendency:
        """Return that of the opposite."""
        return Tendency(self.falls, self.rises)

    def times(self, slope: Slope) -> Tendency:
        """Return that of something with this slope."""
        match slope:
            case 0:
                return NONE
            case 1:
                return self
            case -1:
                return self.reversed
            case None:
                return self | self.reversed
            case _:
                assert_never(slope)


NONE = Tendency()
Truth: TypeAlias = bool | Tendency
"""A truth by its tendency; a plain one is the same for everyone."""


def plain(truth: Truth) -> Tendency:
    """Return the tendency of a truth, none for one that is the same for everyone."""
    return NONE if isinstance(truth, bool) else truth


def joined(truths: Iterable[Truth]) -> Tendency:
    """Return that of something that rises where any of these rises, and falls where any of them falls."""
    found = NONE
    for truth in truths:
        found |= plain(truth)
    return found


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all of these hold."""
    left = [truth for truth in truths if truth is not True]
    return False if any(truth is False for truth in left) else joined(left) if left else True


def some(truths: Iterable[Truth]) -> Truth:
    """Return whether any of these holds."""
    return opposite(every(map(opposite, truths)))


def opposite(truth: Truth) -> Truth:
    """Return whether this does not hold."""
    return not truth if isinstance(truth, bool) else truth.reversed


def chosen(condition: Truth, then: bool, rest: Truth) -> Truth:
    """Return what is `then` where a condition holds, and else `rest`."""
    return some([condition, rest]) if then else every([opposite(condition), rest])
