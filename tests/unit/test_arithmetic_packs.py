"""Packs whose formulas have functions, as a program, an interview, a table and a proof see them."""

from __future__ import annotations

import datetime
import json
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from click.testing import CliRunner

import hiprun
from hiprun.errors import HiprunError
from hiprun.inference.formula_domains import is_defined
from hiprun.interfaces.cli.application import application
from hiprun.language.writer import files, write
from hiprun.verification.verify import verify

from .small_packs import PACK

FACTS = """\
facts:
  load: {ask: How heavy is the load?, type: number, range: [1, 500], unit: kg}
  side: {ask: How long is the side?, type: number, range: [0.5, 3], unit: m}
  carts: {ask: How many carts?, type: integer, range: [1, 40]}
  sown: {ask: When was it sown?, type: date, range: [2020-01-01, 2030-12-31]}
  today: {ask: What is the date?, type: date, range: [2020-01-01, 2040-12-31], changeable: false}
"""
DERIVED = """\
derived:
  pressure: {title: Pressure, formula: load / side ^ 2, range: [0, 2000]}
  diagonal: {title: Diagonal, formula: sqrt(2 * side ^ 2), decimals: 3}
  trips: {title: Trips, type: integer, formula: "round_up(load / carts, 1)"}
  years_old: {title: Years since it was sown, formula: "years(sown, today)"}
  harvest: {title: Day of harvest, type: date, formula: "add_months(sown, 3, next_day)"}
"""
GROUND = """\
decision: ground
title: What the ground bears
outputs: {class: {type: choice, choices: [soft, firm, hard], worse: later}}
hit: first
rules:
  - {id: hard, when: {pressure: {at_least: 30}}, then: {class: hard}}
  - {id: firm, when: {pressure: {at_least: 25}}, then: {class: firm}}
otherwise: {class: soft}
"""
WORK = """\
decision: work
title: What to do
outputs: {day: {type: date}, rope: {type: number, unit: m, range: [0, 1000]}, carts: {type: integer}}
hit: first
rules:
  - id: reap
    when: {today: {at_least: harvest}, years_old: {below: 2}}
    then: {day: today, rope: diagonal * 2, carts: trips}
  - id: wait
    when: {years_old: {below: 2}}
    then: {day: "max(harvest, add_days(today, 7))", rope: "round_down(abs(side - 1), 0.5)", carts: 0}
otherwise: no_match
"""
FULL: dict[str, Any] = {
    "load": 64,
    "side": Decimal("1.6"),
    "carts": 10,
    "sown": datetime.date(2024, 11, 30),
    "today": datetime.date(2025, 3, 1),
}


def folder_of(tmp_path: Path, **documents: str) -> Path:
    """Write the pack of a field with these documents beside its own, and return its folder."""
    return folder_with(
        tmp_path, **{"pack": PACK, "facts": FACTS, "derived": DERIVED, "ground": GROUND, "work": WORK, **documents}
    )


def test_ways_that_only_a_closer_look_shows_to_be_impossible_end_in_no_answer(tmp_path: Path) -> None:
    """Whether numbers fit all choices is sometimes seen only when an answer is worked out: it is none then."""
    facts = "facts:\n  carts: {ask: '?', type: integer, range: [1, 2]}\n"
    facts += "  side: {ask: '?', type: number, range: [0.5, 2]}\n"
    rope = """\
decision: rope
title: How much rope
outputs: {points: {type: number, worse: higher}, length: {type: number}}
hit: max
rules:
  - {id: two, when: {any: [{side: {above: carts}}, {side: {at_most: 2 / side / carts}}]}, then: {points: -1, length: 2}}
  - {id: longer, when: {carts: carts}, then: {points: 2, length: (side + carts) * side}}
otherwise: no_match
"""
    never = "constraints:\n  - {id: other, never: {side: {is_not: carts * side}, carts: {below: side}}}\n"
    pack = hiprun.load(folder_with(tmp_path, pack=PACK, facts=facts, constraints=never, rope=rope))
    outcome = pack.decide("rope", {"carts": 1})
    assert outcome.needs == ("side",)
    assert {"points": 2, "length": {"at_least": 2, "at_most": 6}} in outcome.possible
    for side, length in (("0.5", 2), ("1", 2), ("1.2", Decimal("2.64")), ("2", 6)):
        assert pack.decide("rope", {"carts": 1, "side": Decimal(side)})["length"] == length


@pytest.mark.parametrize("order", ["file", "worst"])
def test_items_of_a_list_are_worked_out_by_functions(order: str, tmp_path: Path) -> None:
    """Those that are certain and what the others would say, also of another decision, in either order."""
    crew = """\
decision: crew
title: How many carry it
outputs: {people: {type: integer, range: [1, 4]}}
hit: first
rules:
  - {id: heavy, when: {load: {at_least: 100}}, then: {people: 4}}
otherwise: {people: 1}
"""
    lists = f"""\
decision: things
title: What to take along
outputs: {{length: {{type: number, range: [0, 1000], worse: higher}}, what: {{type: string}}}}
hit: collect
order: {order}
rules:
  - {{id: rope, when: {{carts: {{above: 5}}}}, then: {{length: "round(10 * sqrt(side), 0.1)", what: Rope}}}}
  - {{id: planks, when: {{side: {{above: 1}}}}, then: {{length: "round(side ^ 2, 0.01)", what: Planks}}}}
  - {{id: straps, when: {{carts: {{above: 2}}}}, then: {{length: CREW, what: Straps}}}}
  - {{id: tape, then: {{length: 7, what: Tape}}}}
"""
    for straps in ("side + 1", "crew.people * 2 + side"):
        pack = hiprun.load(folder_of(tmp_path, crew=crew, things=lists.replace("CREW", f'"{straps}"')))
        for side, carts, load in ((0.5, 3, 50), (1.44, 6, 150), (1.44, 6, 150), (2.25, 1, 50), (2.25, 10, 200)):
            facts = {"side": side, "carts": carts, "load": load}
            outcome = pack.decide("things", facts)
            assert outcome == pack.interpret(facts)["things"]
            length = {item.rule: item.outputs["length"] for item in outcome.items}
            assert length["rope"] == {0.5: Decimal("7.1"), 1.44: 12, 2.25: 15}[side]
            if carts > 2:
                assert length["straps"] == Decimal(str(side)) + (1 if "crew" not in straps else 8 if load > 99 else 2)


@pytest.mark.parametrize("side", ["0.5", "1.6", "2.5", "3"])
def test_a_bound_is_worked_out_by_functions(side: str, tmp_path: Path) -> None:
    """The tightest of several counts, rounded as its formula says, whichever way it is worked out."""
    heaviest = """\
limits: heaviest
title: How heavy a load may be
bounds:
  - {id: around, quantity: load, at_most: "round_down(10 * sqrt(side), 0.5)"}
  - {id: across, quantity: load, at_most: "round_down(side ^ 2 * 5, 0.25)"}
  - {id: some, when: {carts: {above: 20}}, quantity: load, at_least: 1}
"""
    pack = hiprun.load(folder_of(tmp_path, heaviest=heaviest))
    most = {"0.5": Decimal("1.25"), "1.6": Decimal("12.5"), "2.5": Decimal("15.5"), "3": 17}[side]
    for carts in (10, 10, 30):
        facts = {"side": Decimal(side), "load": 20, "carts": carts}
        for outcome in (pack.decide("heaviest", facts), pack.interpret(facts)["heaviest"]):
            assert outcome.limits[0].at_most == most


def folder_with(tmp_path: Path, **documents: str) -> Path:
    """Write a pack of these documents, and return its folder."""
    tmp_path.mkdir(exist_ok=True)
    for name, text in documents.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture(name="field")
def _field(tmp_path: Path) -> hiprun.Pack:
    return hiprun.load(folder_of(tmp_path))


def test_a_quotient_is_exact_at_the_limit(field: hiprun.Pack) -> None:
    """64 over 1.6 squared is 25 and nothing else, interpreted and compiled, as a decimal and as a float."""
    for side in (Decimal("1.6"), 1.6):
        facts = {**FULL, "side": side}
        assert field.decide("ground", facts)["class"] == "firm"
        assert field.interpret(facts)["ground"]["class"] == "firm"
    assert field.compile("ground")({**FULL, "side": 1.6}) == {"class": "firm"}
    assert field.decide("ground", {**FULL, "load": Decimal("63.9999999")})["class"] == "soft"


def test_dates_roundings_and_whole_outputs_are_worked_out(field: hiprun.Pack) -> None:
    """A day three months after 30 November is 1 March by the rule named; roots are right to their decimals."""
    outcome = field.decide("work", FULL)
    assert dict(outcome.possible[0]) == {"day": FULL["today"], "rope": Decimal("4.526"), "carts": 7}
    earlier = field.decide("work", {**FULL, "today": datetime.date(2025, 2, 28)})
    assert dict(earlier.possible[0]) == {"day": datetime.date(2025, 3, 7), "rope": Decimal("0.5"), "carts": 0}
    assert field.evaluate(FULL)["work"] == outcome == field.interpret(FULL)["work"]
    written = field.compile("work")({**FULL, "side": 1.6})
    assert written == outcome.possible[0]


def test_unknown_facts_leave_what_they_leave(field: hiprun.Pack) -> None:
    """A monotone formula has exact bounds; what one unknown date has to be is worked out backwards."""
    outcome = field.decide("ground", {"load": {"between": [60, 70]}, "side": Decimal("1.6")})
    assert [answer["class"] for answer in outcome.possible] == ["soft", "firm"]
    assert (outcome.needs, outcome.exact) == (("load",), True)
    outcome = field.decide("ground", {})
    assert (set(outcome.needs), outcome.exact) == ({"load", "side"}, True)
    without = {name: value for name, value in FULL.items() if name != "today"}
    outcome = field.decide("work", without)
    assert outcome.exact
    reaped = outcome.possible[0] if outcome.possible[0]["carts"] == 7 else outcome.possible[1]
    assert reaped["day"] == {"at_least": datetime.date(2025, 3, 1), "at_most": datetime.date(2026, 11, 29)}


def test_an_interview_asks_for_the_facts_behind_a_formula(field: hiprun.Pack) -> None:
    """The questions are those of the facts, and the end is the same as with all of them at once."""
    interview = field.interview("ground")
    facts: dict[str, Any] = {}
    asked = []
    while (step := interview.step(facts)).question is not None:
        asked.append(step.question.fact)
        facts[step.question.fact] = FULL[step.question.fact]
    assert sorted(asked) == ["load", "side"]
    assert step.outcome["class"] == "firm"


def test_an_explanation_shows_the_formula_and_its_value(field: hiprun.Pack) -> None:
    """Derived numbers and dates stand with what they came to."""
    explained = field.decide("work", FULL).explain()
    found = {entry.name: entry.value for entry in explained.derived}
    assert found == {"harvest": "2025-03-01", "years_old": "0", "diagonal": "2.263", "trips": "7"}
    assert "4.526" in str(explained)
    unknown = field.decide("work", {"today": FULL["today"]}).explain()
    assert unknown.rules[1].outputs["day"] == "max(harvest, add_days(today, 7))"


def changes(pack: hiprun.Pack, decision: str, wanted: dict[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each way changes, and to what."""
    return [{change.fact: change.to for change in way.changes} for way in pack.ways_to(decision, wanted, facts)]


def test_ways_lead_through_products(field: hiprun.Pack) -> None:
    """One fact is changed to the nearest number at which the quotient passes the limit, exactly where it can be."""
    assert changes(field, "ground", {"class": "hard"}, FULL) == [{"load": Decimal("76.8")}, {"side": Decimal("1.46")}]
    assert changes(field, "ground", {"class": "firm"}, {**FULL, "load": 70}) == [{}]
    lighter = changes(field, "ground", {"class": "firm"}, {**FULL, "load": 10, "side": Decimal("0.8")})
    assert {"load": 16} in lighter
    assert [set(way) for way in lighter] == [{"load"}, {"side"}]
    (way,) = field.ways_to("ground", {"class": "soft"}, {"load": {"between": [400, 500]}, "side": 1})[:1]
    assert [change.fact for change in way.changes] == ["load"]


def test_ways_hold_whatever_stays_unknown(field: hiprun.Pack) -> None:
    """A load that is known in part has to lead there all over its range."""
    part = {"load": {"between": [60, 70]}, "side": Decimal("1.6")}
    for wanted, limit in (("hard", 30), ("soft", 25)):
        (way,) = (way for way in field.ways_to("ground", {"class": wanted}, part) if way.changes[0].fact == "side")
        assert way.outcome["class"] == wanted
        side = way.changes[0].to
        assert isinstance(side, Decimal)
        assert (60 / side**2 >= limit) if wanted == "hard" else (70 / side**2 < limit)


def test_a_whole_number_is_changed_to_the_first_that_does(field: hiprun.Pack) -> None:
    """Where a function rounds, the nearest whole number on the other side of the step is taken."""
    facts = {**FULL, "today": datetime.date(2025, 3, 1)}
    assert {"carts": 9} in changes(field, "work", {"carts": 8}, facts)


def test_ways_that_cannot_be_told_are_named(tmp_path: Path) -> None:
    """Where a function rises and falls it is not known whether all numbers were tried, and that is said."""
    wavy = """\
decision: wavy
outputs: {high: {type: boolean}}
rules:
  - {id: high, when: {hill: {between: [2.2301, 2.2302]}}, then: {high: true}}
otherwise: {high: false}
"""
    hill = "derived:\n  hill: {title: Hill, formula: side * (3 - side)}\n"
    pack = hiprun.load(folder_of(tmp_path, hill=hill, wavy=wavy))
    with pytest.raises(HiprunError) as raised:
        pack.ways_to("wavy", {"high": True}, {"side": 3})
    assert raised.value.problems[0].code == "ways-through-functions"
    assert "`wavy`" in str(raised.value)


def test_ways_say_whether_others_may_be_missing(tmp_path: Path) -> None:
    """A way that is certain is named also where a function that rises and falls may hide another, which is said."""
    wavy = """\
decision: wavy
outputs: {high: {type: boolean}}
rules:
  - {id: high, when: {any: [{hill: {between: [2.2301, 2.2302]}}, {load: {above: 90}}]}, then: {high: true}}
otherwise: {high: false}
"""
    hill = "derived:\n  hill: {title: Hill, formula: side * (3 - side)}\n"
    pack = hiprun.load(folder_of(tmp_path, hill=hill, wavy=wavy))
    ways = pack.ways_to("wavy", {"high": True}, {"side": 3, "load": 50})
    assert [[change.fact for change in way.changes] for way in ways] == [["load"]]
    assert not ways.exact
    assert not pickle.loads(pickle.dumps(ways)).exact
    patient = ("--rules", str(tmp_path), "side=3", "load=50", "--ways-to", "high=true")
    as_data = CliRunner().invoke(application, ["explain", "wavy", *patient, "--json"])
    found = json.loads(as_data.stdout)
    assert (len(found["ways_to"]), found["ways_exact"]) == (1, False)
    assert "There may be others" in CliRunner().invoke(application, ["explain", "wavy", *patient]).stdout


def test_ways_through_one_fact_are_all_the_ways(field: hiprun.Pack) -> None:
    """Where each formula only rises, or only falls, as one fact changes, no way is missing."""
    for wanted in ("hard", "firm", "soft"):
        assert field.ways_to("ground", {"class": wanted}, FULL).exact


def test_tables_are_settled_row_by_row(field: hiprun.Pack) -> None:
    """Frames in memory and lazy ones have what the interpreter says."""
    rows = [FULL, {**FULL, "load": 100}, {**FULL, "load": None, "today": datetime.date(2025, 2, 1)}]
    frame = pl.DataFrame(
        [{name: float(v) if name in ("load", "side") and v else v for name, v in r.items()} for r in rows]
    )
    for kind in (frame, frame.to_pandas(), frame.to_arrow(), frame.lazy()):
        decided = field.evaluate_frame(kind)
        decided = decided.collect() if isinstance(decided, pl.LazyFrame) else decided
        table = decided.to_pydict() if hasattr(decided, "to_pydict") else decided
        for index, row in enumerate(rows):
            known = {name: value for name, value in row.items() if value is not None}
            outcome = field.decide("ground", known)
            expected = outcome["class"] if outcome.status == "decided" else None
            found = list(table["ground__class"])[index]
            assert (found if isinstance(found, str) else None) == expected


def test_formulas_are_written_as_they_were_read(field: hiprun.Pack, tmp_path: Path) -> None:
    """A pack that is written and read again means the same."""
    (tmp_path / "again").mkdir()
    write(files(field.model), tmp_path / "again")
    again = hiprun.load(tmp_path / "again")
    assert again.model == field.model
    assert again.digest == field.digest


def test_a_model_says_whether_its_formulas_are_defined(field: hiprun.Pack, tmp_path: Path) -> None:
    """A changed model whose divisor can be 0 is not defined for everyone."""
    assert is_defined(field.model)
    side = field.model.facts["side"]
    domain = attrs.evolve(side.domain, lowest=0)
    changed = attrs.evolve(field.model, facts={**field.model.facts, "side": attrs.evolve(side, domain=domain)})
    assert not is_defined(changed)


@pytest.mark.parametrize(
    ("function", "last", "too_late"),
    [
        ("add_days", "9999-12-30", "9999-12-31"),
        ("add_weeks", "9999-12-24", "9999-12-25"),
        ("add_months", "9999-11-30", "9999-12-02"),
        ("add_years", "9998-12-30", "9999-01-02"),
    ],
)
def test_a_formula_that_may_leave_the_calendar_is_refused(
    tmp_path: Path, function: str, last: str, too_late: str
) -> None:
    """One day, week, month or year on has to be a day as well, whatever the date is."""
    decision = f"""\
decision: due
outputs: {{day: {{type: date}}}}
hit: first
rules:
  - {{id: all, then: {{day: "{function}(today, 1)"}}}}
"""
    facts = "facts:\n  today: {ask: What day is it?, type: date, range: [2020-01-01, %s]}\n"
    pack = hiprun.load(folder_with(tmp_path, pack=PACK, facts=facts % last, due=decision))
    assert str(pack.decide("due", {"today": datetime.date(2020, 1, 1)})["day"]) > "2020-01-01"
    with pytest.raises(hiprun.RuleError) as raised:
        hiprun.load(folder_with(tmp_path, pack=PACK, facts=facts % too_late, due=decision))
    assert [problem.code for problem in raised.value.problems] == ["bad-date"]


def test_a_sum_of_points_may_come_to_all_of_them(tmp_path: Path) -> None:
    """What divides by the rest of a score may divide by 0 where all its points together reach that number."""
    score = """\
decision: score
outputs: {points: {type: integer}}
hit: sum
rules:
  - {id: heavy, when: {load: {above: 100}}, then: {points: 2}}
  - {id: long, when: {side: {above: 2}}, then: {points: 1}}
"""
    share = """\
decision: share
outputs: {part: {type: number, decimals: 2}}
hit: first
rules:
  - {id: all, then: {part: load / (%d - score.points)}}
"""
    hiprun.load(folder_of(tmp_path, score=score, share=share % 4))
    with pytest.raises(hiprun.RuleError) as raised:
        hiprun.load(folder_of(tmp_path, score=score, share=share % 3))
    assert [problem.code for problem in raised.value.problems] == ["division-by-zero"]


def test_parameters_stand_in_functions(tmp_path: Path) -> None:
    """A step and a factor can be set; a setting that would divide by 0 is not permitted by the range."""
    folder = folder_of(
        tmp_path,
        parameters="parameters:\n  spoon: {value: 2.5, range: [0.5, 5]}\n  power: {value: 2}\n",
        dose="""\
decision: dose
outputs: {amount: {type: number}}
hit: first
rules:
  - {id: all, then: {amount: "round_down(load * spoon / carts, spoon)"}}
""",
    )
    pack = hiprun.load(folder)
    assert pack.decide("dose", FULL)["amount"] == 15
    assert pack.with_parameters(spoon=2).decide("dose", FULL)["amount"] == 12
    unknown = pack.decide("dose", {"load": 64, "carts": {"between": [9, 10]}})
    assert unknown.exact
    assert unknown.range("amount") == (15, Decimal("17.5"))


CART = """\
decision: cart
title: How much goes on each cart
outputs: {weight: {type: number, unit: kg, worse: higher}, rope: {type: number}}
hit: min
rules:
  - {id: shared, then: {weight: load / carts, rope: 2 * side}}
  - {id: most, then: {weight: 30, rope: 3}}
  - {id: soft, when: {side: {below: 1}}, then: {weight: 20 * side, rope: 3}}
"""
HORSE = """\
decision: horse
title: Whether a horse is needed
outputs: {needed: {type: boolean, worse: true}, longest: {type: number}}
hit: first
rules:
  - {id: heavy, when: {cart.weight: {at_least: 30}}, then: {needed: true, longest: cart.rope}}
otherwise: {needed: false, longest: 0}
"""


@pytest.fixture(name="carts")
def _carts(tmp_path: Path) -> hiprun.Pack:
    return hiprun.load(folder_of(tmp_path, cart=CART, horse=HORSE))


def test_the_lowest_of_formulas_comes_out(carts: hiprun.Pack) -> None:
    """Each output has the lowest value by itself, by every route, and all rules that match have fired."""
    for facts, weight, rope, fired in (
        ({"load": 64, "side": Decimal("1.6"), "carts": 10}, Decimal("6.4"), 3, ("shared", "most")),
        ({"load": 500, "side": Decimal("1.4"), "carts": 10}, 30, Decimal("2.8"), ("shared", "most")),
        ({"load": 500, "side": Decimal("0.5"), "carts": 10}, 10, 1, ("shared", "most", "soft")),
    ):
        outcome = carts.decide("cart", facts)
        assert (outcome["weight"], outcome["rope"], outcome.fired) == (weight, rope, fired)
        assert outcome == carts.interpret(facts)["cart"]
        assert carts.compile("cart")({name: float(value) for name, value in facts.items()}) == outcome.possible[0]
        table = carts.evaluate_frame(pl.DataFrame({name: [float(value)] for name, value in facts.items()}), ["cart"])
        assert table["cart__weight"].to_list() == [float(weight)]
        assert table["cart__rule"].to_list() == ["shared"]
    assert carts.decide("horse", {"load": 300, "side": 2, "carts": 10})["longest"] == 3
    assert carts.decide("horse", {"load": 299, "side": 2, "carts": 10})["needed"] is False


@pytest.mark.parametrize("count", [1, 300])
def test_the_rule_that_decided_where_no_formula_comes_out(tmp_path: Path, count: int) -> None:
    """It is the first that matches, as it is where formulas do come out, and not the one whose number is the lowest."""
    usual, heavier = "{id: usual, then: {weight: 30, rope: 3}}", "{id: heavier, then: {weight: 30 + load, rope: 4}}"
    soft = "{id: soft, when: {side: {below: 1}}, then: {weight: 20, rope: 3}}"
    frame = pl.DataFrame({"load": [64.0] * count, "side": [0.5] * count, "carts": [10] * count})
    for name, rules in {"usual": (usual, soft, heavier), "heavier": (heavier, usual, soft)}.items():
        text = CART.split("  - ")[0] + "".join(f"  - {rule}\n" for rule in rules)
        pack = hiprun.load(folder_of(tmp_path / name, cart=text))
        for table in (pack.evaluate_frame(frame, "cart"), pack.evaluate_frame(frame.lazy(), "cart").collect()):
            assert table.select("cart__weight", "cart__rule").rows() == [(20.0, name)] * count


def test_the_lowest_of_formulas_has_exact_bounds(carts: hiprun.Pack) -> None:
    """What is unknown leaves exactly what the lowest of all rules can be, and only what can matter is asked for."""
    outcome = carts.decide("cart", {"load": {"between": [200, 400]}, "side": 2, "carts": 10})
    assert (outcome.range("weight"), outcome["rope"], outcome.needs) == ((20, 30), 3, ("load",))
    assert outcome.exact
    outcome = carts.decide("cart", {"load": {"at_least": 300}, "side": 2, "carts": 10})
    assert (outcome.status, outcome["weight"], outcome.needs) == ("decided", 30, ())


def test_proofs_know_the_lowest_of_formulas(tmp_path: Path) -> None:
    """What holds of the lowest number is proved, what does not has an example, and a rule that never wins is found."""
    idle = "  - {id: idle, then: {weight: load / carts + 1, rope: 9}}\n"
    promises = """\
properties: Promises
always:
  - {id: at-most-thirty, then: {cart.weight: {at_most: 30}}}
  - {id: at-most-shared, then: {cart.weight: {at_most: load / carts}}}
  - {id: at-most-twenty, then: {cart.weight: {at_most: 20}}}
"""
    documents = {
        "work": CART + idle,
        "ground": HORSE,
        "derived": "derived: {double: {formula: side * 2}}\n",
        "promises": promises,
    }
    report = verify(hiprun.load(folder_of(tmp_path, **documents)))
    refuted = {claim.subject for claim in report.claims if claim.status == "refuted" and claim.kind != "used"}
    assert refuted == {"at-most-twenty", "cart.idle"}
    assert {claim.subject for claim in report.claims if claim.status == "proved"} >= {
        "at-most-thirty",
        "at-most-shared",
    }


def test_a_rule_that_never_wins_is_still_in_the_way(carts: hiprun.Pack) -> None:
    """Every rule that matches holds a lowest number down, whether or not its own value ever comes out."""
    outcome = carts.decide("cart", {"load": 64, "side": Decimal("1.6"), "carts": 10})
    assert [step.id for step in outcome.why_not(weight=40)] == ["shared", "most"]


def test_functions_of_scores_are_compared(tmp_path: Path) -> None:
    """The size of a score, which is no sum of its points, is worked out for each total."""
    score = """\
decision: score
outputs: {points: {type: integer}}
hit: sum
rules:
  - {id: heavy, when: {load: {above: 100}}, then: {points: -3}}
  - {id: wide, when: {side: {above: 2}}, then: {points: 2}}
"""
    alarm = """\
decision: alarm
outputs: {rings: {type: boolean}}
hit: first
rules:
  - {id: far, when: {score.points: {is_not: abs(score.points)}}, then: {rings: true}}
otherwise: {rings: false}
"""
    pack = hiprun.load(folder_of(tmp_path, work=score, ground=alarm))
    assert [pack.decide("alarm", {"load": load, "side": 3})["rings"] for load in (50, 150)] == [False, True]


@pytest.mark.parametrize("function", ["ln(side)", "log10(side)", "sqrt(side - 1)"])
def test_numbers_next_to_where_a_function_is_0(tmp_path: Path, function: str) -> None:
    """What lies closer to it than the digits worked with is told at once, known and known in part."""
    pack = hiprun.load(
        folder_with(
            tmp_path,
            pack=PACK,
            facts="facts: {side: {ask: How long?, type: number, range: [1, 3]}}",
            derived=f"derived: {{close: {{title: How close, formula: {function}, decimals: 2}}}}",
            ground="decision: ground\ntitle: Ground\noutputs: {far: {type: boolean}}\nhit: first\n"
            "rules: [{id: far, when: {close: {above: 0}}, then: {far: true}}]\notherwise: {far: false}\n",
        )
    )
    next_to_it = Decimal("1." + "0" * 37 + "1")
    for side in (1, next_to_it, {"between": [1, next_to_it]}):
        outcome = pack.decide("ground", {"side": side})
        assert (outcome.status, outcome["far"]) == ("decided", False), side
    assert pack.decide("ground", {"side": {"above": 1}}).status == "undetermined"
