"""What was said of a fact that is not known exactly → the values that it may still have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import islice
from typing import Any, TypeAlias

import attrs

from hiprun.inference.intervals import Region, from_signs, intersection, is_whole, of_domain, only, union, whole
from hiprun.inference.operators import Compare, Every, Meaning, Some, code, holds, meaning
from hiprun.model import Domain, Literal_, Number

Said: TypeAlias = tuple[tuple[str, tuple[Any, ...]], ...]
"""Tests that a value meets: names of operators, each once, with their operands."""


@attrs.frozen
class Partial:
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
        listed = listed_texts(tests)
        return Partial(tests) if listed is None else _one_or_partial(tests, iter(listed))
    return _of_region(domain, tests)


def _one_or_partial(tests: Said, values: Iterator[Any]) -> Literal_ | Partial:
    first_two = list(islice(values, 2))
    if not first_two:
        raise NothingLeft
    return Partial(tests) if len(first_two) == 2 else first_two[0]


def _sets(domain: Domain, tests: Said) -> Iterator[frozenset[str]]:
    """Yield sets that meet `tests`: all of them if there are less than two, else at least two."""
    said = dict(tests)
    senses = [meaning(operator, operands, domain.choices) for operator, operands in tests]
    required = frozenset(said.get("includes", ())) | frozenset(said.get("includes_all", ()))
    free = [name for name in domain.choices if name not in required and name not in said.get("includes_none", ())]
    wanted = said.get("includes_any", ())
    starts = [required]
    if "includes_any" in said and required.isdisjoint(wanted):
        starts = [required | {name} for name in free if name in wanted]
    # only `is_not` takes out a single set, so going two steps from the smallest ones cannot miss a second
    candidates = [*starts, *(start | {name} for start in starts for name in free)]
    for candidate in said.get("is") or dict.fromkeys(candidates):
        if all(holds(sense, candidate) for sense in senses):
            yield candidate


def sets_that_meet(domain: Domain, tests: Said, present: Mapping[str, bool]) -> Iterator[frozenset[str]]:
    """Yield sets that meet `tests` and have the choices that are `present`, and none that are not, where there are any.

    >>> found = sets_that_meet(Domain("set", {"moss": "", "rot": ""}), (("includes_any", ("rot",)),), {"moss": True})
    >>> sorted(next(found))
    ['moss', 'rot']
    """
    said = {operator: tuple(operands) for operator, operands in tests}
    said["includes_all"] = (*said.get("includes_all", ()), *(name for name, has in present.items() if has))
    said["includes_none"] = (*said.get("includes_none", ()), *(name for name, has in present.items() if not has))
    return _sets(domain, tuple(said.items()))


def listed_texts(tests: Said) -> list[str] | None:
    """Return the texts that meet `tests`, or None when these only say what a text is not."""
    lists = [operands for operator, operands in tests if operator in ("is", "one_of")]
    if not lists:
        return None
    senses = [meaning(operator, operands) for operator, operands in tests]
    return [text for text in dict.fromkeys(lists[0]) if all(holds(sense, text) for sense in senses)]


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
    if isinstance(sense, Compare):
        region = from_signs(sense.signs, sense.operand)
        return whole(region) if is_whole(domain) else region
    assert isinstance(sense, Every | Some)  # what is not about members is made of these
    regions = [region_of(part, domain) for part in sense.parts]
    return union(*regions) if isinstance(sense, Some) else reduce(intersection, regions, of_domain(domain))


def decode(domain: Domain, number: Number) -> Literal_:
    """Return the value of a domain whose code is `number`."""
    match domain.type:
        case "boolean":
            return bool(number)
        case "choice":
            return list(domain.choices)[int(number)]
        case _:
            return number
