"""A caller's facts, checked on entry: every problem at once, then exact values and sets of what may be."""

from __future__ import annotations

import datetime
import math
import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import attrs

from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.inference.conclusion import Answer
from hiprun.inference.operators import OPERATORS
from hiprun.inference.partial_values import NothingLeft, Partial, narrowed
from hiprun.model import Domain, Fact, Literal_, Model, Number
from hiprun.model.hidden_characters import character_name, first_hidden_character
from hiprun.model.value_conversion import MOST_DIGITS, as_truth, exact, public, text
from hiprun.model.value_objects import Entity, ValueObject

MOST_PROBLEMS = 50
MOST_ENTRIES = 1000
MOST_CHARACTERS = 10_000

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@attrs.frozen
class Facts(ValueObject):
    """Checked facts of one patient: exact values of the model, and partial ones; everything else is unknown."""

    known: Mapping[str, Literal_] = attrs.field(hash=False)
    partial: Mapping[str, Partial] = attrs.field(factory=dict, hash=False)
    given: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    """The same as callers see values, in the order of the pack."""


def check_facts(model: Model, raw: Mapping[str, Any]) -> Facts:
    """Return the facts in `raw`, or raise one `FactError` with every problem in them.

    A value is exact, or a mapping of tests such as `{"at_least": 4}` for what it may be. None means unknown.
    """
    given = entries_of(raw)
    problems: list[Problem] = []
    known: dict[str, Literal_] = {}
    partial: dict[str, Partial] = {}
    for name in given:
        if name not in model.facts:
            problems.append(_unknown_fact(model, name))
            if len(problems) > MOST_PROBLEMS:
                break
    for name, fact in model.facts.items():
        value = given.get(name)
        if value is None:
            continue
        checker = _Checker(fact, problems)
        checked = checker.safely(checker.check, value)
        if isinstance(checked, Partial):
            partial[name] = checked
        elif checked is not None:
            known[name] = checked
    if problems:
        raise FactError(_at_most(problems))
    shown_as = {
        name: _public(model.facts[name], known, partial) for name in model.facts if name in known or name in partial
    }
    return Facts(known, partial, Answer(shown_as))


def facts_of_plain(model: Model, plain: Mapping[str, Any]) -> Facts:
    """Return facts that need no checks: booleans, ints, floats, texts, dates and frozen sets, all in their ranges."""
    known: dict[str, Literal_] = {}
    shown_as: dict[str, Any] = {}
    for name, fact in model.facts.items():
        value = plain.get(name)
        if value is None:
            continue
        known[name] = shown_as[name] = value
        kind = type(value)
        if kind is float:
            known[name] = exact(value)  # type: ignore[assignment]
            shown_as[name] = public(fact.domain, known[name])
        elif kind is datetime.date:
            known[name] = value.toordinal()
    return Facts(known, {}, Answer(shown_as))


def entries_of(raw: Any) -> dict[str, Any]:
    """Return the entries of a caller's mapping by their names as plain text, or raise `FactError` if it is none."""
    shape = Problem("facts-shape", "Facts must be a mapping from names to values.")
    if not isinstance(raw, Mapping):
        raise FactError([shape])
    try:
        entries = [(plain_text(name), value) for name, value in raw.items()]
    except Exception:  # a caller's object can do anything when it is looked into
        raise FactError([shape]) from None
    return dict(entries)


def plain_text(value: Any) -> str:
    """Return a caller's text as `str` itself, whatever its class does; anything else as messages show it."""
    return str.__str__(value) if isinstance(value, str) else shown(value).strip("`")


def _at_most(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rest = Problem("too-many-problems", f"There are more than these {MOST_PROBLEMS} mistakes.")
    return [*problems[:MOST_PROBLEMS], rest]


def _public(fact: Fact, known: Mapping[str, Literal_], partial: Mapping[str, Partial]) -> Any:
    domain = fact.domain
    if fact.name in known:
        return public(domain, known[fact.name])
    said: dict[str, Any] = {}
    for operator, operands in partial[fact.name].tests:
        values = tuple(public(domain, operand) for operand in operands)
        said[operator] = values[0] if OPERATORS[operator].operands == "one" else values
    return Answer(said)


def _unknown_fact(model: Model, name: str) -> Problem:
    if name in model.derived:
        return Problem("unknown-fact", f"`{name}` follows from other facts and cannot be given.", subject=name)
    help_ = did_you_mean(name, model.facts)
    return Problem("unknown-fact", f"{shown(name)} is not a fact of this pack.", help=help_, subject=name)


def check_value(name: str, domain: Domain, value: Any) -> tuple[Literal_ | None, list[Problem]]:
    """Return one value of `domain` as the model has it, or None and what is wrong with it; `name` is what to call it.

    >>> check_value("temperature", Domain("number", lowest=0, highest=50), 21.5)
    (Fraction(43, 2), [])
    """
    problems: list[Problem] = []
    checker = _Checker(Fact(name, domain, ""), problems)
    return checker.safely(checker.one, value), problems


@attrs.define(eq=False)
class _Checker(Entity):
    fact: Fact
    problems: list[Problem]

    def report(self, code_: str, message: str, help_: str = "") -> None:
        self.problems.append(Problem(code_, f"`{self.fact.name}`: {message}", help=help_, subject=self.fact.name))

    def check(self, value: Any) -> Any:
        return self._partial(value) if isinstance(value, Mapping) else self.one(value)

    def safely(self, check: Callable[[Any], Any], value: Any) -> Any:
        try:
            return check(value)
        except Exception:  # a caller's object can do anything when it is looked into
            self.report("unreadable-value", "this value cannot be read.", "Give a plain number, text, list or date.")
            return None

    def one(self, value: Any) -> Any:
        domain = self.fact.domain
        match domain.type:
            case "boolean":
                return self._boolean(value)
            case "choice":
                return self._choice(value)
            case "set":
                return self._set(value)
            case "string":
                return self._string(value)
            case "date":
                return self._date(value)
            case _:
                return self._number(value)

    def _boolean(self, value: Any) -> bool | None:
        truth = as_truth(value)
        if truth is not None:
            return truth
        self.report("wrong-type", f"{shown(value)} is neither true nor false.", "Give true or false.")
        return None

    def _choice(self, value: Any) -> str | None:
        if isinstance(value, str) and plain_text(value) in self.fact.domain.choices:
            return plain_text(value)
        if len(self.problems) <= MOST_PROBLEMS:  # looking for the nearest choice takes time
            help_ = did_you_mean(plain_text(value) if isinstance(value, str) else "", self.fact.domain.choices)
            self.report("not-a-choice", f"{shown(value)} is not one of the choices.", help_)
        return None

    def _set(self, value: Any) -> frozenset[str] | None:
        members = self._list(value)
        if members is None:
            self.report(
                "wrong-type", f"{shown(value)} is not a list of choices.", f"Give a list, such as [{self._example()}]."
            )
            return None
        checked = [self._choice(member) for member in members]
        return None if None in checked else frozenset(map(str, checked))

    def _example(self) -> str:
        return ", ".join(islice(self.fact.domain.choices, 2))

    def _list(self, value: Any) -> list[Any] | None:
        """Return the entries of a list, or None for anything else; of endless ones the first."""
        if isinstance(value, str | bytes | bytearray | Mapping) or not isinstance(value, Iterable):
            return None
        entries = list(islice(value, MOST_ENTRIES + 1))
        if len(entries) <= MOST_ENTRIES:
            return entries
        self.report("list-too-long", f"this list has more than {MOST_ENTRIES:,} entries.")
        return entries[:2]

    def _string(self, value: Any) -> str | None:
        if not isinstance(value, str) or len(plain_text(value)) > MOST_CHARACTERS:
            self.report("wrong-type", f"{shown(value)} is not text of at most {MOST_CHARACTERS:,} characters.")
            return None
        unseen = first_hidden_character(plain_text(value))
        if unseen:
            message = f"{shown(value)} contains an invisible character ({character_name(unseen)})."
            self.report("hidden-character", message, "Pass the text without it.")
            return None
        return plain_text(value)

    def _date(self, value: Any) -> Number | None:
        day = _day(value)
        if day is None:
            help_ = "Write it as year-month-day, for example 2026-03-01."
            self.report("wrong-type", f"{shown(value)} is not a date.", help_)
            return None
        return self._in_range(day)

    def _number(self, value: Any) -> Number | None:
        if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal):
            what = "a whole number" if self.fact.domain.type == "integer" else "a number"
            self.report("wrong-type", f"{shown(value)} is not {what}.", self._number_help(value))
            return None
        if isinstance(value, numbers.Integral):
            value = int(value)
        elif not isinstance(value, Decimal | Fraction):
            value = float(value)
        if not _is_finite(value):
            self.report("not-a-number", "it must be an ordinary number, neither infinite nor undefined.")
            return None
        number = exact(value)
        if number is None:
            help_ = f"At most {MOST_DIGITS} digits are allowed."
            self.report("number-too-long", "this number has too many digits.", help_)
            return None
        if self.fact.domain.type == "integer" and number.denominator != 1:
            self.report(
                "not-whole",
                f"{text(number)} is not a whole number.",
                f"Give {math.floor(number)} or {math.ceil(number)}.",
            )
            return None
        return self._in_range(number)

    def _number_help(self, value: Any) -> str:
        written = value.strip() if isinstance(value, str) and len(value) <= MOST_DIGITS else ""
        if written.lstrip("-").replace(".", "", 1).isdigit():
            return f"Give {written} without quotes."
        return f"Give a number{self._range_words()}."

    def _in_range(self, number: Number) -> Number | None:
        domain = self.fact.domain
        if (domain.lowest is not None and number < domain.lowest) or (
            domain.highest is not None and number > domain.highest
        ):
            self.report(
                "out-of-range",
                f"{worded(domain, number)} is out of range.",
                f"Give a value{self._range_words()}.",
            )
            return None
        return number

    def _range_words(self) -> str:
        domain = self.fact.domain
        unit = f" {domain.unit}" if domain.unit else ""
        if domain.lowest is not None and domain.highest is not None:
            return f" from {worded(domain, domain.lowest)} to {worded(domain, domain.highest)}{unit}"
        if domain.lowest is not None:
            return f" of at least {worded(domain, domain.lowest)}{unit}"
        if domain.highest is not None:
            return f" of at most {worded(domain, domain.highest)}{unit}"
        return ""

    def _partial(self, given: Mapping[Any, Any]) -> Literal_ | Partial | None:
        before = len(self.problems)
        found: list[tuple[str, tuple[Any, ...]]] = []
        for key, operand in islice(given.items(), MOST_ENTRIES):
            name = plain_text(key)
            operands = self._operands(name, operand)
            if operands is not None:
                found.append((name, operands))
        if len(self.problems) > before:
            return None
        found.sort(key=lambda test: list(OPERATORS).index(test[0]))
        try:
            return narrowed(self.fact.domain, tuple(found))
        except NothingLeft:
            self.report("nothing-left", "no value meets all of these tests at once.")
            return None

    def _operands(self, name: str, operand: Any) -> tuple[Any, ...] | None:
        operator = OPERATORS.get(name)
        domain = self.fact.domain
        if operator is None or not operator.fits(domain):
            fitting = [known for known, entry in OPERATORS.items() if entry.fits(domain)]
            self.report("bad-test", f"{shown(name)} is not a test for this fact.", did_you_mean(name, fitting))
            return None
        one = self._choice if operator.takes == "member" else self.one
        values = [operand] if operator.operands == "one" else self._list(operand)
        if values is None:
            self.report("bad-test", f"`{name}` needs a list of values.", f"Write [{shown(operand).strip('`')}].")
            return None
        if operator.operands == "two" and len(values) != 2:
            self.report("bad-test", f"`{name}` needs two values, the lowest and the highest.")
            return None
        checked = tuple(one(value) for value in values)
        return None if None in checked else checked


def _is_finite(value: int | float | Decimal | Fraction) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or math.isfinite(value)


def _day(value: Any) -> int | None:
    """Return the ordinal of a date, however it is given, or None when it is none."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value).toordinal()
        except ValueError:
            return None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.toordinal()
    return None


def worded(domain: Domain, value: Any) -> str:
    """Return a value of a domain as it would be written in a rule file."""
    match domain.type:
        case "boolean":
            return "true" if value else "false"
        case "date":
            return datetime.date.fromordinal(value).isoformat()
        case "integer" | "number":
            return text(value)
        case "set":
            return f"[{', '.join(name for name in domain.choices if name in value)}]"
        case _:
            return str(value)


def shown(value: Any) -> str:
    """Return a caller's value in quotes, shortened, however odd it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    try:
        if isinstance(value, datetime.date):
            return f"`{value.isoformat()}`"
        if not isinstance(value, str | int | float | Decimal | Fraction):
            return "this value"
        written = str.__str__(value) if isinstance(value, str) else str(value)
    except Exception:  # a whole number of too many digits, or a caller's own kind of number
        return "this value"
    written = "".join(character if character.isprintable() else "�" for character in written[:41])
    return f"`{written[:40]}{'…' if len(written) > 40 else ''}`"
