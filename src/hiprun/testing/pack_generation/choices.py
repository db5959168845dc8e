"""The choices that a generator makes, and the driver that takes them at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

import attrs

T = TypeVar("T")


class Choices(Protocol):
    """Takes each choice of a generator. The simplest result comes first, for drivers that shrink."""

    def integer(self, lowest: int, highest: int) -> int:
        """Return a whole number; both ends are included."""

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options, of which there is at least one."""

    def yes(self, chance: float = 0.5) -> bool:
        """Return True with about this probability; False is simpler."""

    def some_of(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """Return different options in any order, at least `least` of them and at most `most`."""


@attrs.frozen
class RandomChoices:
    """Takes choices at random; the same seed gives the same choices.

    It multiplies `random()`, which is several times faster than `randint` and `choice`.
    """

    random: random.Random

    def integer(self, lowest: int, highest: int) -> int:
        """Return a whole number, each as likely as any other."""
        return lowest + int(self.random.random() * (highest - lowest + 1))

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as any other."""
        return options[int(self.random.random() * len(options))]

    def yes(self, chance: float = 0.5) -> bool:
        """Return True with this probability."""
        return self.random.random() < chance

    def some_of(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """Return different options, each number of them as likely as any other."""
        highest = len(options) if most is None else min(most, len(options))
        return self.random.sample(options, self.integer(least, highest))
