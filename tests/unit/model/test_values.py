"""Numbers are exactly what their decimal notation says, as input and as output."""

from __future__ import annotations

import datetime
import decimal as decimals
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.model import Domain
from hiprun.model.value_conversion import decimal, exact, from_notation, internal, plain, public, text, tidy

DAY = datetime.date(2026, 3, 1)
BIG = 10**40


@pytest.fixture
def poor_arithmetic() -> Iterator[None]:
    """A caller's decimal context that has three digits and raises on rounding."""
    with decimals.localcontext(prec=3, traps=[decimals.Inexact, decimals.InvalidOperation]):
        yield


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (0.1, Fraction(1, 10)),
        (3.3, Fraction(33, 10)),
        (-0.0, 0),
        (1e22, 10**22),
        (Decimal("1.10"), Fraction(11, 10)),
        (Decimal("2E+3"), 2000),
        (Fraction(4, 2), 2),
        (BIG - 1, BIG - 1),
        (BIG, None),
        (-BIG, None),
        (Fraction(1, 2**400), None),
        (Decimal("1E+41"), None),
        (Decimal("1E-41"), None),
        (Decimal("0." + "1" * 41), None),
        (float("nan"), None),
        (float("-inf"), None),
        (Decimal("sNaN"), None),
    ],
)
def test_exact_takes_a_number_as_its_decimal_notation(value: Any, expected: Any) -> None:
    """A float means the decimals it is written with; NaN, infinities and absurd lengths give None."""
    found = exact(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("written", "expected"), [("1.50", Fraction(3, 2)), ("1e3", 1000), ("1" * 81, None), ("1e123456", None)]
)
def test_decimal_notation_is_read_exactly(written: str, expected: Any) -> None:
    """A decimal notation gives exactly its number, and one of absurd length gives None."""
    assert from_notation(written) == expected


@pytest.mark.parametrize(
    ("number", "shown", "written"),
    [
        (7, 7, "7"),
        (Fraction(8, 2), 4, "4"),
        (Fraction(1, 8), Decimal("0.125"), "0.125"),
        (Fraction(-33, 10), Decimal("-3.3"), "-3.3"),
        (Fraction(1, 3), Decimal("0." + "3" * 40), "0." + "3" * 40),
        (Fraction(1, 10**9), Decimal("1E-9"), "0.000000001"),
    ],
)
@pytest.mark.usefixtures("poor_arithmetic")
def test_an_exact_number_becomes_a_decimal(number: Any, shown: Any, written: str) -> None:
    """Exact numbers become decimals, whatever decimal context the caller has set."""
    assert decimal(number) == shown
    assert type(decimal(number)) is type(shown)
    assert text(number) == written


def test_whole_fractions_become_integers() -> None:
    """A fraction with denominator 1 becomes an int; others stay as they are."""
    assert type(tidy(Fraction(4, 2))) is int
    assert tidy(Fraction(1, 2)) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("domain", "inner", "outer"),
    [
        (Domain("number"), Fraction(1, 2), Decimal("0.5")),
        (Domain("integer"), 3, 3),
        (Domain("date"), DAY.toordinal(), DAY),
        (Domain("choice", {"a": "", "b": ""}), "a", "a"),
        (Domain("set", {"a": ""}), frozenset({"a"}), frozenset({"a"})),
    ],
    ids=lambda value: value.type if isinstance(value, Domain) else "",
)
def test_public_and_internal_are_inverse(domain: Domain, inner: Any, outer: Any) -> None:
    """A value of the model converts to the type callers see, and back."""
    assert public(domain, inner) == outer
    assert internal(domain, outer) == inner


def test_a_number_without_exact_form_is_rejected() -> None:
    """A number without an exact form raises an error and is never approximated."""
    with pytest.raises(ValueError, match="not an ordinary number"):
        internal(Domain("number"), float("inf"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("3.3"), 3.3),
        (Decimal("3.0"), 3),
        (Decimal("12345678901234567890123456789.5"), 1.2345678901234568e28),
        (DAY, "2026-03-01"),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"b", "a"}, ["a", "b"]),
        ((Decimal("0.5"), DAY), [0.5, "2026-03-01"]),
        ({"at_least": Decimal("0.5")}, {"at_least": 0.5}),
        ("text", "text"),
        (True, True),
        (None, None),
    ],
)
@pytest.mark.usefixtures("poor_arithmetic")
def test_values_become_plain_data(value: Any, expected: Any) -> None:
    """`plain` returns numbers, texts, lists and mappings that JSON can hold."""
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
