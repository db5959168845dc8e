"""Generated diaries and protocols: every construct occurs, and entries are possible together."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import find
from hypothesis.errors import Unsatisfiable

import hiprun
from hiprun.diary.measure_registry import MEASURES
from hiprun.errors import HiprunError
from hiprun.model.stages import ProjectionKind
from hiprun.pack import Pack
from hiprun.testing.pack_generation.domains import TYPES
from hiprun.testing.strategies import diaries, pack_files, packs
from hiprun.testing.strategies.diary_entries import EVENING
from hiprun.testing.strategies.packs import model_of

from ..drawn import DECISION, HEADER, SEARCH, collected, found


def test_made_up_diaries_have_every_construct() -> None:
    """Every measure, window, silence and option turns up, and so do contradictions and questions of the day."""
    small = {"max_decisions": 1, "max_rules": 1, "max_derived": 0, "stages": False}
    made = [
        *collected(packs(min_facts=4, fact_types=["number"], diary=True, **small), 90),
        *collected(packs(min_facts=3, fact_types=["boolean", "choice"], diary=True, **small), 130),
        *collected(packs(diary=True, **small), 40),
    ]
    diaries = [pack.model.diary for pack in made]
    facts = [fact for diary in diaries for fact in diary.facts.values()]
    assert {fact.measure for fact in facts} == {*MEASURES}
    options = {*itertools.chain(*(measure.needs | measure.takes for measure in MEASURES.values()))}
    assert {*itertools.chain(*(fact.options for fact in facts))} == options - {"where", "whether", "over", "silence"}
    windows = {"all", "today", "days", "this_week", "this_week_so_far", "week_before", "since"}
    assert {fact.over.kind for fact in facts} == windows
    assert {fact.silence for fact in facts} == {None, "unknown", "none", "left_out"}
    assert any(fact.where for fact in facts)
    assert any(len(fact.fields) > 1 for fact in facts)
    assert any(fact.measure == "latest" and fact.whether for fact in facts)
    kinds = [kind for diary in diaries for kind in diary.entries.values()]
    assert {field.type for kind in kinds for field in kind.fields.values()} == {*TYPES}
    for part in ("lasts", "never", "backdated", "fields", "texts"):
        assert {bool(getattr(kind, part)) for kind in kinds} == {True, False}
    assert {bool(diary.today) for diary in diaries} == {True, False}


def test_made_up_protocols_have_every_construct() -> None:
    """Every step, every way in which facts change, and everything that stages may say turns up."""
    small = {"max_decisions": 1, "max_rules": 1, "diary": False, "stages": True}
    made = collected(packs(**small), 60) + collected(packs(min_facts=3, fact_types=["number"], **small), 60)
    protocols = [pack.model.stages["protocol"] for pack in made]
    assert {projection.kind for protocol in protocols for projection in protocol.projections} == {
        *get_args(ProjectionKind)
    }
    assert {bool(protocol.keeps) for protocol in protocols} == {True, False}
    stages = [stage for protocol in protocols for stage in protocol.stages]
    for part in ("grows", "most", "milestones"):
        assert {bool(getattr(stage, part)) for stage in stages} == {True, False}
    rules = [rule for pack in made for rule in pack.decisions["protocol"].rules]
    steps = {value for rule in rules for name, value in rule.then if name == "step"}
    assert steps == {"repeat", "go_back", "jump", "stop", "refer"}
    assert {rule.id.partition("-")[0] for rule in rules} == {"enter", "least", "step"}


def test_the_simplest_diary_and_protocol_are_short() -> None:
    """Where a pack must have a diary or stages, they shrink to one kind of entry, and to two stages."""
    texts = found(pack_files(diary=True, stages=True), lambda _: True)
    assert texts["diary.yaml"] == "diary: What is written down\nentries:\n  note: {title: A note}\n"
    assert texts["decisions/protocol.yaml"] == (
        "stages: protocol\nmeasures:\n  effort: {unit: kg, step: 1}\n"
        "activities: {session: session, easy: easy, rest: rest}\nin_order:\n"
        "  first: {facts: {stands_at: first}, activity: session, sessions: 3, session: {effort: 2}}\n"
        "  second: {facts: {stands_at: second}, activity: session, sessions: 3}\n"
    )


# diaries


def test_made_up_entries_lie_in_the_past_of_their_moment() -> None:
    """Entries come earliest first, up to the moment and in its time zone, and every kind of them occurs."""
    pack = hiprun.load(Path(__file__).parent.parent.parent / "packs" / "plot")
    at = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    made = collected(diaries(pack, at, max_entries=9), 40)
    whole = [entry for diary in made for entry in diary]
    assert max(map(len, made)) == 9
    assert {entry["what"] for entry in whole} == set(pack.model.diary.entries)
    times = [entry["when"] for entry in whole if isinstance(entry["when"], datetime.datetime)]
    assert all(when <= at and when.tzinfo == at.tzinfo for when in times)
    for diary in made:
        days = [(entry["when"].toordinal()) for entry in diary]
        assert days == sorted(days)
        pack.facts_from(diary, at, zone=at.tzinfo)
    assert {entry["who"] for entry in whole if "who" in entry} >= {""}


def test_made_up_entries_lie_on_thresholds_and_shrink_to_what_matters() -> None:
    """What a fact asks of its entries is met by the one entry that it takes, with nothing else in it."""
    pack = hiprun.load(Path(__file__).parent.parent.parent / "packs" / "plot")

    def flooded(diary: list[dict[str, Any]]) -> bool:
        return pack.facts_from(diary, EVENING).get("ever_flooded") is True

    (entry,) = found(diaries(pack), flooded)
    litres = entry.pop("litres")
    assert entry == {"when": EVENING, "what": "watering"}
    assert litres in (20.1, 21)  # one step above the threshold, in a finer or a coarser unit


def test_made_up_diaries_keep_to_constraints() -> None:
    """Where entries lead to facts that cannot be, some are left out; where nothing helps, no diary is made."""
    texts = {
        "pack.yaml": HEADER,
        "far.yaml": DECISION,
        "facts.yaml": "facts: {walks: {ask: Walks?, type: integer}, hot: {ask: Hot?, type: boolean}}",
        "diary.yaml": "diary: Walks\nentries: {walk: {title: A walk, silence: none, fields: {hot: {type: boolean}}}}\n"
        "facts: {walks: {count: walk, over: last 30 days}, hot: {latest: walk.hot}}",
        "constraints.yaml": "constraints: [{id: few, never: {walks: {above: 1}}}]",
    }
    pack = Pack(model_of(texts))
    of_late = [
        [entry for entry in diary if (EVENING - entry["when"]).days < 30]
        for diary in collected(diaries(pack, max_entries=6), 40)
    ]
    assert {len(entries) for entries in of_late} == {0, 1}
    nobody = "constraints: [{id: a, never: {hot: true}}, {id: b, never: {hot: false}}]"
    with pytest.raises(Unsatisfiable):
        find(diaries(Pack(model_of(texts | {"constraints.yaml": nobody}))), lambda _: True, settings=SEARCH)


def test_without_a_diary_no_entries_can_be_made(greenhouse: hiprun.Pack) -> None:
    """That a pack knows no diary is said before anything is drawn."""
    with pytest.raises(HiprunError, match="do not mention a diary"):
        diaries(greenhouse)
