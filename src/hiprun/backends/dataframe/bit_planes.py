"""Conditions over the rows of a batch, eight rows in a byte: one operation settles all rows at once.

A condition that is the same for all rows is `True` or `False`, and takes no work at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
"""A bit for each row, the first row in the lowest bit; what the bits behind the last row are does not matter."""
Truth: TypeAlias = "Plane | bool"
Numbers: TypeAlias = NDArray[Any]

_LABEL_TYPES: tuple[tuple[int, Any], ...] = ((8, np.uint8), (16, np.uint16), (32, np.uint32))


@attrs.frozen
class Rows:
    """So many rows, and what can be said of conditions over them."""

    length: int

    def plane(self, flags: NDArray[np.bool_]) -> Plane:
        """Return the condition that holds where `flags` are true."""
        return np.packbits(flags, bitorder="little")

    def flags(self, truth: Truth) -> NDArray[np.bool_]:
        """Return a condition as one truth for each row."""
        return self.bytes(truth).view(np.bool_)

    def bytes(self, truth: Truth) -> Plane:
        """Return a condition as a 1 or a 0 for each row."""
        if isinstance(truth, bool):
            return np.full(self.length, truth, np.uint8)
        return np.unpackbits(truth, count=self.length, bitorder="little")

    def indexes(self, truth: Truth) -> NDArray[np.intp]:
        """Return the rows in which a condition holds."""
        return np.flatnonzero(self.flags(truth)) if self.anywhere(truth) else np.empty(0, np.intp)

    def anywhere(self, truth: Truth) -> bool:
        """Return whether a condition holds in some row."""
        if isinstance(truth, bool):
            return truth and self.length > 0
        whole, rest = divmod(self.length, 8)
        return bool(truth[:whole].any()) or bool(rest and truth[whole] & ((1 << rest) - 1))

    def both(self, one: Truth, other: Truth) -> Truth:
        """Return the condition that holds where two of them do."""
        if one is True or other is False:
            return other
        if other is True or one is False or one is other:
            return one
        return one & other

    def either(self, one: Truth, other: Truth) -> Truth:
        """Return the condition that holds where at least one of two does."""
        if one is False or other is True:
            return other
        if other is False or one is True or one is other:
            return one
        return one | other

    def every(self, truths: Iterable[Truth]) -> Truth:
        """Return the condition that holds where all of them do."""
        return _joined(truths, np.bitwise_and, settling=False)

    def some(self, truths: Iterable[Truth]) -> Truth:
        """Return the condition that holds where at least one of them does."""
        return _joined(truths, np.bitwise_or, settling=True)

    def negate(self, truth: Truth) -> Truth:
        """Return the condition that holds where another does not."""
        return not truth if isinstance(truth, bool) else ~truth

    def one_of(self, truths: Iterable[Truth]) -> Truth:
        """Return where exactly one of some conditions holds."""
        once: Truth = False
        twice: Truth = False
        for truth in truths:
            twice = self.some([twice, self.every([once, truth])])
            once = self.some([once, truth])
        return self.every([once, self.negate(twice)])

    def first(self, truths: Sequence[Truth], labels: Sequence[int]) -> tuple[Numbers, Truth]:
        """Return for each row the label of the first condition that holds, and where one does."""
        width = max(labels, default=0).bit_length()
        dtype = next(dtype for bits, dtype in _LABEL_TYPES if width <= bits)
        left: Truth = True
        bits: list[list[Truth]] = [[] for _ in range(width)]
        for truth, label in zip(truths, labels, strict=True):
            here = self.every([left, truth])
            for place, planes in enumerate(bits):
                if label >> place & 1:
                    planes.append(here)
            left = self.every([left, self.negate(truth)])
        found: Numbers = np.zeros(self.length, dtype)
        for place, planes in enumerate(bits):
            plane = self.some(planes)
            if plane is not False:
                found |= self.bytes(plane).astype(dtype, copy=False) << place
        return found, self.negate(left)


def _joined(truths: Iterable[Truth], join: np.ufunc, *, settling: bool) -> Truth:
    """Return conditions joined: one that is `settling` for all rows is the answer, its opposite changes nothing."""
    found: Truth = not settling
    own = False
    for truth in truths:
        if truth is settling:
            return settling
        if isinstance(truth, bool) or truth is found:
            continue
        if isinstance(found, bool):
            found = truth
        else:
            found, own = join(found, truth, out=found if own else None), True
    return found
