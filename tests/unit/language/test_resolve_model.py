"""The model of rule files: values with every name resolved."""

from __future__ import annotations

import datetime
from fractions import Fraction

from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check
from hiprun.language.syntax import parse
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Formula,
    Model,
    Not,
    ParameterRef,
    Ref,
    Test,
)
from hiprun.model.places import SourceText

PACK = "pack: demo\nlanguage: 1\nversion: 1.0.0\ntitle: Demo\nnotice: Only a demo.\n"
FACTS = """\
facts:
  temperature: {ask: How warm?, type: number, range: [-40, 60], unit: °C, worse: higher}
  days: {ask: How long?, type: integer, range: [0, 30]}
  colour:
    ask: Which colour?
    type: choice
    choices: {green: like grass, yellow: like straw, red: like rust}
    worse: later
  spots: {ask: Where?, type: set, choices: [front, back]}
  wet: {ask: Is it wet?, type: boolean}
  opened: {ask: When?, type: date, range: [2020-01-01, 2029-12-31]}
  label: {ask: What does it say?, type: string}
parameters:
  hot: {value: 38.5, range: [30, 40]}
"""


def model_of(**files: str) -> Model:
    """Return the model of a pack with these files beside its facts; file names are given without their ending."""
    facts, parameters = FACTS.split("parameters:")
    texts = {"pack": PACK, "facts": facts, "parameters": f"parameters:{parameters}", **files}
    documents = []
    for name, text in texts.items():
        document, problems = parse(SourceText(f"{name}.yaml", text))
        assert document is not None
        assert [*problems, *check(document)] == []
        documents.append(document)
    model, problems = resolve(documents)
    assert problems == []
    assert model is not None
    return model


def condition_of(text: str) -> Condition:
    """Return a condition of the model."""
    condition = model_of(derived=f"derived: {{it: {{when: {text}}}}}").derived["it"].condition
    assert condition is not None
    return condition


def formula_of(text: str) -> Formula:
    """Return a formula of the model."""
    formula = model_of(derived=f"derived: {{it: {{formula: {text}}}}}").derived["it"].formula
    assert formula is not None
    return formula


def fact(name: str) -> Ref:
    """Return a reference to a fact."""
    return Ref("fact", name)


def test_the_pack_file_names_the_model() -> None:
    """The name, version, title and notice come from the pack file."""
    model = model_of()
    assert (model.name, model.version, model.title, model.notice) == ("demo", "1.0.0", "Demo", "Only a demo.")


def test_facts_keep_what_is_said_of_their_values() -> None:
    """Ranges of dates count days; choices keep order and texts; `worse` makes them ordered."""
    facts = model_of().facts
    assert list(facts) == ["temperature", "days", "colour", "spots", "wet", "opened", "label"]
    assert (facts["temperature"].domain.lowest, facts["temperature"].domain.highest) == (-40, 60)
    assert facts["temperature"].domain.unit == "°C"
    assert facts["colour"].domain.choices == {"green": "like grass", "yellow": "like straw", "red": "like rust"}
    assert facts["colour"].domain.ordered
    assert facts["spots"].domain.choices == {"front": "", "back": ""}
    assert facts["opened"].domain.lowest == datetime.date(2020, 1, 1).toordinal()


def test_a_kind_may_be_spread_over_files() -> None:
    """Facts of all files are known, in the order of the file names, whichever file is read first."""
    model = model_of(
        later="facts: {last: {ask: Last?, type: boolean}}", a_first="facts: {first: {ask: First?, type: boolean}}"
    )
    assert list(model.facts) == ["first", "temperature", "days", "colour", "spots", "wet", "opened", "label", "last"]


def test_a_choice_can_be_ordered_without_getting_worse() -> None:
    """`ordered: true` makes a choice comparable; without it and without `worse` it is not."""
    choices = "type: choice, choices: [small, large]"
    model = model_of(more=f"facts: {{size: {{ask: Size?, {choices}, ordered: true}}, kind: {{ask: Kind?, {choices}}}}}")
    assert model.facts["size"].domain.is_comparable
    assert not model.facts["kind"].domain.is_comparable


def test_a_plain_value_means_is() -> None:
    """`wet: true` is the test `is: true`."""
    assert condition_of("{wet: true}") == condition_of("{wet: {is: true}}") == Test(fact("wet"), "is", (True,))


def test_several_keys_and_tests_must_all_hold() -> None:
    """Keys of one mapping and tests under one name are parts of one `All`, and so are groups next to them."""
    wet, above = Test(fact("wet"), "is", (True,)), Test(fact("temperature"), "above", (Constant(0),))
    below = Test(fact("temperature"), "below", (Constant(4),))
    assert condition_of("{wet: true, temperature: {above: 0, below: 4}}") == All((wet, above, below))
    assert condition_of("{wet: true, not: {temperature: {above: 0}}}") == All((wet, Not(above)))
    assert condition_of("{any: [{wet: true}, {temperature: {below: 4}}]}") == AnyOf((wet, below))
    assert condition_of("{all: [{wet: true}]}") == All((wet,))


def test_operands_are_values_of_their_subject() -> None:
    """Sets become frozen sets and dates become ordinals; choices and texts stay text."""
    assert condition_of("{spots: [front]}") == Test(fact("spots"), "is", (frozenset({"front"}),))
    assert condition_of("{spots: []}") == Test(fact("spots"), "is", (frozenset(),))
    assert condition_of("{spots: {includes_any: [front, back]}}") == Test(
        fact("spots"), "includes_any", ("front", "back")
    )
    day = datetime.date(2025, 3, 1).toordinal()
    assert condition_of("{opened: {between: [2025-03-01, 2025-03-02]}}") == Test(
        fact("opened"), "between", (day, day + 1)
    )
    assert condition_of("{colour: {one_of: [green, red]}}") == Test(fact("colour"), "one_of", ("green", "red"))
    assert condition_of("{colour: {between: [green, red]}}") == Test(fact("colour"), "between", ("green", "red"))
    assert condition_of("{label: {is_not: any text}}") == Test(fact("label"), "is_not", ("any text",))
    assert condition_of("{days: {between: [1, days]}}") == Test(fact("days"), "between", (Constant(1), fact("days")))


def test_counts_become_the_numbers_that_may_hold() -> None:
    """Every way to bound a count becomes a lowest and a highest number."""
    of = "of: [{wet: true}, {days: 1}, {label: x}]"
    bounds = {
        "at_least: 2": (2, 3),
        "at_most: 2": (0, 2),
        "is: 2": (2, 2),
        "above: 1": (2, 3),
        "below: 2": (0, 1),
        "between: [1, 2]": (1, 2),
        "at_least: 1, below: 3": (1, 2),
    }
    found = {}
    for text in bounds:
        count = condition_of(f"{{count: {{{of}, {text}}}}}")
        assert isinstance(count, Count)
        found[text] = (count.lowest, count.highest)
    assert found == bounds


def test_formulas_follow_the_usual_precedence() -> None:
    """Products bind tighter than sums, operators of equal rank associate to the left, and parentheses come first."""
    days, hot = fact("days"), ParameterRef("hot")
    assert formula_of("days - hot - 1") == Arithmetic("-", Arithmetic("-", days, hot), Constant(1))
    assert formula_of("1 + hot * days") == Arithmetic("+", Constant(1), Arithmetic("*", hot, days))
    assert formula_of('"(1 + hot) * days"') == Arithmetic("*", Arithmetic("+", Constant(1), hot), days)
    assert formula_of("days / 4") == Arithmetic("/", days, Constant(4))


def test_signs_and_decimals_are_exact() -> None:
    """A sign belongs to a number or subtracts from 0; decimals and exponents are exact."""
    assert formula_of('"-days"') == Arithmetic("-", Constant(0), fact("days"))
    assert formula_of("2 * -1.1") == Arithmetic("*", Constant(2), Constant(Fraction(-11, 10)))
    assert formula_of('"+days"') == fact("days")
    assert formula_of("1.5e2 * days") == Arithmetic("*", Constant(150), fact("days"))
    assert formula_of("0.1") == Constant(Fraction(1, 10))


def test_derived_facts_and_decisions_stand_behind_what_they_use() -> None:
    """Files may use names in any order; the model has them in an order in which they can be evaluated."""
    late = "decision: last\noutputs: {total: {type: number}}\nrules: [{id: a, then: {total: 2 * first.total}}]\n"
    model = model_of(
        a_late=late,
        b_early="decision: first\noutputs: {total: {type: number}}\nrules: [{id: a, then: {total: lower + 1}}]\n",
        derived="derived: {upper: {formula: lower + 1}, lower: {formula: days + 1}}",
    )
    assert list(model.derived) == ["lower", "upper"]
    assert list(model.decisions) == ["first", "last"]
    assert model.decisions["last"].rules[0].then == (
        ("total", Arithmetic("*", Constant(2), Ref("output", "total", "first"))),
    )


def test_decisions_that_use_none_another_keep_the_order_of_their_files() -> None:
    """Decisions are in the order of their file names, whatever their kind."""
    rules = "outputs: {total: {type: integer}}\nrules: [{id: a, then: {total: 1}}]\n"
    model = model_of(
        b=f"decision: early\n{rules}",
        c="criteria: middle\nall: [{id: a, require: {wet: true}}]\n",
        d=f"decision: a_late_one\n{rules}",
    )
    assert list(model.decisions) == ["early", "middle", "a_late_one"]


def test_outputs_take_values_of_every_type() -> None:
    """The values that a rule gives have the types of its outputs."""
    decision = model_of(
        many="""\
decision: many
outputs:
  day: {type: date}
  where: {type: set, choices: [front, back]}
  text: {type: string}
  count_of_days: {type: integer}
  amount: {type: number}
  open: {type: boolean}
rules:
  - id: a
    when: {wet: true}
    then: {day: 2025-03-01, where: [back], text: Close it., count_of_days: 3, amount: days / 2, open: false}
otherwise: no_match
"""
    ).decisions["many"]
    assert dict(decision.rules[0].then) == {
        "day": datetime.date(2025, 3, 1).toordinal(),
        "where": frozenset({"back"}),
        "text": "Close it.",
        "count_of_days": Constant(3),
        "amount": Arithmetic("/", fact("days"), Constant(2)),
        "open": False,
    }
    assert decision.otherwise is None
    assert decision.hit == "unique"


def test_a_table_is_rules_in_rows() -> None:
    """A cell is a value, a test or `any`; remarks have columns of their own; rows without an id are numbered."""
    decision = model_of(
        table="""\
decision: table
outputs: {total: {type: integer}, note: {type: string}}
hit: first
table:
  - [colour, total, temperature, note, because]
  - [green, 1, {above: hot}, calm, It is fine.]
  - [any, 2, any, wild, It is not.]
"""
    ).decisions["table"]
    first, second = decision.rules
    assert decision.kind == "table"
    assert first.condition == All(
        (Test(fact("colour"), "is", ("green",)), Test(fact("temperature"), "above", (ParameterRef("hot"),)))
    )
    assert first.then == (("total", Constant(1)), ("note", "calm"))
    assert (first.id, first.because) == ("row-1", "It is fine.")
    assert (second.id, second.condition) == ("row-2", ALWAYS)


def test_a_row_may_have_an_id_and_sources_of_its_own() -> None:
    """Columns called `id`, `source` and `interpretation` describe the row."""
    decision = model_of(
        table="""\
decision: table
outputs: {total: {type: integer}}
source: whole.table
table:
  - [id, days, total, source, interpretation]
  - [few, 1, 1, [rows.one, rows.two], read so]
  - [more, 2, 2, rows.one, read so]
otherwise: {total: 0}
""",
        guidance="guidance: Notes\nstatements: {whole.table: A., rows.one: B., rows.two: C.}\n",
    ).decisions["table"]
    assert [(rule.id, rule.sources, rule.interpretation) for rule in decision.rules] == [
        ("few", ("rows.one", "rows.two"), "read so"),
        ("more", ("rows.one",), "read so"),
    ]
    assert decision.otherwise == (("total", Constant(0)),)


def test_rules_without_a_source_take_that_of_their_decision() -> None:
    """`source` at the top of a decision applies to its rules."""
    model = model_of(
        visit="""\
decision: visit
outputs: {total: {type: integer}}
hit: count
source: whole.table
rules: [{id: a, when: {wet: true}}, {id: b, when: {wet: false}, source: rows.one}]
""",
        guidance="guidance: Notes\nstatements: {whole.table: A., rows.one: B.}\n",
    )
    assert [rule.sources for rule in model.decisions["visit"].rules] == [("whole.table",), ("rows.one",)]
    assert model.statements["rows.one"].text == "B."


def test_criteria_are_a_decision_as_bad_as_the_worst() -> None:
    """Criteria have one ordered output, and each criterion is a rule that fires when it is not met."""
    decision = model_of(
        ready="""\
criteria: ready
title: Ready
result: {met: go, unmet: wait}
all:
  - {id: dry, title: It is dry, require: {wet: false}, unmet: Dry it.}
"""
    ).decisions["ready"]
    require = Test(fact("wet"), "is", (False,))
    (rule,) = decision.rules
    assert (decision.kind, decision.hit, decision.otherwise) == ("criteria", "worst", (("result", "go"),))
    assert list(decision.output("result").domain.choices) == ["go", "wait"]
    assert decision.output("result").domain.worse == "later"
    assert (rule.condition, rule.then, rule.require, rule.unmet) == (
        Not(require),
        (("result", "wait"),),
        require,
        "Dry it.",
    )


def test_criteria_are_met_or_unmet_unless_they_say_otherwise() -> None:
    """Without `result`, or for a word left out of it, the default words are used."""
    all_ = "all: [{id: dry, require: {wet: false}}]\n"
    model = model_of(a=f"criteria: a\n{all_}", b=f"criteria: b\nresult: {{met: go}}\n{all_}")
    assert list(model.decisions["a"].output("result").domain.choices) == ["met", "unmet"]
    assert list(model.decisions["b"].output("result").domain.choices) == ["go", "unmet"]


def test_limits_have_a_rule_for_each_side_of_each_bound() -> None:
    """A bound with two sides becomes two rules with the same id; the quantity keeps its domain."""
    decision = model_of(
        pace="""\
limits: pace
bounds:
  - {id: both, when: {wet: true}, quantity: days, at_least: 1, at_most: 1.5 * days}
  - {id: one, quantity: temperature, at_most: hot}
"""
    ).decisions["pace"]
    assert [(rule.id, rule.bound, [name for name, _ in rule.then]) for rule in decision.rules] == [
        ("both", "at_least", ["days"]),
        ("both", "at_most", ["days"]),
        ("one", "at_most", ["temperature"]),
    ]
    assert decision.quantities == (("days", fact("days")), ("temperature", fact("temperature")))
    assert decision.output("temperature").domain.unit == "°C"
    assert (decision.kind, decision.hit) == ("limits", "limits")


def test_outcomes_can_be_asked_about() -> None:
    """Conditions use outputs of decisions, the result of criteria and the verdict of limits."""
    model = model_of(
        early="decision: early\noutputs: {total: {type: number}}\nhit: sum\nrules: [{id: a, then: {total: 1}}]\n",
        pace="limits: pace\nbounds: [{id: a, quantity: early.total, at_most: 5}]\n",
        ready="criteria: ready\nall: [{id: dry, require: {pace.total: within, early.total: {below: days}}}]\n",
        late="decision: z\noutputs: {total: {type: integer}}\nhit: count\nrules: [{id: a, when: {ready.result: met}}]",
    )
    assert list(model.decisions) == ["early", "pace", "ready", "z"]
    assert model.decisions["pace"].quantities == (("total", Ref("output", "total", "early")),)
    assert model.decisions["z"].rules[0].condition == Test(Ref("output", "result", "ready"), "is", ("met",))


def test_parameters_constraints_and_properties_are_kept() -> None:
    """Parameters, constraints and properties are in the model."""
    model = model_of(
        never="constraints: [{id: not-both, never: {wet: true, colour: green}, because: Water rusts.}]\n",
        always="properties: Some\nalways: [{id: p, then: {wet: true}}, {id: q, if: {days: 1}, then: {wet: true}}]\n",
    )
    assert model.parameters["hot"].value == Fraction(77, 2)
    assert model.constraints[0].because == "Water rusts."
    assert [(held.id, held.condition == ALWAYS) for held in model.properties] == [("p", True), ("q", False)]


def test_examples_have_all_facts_of_their_patient() -> None:
    """The facts of a case replace those of its patient, and unknown ones are removed."""
    model = model_of(
        cases="""\
cases: Some
patients: {calm: {wet: false, colour: green, days: 3}}
examples:
  - id: changed
    title: Changed
    patient: calm
    facts: {colour: red, temperature: {at_least: 4, below: 5.5}}
    unknown: [days, label]
    expect: {late: {total: 0, fired: [a]}}
  - {id: refused, facts: {wet: true}, expect: refused}
""",
        more="cases: More\npatients: {other: {opened: 2025-03-01, spots: [front], colour: {one_of: [green, red]}}}\n",
        late="decision: late\noutputs: {total: {type: integer}}\nhit: count\nrules: [{id: a, when: {wet: true}}]\n",
    )
    changed, refused = model.examples
    assert changed.facts == {"wet": False, "colour": "red", "temperature": {"at_least": 4, "below": Fraction(11, 2)}}
    assert changed.expect == {"late": {"total": 0, "fired": ["a"]}}
    assert refused.expect == "refused"


def test_places_point_into_the_files() -> None:
    """A rule has its line; two models that differ only in places are equal."""
    rules = "decision: late\noutputs: {total: {type: integer}}\nhit: count\nrules:\n  - {id: a, when: {wet: true}}\n"
    model = model_of(late=rules)
    assert str(model.decisions["late"].rules[0].place) == "late.yaml:5:5"
    assert model == model_of(late=f"# A remark.\n\n{rules}")
    assert model != model_of(late=rules.replace("true", "false"))
