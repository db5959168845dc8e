"""Rows that diagrams leave open, and decisions without any: the engine concludes them, once for all that are alike."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import hiprun
from hiprun.errors import FactError

from ...property.cohorts import CONSTRUCTORS, disagreements, interpreted, records, table
from ..small_packs import PACK

pytestmark = pytest.mark.usefixtures("by_columns")

FACTS = """\
facts:
  east: {ask: How much in the east?, type: number, range: [0, 10]}
  west: {ask: How much in the west?, type: number, range: [0, 10]}
  north: {ask: How much in the north?, type: number, range: [0, 10]}
  south: {ask: How much in the south?, type: number}
  steps: {ask: How many steps?, type: integer, range: [0, 9]}
  paces: {ask: How many paces?, type: integer}
  walk: {ask: How far, type: number}
  fine: {ask: Is it fine?, type: boolean}
  guests: {ask: Who is there?, type: set, choices: [birds, mice]}
  owner: {ask: Whose is it?, type: string}
  day: {ask: Which day is it?, type: date}
"""
DERIVED = """\
derived:
  plenty: {title: Much in all, when: {total: {at_least: 18}}}
  total: {formula: east + west + north + south}
  spread: {formula: east - west + 2 * north - south}
  vast: {formula: 0.000000001 * steps + 9000000000 * walk}
"""
DECISIONS = {
    "kind": """\
decision: kind
outputs:
  who: {type: set, choices: [birds, mice]}
  day: {type: date, range: [2026-01-01, 2026-12-31]}
  grade: {type: choice, choices: [calm, bad], worse: later}
  points: {type: number, worse: lower}
hit: first
rules:
  - {id: much, when: {plenty: true}, then: {who: [birds], day: 2026-03-01, grade: bad, points: 1.5}}
  - {id: wide, when: {spread: {above: 3}}, then: {who: [birds, mice], day: 2026-04-01, grade: calm, points: 2}}
  - {id: fine, when: {fine: true}, then: {who: [], day: 2026-05-01, grade: calm, points: 1 + east}}
otherwise: no_match
""",
    "ready": """\
criteria: ready
all:
  - {id: enough, require: {plenty: true}, unmet: Wait.}
  - {id: narrow, require: {spread: {at_most: 3}}, unmet: Wait.}
  - {id: settled, require: {clash.points: {at_most: 1}}, unmet: Wait.}
  - {id: late, require: {day: {at_least: 2026-03-01}}, unmet: Wait.}
""",
    "list": """\
decision: list
outputs: {task: {type: choice, choices: [sow, reap]}, minutes: {type: number, optional: true}}
hit: collect
rules:
  - {id: sow, when: {plenty: true}, then: {task: sow, minutes: 2 * east}}
  - {id: reap, when: {spread: {above: 3}}, then: {task: reap, minutes: 5}}
  - {id: rest, when: {clash.points: 1}, then: {task: reap}}
""",
    "bounds": """\
limits: bounds
bounds:
  - {id: high, when: {plenty: true}, quantity: east, at_most: west + 1}
  - {id: flat, when: {spread: {above: 3}}, quantity: east, at_most: 6}
  - {id: low, when: {fine: true}, quantity: east, at_least: 0.5 * north}
  - {id: calm, when: {clash.points: 1}, quantity: west, at_least: 1}
""",
    "clash": """\
decision: clash
outputs: {points: {type: integer}}
hit: unique
rules:
  - {id: one, when: {plenty: true}, then: {points: 1}}
  - {id: two, when: {spread: {above: 3}}, then: {points: 2}}
otherwise: {points: 0}
""",
    "after": """\
decision: after
outputs: {points: {type: integer, worse: higher}}
hit: max
rules:
  - {id: any, when: {clash.points: {at_least: 1}}, then: {points: 3}}
  - {id: fine, when: {fine: true}, then: {points: 1}}
otherwise: {points: 0}
""",
    "stroll": """\
decision: stroll
outputs: {points: {type: number}}
hit: sum
rules:
  - {id: far, when: {stretch: {above: 12}}, then: {points: 0.5}}
  - {id: near, when: {steps: {at_most: 2}}, then: {points: -1}}
  - {id: named, when: {owner: {none_of: [al, bo]}}, then: {points: 2}}
""",
    "vastly": """\
decision: vastly
outputs: {points: {type: number}, close: {type: boolean}, note: {type: string}}
hit: first
rules:
  - id: vast
    when: {vast: {above: 5}, stretch: {at_most: 40}}
    then: {points: 1 + 9000000000 * walk, close: false, note: far}
  - id: some
    when: {count: {of: [{fine: true}, {steps: 3}, {guests: {includes: mice}}], at_least: 2}}
    then: {points: 2, close: true, note: near}
otherwise: no_match
""",
    "thin": """\
decision: thin
outputs: {points: {type: integer}}
rules:
  - {id: thin, when: {east: {between: [0.33333333333333331, 0.333333333333333314]}}, then: {points: 1}}
otherwise: {points: 0}
""",
    "bill": """\
decision: bill
outputs: {cost: {type: number, worse: higher}}
rules:
  - {id: fine, when: {fine: true}, then: {cost: 2 * east}}
otherwise: {cost: 0}
""",
    "clear": "constraints:\n  - {id: far-off, never: {spread: {above: 28}}}\n",
    "stretch": "derived:\n  stretch: {formula: 0.1 * steps + 3 * paces + walk}\n",
}


def load(folder: Path, **documents: str) -> hiprun.Pack:
    """Return a pack of these documents."""
    for name, text in {"pack": PACK, **documents}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return hiprun.load(folder)


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack whose facts are tied together by sums of four."""
    return load(tmp_path_factory.mktemp("tied"), facts=FACTS, derived=DERIVED, **DECISIONS)


VALUES: Mapping[str, list[Any]] = {
    "east": [0, 0.3333333333333333, 2.5, 3.3333333, 10],
    "west": [0, 1, 4.4444444],
    "north": [0, 3, 9.9999999],
    "south": [-5, 0, 6, 1e15],
    "steps": [0, 2, 3, 9],
    "paces": [-1, 3, 4, 10**13],
    "walk": [0, 0.3, 2.9999999, 1e14],
    "fine": [True, False],
    "guests": [["birds"], []],
    "owner": ["al", "bo", "cy"],
    "day": [datetime.date(2026, 2, 28), datetime.date(2026, 3, 1)],
}

IN_CONFLICT = {"east": 10, "west": 4.4444444, "north": 9.9999999, "south": 0}


def patients(number: int, known: float = 0.6) -> list[dict[str, Any]]:
    """Return random patients, of whom each fact is known as often as that."""
    rng = random.Random(number)
    return [
        {name: rng.choice(values) for name, values in VALUES.items() if rng.random() < known} for _ in range(number)
    ]


@pytest.fixture(scope="module")
def cohort(tied: hiprun.Pack) -> tuple[list[dict[str, Any]], list[Any]]:
    """Patients of the pack, and what becomes of them."""
    some = [*patients(25), IN_CONFLICT]
    return some, interpreted(tied, some)


@pytest.mark.slow
@pytest.mark.parametrize("kind", CONSTRUCTORS)
def test_sums_of_many_facts_get_the_same_answers(
    tied: hiprun.Pack, cohort: tuple[list[dict[str, Any]], list[Any]], kind: str
) -> None:
    """Where some facts of a sum are unknown, too large or finer than sums are kept, the answers are the same."""
    some, expected = cohort
    decided = tied.evaluate_frame(CONSTRUCTORS[kind](table(tied.model, some)), on_error="column")
    assert disagreements(tied, decided, expected) == []
    assert "conflict" in [row["ready__status"] for row in records(decided)]
    assert all(row["kind__exact"] for row in records(decided))


@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_everything_known_is_decided_without_the_interpreter(tied: hiprun.Pack, kind: str) -> None:
    """Patients of whom everything is known get the same answers, a column being there for every fact."""
    everyone = [patient | {"south": 6, "paces": 3, "walk": 0.3} for patient in patients(25, known=1)]
    frame = CONSTRUCTORS[kind](table(tied.model, everyone))
    decided = tied.evaluate_frame(frame, on_error="column")
    assert disagreements(tied, decided, interpreted(tied, everyone)) == []


@pytest.mark.slow
def test_columns_that_are_missing_are_unknown_facts(tied: hiprun.Pack) -> None:
    """A frame of a few columns gets the answers of patients of whom nothing else is known."""
    few = [{name: value for name, value in one.items() if name in ("east", "steps", "fine")} for one in patients(10)]
    frame = pl.DataFrame(table(tied.model, few)).select("east", "steps", "fine")
    decided = tied.evaluate_frame(frame, on_error="column")
    assert disagreements(tied, decided, interpreted(tied, few)) == []


def test_rows_that_take_the_interpreter_may_have_dates_and_members(tied: hiprun.Pack) -> None:
    """Sets in a column for each choice, and days that are moments at midnight, are read there too."""
    frame = pl.DataFrame(
        {
            "guests__birds": [True, None, False],
            "guests__mice": [None, True, None],
            "east": [1.0, None, 5.0],
            "fine": [True, True, None],
            "day": [datetime.datetime(2026, 3, 1), None, datetime.datetime(2026, 2, 1)],
        }
    )
    said = [{"includes_all": ["birds"]}, {"includes_all": ["mice"]}, {"includes_none": ["birds"]}]
    same = [
        {"guests": guests} | {name: value for name, value in row.items() if value is not None}
        for guests, row in zip(said, frame.select("east", "fine", pl.col("day").dt.date()).to_dicts(), strict=True)
    ]
    decided = tied.evaluate_frame(frame, on_error="column")
    assert disagreements(tied, decided, interpreted(tied, same)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["polars", "polars-lazy"])
@pytest.mark.parametrize(("bound", "most"), [("BUDGET", 1), ("MOST_STEPS", 0), ("MOST_STEPS", 60)])
def test_decisions_too_large_for_diagrams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int, kind: str
) -> None:
    """The engine concludes them, with the same answers."""
    monkeypatch.setattr(f"hiprun.backends.dataframe.outcome_diagrams.{bound}", most)
    pack = load(tmp_path, facts=FACTS, derived=DERIVED, **DECISIONS)
    some = [*patients(15), IN_CONFLICT]
    decided = pack.evaluate_frame(CONSTRUCTORS[kind](table(pack.model, some)), on_error="column")
    assert disagreements(pack, decided, interpreted(pack, some)) == []
    assert {row["clash__exact"] for row in records(decided)} == {True}


def test_scores_of_very_many_totals(tmp_path: Path) -> None:
    """A score with a thousand totals is not spread over a thousand columns, and comes out the same."""
    facts = "".join(f"  sign_{index}: {{ask: Is it there?, type: boolean}}\n" for index in range(10))
    rules = "".join(
        f"  - {{id: rule-{index}, when: {{sign_{index}: true}}, then: {{points: {2**index}}}}}\n" for index in range(10)
    )
    score = f"decision: score\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{rules}"
    pack = load(tmp_path, facts=f"facts:\n{facts}", score=score)
    some = [{f"sign_{index}": bool(number >> index & 1) for index in range(10)} for number in range(0, 1024, 41)]
    frame = pl.DataFrame(table(pack.model, some))
    assert disagreements(pack, pack.evaluate_frame(frame, on_error="column"), interpreted(pack, some)) == []
    assert pack.evaluate_frame(frame.lazy()).collect()["score__exact"].to_list() == [True] * len(some)


def test_conclusions_are_remembered_within_a_bound(tied: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that know the same are concluded once, also in a later frame, until others make them give way."""
    pack = hiprun.Pack(tied.model)
    pack.decide("clash", {})  # prepared before it is watched
    asked: list[dict[str, Any]] = []
    decide = pack.decide

    def noted(decision: str, facts: dict[str, Any]) -> Any:
        asked.append(facts)
        return decide(decision, facts)

    monkeypatch.setattr(pack, "decide", noted)
    frame = pl.DataFrame({"east": [1.0, 9.0] * 20, "west": [5.0, 8.0] * 20})
    expected = tied.evaluate_frame(frame, ["clash"])
    for _ in range(2):
        assert pack.evaluate_frame(frame, ["clash"]).equals(expected)
    assert asked == [{"east": 1.0, "west": 5.0}, {"east": 9.0, "west": 8.0}]
    assert pack._frames is not None
    pack._frames.remembered.most = 0
    assert pack.evaluate_frame(pl.concat([frame[1:2]] * 40).with_columns(west=7.5), ["clash"]).height == 40
    assert pack.evaluate_frame(frame, ["clash"]).equals(expected)
    assert len(asked) == 5


def test_contradictions_that_only_the_interpreter_finds(tmp_path: Path) -> None:
    """Facts that sums of four keep apart are an error, or refused row by row."""
    together = """\
constraints:
  - {id: too-much, never: {total: {at_least: 8}}}
  - {id: too-even, never: {gap: {below: 4}}, because: The west has more.}
"""
    gap = "derived:\n  gap: {formula: west - north}\n"
    facts = FACTS.replace("south?, type: number}", "south?, type: number, range: [0, 10]}")
    pack = load(tmp_path, facts=facts, derived=DERIVED, clash=DECISIONS["clash"], gap=gap, together=together)
    frame = pl.DataFrame({"east": [5.0, 1.0]})
    with pytest.raises(FactError, match="No possible patient could have all of them"):
        pack.evaluate_frame(frame)
    decided = pack.evaluate_frame(frame, on_error="column")
    assert [status == "refused" for status in decided["clash__status"]] == [True, False]
    assert decided["refused"][0].startswith("These facts cannot occur together.")


@pytest.mark.parametrize(
    ("limit", "hours", "meets"),
    [
        ("at_least: 20 min", [0.3333333333333333, 0.33333333333333337], [False, True]),
        ("at_most: 100 min", [1.6666666666666665, 1.6666666666666667], [True, False]),
        ("at_least: 198 min", [3.3, 3.2999999999999994], [True, False]),
        ("above: 198 min", [3.3, 3.3000000000000003], [False, True]),
        ("at_least: 9007199254740993 h", [9007199254740992.0, 9007199254740994.0], [False, True]),
    ],
)
def test_limits_that_no_float_has_lie_between_floats(
    tmp_path: Path, limit: str, hours: list[float], meets: list[bool]
) -> None:
    """A third of an hour is more than 0.3333333333333333 hours, which are nearest to it: floats are what they say."""
    stay = f"""\
decision: stay
outputs: {{meets: {{type: boolean}}}}
rules:
  - {{id: long, when: {{hours: {{{limit}}}}}, then: {{meets: true}}}}
otherwise: {{meets: false}}
"""
    pack = load(
        tmp_path,
        pack=PACK.replace("language: 1", "language: 2"),
        units="units:\n  h: {is: 60 min}\n",
        facts="facts:\n  hours: {ask: How long?, type: number, unit: h}\n",
        stay=stay,
    )
    assert pack.evaluate_frame(pl.DataFrame({"hours": hours}))["stay__meets"].to_list() == meets
    assert [pack.decide("stay", {"hours": value})["meets"] for value in hours] == meets


@pytest.mark.parametrize(
    ("limit", "open_"), [("above: 5", [False, False, True]), ("at_least: 5", [False, True, True])], ids=repr
)
def test_what_is_unknown_may_just_reach_a_limit(tmp_path: Path, limit: str, open_: list[bool]) -> None:
    """Where the west has 3 and the east at most 2, both may come to 5, but to no more."""
    few = f"""\
decision: few
outputs: {{much: {{type: boolean}}}}
rules:
  - {{id: much, when: {{east: {{at_most: 2}}, both: {{{limit}}}}}, then: {{much: true}}}}
otherwise: {{much: false}}
"""
    pack = load(tmp_path, facts=FACTS, both="derived:\n  both: {formula: east + west}\n", few=few)
    decided = pack.evaluate_frame(pl.DataFrame({"west": [2.9, 3.0, 3.1]}))
    assert [status == "undetermined" for status in decided["few__status"]] == open_
    assert [pack.decide("few", {"west": west}).status == "undetermined" for west in (2.9, 3, 3.1)] == open_


def test_a_text_of_otherwise_is_among_those_of_a_decision_with_functions(tmp_path: Path) -> None:
    """The engine concludes such a decision, and its texts are those of the rules and that of `otherwise`."""
    note = """\
decision: note
outputs: {text: {type: string}}
rules:
  - {id: wide, when: {east: {above: west * north}}, then: {text: Go.}}
otherwise: {text: Stay.}
"""
    pack = load(tmp_path, facts=FACTS, note=note)
    frame = pl.DataFrame({"east": [1.0, 9.0], "west": [2.0, 2.0], "north": [3.0, 3.0]})
    assert pack.evaluate_frame(frame)["note__text"].to_list() == ["Stay.", "Go."]


def test_days_that_a_constraint_leaves_are_compared_as_days(tmp_path: Path) -> None:
    """Between two days there is no other: where one day is left, what is not before it is not within it either."""
    facts = "facts:\n  sown: {ask: When sown?, type: date, range: [2026-02-28, 2026-03-03]}\n"
    facts += "  cut: {ask: When cut?, type: date, range: [2026-03-01, 2026-03-04]}\n"
    constraints = (
        "constraints:\n  - {id: cut, never: {not: {cut: {one_of: [2026-03-03]}}}, because: That is the day.}\n"
    )
    due = """\
decision: due
outputs: {late: {type: boolean}}
hit: any
rules:
  - {id: before, when: {sown: {below: cut}}, then: {late: true}}
  - {id: always, then: {late: false}}
"""
    pack = load(tmp_path, facts=facts, constraints=constraints, due=due)
    some = [{"sown": datetime.date(2026, 3, 3)}, {"sown": datetime.date(2026, 3, 1)}, {}]
    decided = pack.evaluate_frame(pl.DataFrame(table(pack.model, some)), on_error="column")
    assert disagreements(pack, decided, interpreted(pack, some)) == []


def test_texts_with_values_stay_as_they_are_written_where_a_condition_asks_for_one(tmp_path: Path) -> None:
    """The engine concludes rows of a decision with functions with the same texts as columns have elsewhere."""
    note = """\
decision: note
outputs: {text: {type: string}}
rules:
  - {id: wide, when: {east: {above: west * north}}, then: {text: "Go {steps} on."}}
otherwise: {text: "Stay, {{so}}."}
"""
    loud = """\
decision: loud
outputs: {loud: {type: boolean}}
rules:
  - {id: goes, when: {note.text: "Go {steps} on."}, then: {loud: true}}
otherwise: {loud: false}
"""
    head = PACK.replace("language: 1", "language: 2")
    pack = load(tmp_path, pack=head, facts=FACTS, note=note, loud=loud)
    frame = pl.DataFrame({"east": [1.0, 9.0], "west": [2.0, 2.0], "north": [3.0, 3.0], "steps": [None, 3]})
    decided = pack.evaluate_frame(frame)
    assert decided["note__text"].to_list() == ["Stay, {{so}}.", "Go {steps} on."]
    assert decided["loud__loud"].to_list() == [False, True]


@pytest.mark.parametrize(("other", "status"), [("{steps:number}", "conflict"), ("{steps}", "decided")])
def test_texts_agree_as_they_are_written(tmp_path: Path, other: str, status: str) -> None:
    """Texts that only read alike are a conflict under `any`, for one patient as in a column."""
    note = f"""\
decision: note
outputs: {{text: {{type: string}}}}
hit: any
rules:
  - {{id: go, then: {{text: "Go {{steps}} on."}}}}
  - {{id: further, then: {{text: "Go {other} on."}}}}
"""
    pack = load(tmp_path, pack=PACK.replace("language: 1", "language: 2"), facts=FACTS, note=note)
    assert pack.decide("note", {"steps": 3}).status == status
    assert pack.evaluate_frame(pl.DataFrame({"steps": [3]}))["note__status"].to_list() == [status]


def test_a_text_that_reads_like_one_that_a_condition_asks_for_is_not_it(tmp_path: Path) -> None:
    """A condition compares texts as they are written in columns too, whatever number the parameter in one is."""
    note = """\
decision: note
outputs: {text: {type: string}}
rules:
  - {id: go, then: {text: "Go {most} on."}}
"""
    loud = """\
decision: loud
outputs: {loud: {type: boolean}}
rules:
  - {id: goes, when: {note.text: Go 3 on.}, then: {loud: true}}
otherwise: {loud: false}
"""
    most = "parameters:\n  most: {title: Most, value: 3}\n"
    head = PACK.replace("language: 1", "language: 2")
    pack = load(tmp_path, pack=head, facts=FACTS, parameters=most, note=note, loud=loud)
    assert pack.decide("loud", {"steps": 3})["loud"] is False
    assert pack.evaluate_frame(pl.DataFrame({"steps": [3]}))["loud__loud"].to_list() == [False]


@pytest.mark.parametrize("worse", ["", ", worse: lower"])
def test_a_day_that_otherwise_works_out(tmp_path: Path, worse: str) -> None:
    """A day that follows from a fact comes out of `otherwise` as it does of a rule."""
    facts = "facts:\n  day: {ask: When?, type: date, range: [2026-02-28, 2026-03-03]}\n"
    later = f"""\
decision: later
outputs: {{next: {{type: date{worse}}}}}
rules:
  - {{id: late, when: {{day: {{above: 2026-03-01}}}}, then: {{next: 2026-03-08}}}}
otherwise: {{next: "add_days(day, 1)"}}
"""
    days = [datetime.date(2026, 3, 1), datetime.date(2026, 3, 2)]
    decided = load(tmp_path, facts=facts, later=later).evaluate_frame(pl.DataFrame({"day": days}))
    assert decided["later__next"].to_list() == [datetime.date(2026, 3, 2), datetime.date(2026, 3, 8)]
