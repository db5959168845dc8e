"""What holds for every diary of every pack: facts follow from it, in whatever order it was written down."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.errors import FactError, HiprunError, Problem
from hiprun.facts import check_facts
from hiprun.pack import Pack
from hiprun.strategies import diaries, packs
from hiprun.strategies.entries import EVENING

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
LAWS = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=SLOW)
SIZES: dict[str, Any] = {"max_derived": 1, "max_decisions": 1, "max_rules": 2, "diary": True, "stages": False}
JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.text(max_size=3))
Drawn = tuple[Pack, list[dict[str, Any]]]


@st.composite
def kept(draw: st.DrawFn) -> Drawn:
    """Return a strategy for a pack with a diary that was kept for it."""
    pack = draw(packs(**SIZES))
    return pack, draw(diaries(pack))


@LAWS
@given(kept())
def test_facts_follow_from_every_diary(drawn: Drawn) -> None:
    """What follows is what decisions take, and of every fact it is said where it comes from or why it is not known."""
    pack, diary = drawn
    facts = pack.facts_from(diary, EVENING)
    checked = check_facts(pack.model, facts)
    assert set(facts) == set(checked.known) | set(checked.partial)
    assert set(facts) | set(facts.unknown) == set(pack.model.diary.facts if pack.model.diary else ())
    for name in (*facts, *facts.unknown):
        assert facts.explain_origin(name)
        assert all(1 <= entry.number <= len(diary) for entry in facts.origins.get(name, ()))
    assert all(facts.open[name] for name in checked.partial)
    for name, outcome in pack.evaluate(facts).items():
        assert outcome.explain().decision == name
    json.dumps(facts.to_dict())


@LAWS
@given(kept(), st.data())
def test_the_order_in_which_entries_were_written_is_of_no_account(drawn: Drawn, data: st.DataObject) -> None:
    """In any order the same facts follow, by the same reasons."""
    pack, diary = drawn
    facts, others = (pack.facts_from(rows, EVENING) for rows in (diary, data.draw(st.permutations(diary))))
    assert (dict(facts), facts.unknown, facts.open) == (dict(others), others.unknown, others.open)


@LAWS
@given(kept(), st.data())
def test_what_has_not_happened_yet_is_refused(drawn: Drawn, data: st.DataObject) -> None:
    """Seen from before its last entry a diary is refused, and that entry is named."""
    pack, diary = drawn
    pack.facts_from(diary, EVENING)
    if diary:
        when = diary[-1]["when"]
        timed = isinstance(when, datetime.datetime)
        before = when if timed else datetime.datetime.combine(when, datetime.time())
        before -= datetime.timedelta(minutes=data.draw(st.integers(1, 5000)))
        with pytest.raises(FactError, match="in the future") as raised:
            pack.facts_from(diary, before)
        assert f"ntry {len(diary)}" in str(raised.value)


@LAWS
@given(kept(), st.data())
def test_what_no_diary_holds_is_refused_in_words(drawn: Drawn, data: st.DataObject) -> None:
    """Values of another kind, unknown fields and days that do not exist are mistakes with words, never a crash."""
    pack, diary = drawn
    broken: list[Mapping[str, Any]] = list(diary)
    for number, entry in enumerate(diary):
        name = data.draw(st.sampled_from([*entry, "smell"]))
        broken[number] = entry | {name: data.draw(JUNK)} if data.draw(st.booleans()) else entry
    problems: Sequence[Problem] = ()
    try:
        pack.facts_from(broken, EVENING)
    except HiprunError as error:
        problems = error.problems
    assert all(problem.code and problem.message for problem in problems)


@LAWS
@given(st.data())
def test_diaries_of_the_hip_pack_can_be_kept(hip: hiprun.Pack, data: st.DataObject) -> None:
    """Made-up months of a runner lead to facts that can occur together, at any time of day."""
    at = EVENING + datetime.timedelta(minutes=data.draw(st.integers(-1200, 239)))
    facts = hip.facts_from(data.draw(diaries(hip, at)), at)
    assert hip.decide("triage", facts).status
