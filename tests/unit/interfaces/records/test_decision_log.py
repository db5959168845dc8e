"""Decisions are recorded line by line, without the facts that must not be written."""

from __future__ import annotations

import datetime
import gc
import json
import pickle
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest

import hiprun
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.outcome import outcome_of

from ... import small_packs

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
FACTS = {"temperature": 31, "gardener": "al", "season": "summer"}
SHOWN = """\
decision: letter
outputs: {text: {type: string}, level: {type: choice, choices: [low, high], worse: later}}
hit: first
rules:
  - {id: warm, when: {warmth: {above: 20}}, then: {text: "It has {warmth} degrees.", level: high}}
otherwise: {text: Cold., level: low}
"""
LISTED = """\
decision: list
outputs: {text: {type: string}, level: {type: choice, choices: [low, high]}}
hit: collect
rules:
  - {id: warm, when: {warmth: {above: 20}}, then: {text: "It has {warmth} degrees.", level: high}, because: "{warmth}!"}
"""
CRITERIA = """\
criteria: ready
result: {met: ready, unmet: not_ready}
all:
  - {id: cool, title: "Not above 20, but {warmth}", require: {warmth: {at_most: 20}}, unmet: "{warmth} is too warm."}
"""


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_entry_has_the_fields_of_a_decision_log(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """Who, when, which rules under which settings, the facts and the result stand in one line, as it was returned."""
    log = hiprun.DecisionLog(tmp_path / "log.jsonl", labels={"app": "shed"})
    pack = greenhouse.with_parameters(heat_limit=28)
    outcome = pack.decide("alarm", FACTS)
    entry = log.record(outcome, time=NOON, id="17", requested_by="al")
    assert lines(tmp_path / "log.jsonl") == [entry]
    result = outcome.to_dict()
    assert entry == {
        "labels": {"app": "shed"},
        "decision_id": "17",
        "path": "alarm",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "requested_by": "al",
        "bundles": {"greenhouse": {"revision": pack.digest}},
        "input": result.pop("facts"),
        "result": result,
    }
    assert entry["result"]["provenance"]["settings"] == {"heat_limit": 28}
    assert log.dropped == 0


def test_an_id_is_made_up(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """Two entries without an id of the caller have different ones."""
    log = hiprun.DecisionLog(tmp_path / "log.jsonl")
    first, second = (log.record(greenhouse.decide("alarm", {}), time="2026-03-01T12:00:00Z") for _ in range(2))
    assert first["decision_id"] != second["decision_id"]
    assert "labels" not in first


@pytest.mark.parametrize("time", ["yesterday", "2026-03-01T12:00:00", datetime.datetime(2026, 3, 1)])
def test_a_time_needs_an_offset(greenhouse: hiprun.Pack, tmp_path: Path, time: Any) -> None:
    """A time that could be anywhere in the world is refused, and nothing is written."""
    with pytest.raises(hiprun.FactError, match="needs a date, a time and an offset"):
        hiprun.DecisionLog(tmp_path / "log.jsonl").record(greenhouse.decide("alarm", {}), time=time)
    assert not (tmp_path / "log.jsonl").exists()


def test_named_facts_are_not_written(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """Erased facts are left out, masked ones replaced, and the entry says which of its facts."""
    log = hiprun.DecisionLog(
        tmp_path / "log.jsonl",
        erase=["gardener", "leaves"],
        mask={"temperature": lambda value: value // 10 * 10, "gardener": str.upper},
    )
    entry = log.record(greenhouse.decide("alarm", FACTS), time=NOON)
    assert entry["input"] == {"temperature": 30, "season": "summer"}
    assert (entry["erased"], entry["masked"]) == (["/input/gardener"], ["/input/temperature"])
    written = {**json.loads((tmp_path / "log.jsonl").read_text(encoding="utf-8")), "decision_id": ""}
    assert "31" not in repr(written).replace(greenhouse.digest, "")
    assert "'al'" not in repr(written)
    assert "erased" not in log.record(greenhouse.decide("alarm", {"season": "summer"}), time=NOON)


@pytest.mark.parametrize(
    ("erase", "mask", "message"),
    [
        ((), {"gardener": lambda value: value.nothing}, "`gardener` could not be masked: AttributeError."),
        ((), {"gardener": lambda value: {1, 2}}, "`gardener` could not be masked: TypeError."),
        ((), {"gardener": lambda value: float("nan")}, "`gardener` could not be masked: ValueError."),
        (["gardner"], {}, "`gardner` is to be masked, but is not a fact of this pack. Did you mean `gardener`?"),
    ],
)
def test_an_entry_that_cannot_be_masked_is_dropped_and_says_so(
    greenhouse: hiprun.Pack, tmp_path: Path, erase: Any, mask: Any, message: str
) -> None:
    """Neither facts nor the answer are written when masking fails, and the gap in the log is visible."""
    log = hiprun.DecisionLog(tmp_path / "log.jsonl", erase=erase, mask=mask)
    entry = log.record(greenhouse.decide("alarm", FACTS), time=NOON, id="1")
    assert lines(tmp_path / "log.jsonl") == [entry]
    assert entry == {
        "decision_id": "1",
        "path": "alarm",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "error": {"code": "mask-failed", "message": message},
    }
    assert log.dropped == 1


def test_masking_needs_the_rules(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """An outcome whose rules are not loaded, or that has none, is dropped if facts are to be masked."""
    log = hiprun.DecisionLog(tmp_path / "log.jsonl", erase=["gardener"])
    own = hiprun.Pack(attrs.evolve(greenhouse.model, version="6.6.6"))
    arrived = pickle.loads(pickle.dumps(own.decide("alarm", FACTS)))
    assert "error" not in log.record(arrived, time=NOON)
    del own
    gc.collect()
    assert "not loaded" in log.record(arrived, time=NOON)["error"]["message"]
    by_hand = outcome_of(Conclusion("d", "no_match", (), None), {"a": 1})
    assert "there are no rules behind it" in log.record(by_hand, time=NOON)["error"]["message"]
    written = hiprun.DecisionLog(tmp_path / "log.jsonl").record(by_hand, time=NOON)
    assert "bundles" not in written
    assert written["input"] == {"a": 1}


def test_facts_of_a_diary_are_masked_too(hip: hiprun.Pack, root: Path, tmp_path: Path) -> None:
    """An outcome whose explanation names a diary is masked like any other."""
    facts = hip.facts_from(hiprun.read_diary(root / "examples" / "diary.csv"), "2026-03-02T20:00")
    log = hiprun.DecisionLog(tmp_path / "log.jsonl", erase=[next(iter(facts))])
    entry = log.record(hip.decide("today", facts), time=NOON)
    assert entry["erased"] == [f"/input/{next(iter(facts))}"]


def test_texts_that_show_a_masked_fact_are_left_out(tmp_path: Path) -> None:
    """A value that stands in the words of an answer, an item or a criterion is not written either."""
    pack = small_packs.PACK.replace("language: 1", "language: 2")
    garden = small_packs.load(tmp_path / "garden", pack=pack, letter=SHOWN, list=LISTED, ready=CRITERIA)
    log = hiprun.DecisionLog(tmp_path / "log.jsonl", erase=["warmth"])
    outcomes = garden.evaluate({"warmth": 77})
    entries = {name: log.record(outcome, time=NOON) for name, outcome in outcomes.items()}
    assert [entry["input"] for entry in entries.values()] == [{}, {}, {}]
    for entry in entries.values():
        entry["result"].pop("provenance")
        assert "77" not in json.dumps(entry["result"])
    assert entries["letter"]["result"]["possible"] == [{"level": "high"}]
    assert entries["letter"]["erased"] == ["/input/warmth", "/result/possible/0/text", "/result/safest/text"]
    assert "/result/items/0/outputs/text" in entries["list"]["erased"]
    assert "/result/criteria/0/unmet" in entries["ready"]["erased"]
    everything = hiprun.DecisionLog(tmp_path / "all.jsonl").record(outcomes["letter"], time=NOON)
    assert everything["result"]["possible"][0]["text"] == "It has 77 degrees."


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_log_is_for_its_owner_alone_and_can_be_rotated(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """Others cannot read the new file; after it was moved away, a new one is begun."""
    path = tmp_path / "log.jsonl"
    log = hiprun.DecisionLog(path)
    log.record(greenhouse.decide("alarm", FACTS), time=NOON)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.rename(tmp_path / "log.1")
    log.record(greenhouse.decide("alarm", FACTS), time=NOON)
    assert (len(lines(path)), len(lines(tmp_path / "log.1"))) == (1, 1)


def test_threads_share_a_log(greenhouse: hiprun.Pack, tmp_path: Path) -> None:
    """Every line is whole, whoever wrote it."""
    log = hiprun.DecisionLog(tmp_path / "log.jsonl")
    outcome = greenhouse.decide("alarm", FACTS)

    def write() -> None:
        for _ in range(50):
            log.record(outcome, time=NOON)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry["decision_id"] for entry in lines(tmp_path / "log.jsonl")}) == 200
