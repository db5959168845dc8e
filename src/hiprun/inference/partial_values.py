"""What was said of a fact that is not known exactly → the values that it may still have."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import islice
from typing import Any, TypeAlias, assert_never

import attrs

from hiprun.inference.interval_sets import (
    Region,
    complement,
    from_signs,
    intersection,
    is_whole,
    of_domain,
    only,
    union,
    whole,
)
from hiprun.inference.operators import (
    Compare,
    Every,
    Has,
    Leaf,
    Meaning,
    Never,
    Some,
    code,
    expressed,
    holds,
    leaves,
    meaning,
)
from hiprun.inference.text_equivalence_classes import listed_texts
from hiprun.model import Domain, Literal_, Number
from hiprun.model.value_objects import ValueObject

Said: TypeAlias = tuple[tuple[str, tuple[Any, ...]], ...]
"""Tests that a value meets: names of operators, each once, with their operands."""


@attrs.frozen
class Partial(ValueObject):
    """What a fact may be: tests it meets, and for numbers, dates, choices and booleans the region of their codes."""

    tests: Said
    region: Region | None = None


class NothingLeft(Exception):  # noqa: N818 - what was said, not a mistake of ours
    """No value meets all that was said."""


def narrowed(domain: Domain, tests: Said) -> Literal_ | Partial | None:
    """Return the one value that meets `tests`, what is left when several do, or None when they say nothing.

    Raises `NothingLeft` when no value meets them all.
    """
    if not tests:
        return None
    if domain.type == "set":
        return _one_or_partial(tests, _sets(domain, tests))
    if domain.type == "string":
        listed = listed_texts([meaning(operator, operands) for operator, operands in tests])
        return Partial(tests) if listed is None else _one_or_partial(tests, iter(listed))
    return _of_region(domain, tests)


def _one_or_partial(tests: Said, values: Iterator[Any]) -> Literal_ | Partial:
    first_two = list(islice(values, 2))
    if not first_two:
        raise NothingLeft
    return Partial(tests) if len(first_two) == 2 else first_two[0]


def _sets(domain: Domain, tests: Said) -> Iterator[frozenset[str]]:
    """Yield sets that meet `tests`, the smallest first: all of them if there are less than two, else at least two."""
    senses = [meaning(operator, operands, domain.choices) for operator, operands in tests]
    pinned = dict(pin for sense in senses for pin in _pins(sense))
    start = frozenset(name for name, has in pinned.items() if has)
    free = [name for name in domain.choices if name not in pinned]
    waiting = deque([start])
    seen = {start}
    while waiting:
        candidate = waiting.popleft()
        failed = next((sense for sense in senses if not holds(sense, candidate)), None)
        if failed is None:
            yield candidate
            growing = free
        else:  # what is larger and meets it has one more of the choices it speaks of
            spoken = {leaf.choice for leaf in leaves(failed) if isinstance(leaf, Has)}
            growing = [name for name in free if name in spoken]
        for larger in [candidate | {name} for name in growing]:
            if larger not in seen:
                seen.add(larger)
                waiting.append(larger)


def _pins(sense: Meaning, *, has: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield choices that every set which meets a test has, and with False those that none has."""
    assert not isinstance(sense, Compare)  # sets are compared by their members
    match sense:
        case Has(choice):
            yield choice, has
        case Never(part):
            yield from _pins(part, has=not has)
        case Every(parts) | Some(parts):
            if len(parts) == 1 or isinstance(sense, Every) is has:  # else one of them is enough
                for part in parts:
                    yield from _pins(part, has=has)
        case _:
            assert_never(sense)


def sets_that_meet(domain: Domain, tests: Said, present: Mapping[str, bool]) -> Iterator[frozenset[str]]:
    """Yield sets that meet `tests` and have the choices that are `present`, and none that are not, where there are any.

    >>> found = sets_that_meet(Domain("set", {"moss": "", "rot": ""}), (("includes_any", ("rot",)),), {"moss": True})
    >>> sorted(next(found))
    ['moss', 'rot']
    """
    wanted = (
        ("includes_all", tuple(name for name, has in present.items() if has)),
        ("includes_none", tuple(name for name, has in present.items() if not has)),
    )
    return _sets(domain, (*tests, *wanted))


def _of_region(domain: Domain, tests: Said) -> Literal_ | Partial | None:
    region = everything = of_domain(domain)
    for operator, operands in tests:
        sense = meaning(operator, [code(domain, operand) for operand in operands])
        region = intersection(region, region_of(sense, domain))
    if not region:
        raise NothingLeft
    if region == everything:
        return None
    single = only(region, whole_numbers=is_whole(domain))
    return Partial(tests, region) if single is None else decode(domain, single)


def region_of(sense: Meaning, domain: Domain) -> Region:
    """Return the codes of the values of `domain`, which has no members, that meet a test."""
    everything = of_domain(domain)

    def compared(part: Leaf) -> Region:
        assert isinstance(part, Compare)  # only sets have members
        region = from_signs(part.signs, part.operand)
        return whole(region) if is_whole(domain) else region

    return expressed(
        sense,
        compared,
        lambda regions: reduce(intersection, regions, everything),
        lambda regions: union(*regions),
        lambda region: intersection(complement(region), everything),
    )


def decode(domain: Domain, number: Number) -> Literal_:
    """Return the value of a domain whose code is `number`."""
    match domain.type:
        case "boolean":
            return bool(number)
        case "choice":
            return list(domain.choices)[int(number)]
        case _:
            return number
