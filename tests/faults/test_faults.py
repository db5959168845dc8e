"""The list of faults fits the present sources; whether tests notice each is shown by `run.py`, which takes longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from .faults import FAULTS, Fault
from .places import recorded, with_fault

SOURCES = Path(__file__).parent.parent.parent / "src" / "hiprun"
MODULE = """\
def price(
    amount: int,
    discount: int,
) -> int:  # in cents
    if amount > 10 and discount:
        return max(
            amount - discount,
            0,
        )
    return amount


class Shop:
    def price(self) -> int:
        return max(1, 0)
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a folder of sources with one module."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "prices.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.symbol}: {fault.why}")
def test_a_fault_can_be_put_in(fault: Fault) -> None:
    """The text occurs once in its symbol, and the result is valid Python that differs."""
    text = with_fault(SOURCES, fault.symbol, fault.old, fault.new)
    compile(text, fault.symbol, "exec")
    assert fault.new != fault.old


def test_the_tests_that_notice_faults_are_there() -> None:
    """A test that a fault names is found in its file."""
    for fault in FAULTS:
        file, _, name = fault.noticed_by.partition("::")
        assert not file or f"def {name}(" in (SOURCES.parents[1] / file).read_text(encoding="utf-8"), fault.noticed_by


def test_the_core_and_the_prover_have_faults() -> None:
    """No part that every answer depends on is left out."""
    rooms = {fault.symbol.partition(".")[0] for fault in FAULTS}
    assert len(FAULTS) >= 30
    assert {"inference", "verification"} <= rooms


def test_layout_does_not_matter(sources: Path) -> None:
    """A call on several lines, with the comma that goes with it, is found by its text on one line."""
    changed = with_fault(sources, "shop.prices:price", "return max(amount - discount, 0)", "return amount - discount")
    assert "        return amount - discount\n    return amount\n" in changed


def test_only_the_symbol_is_searched(sources: Path) -> None:
    """The same text elsewhere in the module does no harm."""
    assert "return max(2, 0)" in with_fault(sources, "shop.prices:Shop.price", "max(1", "max(2")


def test_several_lines_get_the_indentation_of_the_first(sources: Path) -> None:
    """Replacing statements keeps the block that they are in."""
    changed = with_fault(sources, "shop.prices:price", "return amount\n", "if amount:\n    return 0\nreturn 1")
    assert changed.endswith("    if amount:\n        return 0\n    return 1\n\n\n" + MODULE.partition("\n\n\n")[2])


@pytest.mark.parametrize(
    ("symbol", "old", "message"),
    [
        ("shop.stock:price", "0", "shop.stock:price: there is no such module."),
        ("shop.prices:cost", "0", "shop.prices:cost: found 0 definitions of `cost`, not one."),
        ("shop.prices:Shop.price", "discount", "shop.prices:Shop.price: contains 0 times instead of once: discount"),
        ("shop.prices", "max(", "shop.prices: contains 2 times instead of once: max("),
    ],
)
def test_what_is_not_found_is_named(sources: Path, symbol: str, old: str, message: str) -> None:
    """The error names the symbol, and the text where that is what is missing."""
    with pytest.raises(LookupError) as raised:
        with_fault(sources, symbol, old, "1")
    assert str(raised.value) == message


LIST = """\
FAULTS = (
    Fault(
        "shop.prices:price",
        "Nothing costs less than nothing.",
        "max(amount - discount, 0)",
        "amount - discount",
    ),
)
"""


def test_the_test_that_notices_a_fault_is_written_behind_it() -> None:
    """Its name is there without the case that failed, in two lines where one would be too long, and only once."""
    found = recorded(
        LIST, "shop.prices:price", "Nothing costs less than nothing.", "tests/test_shop.py::test_prices[0]"
    )
    assert found == LIST.replace(
        '"amount - discount",\n', '"amount - discount",\n        noticed_by="tests/test_shop.py::test_prices",\n'
    )
    with pytest.raises(LookupError):
        recorded(found, "shop.prices:price", "Nothing costs less than nothing.", "tests/test_shop.py::test_other")
    name = "test_" + "a" * 90
    found = recorded(LIST, "shop.prices:price", "Nothing costs less than nothing.", f"tests/test_shop.py::{name}")
    assert f'noticed_by="tests/test_shop.py"\n        "::{name}",\n' in found
