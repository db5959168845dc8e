"""One fact in every row of a batch: where it is known, where its values cannot be taken, and where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import attrs
import numpy as np

from hiprun.backends.dataframe import arrow_values
from hiprun.backends.dataframe.arrow_values import Lists, Texts
from hiprun.backends.dataframe.bit_planes import Rows, Truth
from hiprun.backends.dataframe.column_checks import TIME_OF_DAY, WRONG_TYPE, Held, decoded
from hiprun.backends.dataframe.numeric_thresholds import Located, edge
from hiprun.inference.facts import MOST_CHARACTERS
from hiprun.model import Domain, Fact
from hiprun.model.hidden_characters import PATTERN
from hiprun.model.value_conversion import MOST_DIGITS


@attrs.frozen(eq=False)
class Fault:
    """One way in which values cannot be taken: in which rows, and the column in which they are."""

    fact: Fact
    code: str
    what: str
    test: Truth
    sample: Any


@attrs.frozen(eq=False)
class Value:
    """What is known of a fact, or of a member of a set. What stands in rows in which it is not known means nothing."""

    known: Truth
    truth: Truth = False
    numbers: Located | None = None
    texts: Texts | None = None


UNKNOWN = Value(False)


@attrs.frozen(eq=False)
class Taken:
    """A fact as it was read, for sets by choice, and what is wrong with it."""

    values: Mapping[str, Value]
    faults: Sequence[Fault]


def read(rows: Rows, held: Held, arrays: Mapping[str, Any], listed: Sequence[str]) -> Taken:
    """Return the values of a fact in a batch of columns; `listed` are the choices, or the texts that rules name."""
    fact = held.fact
    if held.reading == "members":
        values: dict[str, Value] = {}
        faults: list[Fault] = []
        for choice, name in held.members.items():
            value, test = _truth(rows, arrays[name])
            faults.append(Fault(fact, "wrong-type", f"`{choice}` is {WRONG_TYPE['boolean']}", test, arrays[name]))
            values[choice] = value
        return Taken(values, faults)
    array = decoded(arrays[held.column])
    known = arrow_values.valid(rows, array)

    def faulty(*tests: tuple[str, str, Truth]) -> list[Fault]:
        return [Fault(fact, code, what, rows.every([known, test]), array) for code, what, test in tests]

    match held.reading:
        case "unreadable":
            return Taken({"": UNKNOWN}, faulty(("wrong-type", WRONG_TYPE[fact.domain.type], True)))
        case "truth":
            value, test = _truth(rows, array)
            return Taken({"": value}, faulty(("wrong-type", WRONG_TYPE["boolean"], test)))
        case "text":
            return _texts(rows, fact, known, array, listed, faulty)
        case "day":
            return _days(rows, fact, known, array, faulty)
        case "list":
            lists = Lists(rows, array, listed)
            found = {choice: Value(known, lists.containing(choice)) for choice in fact.domain.choices}
            return Taken(found, faulty(("not-a-choice", "not a list of choices", lists.others())))
        case "number":
            return _numbers(rows, fact, known, array, faulty)
        case _:
            assert_never(held.reading)


def _truth(rows: Rows, array: Any) -> tuple[Value, Truth]:
    """Return a column of booleans, or of 1 and 0, and where its numbers are others."""
    known = arrow_values.valid(rows, array)
    if known is False:
        return UNKNOWN, False
    if array.type == "bool":
        return Value(known, arrow_values.truths(rows, array)), False
    found = arrow_values.numbers(array)
    yes = rows.plane(found == 1)
    return Value(known, yes), rows.every([known, rows.negate(rows.some([yes, rows.plane(found == 0)]))])


def _texts(rows: Rows, fact: Fact, known: Truth, array: Any, listed: Sequence[str], faulty: Any) -> Taken:
    if known is False:
        return Taken({"": UNKNOWN}, [])
    texts = Texts(rows, array, listed)
    if fact.domain.type == "choice":
        others = rows.negate(rows.some(texts.equal(choice) for choice in fact.domain.choices))
        faults = faulty(("not-a-choice", "not one of the choices", others))
    else:
        hidden = texts.matching(PATTERN)
        faults = faulty(
            ("wrong-type", f"text of more than {MOST_CHARACTERS:,} characters", texts.longer(MOST_CHARACTERS)),
            ("hidden-character", "text with invisible characters", hidden),
        )
    return Taken({"": Value(known, texts=texts)}, faults)


def _days(rows: Rows, fact: Fact, known: Truth, array: Any, faulty: Any) -> Taken:
    ordinals, late = arrow_values.days(array)
    located = Located(rows, ordinals)
    tests = [("out-of-range", "outside its range", _outside(rows, located, fact.domain))]
    if late is not None:
        tests.append(("wrong-type", TIME_OF_DAY, rows.plane(late)))
    return Taken({"": Value(known, numbers=located)}, faulty(*tests))


def _numbers(rows: Rows, fact: Fact, known: Truth, array: Any, faulty: Any) -> Taken:
    found = arrow_values.numbers(array)
    located = Located(rows, found)
    value = {"": Value(known, numbers=located)}
    floating, domain = found.dtype.kind == "f", fact.domain
    if floating and _is_sound(found, domain):
        return Taken(value, [])
    outside = _outside(rows, located, domain, floating=floating)
    if not floating:
        return Taken(value, faulty(("out-of-range", "outside its range", outside)))
    ordinary = rows.plane(np.isfinite(found))
    tests = [
        ("not-a-number", "not an ordinary number", rows.negate(ordinary)),
        ("out-of-range", "outside its range", rows.every([ordinary, outside])),
    ]
    if domain.type == "integer":
        tests.append(("not-whole", "not a whole number", rows.every([ordinary, rows.plane(found != np.floor(found))])))
    return Taken(value, faulty(*tests))


def _is_sound(numbers: Any, domain: Domain) -> bool:
    """Return whether numbers are well, also where they mean nothing; quicker than to look where they are not."""
    if domain.type == "integer" or domain.lowest is None or domain.highest is None or not len(numbers):
        return False
    low, high = edge((domain.lowest, 0), whole=False), edge((domain.highest, 1), whole=False)
    return bool(numbers.min() >= low and numbers.max() < high)


def _outside(rows: Rows, located: Located, domain: Domain, *, floating: bool = False) -> Truth:
    far = 10**MOST_DIGITS if floating else None
    lowest = domain.lowest if domain.lowest is not None or far is None else -far
    highest = domain.highest if domain.highest is not None else far
    low = False if lowest is None else located.below((lowest, 0))
    high = False if highest is None else rows.negate(located.below((highest, 1)))
    return rows.some([low, high])
