"""Frozen values are shown, compared and hashed as attrs would have it, without methods made for each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from hiprun import model
from hiprun.model.value_objects import Entity, ValueObject


@attrs.frozen
class Kept(ValueObject):
    """A value whose methods are shared."""

    name: str
    size: int = 1
    texts: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    place: int = attrs.field(default=0, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Made:
    """The same value with the methods that attrs makes."""

    name: str
    size: int = 1
    texts: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    place: int = attrs.field(default=0, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Single(ValueObject):
    """A value with one field."""

    name: str


@attrs.frozen
class Longer(Single):
    """A value that has fields of its base, and shows itself."""

    more: str = ""

    def __repr__(self) -> str:
        return "a long one"


@attrs.frozen
class Nothing(ValueObject):
    """A value without fields."""


@attrs.define(eq=False)
class Worker(Entity):
    """An object that changes."""

    steps: int


ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    (("a",), {}),
    (("a",), {"place": 3}),
    (("b",), {}),
    (("a", 2), {}),
    (("a", 1, {"x": "y"}), {}),
)


@pytest.mark.parametrize("first", ARGUMENTS)
@pytest.mark.parametrize("second", ARGUMENTS)
def test_values_are_equal_where_attrs_says_so(first: Any, second: Any) -> None:
    """Equality, hash and text are those that attrs would have made, fields that are left out included."""
    kept, made = ([cls(*args, **words) for args, words in (first, second)] for cls in (Kept, Made))
    assert (kept[0] == kept[1]) == (made[0] == made[1])
    assert (kept[0] != kept[1]) == (made[0] != made[1])
    assert (hash(kept[0]) == hash(kept[1])) == (hash(made[0]) == hash(made[1]))
    assert repr(kept[0]) == repr(made[0]).replace("Made", "Kept")


def test_values_of_two_classes_differ() -> None:
    """A value of another class is never equal, even with the same fields."""
    assert Kept("a") != Made("a")
    assert Single("a") != Longer("a")
    assert Nothing() == Nothing()
    assert Nothing() != ()
    assert len({Single("a"), Single("a"), Single("b"), Nothing()}) == 3


def test_a_value_never_changes() -> None:
    """Frozen values stay frozen."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Single("a").name = "b"  # type: ignore[misc]


def test_a_class_can_show_itself_otherwise() -> None:
    """A method that a class writes itself is kept."""
    assert repr(Longer("a")) == "a long one"
    assert repr(Single("a")) == "Single(name='a')"


def test_an_entity_is_equal_to_nothing_but_itself() -> None:
    """An entity is shown like a value and compared by identity."""
    worker = Worker(1)
    assert worker == worker
    assert worker != Worker(1)
    assert len({worker, Worker(1)}) == 2
    assert repr(worker) == "Worker(steps=1)"


def test_a_name_that_the_model_does_not_have_is_none_of_it() -> None:
    """What only tests and proofs use is found when it is asked for; anything else is missing, as in any module."""
    assert model.Example.__module__ == "hiprun.model.cases"
    with pytest.raises(AttributeError, match=r"'hiprun\.model' has no attribute 'Nothing'"):
        _ = model.Nothing
