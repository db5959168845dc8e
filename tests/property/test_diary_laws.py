"""What holds for every diary of every pack: facts follow from it, in whatever order it was written down."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.errors import FactError, HiprunError, Problem
from hiprun.inference.facts import check_facts
from hiprun.language.writer import files
from hiprun.pack import Pack
from hiprun.testing.strategies import diaries, packs
from hiprun.testing.strategies.diary_entries import EVENING

from ..examples import examples
from .plain_diary import Plain

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
LAWS = settings(max_examples=examples(15), deadline=None, derandomize=True, suppress_health_check=SLOW)
SIZES: dict[str, Any] = {"max_derived": 1, "max_decisions": 1, "max_rules": 2, "diary": True, "stages": False}
JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.text(max_size=3))
Drawn = tuple[Pack, list[dict[str, Any]]]


@st.composite
def kept(draw: st.DrawFn, **sizes: Any) -> Drawn:
    """Return a strategy for a pack with a diary that was kept for it."""
    pack = draw(packs(**SIZES | sizes))
    return pack, draw(diaries(pack))


@LAWS
@given(kept())
def test_facts_follow_from_every_diary(drawn: Drawn) -> None:
    """What follows is what decisions take, and of every fact it is said where it comes from or why it is not known."""
    pack, diary = drawn
    facts = pack.facts_from(diary, EVENING)
    checked = check_facts(pack.model, facts)
    told = set(checked.known) | set(checked.partial)
    assert told <= set(facts)
    assert all(isinstance(facts[name], Mapping) for name in set(facts) - told)  # bounds as wide as the range
    assert set(facts) | set(facts.unknown) == set(pack.model.diary.facts if pack.model.diary else ())
    for name in (*facts, *facts.unknown):
        assert facts.explain_origin(name)
        assert all(1 <= entry.number <= len(diary) for entry in facts.origins.get(name, ()))
    assert all(facts.open[name] for name in checked.partial)
    for name, outcome in pack.evaluate(facts).items():
        assert outcome.explain().decision == name
    json.dumps(facts.to_dict())


def covers_every_value(pack: Pack, name: str) -> bool:
    """Whether a fact of a diary is taken from entries by alternatives or negations, which can hold of any value."""
    declared = yaml.safe_load(files(pack.model)["diary.yaml"])["facts"][name]
    return any(word in json.dumps(declared, default=str) for word in ('"any"', '"not"', '"count"'))


def read_plainly(pack: Pack, diary: list[dict[str, Any]], at: datetime.datetime) -> dict[str, Any]:
    """Return what should follow from a diary: within its range, and without bounds that the range implies."""
    declared = yaml.safe_load(files(pack.model)["diary.yaml"])
    reading = Plain(declared, {name: value.value for name, value in pack.parameters.items()}, diary, at)
    found = {}
    for name, fact in declared.get("facts", {}).items():
        domain = pack.facts[name].domain
        comes_to = compared(reading.fact(fact))
        ends: Any = {"at_least": domain.lowest, "at_most": domain.highest}
        if domain.type == "choice":
            ends = dict(zip(ends, [*domain.choices][:: len(domain.choices) - 1], strict=True))
        elif domain.is_numeric and domain.lowest is not None and comes_to is not None:
            inside = {side: min(max(end, ends["at_least"]), ends["at_most"]) for side, end in sides(comes_to).items()}
            comes_to = inside if isinstance(comes_to, Mapping) else inside["is"]
        if isinstance(comes_to, Mapping):
            for side, other in (("at_least", "at_most"), ("at_most", "at_least")):
                if comes_to.get(side) is not None and comes_to.get(side) == ends[other]:
                    comes_to = ends[other]
                    break
            else:
                comes_to = {side: end for side, end in comes_to.items() if end != ends[side]}
        if comes_to not in (None, {}, {"at_least": 0}):
            found[name] = comes_to
    return found


def sides(comes_to: Any) -> Mapping[str, Any]:
    """Return bounds, or a value as one."""
    return comes_to if isinstance(comes_to, Mapping) else {"is": comes_to}


def compared(given: Any) -> Any:
    """Return a value in one form, numbers as fractions to 15 digits."""
    if isinstance(given, Mapping):
        return {side: compared(end) for side, end in given.items()}
    if isinstance(given, list | frozenset):
        return sorted(given)
    if isinstance(given, int | float | Decimal | Fraction) and not isinstance(given, bool):
        return round(given if isinstance(given, Fraction) else Fraction(str(given)), 15)
    return given


def evenings(pack: Pack, diary: list[dict[str, Any]]) -> Iterator[tuple[datetime.datetime, dict[str, Any]]]:
    """Yield each evening on which something was written down, with what follows from the diary until then."""
    for day in sorted({_day(entry) for entry in diary}):
        evening = datetime.datetime.combine(day, datetime.time(23, 59))
        try:
            facts = pack.facts_from(until(diary, evening), evening)
        except FactError:
            continue  # an entry of the evening lasts until the next day, or a constraint rules it out by now
        yield evening, dict(facts)


def until(diary: list[dict[str, Any]], at: datetime.datetime) -> list[dict[str, Any]]:
    """Return the entries up to a day."""
    return [entry for entry in diary if _day(entry) <= at.date()]


def _day(entry: Mapping[str, Any]) -> datetime.date:
    when: Any = entry["when"]
    return when.date() if isinstance(when, datetime.datetime) else when


@settings(LAWS, max_examples=examples(25))
@given(kept() | kept(min_facts=4, fact_types=["number", "boolean", "choice"], max_rules=1))
def test_facts_of_made_up_diaries_follow_day_by_day(drawn: Drawn) -> None:
    """Reading the file of the diary and its entries without hiprun, day by day, gives the same facts every evening."""
    pack, diary = drawn
    for evening, given_facts in evenings(pack, diary):
        facts = {name: compared(value) for name, value in given_facts.items()}
        # That there were at least none says nothing.
        said = {name: value for name, value in facts.items() if value != {"at_least": 0}}
        plain = read_plainly(pack, until(diary, evening), evening)
        # Read plainly, a test of what was not written down is open, also where its alternatives cover every value.
        covered = {name for name in said.keys() - plain.keys() if covers_every_value(pack, name)}
        assert {name: value for name, value in said.items() if name not in covered} == plain


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
