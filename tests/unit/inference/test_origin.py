"""An outcome is a value: small, equal after a journey, and still explained where its rules are."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.inference.outcome_pack_link import Drawn

FACTS = {"temperature": 31, "leaves": {"at_least": "limp"}, "pests": ["slugs"], "season": "summer"}


def held_by_nobody(greenhouse_folder: Path) -> hiprun.Pack:
    """Return a pack of its own version, that nobody else holds."""
    return hiprun.Pack(attrs.evolve(hiprun.load(greenhouse_folder).model, version="9.9.9"))


def test_a_pickled_outcome_is_small(hip: hiprun.Pack) -> None:
    """What travels is what was concluded and what was known, not the rules."""
    assert len(pickle.dumps(hip.decide("triage", {"swelling": True}))) < 500
    for decision in hip.decisions:
        assert len(pickle.dumps(hip.decide(decision, {"swelling": True}))) < 4_000


def test_an_outcome_travels_without_its_rules(greenhouse_folder: Path) -> None:
    """Without the rules it says all but why; once they are loaded again, that too."""
    own = held_by_nobody(greenhouse_folder)
    outcomes = [own.decide("alarm", FACTS), own.interpret(FACTS, ["alarm"])["alarm"], own.evaluate(FACTS)["alarm"]]
    explained = str(outcomes[0].explain())
    obstacles = outcomes[0].why_not(action="nothing")
    assert obstacles
    model, data = own.model, outcomes[0].to_dict()
    sent = [pickle.dumps(outcome) for outcome in outcomes]
    for content in sent:
        assert pickle.loads(content) == outcomes[0]
    del own, outcomes
    gc.collect()
    arrived = [pickle.loads(content) for content in sent]
    for outcome in arrived:
        assert outcome.to_dict() == data
        for ask in (outcome.explain, lambda outcome=outcome: outcome.why_not(action="nothing")):
            with pytest.raises(
                hiprun.HiprunError, match=r"greenhouse 9\.9\.9, are not loaded in this process"
            ) as raised:
                ask()
            assert raised.value.problems[0].code == "pack-not-loaded"
    again = hiprun.Pack(model)
    for outcome in (*arrived, pickle.loads(pickle.dumps(arrived[0]))):
        assert str(outcome.explain()) == explained
        assert outcome.why_not(action="nothing") == obstacles
    assert arrived[0] == again.decide("alarm", FACTS)


def test_settings_travel_along(greenhouse_folder: Path) -> None:
    """An outcome names the parameters that were set, and finds its rules where only the unset ones are loaded."""
    own = held_by_nobody(greenhouse_folder)
    assert own.settings == {}
    warm = own.with_parameters(heat_limit=28).with_parameters(heat_limit=27)
    outcome = warm.decide("alarm", {"temperature": 27.5})
    assert outcome.provenance is not None
    assert outcome.to_dict()["provenance"]["settings"] == {"heat_limit": 27} == outcome.provenance.settings
    assert warm.with_parameters(heat_limit=own.parameters["heat_limit"].value).settings == {}
    assert pickle.loads(pickle.dumps(warm)).settings == {"heat_limit": 27}
    explained, sent = str(outcome.explain()), pickle.dumps(outcome)
    del warm, outcome
    gc.collect()
    assert str(pickle.loads(sent).explain()) == explained
    others = [
        hiprun.Pack(attrs.evolve(own.model, title="Another")),
        hiprun.Pack(attrs.evolve(own.model, parameters={}, decisions={}, derived={})),
    ]
    del own
    gc.collect()
    with pytest.raises(hiprun.HiprunError, match="not loaded in this process"):
        pickle.loads(sent).explain()
    assert [other.settings for other in others] == [{}, {}]


def test_a_copy_keeps_its_pack(greenhouse: hiprun.Pack) -> None:
    """Copies inside a process need not look for anything."""
    outcome = greenhouse.decide("alarm", FACTS)
    for other in (copy.copy(outcome), copy.deepcopy(outcome)):
        assert isinstance(other._origin, Drawn)
        assert other._origin.pack is greenhouse


@pytest.mark.slow
def test_another_process_explains_with_its_own_rules(hip: hiprun.Pack, tmp_path: Path) -> None:
    """A worker that has loaded the same rules explains what it is sent."""
    outcome = hip.decide("triage", {"swelling": True})
    (tmp_path / "outcome").write_bytes(pickle.dumps(outcome))
    code = (
        "import pathlib, pickle, sys, hiprun; pack = hiprun.load()\n"
        "print(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()).explain())"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "outcome"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == str(outcome.explain())


def test_a_list_that_travelled_knows_what_may_be_in_it(greenhouse_folder: Path) -> None:
    """An output that no item gives is told from a misspelt one as long as the rules are loaded."""
    own = held_by_nobody(greenhouse_folder)
    name = next(name for name, decision in own.decisions.items() if decision.hit == "collect")
    output = own.decisions[name].outputs[0].name
    sent = pickle.dumps(own.decide(name, FACTS))
    model = own.model
    del own
    gc.collect()
    without_rules = pickle.loads(sent)
    listed = without_rules.get(output, "open")
    again = hiprun.Pack(model)
    assert pickle.loads(sent).get(output, "open") == listed == again.decide(name, FACTS).get(output, "open")
    with pytest.raises(hiprun.UnknownNameError, match="is not an output"):
        pickle.loads(sent)["chore_that_there_is_not"]
