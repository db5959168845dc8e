"""Units as products of named powers, and the conversions between them that a pack declares. All of it is exact.

hiprun knows no unit by itself: `kg` is a name like any other until a pack says what it is. Only the algebra is here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isqrt

import attrs

from hiprun.model.expressions import Number
from hiprun.model.value_conversion import from_notation, text, tidy

NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_WORD = r"(?:[^\W\d_²³]|[%°‰])(?:[^\W²³]|[%°‰])*"
_POWER = r"(?:\^-?[0-9]{1,2}|[²³])?"
_FACTOR = rf"{_WORD}(?: {_WORD})*{_POWER}"
UNIT = rf"{_FACTOR}(?:[/*·](?:{NUMBER} )?{_FACTOR})*"
"""A unit that can follow a number within a formula, as a regular expression without groups."""

_PART = re.compile(
    rf"(?P<sign>[/*·]?)\s*(?:(?P<number>{NUMBER})(?P<exponent>\^-?[0-9]{{1,2}})?)?"
    rf"\s*(?:(?P<name>{_WORD}(?: {_WORD})*)(?P<power>{_POWER}))?"
)
_SUPERSCRIPTS = {"": "1", "²": "2", "³": "3"}


@attrs.frozen
class Unit:
    """A factor times a product of names, each to a whole power other than 0; without names, a plain number.

    `mL/min/1.73 m^2` has the factor 1/1.73 and the powers `(("m", -2), ("mL", 1), ("min", -1))`, sorted by name.
    """

    powers: tuple[tuple[str, int], ...] = ()
    factor: Number = 1

    @classmethod
    def named(cls, name: str) -> Unit:
        """Return the unit with this name."""
        return cls(((name, 1),))

    def __mul__(self, other: Unit) -> Unit:
        return product([(self, 1), (other, 1)])

    def __truediv__(self, other: Unit) -> Unit:
        return product([(self, 1), (other, -1)])

    def __pow__(self, exponent: int) -> Unit:
        return product([(self, exponent)])

    def root(self) -> Unit | None:
        """Return the unit whose square this is; None if there is none."""
        top, bottom = (isqrt(part) for part in (self.factor.numerator, self.factor.denominator))
        if Fraction(top, bottom) ** 2 != self.factor or any(power % 2 for _, power in self.powers):
            return None
        return Unit(tuple((name, power // 2) for name, power in self.powers), tidy(Fraction(top, bottom)))

    def __str__(self) -> str:
        """Return the unit in the notation of rule files.

        >>> str(Unit.named("mg") / Unit.named("kg"))
        'mg/kg'
        """
        over = [_power_text(name, power) for name, power in self.powers if power > 0]
        under = [_power_text(name, -power) for name, power in self.powers if power < 0]
        top, bottom = self.factor.numerator, self.factor.denominator
        if under and not has_finite_decimals(self.factor) and has_finite_decimals(inverse := 1 / Fraction(self.factor)):
            under[0] = f"{text(inverse)} {under[0]}"
            top = bottom = 1
        elif bottom != 1 and has_finite_decimals(self.factor):
            return "*".join([text(self.factor), *over]) + "".join(f"/{part}" for part in under)
        numbers = [str(top)] if top != 1 else []
        divisors = [str(bottom)] if bottom != 1 else []
        return "*".join([*numbers, *over]) + "".join(f"/{part}" for part in [*divisors, *under])


NO_UNIT = Unit()
"""The unit of a plain number."""


def product(factors: Iterable[tuple[Unit, int]]) -> Unit:
    """Return the product of units, each to a whole power.

    >>> str(product([(Unit.named("mL"), 1), (Unit.named("min"), -1)]))
    'mL/min'
    """
    powers: defaultdict[str, int] = defaultdict(int)
    factor = Fraction(1)
    for unit, exponent in factors:
        factor *= Fraction(unit.factor) ** exponent
        for name, power in unit.powers:
            powers[name] += power * exponent
    return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)), tidy(factor))


def parse(notation: str) -> Unit | None:
    """Return the unit that `notation` says; None if it is not one.

    >>> parse("kg/m^2") == Unit.named("kg") / Unit.named("m") ** 2
    True
    """
    factors: list[tuple[Unit, int]] = []
    position, notation = 0, notation.strip()
    while position < len(notation):
        match = _PART.match(notation, position)
        if not match or not (match["number"] or match["name"]) or (position > 0 and not match["sign"]):
            return None
        sign = -1 if match["sign"] == "/" else 1
        if position == 0 and match["sign"] not in ("", "/"):
            return None
        if match["number"]:
            number = from_notation(match["number"])
            if not number:
                return None
            factors.append((Unit(factor=number), sign * int((match["exponent"] or "^1")[1:])))
        if match["name"]:
            power = match["power"]
            factors.append((Unit.named(match["name"]), sign * int(_SUPERSCRIPTS.get(power) or power[1:])))
        position = match.end()
    return product(factors) if factors else None


@attrs.frozen
class UnitDefinition:
    """What a pack says about a unit: what one of it is in other units, and its plural.

    `is_` is None for a unit that is defined by no other. `zero` is what it shows where the other unit shows 0: 32 for
    °F in °C.
    """

    name: str
    is_: Unit | None = None
    zero: Number = 0
    plural: str = ""


@attrs.frozen
class Units:
    """The units of a pack: what they are in one another, and their plurals. Any other name is a unit of its own."""

    definitions: Mapping[str, UnitDefinition] = attrs.field(factory=dict, hash=False)

    def parse(self, notation: str) -> Unit | None:
        """Return the unit that `notation` says, with plurals as what they are plurals of; None if it is not one."""
        unit = parse(notation)
        return unit and self.in_singular(unit)

    def in_singular(self, unit: Unit) -> Unit:
        """Return `unit` with plurals as what they are plurals of."""
        singular = {entry.plural: entry.name for entry in self.definitions.values() if entry.plural}
        named = [(Unit.named(singular.get(name, name)), power) for name, power in unit.powers]
        return product([(Unit(factor=unit.factor), 1), *named])

    def words(self, notation: str) -> tuple[str, ...]:
        """Return a unit as it is written after 1 and after other amounts; empty if it has no plural of its own."""
        name, *rest = re.split(r"(?=[/*·^²³])", notation, maxsplit=1)
        for entry in self.definitions.values():
            if entry.plural and name in (entry.name, entry.plural):
                return "".join([entry.name, *rest]), "".join([entry.plural, *rest])
        return ()

    def in_base(self, unit: Unit) -> Unit:
        """Return `unit` in units that are defined by no other; definitions must not go in circles."""
        while any(self._defined(name) for name, _ in unit.powers):
            unit = product(
                [
                    (Unit(factor=unit.factor), 1),
                    *((self._defined(name) or Unit.named(name), power) for name, power in unit.powers),
                ]
            )
        return unit

    def ratio(self, unit: Unit, other: Unit) -> Number | None:
        """Return how many of `other` one `unit` is; None if neither can be converted into the other.

        For units with different zeros, this is true of differences only.
        """
        quotient = self.in_base(unit / other)
        return None if quotient.powers else quotient.factor

    def zero(self, unit: Unit) -> Number:
        """Return what `unit` shows where the unit that it is finally defined by shows 0; 0 for products."""
        (name, power), *more = unit.powers or (("", 0),)
        entry = self.definitions.get(name)
        if entry is None or entry.is_ is None or power != 1 or more or unit.factor != 1:
            return 0
        behind = attrs.evolve(entry.is_, factor=1)
        return tidy(entry.zero + Fraction(self.zero(behind)) / entry.is_.factor)

    def _defined(self, name: str) -> Unit | None:
        entry = self.definitions.get(name)
        return entry.is_ if entry else None


def _power_text(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def has_finite_decimals(number: Number) -> bool:
    """Whether a number has a finite decimal notation."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
