"""Sums of whole numbers in short ranges, such as the items of a questionnaire, by the totals that they can come to.

However many combinations lead to a total, it is met once. So whether limits on sums can be kept, and from where to
where a sum can lie then, is found exactly without trying combinations, where the totals are not too many.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

MOST_TOTALS = 1 << 16
"""How many totals, or combinations of totals of several sums, are told apart."""

_MOST_VALUES = 2048

Factors: TypeAlias = Mapping[str, int]
Limit: TypeAlias = tuple[Factors, int]
"""A sum of whole numbers, of one at least and without common factors, and what it comes to at most."""


def ends(limits: Sequence[Limit], terms: Factors) -> tuple[int, int] | tuple[()] | None:
    """Return the least and the greatest that `terms` come to where all `limits` are kept; `()` where they never are.

    None where this is not within the bounds, or a number has no end.

    >>> ends([({"x": 1}, 3), ({"x": -1}, 0), ({"y": 1}, 3), ({"y": -1}, 0), ({"x": -1, "y": -1}, -5)], {"x": 1})
    (2, 3)
    """
    ranges: dict[str, tuple[float, float]] = {}
    sums: dict[tuple[tuple[str, int], ...], tuple[float, float]] = {}
    for factors, most in limits:
        key = tuple(sorted(factors.items()))
        if key[0][1] > 0:
            low, high = sums.get(key, (-math.inf, math.inf))
            sums[key] = low, min(high, most)
        else:
            key = tuple((name, -factor) for name, factor in key)
            low, high = sums.get(key, (-math.inf, math.inf))
            sums[key] = max(low, -most), high
    if any(low > high for low, high in sums.values()):
        return ()
    names = dict.fromkeys(name for key in sums for name, _ in key)
    for name in {**names, **dict.fromkeys(terms)}:
        ranges[name] = sums.pop(((name, 1),), (-math.inf, math.inf))
    if any(math.isinf(low) or math.isinf(high) for low, high in ranges.values()):
        return None
    values = {name: range(int(low), int(high) + 1) for name, (low, high) in ranges.items()}
    if sum(map(len, values.values())) > _MOST_VALUES:
        return None
    return _found(values, [(dict(key), *limit) for key, limit in sums.items()], terms)


def _found(
    values: Mapping[str, range], sums: Sequence[tuple[Factors, float, float]], terms: Factors
) -> tuple[int, int] | tuple[()] | None:
    """Return the ends of `terms`. A set of totals of all sums is held as the bits of one number, `terms` topmost."""
    places: list[tuple[Factors, int]] = []
    size = 1
    mask = 1
    for factors, low, high in sums:
        least, width = _reach(factors, values)
        if size * width > MOST_TOTALS:
            return None
        first, last = max(low - least, 0), min(high - least, width - 1)
        mask = _repeated(mask, size, range(int(first), int(last) + 1)) if first <= last else 0
        places.append((factors, size))
        size *= width
    least, width = _reach(terms, values)
    if size * width > MOST_TOTALS:
        return None
    reached = 1
    for name, numbers in values.items():
        steps = {
            sum(_from_least(factors, name, value, numbers) * place for factors, place in (*places, (terms, size)))
            for value in numbers
        }
        reached = _shifted(reached, steps)
    reached &= _repeated(mask, size, range(width))
    if not reached:
        return ()
    lowest, highest = (reached & -reached).bit_length() - 1, reached.bit_length() - 1
    return least + lowest // size, least + highest // size


def _reach(factors: Factors, values: Mapping[str, range]) -> tuple[int, int]:
    """Return the least total of a sum without limits, and how many there are up to the greatest."""
    least = sum(min(factor * values[name][0], factor * values[name][-1]) for name, factor in factors.items())
    return least, 1 + sum(abs(factor) * (len(values[name]) - 1) for name, factor in factors.items())


def _from_least(factors: Factors, name: str, value: int, numbers: range) -> int:
    """Return how much more a value adds to a sum than the one that adds least."""
    factor = factors.get(name, 0)
    return abs(factor) * (value - numbers[0] if factor > 0 else numbers[-1] - value)


def _shifted(bits: int, steps: set[int]) -> int:
    found = 0
    for step in steps:
        found |= bits << step
    return found


def _repeated(bits: int, size: int, times: range) -> int:
    return _shifted(bits, {size * time for time in times})
