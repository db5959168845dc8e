"""What a program holds is readable wherever it is printed: in a terminal, a notebook or a debugger."""

from __future__ import annotations

import datetime
import gc
import pickle

import attrs
import pytest

import hiprun
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.outcome import outcome_of
from hiprun.model.markup import preformatted

SCREEN = 2000
"""Characters: 25 lines of 80."""

START = datetime.date(2026, 3, 2)


@pytest.fixture(scope="module")
def plan(hip: hiprun.Pack) -> hiprun.Plan:
    """A plan of twelve weeks."""
    facts = hip.facts_for_plan("run_walk", hiprun.read_diary("examples/diary.csv"), START)
    return hip.plan("run_walk", facts, start=START, weeks=12)


def test_no_repr_is_over_a_screen(hip: hiprun.Pack, plan: hiprun.Plan) -> None:
    """Everything that a program gets from the largest pack there is fits on a screen of a debugger."""
    outcomes = [hip.decide(name, {"swelling": True}) for name in hip.decisions]
    held = [
        *(hip, hip.model, hip.provenance, plan, *plan.days[:2], *plan.weeks[:2], *plan.milestones[:2]),
        *hip.facts.values(),
        *hip.parameters.values(),
        *hip.decisions.values(),
        *hip.evaluate({}).values(),
        *outcomes,
        *(outcome.explain() for outcome in outcomes),
        *(hip.evaluate({}), hip.interview("triage"), hip.interview("triage").step({}), hip.read({"swelling": "yes"})),
        *hip.ways_to("triage", {"action": "none"}, {"swelling": True, "pain_while_running": 3}),
        hip.first_words({"swelling": True}),
    ]
    assert [type(value).__name__ for value in held if len(repr(value)) > SCREEN] == []


def test_short_forms_say_what_matters(greenhouse: hiprun.Pack, plan: hiprun.Plan) -> None:
    """The short form of an outcome has its status and its answer, or the safest one and what is needed."""
    facts = {"temperature": 31, "days_since_watering": 5, "season": "summer", "pests": ["slugs"]}
    assert [repr(outcome) for outcome in greenhouse.evaluate(facts).values()] == [
        "<Outcome alarm: decided, action=act, window=open>",
        "<Outcome amounts: decided, water_today={'at_least': 5, 'at_most': 19}>",
        "<Outcome chores: decided, slugs, sweep>",
        "<Outcome clash: conflict>",
        "<Outcome planting: undetermined, safest result=not_ready, needs leaves, window_open, last_frost>",
        "<Outcome stress: decided, points=5>",
        "<Outcome watering: decided, litres=6>",
    ]
    assert repr(greenhouse.decide("chores", {})).endswith("safest unknown, needs pests>")
    assert repr(Conclusion("d", "decided", (), None)) == "<Conclusion d: decided, nothing>"
    many = Conclusion("d", "undetermined", (), None, tuple("abcdefg"))
    assert repr(many) == "<Conclusion d: undetermined, safest unknown, needs a, b, c, d, e …>"
    assert repr(greenhouse.model) == "<Model greenhouse 2.1.0: 9 facts, 7 decisions>"
    assert repr(greenhouse.decisions["alarm"]) == "<Decision alarm: worst, 3 rules>"
    assert repr(greenhouse.evaluate({}, ["alarm", "clash"])) == "<Assessment alarm: undetermined, clash: undetermined>"
    assert repr(greenhouse.decide("alarm", facts).explain()) == "<Explanation alarm: decided>"
    ways = greenhouse.ways_to("alarm", {"action": "nothing"}, {"temperature": 31, "leaves": "firm"})
    assert repr(ways[0]).startswith("<Way temperature → ")
    there = greenhouse.ways_to("alarm", {"action": "act"}, {"temperature": 31})
    assert repr(there[0]).startswith("<Way no change: alarm: decided")
    assert repr(plan).startswith("<Plan run_walk: planned, 2026-03-02 to 2026-05-")


def test_reports_of_proofs_are_short_as_well(greenhouse: hiprun.Pack) -> None:
    """A verification and a difference say how much they found."""
    report = hiprun.Verification("p", "1", "d", (hiprun.Claim("x", "rule", "proved", "so"),))
    assert repr(report) == "<Verification p 1: 1 claims, 0 not proved>"
    assert repr(hiprun.diff(greenhouse, greenhouse)).startswith("<Difference greenhouse 2.1.0")


def test_printing_gives_the_text_of_the_command_line(greenhouse: hiprun.Pack) -> None:
    """`print(outcome)` shows what `hiprun eval` shows; several outcomes follow each other."""
    watering = greenhouse.decide("watering", {"season": "spring"})
    assert str(watering) == "watering: How much water in which season\n  litres: 2.5 l"
    both = greenhouse.evaluate({"season": "spring"}, ["watering", "stress"])
    assert str(both).startswith(f"{watering}\n\nstress (not decided yet)")
    assert watering._repr_html_() == f'<pre style="line-height: 1.3">{watering}</pre>'
    assert both._repr_html_() == f'<pre style="line-height: 1.3">{both}</pre>'


def test_an_outcome_without_its_rules_is_printed_in_short(greenhouse: hiprun.Pack) -> None:
    """Where the rules are not loaded, or there are none, what was concluded is still said."""
    own = hiprun.Pack(attrs.evolve(greenhouse.model, version="7.7.7"))
    arrived = pickle.loads(pickle.dumps(own.decide("watering", {"season": "spring"})))
    assert str(arrived) == str(own.decide("watering", {"season": "spring"}))
    del own
    gc.collect()
    assert str(arrived) == "watering: decided, litres=2.5"
    assert str(outcome_of(Conclusion("d", "no_match", (), None))) == "d: no_match"


def test_an_outcome_of_a_diary_is_printed_like_any_other(hip: hiprun.Pack) -> None:
    """Facts that come from a diary make no difference."""
    facts = hip.facts_from(hiprun.read_diary("examples/diary.csv"), "2026-03-02T20:00")
    assert str(hip.decide("today", facts)).startswith("today")


def test_a_plan_is_printed_as_its_table(hip: hiprun.Pack, plan: hiprun.Plan) -> None:
    """`print(plan)` gives the table, a notebook the chart above it, if there is anything to draw."""
    assert str(plan) == plan.table()
    assert plan._repr_html_().startswith(plan.to_svg())
    assert plan._repr_html_().endswith("</pre>")
    empty = hip.plan("run_walk", {}, start=START)
    assert empty._repr_html_().strip().startswith("<pre")


def test_an_explanation_is_shown_in_a_notebook(greenhouse: hiprun.Pack) -> None:
    """A notebook shows the text, escaped."""
    because = greenhouse.decide("alarm", {"temperature": 31}).explain()
    assert because._repr_html_() == preformatted(str(because))


def test_what_is_pickled_comes_back_the_same(greenhouse: hiprun.Pack, hip: hiprun.Pack) -> None:
    """Items, criteria, limits, settings and partial facts survive the journey."""
    facts = {"temperature": {"at_least": 31}, "days_since_watering": 5, "pests": ["slugs"], "leaves": "limp"}
    for pack in (greenhouse, greenhouse.with_parameters(cans=3)):
        for outcome in pack.evaluate(facts).values():
            arrived = pickle.loads(pickle.dumps(outcome))
            assert arrived == outcome
            assert arrived.to_dict() == outcome.to_dict()
            assert arrived.facts == outcome.facts
