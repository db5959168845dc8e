"""A caller's facts, checked on entry: every problem at once, then exact values and sets of what may be."""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.model import Domain, Fact, Literal_, Model, Number
from hiprun.operators import OPERATORS, Compare, Every, Meaning, Never, Some, code, meaning
from hiprun.region import Region, complement, from_signs, intersection, is_whole, of_domain, only, union, whole
from hiprun.values import exact, public, text


@attrs.frozen
class Partial:
    """What a fact may be, where it is not known exactly: tests it meets, and for numbers and choices their region."""

    tests: tuple[tuple[str, tuple[Any, ...]], ...]
    region: Region | None = None


@attrs.frozen
class Facts:
    """Checked facts of one patient: exact values of the model, and partial ones; everything else is unknown."""

    known: Mapping[str, Literal_] = attrs.field(hash=False)
    partial: Mapping[str, Partial] = attrs.field(factory=dict, hash=False)
    given: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    """The same as callers see values, in the order of the pack."""


def check_facts(model: Model, raw: Mapping[str, Any]) -> Facts:
    """Return the facts in `raw`, or raise one `FactError` with every problem in them.

    A value is exact, or a mapping of tests such as `{"at_least": 4}` for what it may be. None means unknown.
    """
    if not isinstance(raw, Mapping):
        raise FactError([Problem("facts-shape", "Facts are given by name: name and value.")])
    problems: list[Problem] = []
    known: dict[str, Literal_] = {}
    partial: dict[str, Partial] = {}
    for name in raw:
        if name not in model.facts:
            problems.append(_unknown_fact(model, str(name)))
    for name, fact in model.facts.items():
        value = raw.get(name)
        if value is None:
            continue
        checked = _Checker(fact, problems).check(value)
        if isinstance(checked, Partial):
            partial[name] = checked
        elif checked is not None:
            known[name] = checked
    if problems:
        raise FactError(problems)
    given = {
        name: _public(model.facts[name], known, partial) for name in model.facts if name in known or name in partial
    }
    return Facts(known, partial, given)


def _public(fact: Fact, known: Mapping[str, Literal_], partial: Mapping[str, Partial]) -> Any:
    if fact.name in known:
        return public(fact.domain, known[fact.name])
    shown: dict[str, Any] = {}
    for operator, operands in partial[fact.name].tests:
        values = [
            operand
            if isinstance(operand, frozenset)
            else public(fact.domain, operand)
            if fact.domain.type != "set"
            else operand
            for operand in operands
        ]
        shown[operator] = values[0] if OPERATORS[operator].operands == "one" else tuple(values)
    return shown


def _unknown_fact(model: Model, name: str) -> Problem:
    shown = name if len(name) <= 60 else name[:60] + "…"
    if name in model.derived:
        return Problem("unknown-fact", f"`{shown}` follows from other facts and cannot be given.")
    return Problem("unknown-fact", f"`{shown}` is not a fact of this pack.", help=did_you_mean(name, model.facts))


@attrs.define
class _Checker:
    fact: Fact
    problems: list[Problem]

    def report(self, code_: str, message: str, help_: str = "") -> None:
        self.problems.append(Problem(code_, f"`{self.fact.name}`: {message}", help=help_))

    def check(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._partial(value)
        return self._value(value)

    def _value(self, value: Any) -> Any:
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
        if isinstance(value, bool):
            return value
        self.report("wrong-type", f"{shown(value)} is neither true nor false.", "Give true or false.")
        return None

    def _choice(self, value: Any) -> str | None:
        if isinstance(value, str) and value in self.fact.domain.choices:
            return value
        self.report("not-a-choice", f"{shown(value)} is not one of the choices.", self._choices_help(value))
        return None

    def _choices_help(self, value: Any) -> str:
        return did_you_mean(value if isinstance(value, str) else "", self.fact.domain.choices)

    def _set(self, value: Any) -> frozenset[str] | None:
        if isinstance(value, str) or not isinstance(value, Iterable):
            self.report(
                "wrong-type", f"{shown(value)} is not a list of choices.", f"Give a list, such as [{shown(value)}]."
            )
            return None
        members = list(value)
        wrong = [member for member in members if not isinstance(member, str) or member not in self.fact.domain.choices]
        for member in wrong:
            self.report("not-a-choice", f"{shown(member)} is not one of the choices.", self._choices_help(member))
        return None if wrong else frozenset(members)

    def _string(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) <= 10_000:
            return value
        self.report("wrong-type", f"{shown(value)} is not a text of at most 10,000 characters.")
        return None

    def _date(self, value: Any) -> Number | None:
        if isinstance(value, str):
            try:
                value = datetime.date.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            self.report("wrong-type", "this is not a date.", "Write it as year-month-day, for instance 2026-03-01.")
            return None
        return self._in_range(value.toordinal())

    def _number(self, value: Any) -> Number | None:
        if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal):
            what = "a whole number" if self.fact.domain.type == "integer" else "a number"
            self.report("wrong-type", f"{shown(value)} is not {what}.", self._number_help(value))
            return None
        if isinstance(value, numbers.Integral):
            value = int(value)
        elif not isinstance(value, float | Decimal | Fraction):
            value = float(value)
        if not isinstance(value, int | Fraction) and not math.isfinite(value):
            self.report("not-a-number", "it must be an ordinary number, not infinite and not undefined.")
            return None
        number = exact(value)
        if number is None:
            self.report("number-too-long", "this number has too many digits.", "At most 40 digits are taken.")
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
        if isinstance(value, str) and value.strip().lstrip("-").replace(".", "", 1).isdigit():
            return f"Give {value.strip()} without quotes."
        return f"Give a number{self._range_words()}."

    def _in_range(self, number: Number) -> Number | None:
        domain = self.fact.domain
        if (domain.lowest is not None and number < domain.lowest) or (
            domain.highest is not None and number > domain.highest
        ):
            self.report(
                "out-of-range",
                f"{worded(domain, number)} lies outside its range.",
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
        for name, operand in given.items():
            operands = self._operands(str(name), operand)
            if operands is not None:
                found.append((str(name), operands))
        if len(self.problems) > before:
            return None
        found.sort(key=lambda test: list(OPERATORS).index(test[0]))
        if self.fact.domain.type == "set":
            return self._partial_set(tuple(found))
        if self.fact.domain.type == "string":
            return self._partial_string(tuple(found))
        return self._partial_region(tuple(found))

    def _operands(self, name: str, operand: Any) -> tuple[Any, ...] | None:
        operator = OPERATORS.get(name)
        domain = self.fact.domain
        fitting = [known for known, entry in OPERATORS.items() if entry.fits(domain)]
        if operator is None or not operator.fits(domain):
            self.report("bad-test", f"`{name[:60]}` cannot be said of this fact.", did_you_mean(name, fitting))
            return None
        if operator.operands == "one":
            one = self._member(operand) if name == "includes" else self._value(operand)
            return None if one is None else (one,)
        if isinstance(operand, str) or not isinstance(operand, Iterable):
            self.report("bad-test", f"`{name}` needs a list of values.", f"Write [{shown(operand)}].")
            return None
        values = list(operand)
        if operator.operands == "two" and len(values) != 2:
            self.report("bad-test", f"`{name}` needs two values, the lowest and the highest.")
            return None
        checked = [self._member(value) if domain.type == "set" else self._value(value) for value in values]
        return None if any(value is None for value in checked) else tuple(checked)

    def _member(self, value: Any) -> str | None:
        return self._choice(value)

    def _partial_region(self, found: tuple[tuple[str, tuple[Any, ...]], ...]) -> Literal_ | Partial | None:
        domain = self.fact.domain
        region = of_domain(domain)
        for operator, operands in found:
            sense = meaning(operator, [code(domain, operand) for operand in operands])
            region = intersection(region, region_of(sense, domain))
        if is_whole(domain):
            region = whole(region)
        if not region:
            self.report("nothing-left", "no value meets all of this at once.")
            return None
        if region == of_domain(domain):
            return None
        single = only(region, whole_numbers=is_whole(domain))
        if single is not None:
            return decode(domain, single)
        return Partial(found, region)

    def _partial_set(self, found: tuple[tuple[str, tuple[Any, ...]], ...]) -> Literal_ | Partial | None:
        exactly = [operands[0] for operator, operands in found if operator == "is"]
        if exactly and len(found) == 1:
            return exactly[0]  # type: ignore[no-any-return]
        return Partial(found) if found else None

    def _partial_string(self, found: tuple[tuple[str, tuple[Any, ...]], ...]) -> Literal_ | Partial | None:
        return Partial(found) if found else None


def region_of(sense: Meaning, domain: Domain) -> Region:
    """Return the codes of the values of `domain` that meet a test without membership."""
    match sense:
        case Compare(signs, operand):
            region = from_signs(signs, operand)
            return whole(region) if is_whole(domain) else region
        case Every(parts):
            region = of_domain(domain)
            for part in parts:
                region = intersection(region, region_of(part, domain))
            return region
        case Some(parts):
            return union(*(region_of(part, domain) for part in parts))
        case Never(part):
            return complement(region_of(part, domain))
        case _:
            raise AssertionError(sense)


def decode(domain: Domain, number: Number) -> Literal_:
    """Return the value of a domain whose code is `number`."""
    match domain.type:
        case "boolean":
            return bool(number)
        case "choice":
            return list(domain.choices)[int(number)]
        case _:
            return number


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
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, str | int | float | Decimal | Fraction):
        try:
            written = str(value)
        except ValueError:  # a whole number of too many digits
            return "this number"
        return f"`{written[:40]}{'…' if len(written) > 40 else ''}`"
    if isinstance(value, datetime.date):
        return f"`{value.isoformat()}`"
    return "this value"
