"""The SVG chart of a plan: what is chart_of where, in light and dark, and that texts of rule files stay text."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import hiprun
from hiprun.plan import Plan

from .. import seedlings
from ..seedlings import INDOORS, SHADE, SUN

START = datetime.date(2026, 4, 6)
NAMES = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def pack() -> hiprun.Pack:
    """A small pack with a protocol of its own."""
    return seedlings.load()


def chart_of(plan: Plan) -> ElementTree.Element:
    """Return the chart of a plan, parsed."""
    return ElementTree.fromstring(plan.to_svg())


def shapes(picture: ElementTree.Element, class_: str) -> list[ElementTree.Element]:
    """Return the shapes of a class."""
    return [found for found in picture.iter() if found.get("class") == class_]


def texts(picture: ElementTree.Element) -> list[str]:
    """Return all texts in a chart."""
    return [str(found.text) for found in picture.iter(f"{NAMES}text")]


def at(found: ElementTree.Element, name: str) -> float:
    """Return a numeric attribute of a shape."""
    return float(str(found.get(name)))


def test_each_week_has_a_bar_as_high_as_its_hours(pack: hiprun.Pack) -> None:
    """Bars share a baseline, their height is proportional to the amounts, and they are labelled if there is room."""
    plan = pack.plan("hardening", SHADE, start=START, weeks=4)
    picture = chart_of(plan)
    bars = [bar for bar in shapes(picture, "m0") if at(bar, "height") != 12]
    heights = [at(bar, "height") for bar in bars]
    hours = [float(week.totals["outside"]) for week in plan.weeks]
    assert [round(height / heights[0], 2) for height in heights] == [round(hour / hours[0], 2) for hour in hours]
    assert len({round(at(bar, "y") + at(bar, "height"), 1) for bar in bars}) == 1
    assert {"5", "7.5", "11", "15"} <= set(texts(picture))
    assert {"1", "06 Apr", "4", "27 Apr"} <= set(texts(picture))


def test_bounds_are_drawn_above_the_bars_that_respect_them(pack: hiprun.Pack) -> None:
    """Each week with a limit has a line above its bar, and the legend explains it."""
    plan = pack.plan("hardening", SUN, start=START, weeks=4)
    picture = chart_of(plan)
    *bounds, _ = shapes(picture, "bound")
    bars = [bar for bar in shapes(picture, "m0") if at(bar, "height") != 12]
    assert len(bounds) == len(bars) == 4
    for bound, bar in zip(bounds, bars, strict=True):
        assert at(bound, "y1") <= at(bar, "y") + 0.1
        assert at(bound, "x1") < at(bar, "x") < at(bar, "x") + at(bar, "width") < at(bound, "x2")
    assert "outside at most" in texts(picture)


def test_measures_with_another_unit_are_not_stacked(pack: hiprun.Pack) -> None:
    """Minutes of misting are not stacked on hours outside."""
    picture = chart_of(pack.plan("hardening", SHADE, start=START, weeks=2))
    assert not shapes(picture, "m1")
    assert "Outside, h a week" in texts(picture)
    assert not any("misting" in words and "a week" in words for words in texts(picture))


def test_measures_with_the_same_unit_are_stacked(hip: hiprun.Pack) -> None:
    """Walking is stacked on running, both in minutes."""
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "run_walk", "plan_week": 1}
    facts |= {"days_in_stage": 0, "sessions_in_stage": 0}
    picture = chart_of(hip.plan("run_walk", facts, start=START, weeks=2))
    lower = [bar for bar in shapes(picture, "m0") if at(bar, "height") != 12]
    upper = [bar for bar in shapes(picture, "m1") if at(bar, "height") != 12]
    assert [round(at(bar, "y"), 1) for bar in lower] == [round(at(bar, "y") + at(bar, "height"), 1) for bar in upper]
    assert {"Running, min a week", "Walking, min a week"} <= set(texts(picture))
    assert "running at most" not in texts(picture)


def test_milestones_are_flagged_at_their_days_without_overlap(hip: hiprun.Pack) -> None:
    """Each milestone has its number at its day and its text below; one that is not reached says so."""
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "run_walk", "plan_week": 1}
    facts |= {"days_in_stage": 0, "sessions_in_stage": 0}
    for weeks in (4, 80):
        plan = hip.plan("run_walk", facts, start=START, weeks=weeks)
        picture = chart_of(plan)
        flags = [(at(flag, "cx"), at(flag, "cy")) for flag in shapes(picture, "goal") if at(flag, "r") == 9]
        dates = [goal.date for goal in plan.milestones if goal.date]
        assert len(flags) == len(dates)
        assert sorted(flags) == [flag for _, flag in sorted(zip(dates, flags, strict=True))]
        for number, (x, y) in enumerate(flags):
            assert all(abs(x - other_x) + abs(y - other_y) >= 18 for other_x, other_y in flags[:number])
        assert {str(date) for date in dates} <= set(texts(picture))
        assert ("later" in texts(picture)) == (len(dates) < len(plan.milestones))


def test_stages_are_named_where_there_is_room(pack: hiprun.Pack) -> None:
    """The name of a stage is above its weeks; if the weeks are too narrow, it is left out and not cut off."""
    facts = INDOORS
    assert "In the sun" in texts(chart_of(pack.plan("hardening", facts, start=START, weeks=4)))
    long = texts(chart_of(pack.plan("hardening", facts, start=START, weeks=60)))
    assert "In the shade" not in long
    assert "In the sun" in long
    assert [words for words in long if words in ("1", "5", "9")]
    assert "2" not in [words for words in long if words not in ("1", "2", "3", "4")]


def test_it_follows_the_colour_scheme(pack: hiprun.Pack) -> None:
    """The chart takes the colour scheme of its page, and has a text alternative for screen readers."""
    text = pack.plan("hardening", SHADE, start=START, weeks=2).to_svg()
    assert "@media (prefers-color-scheme:dark)" in text
    picture = ElementTree.fromstring(text)
    assert picture.get("role") == "img"
    assert picture.findtext(f"{NAMES}title") == "Out into the open, step by step"
    assert picture.findtext(f"{NAMES}desc") == "week 1: outside 5, misting 15; week 2: outside 7.5, misting 6"


def test_texts_of_rule_files_are_escaped(tmp_path: Path) -> None:
    """Whatever a title contains stays text: no element, no script, no entity."""
    odd = """'</text><script>alert("1")</script> & "x" <'"""
    changes = [
        ("hardening.yaml", "title: Out into the open, step by step", f"title: {odd}"),
        ("hardening.yaml", "title: In the sun", f"title: {odd}"),
        ("hardening.yaml", "title: Outside", f"title: {odd}"),
        ("hardening.yaml", "title: Three hours of sun", f"title: {odd}"),
        ("hardening.yaml", "unit: min", "unit: '<b>'"),
    ]
    picture = chart_of(seedlings.changed(tmp_path, *changes).plan("hardening", SUN, start=START, weeks=2))
    assert {found.tag.removeprefix(NAMES) for found in picture.iter()} == {
        "svg", "title", "desc", "style", "rect", "text", "line", "circle",
    }  # fmt: skip
    assert odd.strip("'") in texts(picture)
    assert not any(name.startswith("on") or "href" in name for found in picture.iter() for name in found.attrib)


def test_texts_too_long_for_a_line_are_shortened(tmp_path: Path) -> None:
    """A milestone whose amounts do not fit is named without them."""
    long = "Three hours of sun, counted from the moment at which the last of the shadows has left the bed in the garden"
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "title: Three hours of sun", f"title: '{long}'"))
    assert long in texts(chart_of(pack.plan("hardening", SUN, start=START, weeks=2)))


def test_a_plan_without_days_says_why(pack: hiprun.Pack) -> None:
    """If nothing can be planned, the chart says why in words."""
    picture = chart_of(pack.plan("hardening", SHADE | {"frost": None}, start=START))
    assert texts(picture) == [
        "Out into the open, step by step",
        "not decided yet: facts that the plan needs are missing",
        "Is frost forecast?",
    ]
    stopped: Any = pack.plan("hardening", SHADE | {"frost": True}, start=START, weeks=2)
    assert "2026-04-06 to 2026-04-19: stop: no session as long as things stay as they are" in texts(chart_of(stopped))


def test_a_protocol_without_milestones_has_none_in_its_chart(tmp_path: Path) -> None:
    """The legend has no entry for milestones if there are none."""
    changes = [
        ("hardening.yaml", "    milestones:\n      - {title: Sturdy stems, facts: {sturdy: true}}\n", ""),
        ("hardening.yaml", "    milestones:\n      - title: A week in the shade\n", ""),
        ("hardening.yaml", "    milestones:\n      - {title: Three hours of sun, reach: {outside: 3}}\n", ""),
        (
            "hardening.yaml",
            "      - {title: A whole day of sun, reach: {outside: longest_day}, facts: {pests: false}}\n",
            "",
        ),
    ]
    picture = chart_of(seedlings.changed(tmp_path, *changes).plan("hardening", SHADE, start=START, weeks=1))
    assert "milestone" not in texts(picture)


def test_the_chart_on_the_page_is_up_to_date(hip: hiprun.Pack, root: Path) -> None:
    """The page on plans shows what its command draws."""
    start = datetime.date(2026, 3, 2)
    facts = hip.facts_for_plan("run_walk", hiprun.read_diary(root / "examples" / "diary.csv"), start)
    plan = hip.plan("run_walk", facts, start=start, weeks=16, stage="week_1")
    assert (root / "docs" / "plan.svg").read_text(encoding="utf-8") == plan.to_svg()
