"""Units: products of named powers with an exact factor, and what a pack says they are in one another."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.model.units import NO_UNIT, Unit, UnitDefinition, Units, parse, product, worth

KG, M, MIN = Unit.named("kg"), Unit.named("m"), Unit.named("min")

units = st.builds(
    product,
    st.lists(
        st.tuples(
            st.sampled_from([KG, M, MIN, Unit.named("pain score"), Unit.named("1.73 m^2"), Unit.named("10^9")]),
            st.integers(-3, 3),
        )
    ),
)


@pytest.mark.parametrize(
    ("notation", "unit"),
    [
        ("kg", KG),
        ("pain score", Unit.named("pain score")),
        ("kg/m^2", KG / M**2),
        ("kg/m²", KG / M**2),
        ("kg*m^-2", KG / M**2),
        ("/min", NO_UNIT / MIN),
        ("1/min", NO_UNIT / MIN),
        ("kg/min/1.73 m²", Unit((("1.73 m^2", -1), ("kg", 1), ("min", -1)))),
        ("10^9/kg", Unit((("10^9", 1), ("kg", -1)))),
        ("10^-3 kg", Unit((("10^-3 kg", 1),))),
        ("1 kg", KG),
        ("kg·m", KG * M),
        ("%", Unit.named("%")),
        ("kg/kg", NO_UNIT),
    ],
)
def test_units_are_products_of_named_powers(notation: str, unit: Unit) -> None:
    """However the same product is written, it is the same unit."""
    assert parse(notation) == unit


@pytest.mark.parametrize(
    "notation", ["", "kg//m", "*kg", "kg m^", "points (0-10)", "0 kg", "/", "kg 2", "1e999 kg", "-kg", "kg kg^2 m"]
)
def test_what_is_no_unit_is_none(notation: str) -> None:
    """A text that does not have the form of a unit has no meaning."""
    assert parse(notation) is None


@given(units)
def test_units_are_written_as_they_are_read(unit: Unit) -> None:
    """The notation of a unit says the same unit again."""
    assert unit == NO_UNIT or parse(str(unit)) == unit


@given(units, units)
def test_dividing_undoes_multiplying(left: Unit, right: Unit) -> None:
    """Products and quotients are inverse, and a root undoes a square up to a sign."""
    assert left * right / right == left
    assert (left**2).root() == left


@pytest.mark.parametrize("unit", [KG, KG**2 * M, Unit(factor=2) * KG**2])
def test_some_units_have_no_root(unit: Unit) -> None:
    """Only squares have one."""
    assert unit.root() is None


KITCHEN = Units(
    {
        "lb": UnitDefinition("lb", worth("0.45359237 kg")),
        "stone": UnitDefinition("stone", worth("14 lb"), plural="stones"),
        "°F": UnitDefinition("°F", Unit((("°C", 1),), Fraction(5, 9)), zero=32),
        "°C": UnitDefinition("°C", worth("K"), zero=Fraction(-27315, 100)),
    }
)


def test_units_are_converted_by_what_they_are_in_others() -> None:
    """Definitions are followed to units that have none; what shares none of these cannot be converted."""
    assert KITCHEN.ratio(Unit.named("stone"), KG) == Fraction(14 * 45359237, 10**8)
    assert KITCHEN.ratio(KG / M, Unit.named("lb") / M) == Fraction(10**8, 45359237)
    assert KITCHEN.ratio(KG, M) is None
    assert KITCHEN.parse("stones/m") == parse("stone/m")
    assert KITCHEN.ratio(Unit.named("1.73 m^2") / MIN, M**2 / MIN) == Fraction(173, 100)
    assert KITCHEN.ratio(Unit.named("10^3"), NO_UNIT) == 1000
    assert KITCHEN.parse("stones//m") is None


def test_scales_begin_where_their_definition_says() -> None:
    """A zero is handed on from scale to scale; products have none."""
    fahrenheit, celsius, kelvin = map(Unit.named, ("°F", "°C", "K"))
    assert KITCHEN.zero(fahrenheit) == Fraction(-45967, 100)
    assert KITCHEN.zero(celsius) == Fraction(-27315, 100)
    assert (
        KITCHEN.zero(kelvin)
        == KITCHEN.zero(celsius / KG)
        == KITCHEN.zero(NO_UNIT)
        == KITCHEN.zero(Unit.named("lb"))
        == 0
    )
    assert KITCHEN.converted(212, "°F", "°C") == 100
    assert KITCHEN.converted(37, "°C", "°F") == Fraction(986, 10)
    assert KITCHEN.converted(212, "°F", "kg") == 212
