"""The units of generated packs: what a pack declares of them, and which can be converted into one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hiprun.model.units import Unit, UnitDefinition

NO_CONVERSIONS = ("", "kg")
"""The units of packs in version 1 of the language."""

_MASSES = ("kg", "g", "lb")
_TEMPERATURES = ("°C", "°F")
_ENDLESS = (("kg", "lb"), ("g", "lb"))
UNITS: Sequence[str] = ("", *_MASSES, *_TEMPERATURES)
"""The units of packs in version 2 of the language."""

DEFINITIONS: Mapping[str, UnitDefinition] = {
    "g": UnitDefinition("g", Unit((("kg", 1),), Fraction(1, 1000))),
    "lb": UnitDefinition("lb", Unit((("kg", 1),), Fraction(45359237, 10**8)), plural="lbs"),
    "°F": UnitDefinition("°F", Unit((("°C", 1),), Fraction(5, 9)), zero=32),
}
"""What such packs say of them."""


def alike(unit: str) -> Sequence[str]:
    """Return the units that a unit can be converted into, and itself first."""
    family = next((units for units in (_MASSES, _TEMPERATURES) if unit in units), ())
    return (unit, *(other for other in family if other != unit))


def decimally_alike(unit: str) -> Sequence[str]:
    """Return the units that are converted into a unit by a number of finite decimals."""
    return tuple(other for other in alike(unit) if adds(unit) and (other, unit) not in _ENDLESS) or (unit,)


def adds(unit: str) -> bool:
    """Return whether amounts in a unit can be added and multiplied; on scales with a zero of their own they cannot."""
    return unit not in _TEMPERATURES
