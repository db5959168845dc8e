"""What a program reads of an outcome: values that are certain, the rest in words, all of it as data."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.errors import HiprunError, UndecidedError, UnknownNameError
from hiprun.inference.assessment import Assessment
from hiprun.inference.conclusion import Answer, Conclusion, Provenance
from hiprun.inference.outcome import Outcome, Unexplained, outcome_of

from .. import small_packs


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack with a decision of each kind."""
    return small_packs.load(tmp_path_factory.mktemp("garden"), **small_packs.DECISIONS)


def message(outcome: Outcome | Assessment, name: str, kind: type[HiprunError]) -> str:
    """Return what is said when something is asked for that is not there."""
    with pytest.raises(kind) as raised:
        outcome[name]
    return str(raised.value)


def test_a_certain_value_is_read_by_its_name(garden: hiprun.Pack) -> None:
    """An output that is certain is read like an entry of a dictionary."""
    assert garden.decide("either", {"warmth": 40})["go"] is True
    assert garden.decide("since", {"planted": "2024-01-01"})["day"] == datetime.date(2020, 1, 1)
    assert garden.decide("reach", {"dry": False, "warmth": 2.5})["far"] == Decimal("2.5")
    assert garden.decide("either", {}).get("go", "unknown") == "unknown"


def test_an_output_may_be_certain_in_an_open_answer(greenhouse: hiprun.Pack) -> None:
    """An output that is the same in every answer that remains can be read although another is open."""
    outcome = greenhouse.decide("alarm", {"temperature": 20, "leaves": {"one_of": ["firm", "limp"]}})
    assert outcome.status == "undetermined"
    assert outcome["window"] == "as_it_is"
    assert message(outcome, "action", UndecidedError) == (
        "`alarm.action` has no single value: the outcome is undetermined. It may still be nothing, look."
        " Ask for days_since_watering, leaves. [undecided]"
    )


def test_an_answer_that_may_fail_is_not_certain(garden: hiprun.Pack) -> None:
    """The only answer left is not read as certain while there may be none."""
    outcome = garden.decide("either", {"warmth": {"above": 10}})
    assert [dict(answer) for answer in outcome.possible] == [{"go": True}]
    assert outcome.may_not_match
    assert message(outcome, "go", UndecidedError).startswith("`either.go` has no single value")


def test_no_answer_has_no_value(garden: hiprun.Pack) -> None:
    """When no rule matches, every output is undecided and the help points to the status."""
    outcome = garden.decide("either", {"warmth": 20})
    assert outcome.status == "no_match"
    assert message(outcome, "go", UndecidedError) == (
        "`either.go` has no single value: the outcome is no_match. Check `status` first. [undecided]"
    )


def test_open_numbers_are_not_read_as_numbers(garden: hiprun.Pack) -> None:
    """A number that is known within bounds is no single value, but has a range."""
    outcome = garden.decide("reach", {"dry": True, "rings": {"at_least": 4}})
    assert message(outcome, "far", UndecidedError).startswith("`reach.far` has no single value")
    assert outcome.range("far") == (12, 27)


def test_a_misspelt_output_is_explained(garden: hiprun.Pack) -> None:
    """A name that is no output gets the nearest one, whatever the kind of decision and however much is known."""
    expected = "`gp` is not an output of `either`. Available: `go`. [unknown-output]"
    for facts in ({}, {"warmth": 40}):
        assert message(garden.decide("either", facts), "gp", UnknownNameError) == expected
        with pytest.raises(UnknownNameError):
            garden.decide("either", facts).range("gp")
    assert "Did you mean `rings`?" in message(garden.decide("amounts", {}), "ring", UnknownNameError)
    assert "Did you mean `litres`?" in message(garden.decide("tips", {}), "liters", UnknownNameError)


def test_items_are_read_as_a_tuple(garden: hiprun.Pack) -> None:
    """Of a list the values of all certain items are read, of those that have the output."""
    outcome = garden.decide("tips", {"dry": True, "rings": 2})
    assert outcome["text"] == ("Water it.", "Look.")
    assert outcome["litres"] == (4,)
    assert message(garden.decide("tips", {}), "text", UndecidedError).startswith("`tips.text` has no single value")


def test_a_limit_is_read_by_its_quantity(garden: hiprun.Pack) -> None:
    """Of limits the bounds on a quantity are read, also when they are not settled."""
    assert garden.decide("amounts", {"dry": True, "rings": 5})["rings"].verdict == "above"
    assert garden.decide("amounts", {})["rings"].at_most == 5


@pytest.mark.parametrize(
    ("facts", "expected"), [({}, (0, 3)), ({"dry": True}, (2, 3)), ({"dry": True, "warmth": 50}, (3, 3))]
)
def test_a_score_has_a_range(garden: hiprun.Pack, facts: dict[str, Any], expected: tuple[int, int]) -> None:
    """The lowest and highest total that remain possible are read at once."""
    assert garden.decide("level", facts).range("points") == expected


def test_a_range_may_be_open_or_a_list() -> None:
    """An end that nothing bounds is None; where several values were listed the lowest and highest of them count."""
    possible = (Answer({"n": 3}), Answer({"n": Answer({"at_least": 5})}), Answer({"n": Answer({"one_of": (1, 2)})}))
    assert outcome_of(Conclusion("d", "undetermined", possible, None)).range("n") == (1, None)
    below = (Answer({"n": Answer({"at_most": 5})}),)
    assert outcome_of(Conclusion("d", "undetermined", below, None)).range("n") == (None, 5)


def test_nothing_remains_without_an_answer(garden: hiprun.Pack) -> None:
    """There is no range where there is no answer."""
    with pytest.raises(UndecidedError):
        garden.decide("either", {"warmth": 20}).range("go")


def test_outcomes_are_values(garden: hiprun.Pack) -> None:
    """Equal questions have equal outcomes with equal hashes; other facts make another outcome; nothing can be set."""
    first, second = (garden.decide("either", {"warmth": 40, "windy": True}) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != garden.decide("either", {"warmth": 41, "windy": True})
    assert first != "decided"
    assert repr(first) == "<Outcome either: decided, go=True>"
    with pytest.raises(AttributeError):
        first.status = "conflict"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del first.status  # type: ignore[misc]


def test_an_outcome_put_together_by_hand_knows_no_reasons() -> None:
    """An outcome without a pack behind it has no explanation and says so."""
    origin = Unexplained(Provenance("p", "1", "d", "2"))
    outcome = outcome_of(Conclusion("d", "decided", (Answer({"n": 1}),), Answer({"n": 1})), {"a": 1}, origin)
    assert outcome["n"] == 1
    assert outcome.facts == {"a": 1}
    assert outcome.why_not(n=2) == ()
    assert outcome.to_dict()["provenance"] == {
        "pack": "p",
        "version": "1",
        "digest": "d",
        "engine": "2",
        "settings": {},
    }
    assert "provenance" not in outcome_of(Conclusion("d", "no_match", (), None)).to_dict()
    with pytest.raises(UndecidedError):
        outcome.explain()


def test_an_answer_is_a_mapping_that_never_changes() -> None:
    """An answer can be compared with a dictionary, listed, counted and hashed, and keeps its order."""
    pairs = {"b": frozenset({"x", "y"}), "a": Decimal("0.50")}
    answer = Answer(pairs)
    pairs.clear()
    assert answer == {"a": Decimal("0.5"), "b": {"y", "x"}}
    assert list(answer) == ["b", "a"]
    assert len(answer) == 2
    assert hash(answer) == hash(Answer({"a": Decimal("0.5"), "b": frozenset({"y", "x"})}))
    assert repr(Answer({"a": 1})) == "Answer({'a': 1})"
    assert answer.to_dict() == {"b": ["x", "y"], "a": 0.5}


def test_an_assessment_is_a_mapping_of_outcomes(garden: hiprun.Pack) -> None:
    """All outcomes for one patient are read by the name of the decision, and a wrong name is explained."""
    assessment = garden.evaluate({"warmth": 40}, ["either", "level"])
    assert list(assessment) == ["either", "level"]
    assert len(assessment) == 2
    assert "either" in assessment
    assert "tips" not in assessment
    assert assessment.to_dict() == {name: outcome.to_dict() for name, outcome in assessment.items()}
    assert message(assessment, "eihter", UnknownNameError) == (
        "`eihter` is not a decision of this pack. Did you mean `either`? [unknown-decision]"
    )


def test_data_for_json_is_complete(tmp_path: Path) -> None:
    """As data an outcome has every part, with sets and dates as lists and texts."""
    pack = small_packs.load(tmp_path, **small_packs.DECISIONS)
    data = pack.decide(
        "tips", {"dry": True, "guests": ["wasps", "birds"], "planted": datetime.date(2024, 5, 1)}
    ).to_dict()
    provenance = data.pop("provenance")
    assert (provenance["pack"], provenance["version"]) == ("garden", "1.0.0")
    assert data == {
        "decision": "tips",
        "status": "undetermined",
        "exact": True,
        "possible": [],
        "may_not_match": False,
        "may_conflict": False,
        "safest": None,
        "needs": ["rings"],
        "fired": ["water", "look"],
        "items": [
            {
                "rule": "water",
                "certainty": "certain",
                "outputs": {"text": "Water it.", "litres": {"at_least": 0, "at_most": 18}},
                "because": "",
                "source": [],
            },
            {"rule": "look", "certainty": "certain", "outputs": {"text": "Look."}, "because": "", "source": []},
        ],
        "facts": {"guests": ["birds", "wasps"], "dry": True, "planted": "2024-05-01"},
    }
