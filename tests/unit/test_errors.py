"""Errors are data first, and sentences for people second."""

from __future__ import annotations

import copy
import pickle

import pytest

from hiprun.errors import (
    FactError,
    HiprunError,
    MissingExtraError,
    ParameterError,
    Problem,
    RuleError,
    UndecidedError,
    UnknownNameError,
    did_you_mean,
    nearest,
)
from hiprun.model.places import Place

HERE = Place("rules/wind.yaml", 3, 5, 4)
WRONG = Problem("wrong-word", "`gale` means nothing here.", HERE, "Write `storm`.", "wind: gale", "wind")


def test_a_problem_reads_as_one_line() -> None:
    """Place, message, help and code stand in one line; what is missing leaves no gap."""
    assert str(WRONG) == "rules/wind.yaml:3:5: `gale` means nothing here. Write `storm`. [wrong-word]"
    assert str(Problem("wrong-word", "It means nothing.")) == "It means nothing. [wrong-word]"


def test_an_error_holds_all_its_problems() -> None:
    """An error keeps every problem as data and reads as one line for each."""
    error = RuleError(iter([WRONG, Problem("other", "Another.")]))
    assert error.problems == (WRONG, Problem("other", "Another."))
    assert str(error) == f"{WRONG}\nAnother. [other]"


@pytest.mark.parametrize(
    "kind", [RuleError, FactError, ParameterError, UndecidedError, UnknownNameError, MissingExtraError]
)
def test_every_error_has_one_root_and_travels(kind: type[HiprunError]) -> None:
    """Each kind of error can be caught by the root, and survives being copied or pickled."""
    error = kind([WRONG])
    assert isinstance(error, HiprunError)
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(other) is kind
        assert other.problems == (WRONG,)


@pytest.mark.parametrize(
    ("kind", "usual"),
    [(UndecidedError, LookupError), (UnknownNameError, LookupError), (MissingExtraError, ImportError)],
)
def test_some_errors_are_also_what_programs_expect(kind: type[HiprunError], usual: type[Exception]) -> None:
    """What is missing in an outcome is a failed lookup; what is not installed is a failed import."""
    assert issubclass(kind, usual)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sweling", "swelling"),
        ("Swelling", "swelling"),
        ("wind-speed", "wind_speed"),
        ("Wind Speed", "wind_speed"),
        ("zebra", None),
        ("", None),
        ("swelling" * 10_000, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_nearest_name_is_found(name: str, expected: str | None) -> None:
    """A name is recognised in spite of a slip, capitals, hyphens or spaces, and nothing is guessed beyond that."""
    assert nearest(name, ["wind_speed", "swelling", "rain"]) == expected


def test_the_nearest_of_thousands_is_found() -> None:
    """A slip is recognised among thousands of names."""
    assert nearest("temprature", [*(f"rain_on_day_{number}" for number in range(5000)), "temperature"]) == "temperature"


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("rian", ["wind", "rain"], "Did you mean `rain`?"),
        ("zebra", ["wind", "rain"], "Available: `wind`, `rain`."),
        ("zebra", [], ""),
        (
            "zebra",
            [f"n{number}" for number in range(9)],
            "Available: `n0`, `n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7` ….",
        ),
    ],
)
def test_help_names_what_is_known(name: str, known: list[str], expected: str) -> None:
    """Help names the likeliest name, else some of those there are."""
    assert did_you_mean(name, known) == expected
