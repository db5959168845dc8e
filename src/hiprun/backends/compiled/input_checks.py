"""Facts on the way in: read and checked in the quickest way where they are what they should be.

Whatever is odd about a fact is refused here without a word; the checks that say what is wrong stand elsewhere.
"""

from __future__ import annotations

import datetime
import functools
import numbers
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any, TypeAlias

import attrs

from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.floating_point_thresholds import LEAST, MOST, comparable, edge, stands_for
from hiprun.inference.facts import MOST_CHARACTERS, MOST_ENTRIES
from hiprun.inference.interval_sets import Cut
from hiprun.model import Domain, Fact
from hiprun.model.hidden_characters import first_hidden_character
from hiprun.model.value_conversion import as_truth, exact
from hiprun.model.value_objects import ValueObject

Take: TypeAlias = Callable[[Any], Any]
"""Returns a fact as compiled functions take it: plain booleans, ints, floats, texts, dates and frozen sets."""


_SAMPLED = 16
"""Of so many calls one is looked at for which facts are given."""

_OFTEN = 4
"""In how many of these the same facts have to be given until a function is made that takes them in."""

_MOST_SELECTIONS = 8
_MOST_COUNTED = 100


class NotPlainError(ValueError):
    """A fact that has to be looked at more closely."""


class _Selections:
    """Selections of facts that are given again and again, as by one form, each with the function that takes them in."""

    def __init__(self, facts: Set[str], make: Callable[[Iterable[str]], Callable[[dict[str, Any]], None]]) -> None:
        self._facts, self._make = facts, make
        self._made: dict[tuple[str, ...], Callable[[dict[str, Any]], None]] = {}
        self._times: dict[tuple[str, ...], int] = {}
        self._calls = 0

    def often_given(self, facts: dict[str, Any]) -> Callable[[dict[str, Any]], None] | None:
        """Return what takes in facts that were given often, in this order; None for others."""
        self._calls += 1
        is_sample = self._calls % _SAMPLED == 0
        if not self._made and not is_sample:
            return None
        names = tuple(facts)
        found = self._made.get(names)
        if found is None and is_sample and len(self._made) < _MOST_SELECTIONS and facts.keys() <= self._facts:
            if len(self._times) >= _MOST_COUNTED:
                self._times.clear()
            self._times[names] = times = self._times.get(names, 0) + 1
            if times == _OFTEN:
                self._made[names] = self._make(names)
        return found


@attrs.frozen
class Intake(ValueObject):
    """The facts of a pack, and how each is taken in."""

    facts: Mapping[str, Fact]
    takers: Mapping[str, Take]
    _booleans: frozenset[str] = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: frozenset(name for name, fact in self.facts.items() if fact.domain.type == "boolean"),
            takes_self=True,
        ),
    )
    _take_all: Callable[[dict[str, Any]], bool] = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.taking_rest(frozenset()), takes_self=True)
    )

    def taken(self, facts: Any) -> dict[str, Any] | None:
        """Return facts as compiled functions take them, without those that are unknown; None when one is odd."""
        if not isinstance(facts, Mapping):
            return None
        try:
            found = facts.copy() if type(facts) is dict else dict(facts.items())
        except Exception:  # a caller's object can do anything when it is looked into
            return None
        return found if self._take_all(found) else None

    def take_rest(self, facts: dict[str, Any], known: Set[str]) -> bool:
        """Take in the facts beyond those that are `known` to be well, in place; False when one is odd."""
        takers, booleans = self.takers, self._booleans
        try:
            for name in facts.keys() - known:
                value = facts[name]
                if (value is False or value is True) and name in booleans:
                    continue
                take = takers[name]
                if value is None:
                    del facts[name]
                else:
                    facts[name] = take(value)
        except Exception:  # a caller's object can do anything when it is looked into
            return False
        return True

    def taking_rest(
        self, known: Set[str], then: Callable[[dict[str, Any]], bool] = lambda facts: True
    ) -> Callable[[dict[str, Any]], bool]:
        """Return `take_rest` for facts with all of those that are `known`, quick where the same are given often.

        What `then` says of the facts taken in counts too.
        """
        whole = len(self.facts)
        take_others = functools.cache(lambda: self._taking([name for name in self.facts if name not in known]))
        selections = _Selections(
            self.facts.keys(), lambda names: self._taking([name for name in names if name not in known])
        )

        def take(facts: dict[str, Any]) -> bool:
            try:
                take_these = take_others() if len(facts) == whole else selections.often_given(facts)
                if take_these is None:
                    return self.take_rest(facts, known) and then(facts)
                take_these(facts)
            except Exception:  # a caller's object can do anything when it is looked into
                return False
            return then(facts)

        return take

    def _taking(self, names: Iterable[str]) -> Callable[[dict[str, Any]], None]:
        """Return a function that takes in facts that are all there, in place; it raises where one is odd or missing."""
        writer, listed = Writer(), [sys.intern(name) for name in names]
        values = [f"v{number}" for number in range(len(listed))]
        if len(listed) > 1:
            writer.write(f"{', '.join(values)} = {writer.bind(itemgetter(*listed))}(facts)")
        for name, value in zip(listed, values, strict=True):
            key = writer.bind(name)
            if len(listed) == 1:
                writer.write(f"{value} = facts[{key}]")
            plain = plain_code(value, self.facts[name].domain, writer.bind)
            writer.write(f"if not ({plain}):")
            writer.write(f"if {value} is None: del facts[{key}]", indent=2)
            writer.write(f"else: facts[{key}] = {writer.bind(self.takers[name])}({value})", indent=2)
        writer.write("return None")
        return writer.function("take", "facts", "hiprun-compiled-intake").call


def plain_code(name: str, domain: Domain, bind: Callable[[object], str]) -> str:
    """Return the code that tells whether a value needs not be taken in any more; `bind` names a constant.

    >>> plain_code("v0", Domain("boolean"), repr)
    'v0 is True or v0 is False'
    """
    match domain.type:
        case "boolean":
            return f"{name} is True or {name} is False"
        case "choice":
            return f"type({name}) is str and {name} in {bind(frozenset(domain.choices))}"
        case "set":
            return f"type({name}) is frozenset and {name} <= {bind(frozenset(domain.choices))}"
        case "string":
            return "False"  # each text is looked through for what cannot be seen
        case "date":
            return f"type({name}) is {bind(datetime.date)} and {range_code(f'{name}.toordinal()', domain)}"
        case _:
            return number_code(name, domain)


def intake(facts: Mapping[str, Fact]) -> Intake:
    """Return how the facts of a pack are taken in."""
    return Intake(facts, {name: _taker(fact.domain) for name, fact in facts.items()})


def _taker(domain: Domain) -> Take:
    match domain.type:
        case "boolean":
            return _boolean
        case "choice":
            choices = {name: name for name in domain.choices}
            return lambda value: choices[_text(value)]
        case "set":
            return _set_taker(frozenset(domain.choices))
        case "string":
            return _seen_text
        case "date":
            return _date_taker(domain)
        case _:
            return _number_taker(domain)


def _boolean(value: Any) -> bool:
    truth = as_truth(value)
    if truth is None:
        raise NotPlainError
    return truth


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= MOST_CHARACTERS:
        return value if type(value) is str else str.__str__(value)
    raise NotPlainError


def _seen_text(value: Any) -> str:
    text = _text(value)
    if first_hidden_character(text):
        raise NotPlainError
    return text


def _set_taker(choices: frozenset[str]) -> Take:
    def take(value: Any) -> frozenset[str]:
        if type(value) not in (list, tuple, set, frozenset) or len(value) > MOST_ENTRIES:
            raise NotPlainError
        members = frozenset(map(_text, value))
        if members <= choices:
            return members
        raise NotPlainError

    return take


def _date_taker(domain: Domain) -> Take:
    low = datetime.date.min.toordinal() if domain.lowest is None else domain.lowest
    high = datetime.date.max.toordinal() if domain.highest is None else domain.highest

    def take(value: Any) -> datetime.date:
        if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
            value = datetime.date.fromisoformat(value)
        if type(value) is datetime.date and low <= value.toordinal() <= high:
            return value
        raise NotPlainError

    return take


def _number_taker(domain: Domain) -> Take:
    low, high = map(edge, _ends(domain))
    is_whole = domain.type == "integer"

    def take(value: Any) -> float:
        if type(value) is not int and type(value) is not float:
            value = _plain_number(value)
        if low <= value < high and (type(value) is int or (value.is_integer() if is_whole else _has_few_digits(value))):
            return value  # type: ignore[no-any-return]
        raise NotPlainError

    return take


def _has_few_digits(value: float) -> bool:
    return value >= LEAST or value <= -LEAST or value == 0


def _plain_number(value: Any) -> float:
    """Return an int or float that stands for the same number, for the other kinds of number there are."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal):
        raise NotPlainError
    if isinstance(value, numbers.Integral):
        return int(value)
    if not isinstance(value, Decimal | Fraction):
        return float(value)
    number = exact(value)
    if isinstance(number, Fraction) and stands_for(float(number)) != number:
        raise NotPlainError
    return number if isinstance(number, int) else float(number)  # type: ignore[arg-type]


def number_code(name: str, domain: Domain) -> str:
    """Return the code that tells whether a value is an int or a float in the range of `domain` and no odd number.

    >>> number_code("v0", Domain("integer", lowest=0, highest=10))
    '(type(v0) is int and 0 <= v0 <= 10 or type(v0) is float and v0.is_integer() and 0 <= v0 <= 10)'
    >>> number_code("v0", Domain("number", lowest=0, highest=10))
    '(type(v0) is int and 0 <= v0 <= 10 or type(v0) is float and (1e-20 <= v0 <= 10 or v0 == 0))'
    """
    ends = range_code(name, domain)
    fractions = f"{name}.is_integer() and {ends}" if domain.type == "integer" else _float_code(name, domain)
    return f"(type({name}) is int and {ends} or type({name}) is float and {fractions})"


def range_code(name: str, domain: Domain) -> str:
    """Return the code that tells whether a whole number lies in the range of `domain`."""
    return _stretch_code(name, *_ends(domain))


def _float_code(name: str, domain: Domain) -> str:
    low, high = _ends(domain)
    tests = [_stretch_code(name, max(low, (LEAST, 0)), high)] if high > (LEAST, 0) else []
    if low <= (0, 0) and high >= (0, 1):
        tests.append(f"{name} == 0")
    if low < (-LEAST, 1):
        tests.append(_stretch_code(name, low, min(high, (-LEAST, 1))))
    return f"({' or '.join(tests)})"


def _ends(domain: Domain) -> tuple[Cut, Cut]:
    low = (-MOST, 0) if domain.lowest is None else max(comparable((domain.lowest, 0)), (-MOST, 0))
    high = (MOST, 1) if domain.highest is None else min(comparable((domain.highest, 1)), (MOST, 1))
    return low, high


def _stretch_code(name: str, low: Cut, high: Cut) -> str:
    return f"{low[0]!r} {'<' if low[1] else '<='} {name} {'<=' if high[1] else '<'} {high[0]!r}"
