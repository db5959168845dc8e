"""Units as products of named powers, and the conversions between them that a pack declares. All of it is exact.

hiprun knows no unit by itself: `kg` is a name like any other until a pack says what it is. Only the algebra is here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from hiprun.model.expressions import Number
from hiprun.model.value_conversion import from_notation, tidy
from hiprun.model.value_objects import ValueObject

NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_WORD = r"(?:[^\W\d_²³]|[%°‰])(?:[^\W²³]|[%°‰])*"
_POWER = r"(?:\^-?[0-9]{1,2}|[²³])?"
_FACTOR = rf"{_WORD}(?: {_WORD})*{_POWER}"
_NEXT = rf"[/*·](?:{NUMBER} )?{_FACTOR}"
UNIT_AFTER_NUMBER = rf" ?{_FACTOR}(?:{_NEXT})*| {NUMBER}(?:\^-?[0-9]{{1,2}})?(?: {_FACTOR}(?:{_NEXT})*|(?:{_NEXT})+)"
"""A unit that follows a number within a formula, with the space before it, as a regular expression without groups."""

_PART = re.compile(
    rf"(?P<sign>[/*·]?)\s*(?P<number>{NUMBER}(?:\^-?[0-9]{{1,2}})?)?"
    rf"\s*(?:(?P<name>{_WORD}(?: {_WORD})*)(?P<power>{_POWER}))?"
)
_SUPERSCRIPTS = {"": "", "²": "^2", "³": "^3"}


@attrs.frozen
class Unit(ValueObject):
    """A product of names, each to a whole power other than 0, sorted by name; without names, that of a plain number.

    A number within a unit belongs to a name: `mL/min/1.73 m^2` has the powers
    `(("1.73 m^2", -1), ("mL", 1), ("min", -1))`. `factor` is 1 but for what one unit is worth in others.
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
        if self.factor != 1 or any(power % 2 for _, power in self.powers):
            return None
        return Unit(tuple((name, power // 2) for name, power in self.powers))

    def __str__(self) -> str:
        """Return the unit in the notation of rule files, without its factor.

        >>> str(Unit.named("mg") / Unit.named("kg"))
        'mg/kg'
        """
        over = [part for name, power in self.powers if power > 0 for part in _written(name, power)]
        under = [part for name, power in self.powers if power < 0 for part in _written(name, -power)]
        return "*".join(over) + "".join(f"/{part}" for part in under)

    def after_number(self) -> str:
        """Return the unit as it is written after a number within a formula: `1/min` for `/min`."""
        written = str(self)
        return f"1{written}" if written.startswith("/") else written


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
        sign = match["sign"] if match else ""
        if not match or not (match["number"] or match["name"]) or (not sign if position else sign not in ("", "/")):
            return None
        direction = -1 if sign == "/" else 1
        number, name = match["number"] or "", match["name"] or ""
        power = _SUPERSCRIPTS.get(match["power"] or "", match["power"])
        if number and _number(number) is None:
            return None
        if number and number != "1":
            factors.append((Unit.named(f"{number} {name}{power}".strip()), direction))
        elif name:
            factors.append((Unit.named(name), direction * int(power[1:] or 1)))
        position = match.end()
    return product(factors) if notation else None


def worth(notation: str) -> Unit | None:
    """Return what `notation` is worth: its units, and the product of its numbers as their factor; None if it is none.

    >>> worth("0.45359237 kg") == Unit((("kg", 1),), from_notation("0.45359237"))
    True
    """
    unit = parse(notation)
    return unit and product((_opened(name), power) for name, power in unit.powers)


@attrs.frozen
class UnitDefinition(ValueObject):
    """What a pack says about a unit: what one of it is in other units, and its plural.

    `is_` is None for a unit that is defined by no other. `zero` is what it shows where the other unit shows 0: 32 for
    °F in °C.
    """

    name: str
    is_: Unit | None = None
    zero: Number = 0
    plural: str = ""


@attrs.frozen
class Units(ValueObject):
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
            parts = [(self._defined(name) or Unit.named(name), power) for name, power in unit.powers]
            unit = product([(Unit(factor=unit.factor), 1), *parts])
        return unit

    def ratio(self, unit: Unit, other: Unit) -> Number | None:
        """Return how many of `other` one `unit` is; None if neither can be converted into the other.

        For units with different zeros, this is true of differences only.
        """
        quotient = self.in_base(unit / other)
        return None if quotient.powers else quotient.factor

    def reduced(self, unit: Unit) -> Unit:
        """Return a unit in which no two names convert into each other: `g/mg` becomes that of a plain number."""
        powers: defaultdict[str, int] = defaultdict(int)
        for name, power in unit.powers:
            alike = (other for other in powers if self.ratio(Unit.named(name), Unit.named(other)) is not None)
            powers[next(alike, name)] += power
        return product((Unit.named(name), power) for name, power in powers.items())

    def zero(self, unit: Unit) -> Number:
        """Return what `unit` shows where the unit that it is finally defined by shows 0; 0 for products."""
        (name, power), *more = unit.powers or (("", 0),)
        entry = self.definitions.get(name)
        if entry is None or entry.is_ is None or power != 1 or more or unit.factor != 1:
            return 0
        behind = attrs.evolve(entry.is_, factor=1)
        return tidy(entry.zero + Fraction(self.zero(behind)) / entry.is_.factor)

    def converted(self, number: Number, notation: str, other: str) -> Number:
        """Return a number of one unit in another; as it is where either is not given, or cannot be converted."""
        unit, wanted = (self.parse(written) if written else None for written in (notation, other))
        ratio = None if unit is None or wanted is None or unit == wanted else self.ratio(unit, wanted)
        if unit is None or wanted is None or ratio is None:
            return number
        return tidy(Fraction(number - self.zero(unit)) * ratio + self.zero(wanted))

    def _defined(self, name: str) -> Unit | None:
        if name[0].isdigit():
            return _opened(name)
        entry = self.definitions.get(name)
        return entry.is_ if entry else None


def _opened(name: str) -> Unit:
    """Return the unit with a name as the factor in it times the power in it: 1.73 times m^2 for `1.73 m^2`."""
    match = _PART.match(name)
    assert match
    power = _SUPERSCRIPTS.get(match["power"] or "", match["power"])
    named = Unit.named(match["name"]) ** int(power[1:] or 1) if match["name"] else NO_UNIT
    number = _number(match["number"]) if match["number"] else 1
    return attrs.evolve(named, factor=number or 1)


def _number(notation: str) -> Number | None:
    """Return a number or a power of one, such as `10^9`; None for 0 and for absurd lengths."""
    base, _, exponent = notation.partition("^")
    number = from_notation(base)
    return tidy(Fraction(number) ** int(exponent or 1)) if number else None


def _written(name: str, power: int) -> list[str]:
    if name[0].isdigit():
        return [name] * power
    return [name if power == 1 else f"{name}^{power}"]


def has_finite_decimals(number: Number) -> bool:
    """Whether a number has a finite decimal notation."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
