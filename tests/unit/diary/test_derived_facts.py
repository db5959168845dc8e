"""Facts from a diary as a caller sees them: values, bounds, where they come from, and what else is given."""

from __future__ import annotations

import datetime
import json
import pickle
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.model.value_conversion import decimal

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
AT = "2026-05-20T20:00"  # a Wednesday


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack with a diary."""
    return hiprun.load(root / "tests" / "packs" / "plot")


@pytest.fixture
def plot_with(root: Path, tmp_path: Path) -> Any:
    """Return a function that changes a text in the diary of the small pack, and gives one that loads it."""
    folder = root / "tests" / "packs" / "plot"

    def change(old: str, new: str) -> Any:
        def load(**words: str) -> hiprun.Pack:
            for path in folder.iterdir():
                text = path.read_text(encoding="utf-8")
                if path.name == "diary.yaml":
                    assert old in text
                    text = text.replace(old, new)
                for word, meaning in words.items():
                    text = text.replace(word, meaning)
                (tmp_path / path.name).write_text(text, encoding="utf-8")
            return hiprun.load(tmp_path)

        return load

    return change


def run(when: str, **fields: Any) -> dict[str, Any]:
    """Return a run."""
    return {"when": when, "what": "run", **fields}


def note(when: str, **fields: Any) -> dict[str, Any]:
    """Return a note on symptoms."""
    return {"when": when, "what": "symptoms", **fields}


def water(when: Any, **fields: Any) -> dict[str, Any]:
    """Return a watering."""
    return {"when": when, "what": "watering", **fields}


def look(when: Any, **fields: Any) -> dict[str, Any]:
    """Return a look at the plot."""
    return {"when": when, "what": "look", **fields}


def weeks(days: int) -> Any:
    """Return a number of days in weeks, as callers see it."""
    return decimal(Fraction(days, 7))


def test_an_outcome_from_a_diary_knows_its_outputs(hip: hiprun.Pack) -> None:
    """An output that no item gives is told from a misspelt one, as it is for facts that were given by hand."""
    outcome = hip.decide("care", hip.facts_from([{"when": "2026-05-18T20:00", "what": "symptoms", "pain": 0}], AT))
    assert not any("weeks_at_most" in item.outputs for item in outcome.items if item.certainty == "certain")
    assert outcome.get("weeks_at_most", "open") == "open"
    with pytest.raises(hiprun.UnknownNameError, match="weeks_at_least` is not an output"):
        outcome["weeks_at_least"]


def test_a_week_that_is_not_over_can_still_grow(hip: hiprun.Pack) -> None:
    """Within a week its distance is a lower bound, on its last day it counts; last week is known."""
    runs = [
        run("2026-05-05T18:00", distance=2),
        run("2026-05-12T18:00", distance=5),
        run("2026-05-14T18:00", distance=4.5),
        run("2026-05-19T18:00", distance=6),
    ]
    wednesday = hip.facts_from(runs, AT)
    assert wednesday["this_week_distance"] == {"at_least": 6}
    assert wednesday["last_week_distance"] == Decimal("9.5")
    assert wednesday.open["this_week_distance"] == "there may be more than was recorded"
    sunday = hip.facts_from(runs, "2026-05-24T20:00")
    assert sunday["this_week_distance"] == 6


def test_a_monday_is_no_week_without_running(hip: hiprun.Pack) -> None:
    """On the morning of a Monday nobody is told to begin again, since nothing is known of the week yet."""
    runs = [run(f"2026-05-{day:02}T18:00", distance=5, jogged=30) for day in (5, 12, 14, 16)]
    facts = hip.facts_from(runs, "2026-05-18T07:00", {"running_stage": "continuous"})
    assert "this_week_distance" not in facts
    assert facts["last_week_distance"] == 15
    items = {item.rule: item.certainty for item in hip.decide("recovery", facts).items}
    assert items["after-a-week-off"] == "possible"
    limit = hip.decide("this_week", facts)["this_week_distance"]
    assert limit.at_most == Decimal("16.5")


def test_more_than_ten_per_cent_is_seen_before_the_week_is_over(hip: hiprun.Pack) -> None:
    """A lower bound is enough to say that the limit is broken."""
    runs = [run("2026-05-05T18:00"), run("2026-05-12T18:00", distance=10), run("2026-05-19T18:00", distance=11.5)]
    facts = hip.facts_from(runs, AT, {"running_stage": "continuous"})
    assert facts["this_week_distance"] == {"at_least": Decimal("11.5")}
    assert hip.decide("this_week", facts)["this_week_distance"].verdict == "above"


def test_what_was_before_the_diary_is_not_known(hip: hiprun.Pack) -> None:
    """Days before the first entry are unknown, even where silence means none; an injury of long ago is no beginning."""
    injury = {"when": "2026-01-05", "what": "injury"}
    diary = [injury, note("2026-05-13T20:00", pain=0), run("2026-05-14T18:00", distance=4)]
    facts = hip.facts_from(diary, AT)
    assert facts["last_week_distance"] == {"at_least": 4}
    assert facts["days_since_last_run"] == 6
    assert facts.unknown["pain_free_runs"]
    assert facts["weeks_since_injury"] == weeks(135)
    assert hip.facts_from([note("2026-05-13T20:00", pain=0)], AT)["days_since_last_run"] == {"at_least": 8}


@pytest.mark.parametrize(
    ("notes", "hours"),
    [
        ([("2026-05-18T20:00", 3), ("2026-05-19T12:00", 2), ("2026-05-20T06:00", 0)], {"at_least": 18, "at_most": 36}),
        ([("2026-05-18T20:00", 3), ("2026-05-20T18:00", 1)], {"at_least": 48}),
        ([("2026-05-18T20:00", 0), ("2026-05-19T12:00", 2), ("2026-05-20T06:00", 0)], {"at_least": 18, "at_most": 36}),
        ([("2026-05-18T18:00", 0)], 0),
        ([("2026-05-18T12:00", 3)], None),
    ],
)
def test_hours_after_a_run_lie_between_two_notes(hip: hiprun.Pack, notes: list[tuple[str, int]], hours: Any) -> None:
    """Pain ends between the last note with it and the first without; it may come only the next day."""
    diary = [run("2026-05-18T18:00"), *(note(when, pain=pain) for when, pain in notes)]
    assert hip.facts_from(diary, AT).get("hours_of_pain_after_run") == hours


def test_hours_are_hours_when_the_clocks_change(hip: hiprun.Pack) -> None:
    """From six in the evening to six in the morning are eleven hours in the night that is an hour shorter."""
    zoned = [run("2026-03-28T18:00+01:00"), note("2026-03-29T06:00+02:00", pain=0)]
    at = datetime.datetime(2026, 3, 29, 8, tzinfo=BERLIN)
    assert hip.facts_from(zoned, at)["hours_of_pain_after_run"] == {"at_most": 11}
    bare = [run("2026-03-28T18:00"), note("2026-03-29T06:00", pain=0)]
    assert hip.facts_from(bare, "2026-03-29T08:00")["hours_of_pain_after_run"] == {"at_most": 12}


def test_days_are_those_of_the_zone_of_the_moment(hip: hiprun.Pack) -> None:
    """A run late in the evening in Berlin is one of the next day further east."""
    late = [run("2026-05-18T22:30+02:00")]
    in_berlin = hip.facts_from(late, datetime.datetime(2026, 5, 20, 12, tzinfo=BERLIN))
    in_tokyo = hip.facts_from(late, datetime.datetime(2026, 5, 20, 19, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo")))
    assert (in_berlin["days_since_last_run"], in_tokyo["days_since_last_run"]) == (2, 1)


@pytest.mark.parametrize("at", ["2026-03-29T21:00+02:00", "2026-03-29T21:00", "2026-03-29T19:00Z"])
def test_days_stay_where_they_were_when_the_clocks_change(hip: hiprun.Pack, at: str) -> None:
    """Half past eleven in the evening before the change is not the next day, in whatever form the moment is given."""
    late = [note("2026-03-01T20:00+01:00", pain=0), note("2026-03-26T23:30+01:00", pain=3, signs=["swelling"])]
    assert "swelling" not in hip.facts_from(late, at, zone=BERLIN)
    assert hip.facts_from(late, "2026-03-28T21:00+01:00", zone=BERLIN)["swelling"] is True


def test_weeks_of_pain_in_spite_of_rest_are_counted_from_the_last_run(hip: hiprun.Pack) -> None:
    """Three weeks of notes with pain and without a run lead to a doctor; a note without pain ends it."""
    notes = [
        note(str(datetime.datetime(2026, 4, 20, 20) + datetime.timedelta(days=day)), pain=2, quality="dull")
        for day in range(31)
    ]
    facts = hip.facts_from([run("2026-04-27T18:00"), *notes], AT)
    assert facts["weeks_of_pain_despite_rest"] == weeks(23)
    assert facts["pain_is_constant"] is True
    assert hip.decide("triage", facts).safest["action"] in ("see_doctor", "stop_and_get_checked", "urgent_evaluation")
    eased = [*notes[:-1], note("2026-05-20T19:00", pain=0)]
    assert hip.facts_from(eased, AT)["weeks_of_pain_despite_rest"] == 0
    pause = [entry for entry in notes if entry["when"] < "2026-05-01" or entry["when"] > "2026-05-10"]
    assert hip.facts_from(pause, AT)["weeks_of_pain_despite_rest"] == {"at_least": weeks(10)}
    assert "too old" in hip.facts_from(notes[:10], AT).unknown["weeks_of_pain_despite_rest"]


def test_pain_that_was_gone_has_come_back(hip: hiprun.Pack) -> None:
    """Only what was there before and was gone for some days can come back."""

    def days(*pains: int, **fields: Any) -> list[dict[str, Any]]:
        first = datetime.datetime(2026, 5, 21, 19) - datetime.timedelta(days=len(pains))
        return [
            note(str(first + datetime.timedelta(days=day)), pain=pain, **(fields if pain else {}))
            for day, pain in enumerate(pains)
        ]

    gone = [0] * 7
    assert hip.facts_from(days(2, *gone, 1, 1), AT)["pain_came_back"] is True
    assert hip.facts_from(days(2, *gone, 1, quality="dull"), AT)["pain_came_back"] is False  # a day of soreness
    assert hip.facts_from(days(2, *gone, 1, quality="sharp"), AT)["pain_came_back"] is True
    assert "back for good" in hip.facts_from(days(2, *gone, 1), AT).unknown["pain_came_back"]  # it may have been sharp
    assert hip.facts_from(days(2, *gone, 4), AT)["pain_came_back"] is True
    assert hip.facts_from(days(2, *gone[:6], 1, 1), AT)["pain_came_back"] is False
    assert hip.facts_from(days(2, 1, 1), AT)["pain_came_back"] is False
    assert "whether it was there before" in hip.facts_from(days(*gone, 1, 1), AT).unknown["pain_came_back"]
    assert "nothing" in hip.facts_from([run("2026-05-19T18:00")], AT).unknown["pain_came_back"]


def test_each_fact_names_its_entries(hip: hiprun.Pack) -> None:
    """Whoever doubts a fact can look the entries up, and see in words how it follows."""
    diary = [run(f"2026-05-{day:02}T18:00", pain=0, distance=3) for day in (1, 5, 8, 12, 14, 16)]
    facts = hip.facts_from(diary, AT)
    assert facts.origins["days_since_last_run"] == (hiprun.diary.Noted("run", datetime.datetime(2026, 5, 16, 18), 6),)
    assert facts.explain_origin("days_since_last_run") == "days since the last `run`: run 2026-05-16 18:00 (entry 6)"
    assert facts.explain_origin("last_week_distance").startswith("sum of `run.distance` in the week before: run 2026")
    assert facts.explain_origin("pain_free_runs").endswith("and 2 before")
    assert facts.explain_origin("swelling").startswith(
        "latest `symptoms` in the last 3 days: nothing about it was recorded"
    )
    assert facts.explain_origin("shoe_miles").startswith("sum of `run.distance` since the last `shoes`: there")
    assert facts.explain_origin("discouraged") == ""
    assert repr(facts).startswith("<DiaryFacts {")


def test_an_explanation_shows_the_entries(hip: hiprun.Pack) -> None:
    """An outcome from a diary says which entries its facts come from, as text and as data."""
    outcome = hip.decide("today", hip.facts_from([run("2026-05-20T07:00", pain=0)], AT))
    assert "days since the last `run`: run 2026-05-20 07:00 (entry 1)" in " ".join(str(outcome.explain()).split())
    data = outcome.explain().to_dict()
    origins = {fact["name"]: fact["origin"] for fact in data["facts"]}
    assert origins["days_since_last_run"] == "days since the last `run`: run 2026-05-20 07:00 (entry 1)"
    assert outcome.provenance == hip.provenance
    assert outcome.facts["days_since_last_run"] == 0
    assert [step.id for step in outcome.why_not(activity="run")]
    again = pickle.loads(pickle.dumps(outcome))
    assert str(again.explain()) == str(outcome.explain())
    plain = hip.decide("today", dict(hip.facts_from([run("2026-05-20T07:00", pain=0)], AT)))
    assert plain == outcome
    assert "Where facts come from" not in str(plain.explain())
    assert hip.evaluate(hip.facts_from([run("2026-05-20T07:00", pain=0)], AT))["today"] == outcome


def test_facts_from_a_diary_turn_into_json(hip: hiprun.Pack) -> None:
    """Values, origins and reasons are plain data."""
    data = json.loads(json.dumps(hip.facts_from([run("2026-05-19T18:00", pain=1, quality="dull")], AT).to_dict()))
    assert data["at"] == "2026-05-20T20:00:00"
    assert data["facts"]["pain_quality"] == "dull"
    assert data["origins"]["pain_quality"] == [{"what": "run", "when": "2026-05-19T18:00:00", "number": 1, "line": 0}]
    assert "swelling" in data["unknown"]
    night = hiprun.diary.Noted("sleep", datetime.date(2026, 5, 19), 3, 7)
    assert (str(night), night.to_dict()["when"]) == ("sleep 2026-05-19 (line 7)", "2026-05-19")


def test_other_facts_stand_beside_those_of_the_diary(hip: hiprun.Pack) -> None:
    """What is given fills in what the diary does not know, and narrows what it knows in part."""
    diary = [run("2026-05-19T18:00", distance=4, jogged=20)]
    facts = hip.facts_from(
        diary,
        AT,
        {
            "swelling": False,
            "days_since_last_run": 1,
            "this_week_distance": {"at_most": 9, "at_least": 3},
            "this_week_minutes": 20,
            "last_week_distance": {"below": 8},
        },
    )
    assert facts["swelling"] is False
    assert facts["this_week_distance"] == {"at_least": 4, "at_most": 9}
    assert (facts["this_week_minutes"], facts["last_week_distance"]) == (20, {"below": 8})
    assert "swelling" not in facts.unknown
    assert facts.explain_origin("swelling") == ""
    assert facts.explain_origin("days_since_last_run")
    assert list(facts) == [name for name in hip.facts if name in facts]


def test_what_contradicts_the_diary_is_refused(hip: hiprun.Pack) -> None:
    """A fact that is given must be one that the diary leaves possible; the message names the entries."""
    diary = [run("2026-05-19T18:00", distance=4), run("2026-05-11T18:00", distance=3)]
    with pytest.raises(hiprun.FactError) as raised:
        hip.facts_from(diary, AT, {"days_since_last_run": 3, "this_week_distance": {"below": 4}, "swelling": True})
    assert [(problem.code, problem.message) for problem in raised.value.problems] == [
        (
            "contradicts-diary",
            "`this_week_distance` is given as {below: 4}, but according to the diary it is {at_least: 4}.",
        ),
        ("contradicts-diary", "`days_since_last_run` is given as 3, but according to the diary it is 1."),
    ]
    assert raised.value.problems[1].help == "days since the last `run`: run 2026-05-19 18:00 (entry 1)"
    with pytest.raises(hiprun.FactError) as raised:
        hip.facts_from(diary, AT, {"sweling": True})
    assert [problem.code for problem in raised.value.problems] == ["unknown-fact"]


def test_facts_that_cannot_occur_together_are_refused(hip: hiprun.Pack) -> None:
    """The constraints of a pack hold for a diary too."""
    diary = [run("2026-05-19T18:00", pain=3)]
    with pytest.raises(hiprun.FactError) as raised:
        hip.facts_from(diary, AT, {"pain_quality": "none"})
    assert [problem.code for problem in raised.value.problems] == ["impossible-facts"]


def test_what_grows_beyond_the_range_of_its_fact_is_its_end(plot: hiprun.Pack) -> None:
    """A thousand days are the most that can be said; where there may be more, it says the same."""
    old = {"when": "1980-01-01T08:00", "what": "watering", "litres": 0}
    facts = plot.facts_from([old, look("2026-05-20T08:00", leaves="dry", wilt=10)], AT)
    assert facts["days_dry"] == 1000
    assert "beyond the range" in facts.explain_origin("days_dry")
    assert facts["days_by_hand"] == 1000
    assert facts["weeks_planted"] == 100
    assert facts["worst_leaves"] == "dry"


def test_bounds_at_the_end_of_a_range_are_exact(plot: hiprun.Pack) -> None:
    """At least the most, or at most the least, is known; bounds that the range implies are not said."""
    facts = plot.facts_from([look("2026-05-20T08:00", wilt=10), look("2026-05-20T09:00", wilt=0)], AT)
    assert (facts["worst_wilt"], facts["least_wilt"]) == (10, 0)
    assert facts.explain_origin("worst_wilt").endswith("in the last 6 days: look 2026-05-20 08:00 (entry 1)")
    calm = plot.facts_from([look("2026-05-20T08:00", wilt=0)], AT)
    assert "worst_wilt" in calm.unknown


def test_parameters_of_the_pack_are_those_of_the_diary(plot: hiprun.Pack) -> None:
    """A number that a clinic sets for itself also holds where facts follow from a diary."""
    diary = [look("2026-05-20T08:00", wilt=3, leaves="dry")]
    assert plot.facts_from(diary, AT)["leaves"] == "dry"
    assert plot.with_parameters(wilt_that_counts=4).facts_from(diary, AT)["leaves"] == "firm"


def test_conditions_may_compare_fields_by_formulas(plot_with: Any) -> None:
    """A field is compared with others, with parameters, and with what they come to; a missing one leaves it open."""
    diary = [water(f"2026-05-{day}T08:00", litres=litres, minutes=20) for day, litres in ((17, 8), (18, 11), (19, 30))]
    pack = plot_with("over: last 12 days, where: {by_hand: true}", "where: {litres: {above: CONDITION}}")
    for formula, count in (
        ("much_water - 2 * minutes / 4", 2),
        ("2 * minutes / 4", 2),
        ("much_water", 1),
        ("2 * minutes + 10", 0),
        ("2 * minutes - 33", 3),
    ):
        assert pack(CONDITION=formula).facts_from(diary, AT)["waterings_by_hand"] == count
    unclear = [*diary, water("2026-05-20T08:00", litres=9)]
    assert pack(CONDITION="2 * minutes / 4").facts_from(unclear, AT)["waterings_by_hand"] == {
        "at_least": 2,
        "at_most": 3,
    }


def test_nothing_written_is_no_number_where_only_that_counts(plot_with: Any) -> None:
    """Where days without an entry are left out, no entries are not none of them."""
    pack = plot_with("{count: look, over: today}", "{count: look, over: today, silence: left_out}")()
    assert "looks_today" in pack.facts_from([look("2026-05-19T08:00")], AT).unknown
    assert pack.facts_from([look("2026-05-20T08:00")], AT)["looks_today"] == 1


def test_dates_and_texts_come_as_they_are(plot: hiprun.Pack) -> None:
    """Not only numbers can be the latest."""
    diary = [water("2026-05-18T08:00", who="Ann"), look("2026-05-19T08:00", frost="2026-05-02")]
    facts = plot.facts_from(diary, AT)
    assert (facts["gardener"], facts["last_frost"]) == ("Ann", datetime.date(2026, 5, 2))


def test_an_empty_diary_gives_nothing(hip: hiprun.Pack) -> None:
    """Silence is not "no"."""
    facts = hip.facts_from([], AT)
    assert len(facts) == 0
    assert hip.decide("triage", facts).safest["action"] == "urgent_evaluation"


def test_a_diary_is_part_of_what_a_pack_means(plot: hiprun.Pack, root: Path, tmp_path: Path) -> None:
    """Another window is another meaning."""
    for path in (root / "tests" / "packs" / "plot").iterdir():
        text = path.read_text(encoding="utf-8").replace("since: watering}", "since: look}")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    assert hiprun.load(tmp_path).digest != plot.digest


def test_means_are_exact_to_forty_digits(hip: hiprun.Pack) -> None:
    """A third is not cut short to what a float holds."""
    nights = [{"when": f"2026-05-{day}", "what": "sleep", "hours": hours} for day, hours in ((18, 7), (19, 7), (20, 8))]
    assert abs(Fraction(hip.facts_from(nights, AT)["sleep_hours"]) - Fraction(22, 3)) < Fraction(1, 10**38)


@pytest.mark.parametrize("fields", ["[look.wilt, look.droop]", "[look.droop, look.wilt]"])
def test_of_several_fields_at_one_moment_the_highest_counts(plot_with: Any, fields: str) -> None:
    """Wilting is not gone while another field of the same entry says otherwise, in whichever order they are listed."""
    wilt = "      wilt: {type: number, range: [0, 10]}\n"
    load = plot_with(f"{wilt}      leaves", f"{wilt}{wilt.replace('wilt', 'droop')}      leaves")
    measures = ("hours_until_gone: look.wilt", "lasting: look.wilt, gone: wilt_that_counts")
    pack = load(**{measure: measure.replace("look.wilt", fields) for measure in measures})
    diary = [water("2026-03-01T08:00"), look("2026-03-01T10:00", wilt=0, droop=5)]
    facts = pack.facts_from(diary, "2026-03-01T20:00")
    assert facts["hours_wilted"] == {"at_least": 2}
    assert facts.get("days_wilted") != 0
    later = pack.facts_from([*diary, look("2026-03-01T14:00", wilt=1, droop=0)], "2026-03-02T20:00")
    assert later["hours_wilted"] == {"at_least": 2, "at_most": 6}
    assert later["days_wilted"] == 0


def test_a_condition_on_entries_may_use_functions(plot_with: Any) -> None:
    """A field is compared with a function of another; where that one is missing, the condition is unknown."""
    pack = plot_with(
        "water_long: {sum: watering.litres, over: last 10 days, where: {minutes: {at_least: 10}}}",
        "water_long: {sum: watering.litres, over: last 10 days, where: {litres: {at_least: 'max(10, minutes / 2)'}}}",
    )()
    diary = [
        look("2026-05-10T08:00"),
        water("2026-05-18T08:00", litres=9, minutes=5),
        water("2026-05-18T18:00", litres=12, minutes=6),
        water("2026-05-19T08:00", litres=20, minutes=50),
        water("2026-05-19T18:00", litres=30, minutes=60),
    ]
    assert pack.facts_from(diary, AT)["water_long"] == 42
    assert pack.facts_from([*diary, water("2026-05-20T08:00", litres=15)], AT)["water_long"] == {"at_least": 42}


def test_what_was_gone_is_back_only_after_days_without_a_hole(plot: hiprun.Pack) -> None:
    """Of two calm notes more than `gap_days` apart, only the later one shows that it was gone; with another it is."""
    ill, back = look("2026-05-11T08:00", wilt=5), look("2026-05-20T08:00", wilt=5)
    calm = [look(f"2026-05-{day}T08:00", wilt=0) for day in (12, 18)]
    facts = plot.facts_from([ill, *calm, back], AT)
    assert "wilt_is_back" not in facts
    assert "whether it was there before" in facts.explain_origin("wilt_is_back")
    assert plot.facts_from([ill, *calm, look("2026-05-19T08:00", wilt=0), back], AT)["wilt_is_back"] is True
