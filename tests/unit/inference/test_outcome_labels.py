"""An outcome says its values in the words of the pack."""

from __future__ import annotations

import gc
import pickle
from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.outcome import outcome_of


def test_a_certain_value_has_words(greenhouse: hiprun.Pack) -> None:
    """Choices are their texts, or their names made readable, numbers have their unit, and lists are joined."""
    facts = {"temperature": 31, "days_since_watering": 5, "season": "summer", "pests": ["slugs", "aphids"]}
    outcomes = greenhouse.evaluate(facts)
    assert (outcomes["alarm"].label("action"), outcomes["alarm"].label("window")) == ("Act at once", "open")
    assert outcomes["watering"].label("litres") == "6 l"
    assert outcomes["stress"].label("points") == "5"
    assert outcomes["chores"].label("task") == "Spray with soap, Collect by hand, Sweep the floor"
    assert outcomes["chores"].label("minutes") == "7.5 min, 20 min"
    assert outcomes["amounts"].label("water_today") == "at least 5 and at most 19 l"
    assert greenhouse.decide("chores", {"pests": []}).label("minutes") == "none"


def test_a_limit_that_is_open_has_none_yet(greenhouse: hiprun.Pack) -> None:
    """A bound that is not known is not passed over in silence."""
    assert greenhouse.decide("amounts", {}).label("water_today") == "(water today not known yet)"


def test_another_value_has_words_too(greenhouse: hiprun.Pack) -> None:
    """The safest value, a span and a list of choices are said alike; a value that cannot be is refused."""
    alarm = greenhouse.decide("alarm", {})
    assert alarm.label("action", alarm.safest["action"]) == "Act at once"
    assert alarm.label("action", {"one_of": ("look", "act")}) == "Have a look or Act at once"
    assert (
        greenhouse.decide("watering", {}).label("litres", {"at_least": 1, "at_most": 6}) == "at least 1 and at most 6 l"
    )
    assert alarm.label("action", hiprun.Limit("action")) == "no limit"
    with pytest.raises(hiprun.FactError, match="`flee` is not one of the choices"):
        alarm.label("action", "flee")


def test_an_open_value_and_a_wrong_name_are_refused(greenhouse: hiprun.Pack) -> None:
    """What cannot be read as a value has no words either."""
    alarm = greenhouse.decide("alarm", {})
    with pytest.raises(hiprun.UndecidedError):
        alarm.label("action")
    with pytest.raises(hiprun.UnknownNameError, match="Did you mean `action`"):
        alarm.label("acton", "act")


def test_words_are_found_wherever_the_rules_are(greenhouse: hiprun.Pack) -> None:
    """An outcome from another process has its words where its rules are loaded; one from a diary has them as well."""
    own = hiprun.Pack(attrs.evolve(greenhouse.model, version="8.8.8"))
    sent = pickle.dumps(own.decide("alarm", {"temperature": 31}))
    arrived = pickle.loads(sent)
    assert arrived.label("action") == "Act at once"
    del own
    gc.collect()
    with pytest.raises(hiprun.HiprunError, match="not loaded in this process"):
        arrived.label("action")
    by_hand = outcome_of(Conclusion("d", "decided", (hiprun.Answer({"n": 1}),), None))
    assert by_hand.label("n") == "1"


def test_an_outcome_of_a_diary_has_words(hip: hiprun.Pack, root: Path) -> None:
    """Facts that come from a diary make no difference to the words."""
    facts = hip.facts_from(hiprun.read_diary(root / "examples" / "diary.csv"), "2026-04-01T20:00")
    outcome = hip.decide("today", facts)
    assert outcome.label("activity", outcome.safest["activity"])[0].isupper()
