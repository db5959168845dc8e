"""A pack answers what it is asked for, says what it does not know, and never changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import hiprun
from hiprun.errors import FactError, ParameterError, UnknownNameError
from hiprun.model import Model, Parameter
from hiprun.pack import Pack, grounded


def test_a_pack_says_what_it_is(greenhouse: hiprun.Pack) -> None:
    """Name, version, title, notice and everything that can be asked about can be read from a pack."""
    assert repr(greenhouse) == "<Pack greenhouse 2.1.0>"
    assert (greenhouse.name, greenhouse.version, greenhouse.title) == (
        "greenhouse",
        "2.1.0",
        "Looking after a small greenhouse",
    )
    assert greenhouse.notice == "For tests only. Ask a gardener about real plants."
    assert greenhouse.facts["temperature"].ask == "How warm is it inside?"
    assert greenhouse.parameters["cans"].value == 2
    assert greenhouse.statements["heat.limit"].text == "Open the window when it is hot."
    assert list(greenhouse.decisions)[:1] == ["alarm"]


def test_all_decisions_are_evaluated_or_those_named(greenhouse: hiprun.Pack) -> None:
    """An assessment has every decision in the order of the pack, or those that were named in their order."""
    assert list(greenhouse.evaluate({})) == list(greenhouse.decisions)
    assert list(greenhouse.evaluate({}, ["stress", "alarm"])) == ["stress", "alarm"]
    assert greenhouse.evaluate({"temperature": 31})["alarm"] == greenhouse.decide("alarm", {"temperature": 31})


def test_every_way_of_asking_gives_the_same(greenhouse: hiprun.Pack) -> None:
    """One decision, all of them, and the interpreter on its own agree to the last detail."""
    facts = {"temperature": {"above": 25}, "season": "summer", "pests": ["slugs"]}
    together, interpreted = greenhouse.evaluate(facts), greenhouse.interpret(facts)
    assert together == interpreted
    for name in greenhouse.decisions:
        assert greenhouse.decide(name, facts) == together[name]
        assert greenhouse.interpret(facts, [name])[name] == together[name]


@pytest.mark.parametrize("ask", ["decide", "evaluate", "interpret"])
def test_an_unknown_decision_is_explained(greenhouse: hiprun.Pack, ask: str) -> None:
    """A decision that the pack does not have is named, with the nearest one it has."""
    with pytest.raises(UnknownNameError) as raised:
        greenhouse.decide("alrm", {}) if ask == "decide" else getattr(greenhouse, ask)({}, ["alarm", "alrm"])
    assert str(raised.value) == "`alrm` is not a decision of this pack. Did you mean `alarm`? [unknown-decision]"


@pytest.mark.parametrize("ask", ["decide", "evaluate", "interpret"])
def test_wrong_facts_are_refused_by_every_question(greenhouse: hiprun.Pack, ask: str) -> None:
    """Facts with mistakes are refused whatever is asked."""
    with pytest.raises(FactError) as raised:
        greenhouse.decide("alarm", {"temprature": 3}) if ask == "decide" else getattr(greenhouse, ask)(
            {"temprature": 3}
        )
    assert "Did you mean `temperature`?" in str(raised.value)


def test_results_say_which_rules_gave_them(greenhouse: hiprun.Pack) -> None:
    """An outcome names pack, version, digest and engine."""
    provenance = greenhouse.decide("alarm", {}).provenance
    assert provenance is not None
    assert (provenance.pack, provenance.version) == ("greenhouse", "2.1.0")
    assert provenance.digest == greenhouse.digest
    assert provenance.engine == hiprun.__version__


def test_a_clinic_sets_its_own_numbers(greenhouse: hiprun.Pack) -> None:
    """Another value of a parameter makes another pack; the old one stays as it is."""
    strict = greenhouse.with_parameters(heat_limit=Decimal("25.5"), cans=3.0)
    facts = {"temperature": 26, "leaves": "firm", "days_since_watering": 0}
    assert strict.decide("alarm", facts)["action"] == "act"
    assert greenhouse.decide("alarm", facts)["action"] == "nothing"
    assert strict.digest != greenhouse.digest
    assert strict.parameters["cans"].value == 3
    assert greenhouse.with_parameters().digest == greenhouse.digest


def refused(pack: Pack, **values: Any) -> list[str]:
    """Return what is wrong with these values of parameters."""
    with pytest.raises(ParameterError) as raised:
        pack.with_parameters(**values)
    return [str(problem) for problem in raised.value.problems]


def test_every_wrong_parameter_is_explained(greenhouse: hiprun.Pack) -> None:
    """Unknown names, wrong kinds of values and values out of range are all reported at once."""
    assert refused(greenhouse, heat_limt=3, heat_limit=60, cans=2.5) == [
        "`heat_limt` is not a parameter of this pack. Did you mean `heat_limit`? [unknown-parameter]",
        "`heat_limit` cannot be 60: its range is 20 to 50 °C. Choose a value within that range. [out-of-range]",
        "`cans` needs a whole number, not 2.5. [not-whole]",
    ]


@pytest.mark.parametrize(
    "value", [True, "30", None, [30], float("nan"), float("inf"), Decimal("sNaN"), 10**60, 1j], ids=repr
)
def test_a_parameter_is_a_number(greenhouse: hiprun.Pack, value: Any) -> None:
    """What is no ordinary number is refused in words, whatever it is."""
    assert refused(greenhouse, heat_limit=value) == ["`heat_limit` needs a number. [wrong-type]"]


def test_a_range_with_one_end_is_worded() -> None:
    """An end that a range does not have is called `any`."""
    parameters = {
        "low": Parameter("low", 5, lowest=1),
        "high": Parameter("high", 5, highest=9, unit="km"),
    }
    pack = Pack(Model("p", "1", "P", parameters=parameters))
    assert refused(pack, low=0, high=10) == [
        "`low` cannot be 0: its range is 1 to any. Choose a value within that range. [out-of-range]",
        "`high` cannot be 10: its range is any to 9 km. Choose a value within that range. [out-of-range]",
    ]
    assert pack.with_parameters(low=10**20, high=-(10**20)).parameters["low"].value == 10**20


def test_a_program_is_made_once(greenhouse: hiprun.Pack) -> None:
    """What is worked out from the rules is kept, and copies of a pack are as good as the pack."""
    assert grounded(greenhouse, "alarm") is grounded(greenhouse, "alarm")
    assert grounded(greenhouse, "").rules == ()
