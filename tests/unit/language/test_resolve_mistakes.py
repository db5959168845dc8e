"""Mistakes in the meaning of rule files: each is reported at its place, and causes no further reports.

`tests/broken` has what an author sees of them; these tests are about details, and about what is not reported.
"""

from __future__ import annotations

import attrs
import pytest

from hiprun.errors import Problem
from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check
from hiprun.language.syntax import parse
from hiprun.model import Model
from hiprun.model.places import Place, SourceText

PACK = "pack: demo\nlanguage: 1\nversion: 1.0.0\ntitle: Demo\n"
FACTS = """\
facts:
  warmth: {ask: How warm?, type: number, range: [0, 50], unit: °C, worse: higher}
  days: {ask: How long?, type: integer, range: [0, 30], unit: d}
  colour: {ask: Which colour?, type: choice, choices: [green, red], worse: later}
  spots: {ask: Where?, type: set, choices: [front, back]}
  wet: {ask: Is it wet?, type: boolean}
  opened: {ask: When?, type: date, range: [2020-01-01, 2029-12-31]}
  label: {ask: What does it say?, type: string}
"""
PARAMETERS = "parameters:\n  hot: {value: 30, unit: °C, range: [25, 40]}\n  share: {value: 2}\n"
COUNT = (
    "decision: wetness\noutputs: {total: {type: integer}}\nhit: count\nrules:\n  - {id: soaked, when: {wet: true}}\n"
)
COLLECT = """\
decision: tips
outputs: {text: {type: string}, tone: {type: choice, choices: [calm, stern], optional: true}}
hit: collect
rules: [{id: dry, when: {wet: true}, then: {text: Dry it.}}]
"""
CRITERIA = "criteria: ready\nall: [{id: dry, require: {wet: false}}]\n"
WHERE = """\
decision: where
outputs: {spots: {type: set, choices: [front, back]}}
rules: [{id: dry, when: {wet: true}, then: {spots: [front]}}]
otherwise: {spots: []}
"""
LIMITS = "limits: pace\nbounds: [{id: at-once, quantity: days, at_most: 5}]\n"


def build_of(files: dict[str, str], broken: frozenset[str] = frozenset()) -> tuple[Model | None, list[Problem]]:
    """Return the result of resolving these files; names are given without their ending."""
    documents = []
    for name, text in files.items():
        document, problems = parse(SourceText(f"{name}.yaml", text))
        assert document is not None
        assert [*problems, *check(document)] == []
        documents.append(document)
    return resolve(documents, broken)


def mistakes(broken: frozenset[str] = frozenset(), **files: str) -> list[tuple[str, str]]:
    """Return the code of every mistake in a pack with these files, and the text it is marked at."""
    everything = {"pack": PACK, "facts": FACTS, "parameters": PARAMETERS, **files}
    _, problems = build_of({name: text for name, text in everything.items() if text}, broken)
    return [(problem.code, marked(problem)) for problem in problems]


def marked(problem: Problem) -> str:
    """Return the text that is underlined."""
    if problem.place is None:
        return ""
    start = problem.place.column - 1
    return problem.line[start : start + problem.place.width]


def when(text: str) -> dict[str, str]:
    """Return a file with a derived fact that has this condition."""
    return {"it": f"derived: {{it: {{when: {text}}}}}"}


def formula(text: str) -> dict[str, str]:
    """Return a file with a derived fact that has this formula."""
    return {"it": f"derived: {{it: {{formula: {text}}}}}"}


def case(facts: str, expect: str) -> dict[str, str]:
    """Return a file with an example, and decisions of which it can expect something."""
    cases = f"cases: Some\nexamples:\n  - id: some\n    facts: {facts}\n    expect: {expect}\n"
    return {"cases": cases, "count": COUNT, "tips": COLLECT, "ready": CRITERIA, "pace": LIMITS, "where": WHERE}


@pytest.mark.parametrize(
    ("condition", "code", "at"),
    [
        ("{wet: soaked}", "wrong-type", "soaked"),
        ('{wet: "off"}', "wrong-type", '"off"'),
        ("{wet: [front]}", "wrong-type", "[front]"),
        ("{colour: 3}", "wrong-type", "3"),
        ("{colour: true}", "wrong-type", "true"),
        ("{colour: {one_of: [green, 3]}}", "wrong-type", "3"),
        ("{colour: {between: [green, reed]}}", "not-a-choice", "reed"),
        ("{label: 3}", "wrong-type", "3"),
        ("{label: {at_least: x}}", "test-does-not-fit", "at_least"),
        ("{label: {includes: x}}", "test-does-not-fit", "includes"),
        ("{spots: true}", "wrong-type", "true"),
        ("{spots: 2.5}", "wrong-type", "2.5"),
        ("{spots: {one_of: [front]}}", "test-does-not-fit", "one_of"),
        ("{spots: {includes: side}}", "not-a-choice", "side"),
        ("{spots: [front, front]}", "duplicate-value", "front"),
        ("{spots: [front, side]}", "not-a-choice", "side"),
        ("{opened: 5}", "bad-date", "5"),
        ("{opened: {above: 2031-01-01}}", "out-of-range", "2031-01-01"),
        ("{opened: {between: [2025-01-02, 2025-01-01]}}", "upside-down", "[2025-01-02, 2025-01-01]"),
        ("{days: {one_of: [1, 1]}}", "duplicate-value", "1"),
        ("{days: {one_of: [1, 2.5]}}", "not-whole", "2.5"),
        ("{warmth: {between: [hot, 20]}}", "upside-down", "[hot, 20]"),
        ("{warmth: {above: -1}}", "out-of-range", "-1"),
        ("{warmth: {above: share * 30}}", "out-of-range", "share * 30"),
        ("{warmth: {above: days + share}}", "unit-mismatch", "days + share"),
        ("{warmth: {below: label}}", "needs-number", "label"),
        ("{it: true}", "circle", "it"),
        ("{wetness.total.sum: 3}", "unknown-decision", "wetness.total.sum"),
        (
            "{count: {of: [{wet: true}], at_least: 1, at_most: 0}}",
            "impossible-count",
            "{of: [{wet: true}], at_least: 1, at_most: 0}",
        ),
    ],
)
def test_a_condition_that_makes_no_sense_is_found(condition: str, code: str, at: str) -> None:
    """One mistake in a condition is one problem, marked exactly."""
    assert mistakes(**when(condition)) == [(code, at)]


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ('"* 2"', "formula-syntax", "*"),
        ('"2 )"', "formula-syntax", ")"),
        ("2 days", "formula-syntax", "days"),
        ("days 2", "formula-syntax", "2"),
        ("days (2)", "formula-syntax", "days"),
        ("days * (2", "formula-syntax", "("),
        ("2 (3)", "formula-syntax", "("),
        ("2 × days", "formula-syntax", "×"),
        ("days ^ days", "exponent-not-a-number", "days"),
        ("days ^ 2", "", ""),
        ("days; 2", "formula-syntax", ";"),
        ("() + days", "formula-syntax", ")"),
        ("days / (share - share)", "division-by-zero", "/"),
        ("days / 0", "division-by-zero", "/"),
        ("days / share", "", ""),
        ("days / (hot - 30)", "division-by-zero", "/"),
        ("1e99 * days", "formula-syntax", "1e99"),
        ("days * " + "1" * 90, "formula-syntax", "1" * 90),
        ("days * (days + 1)", "", ""),
        ('"max(days, 1, 2)"', "", ""),
        ("max(days; 1)", "formula-syntax", ";"),
        ('"max(days, )"', "formula-syntax", ")"),
        ('"max(days, 1"', "formula-syntax", "("),
        ("min(days)", "formula-syntax", "min"),
        ("hot", "", ""),
        ("days + unknown", "unknown-name", "unknown"),
        ("days + visit.total", "unknown-decision", "visit.total"),
        ("days + 2 * wet", "needs-number", "wet"),
        (" + ".join(["1"] * 61), "formula-too-long", "1"),
        ('"' + "-" * 61 + '1"', "formula-too-long", "-"),
        ("1 + " * 200 + "1", "formula-too-long", "1"),
    ],
)
def test_a_formula_that_makes_no_sense_is_found(text: str, code: str, at: str) -> None:
    """One mistake in a formula is one problem, marked inside its text."""
    assert mistakes(**formula(text)) == ([(code, at)] if code else [])


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("warmth + 1", False),
        ("1.1 * warmth", False),
        ("1 * warmth", False),
        ("share * warmth", False),
        ("warmth / 1.5", False),
        ("60 * warmth", True),
        ("warmth / 60", True),
        ("hot * warmth", True),
        ("hot / hot", True),
        ("days + 2", True),
        ("60 * warmth + days", True),
    ],
)
def test_only_whole_factors_and_units_of_parameters_convert(text: str, fits: bool) -> None:
    """A factor such as 1.1 keeps the unit; one that may convert units leaves it open."""
    found = mistakes(it=f"derived: {{it: {{formula: {text}, unit: d}}}}")
    assert found == ([] if fits else [("unit-mismatch", text)])


def test_a_mistake_in_a_folded_formula_is_marked_as_a_whole() -> None:
    """If the line does not show the text literally, all of it is marked."""
    assert mistakes(it='derived: {it: {formula: "days\\x20*/ 2"}}') == [("formula-syntax", '"days\\x20*/ 2"')]


@pytest.mark.parametrize(
    ("facts", "code", "at"),
    [
        ("more: {ask: A?, type: integer, range: [0, 1.5]}", "not-whole", "1.5"),
        ("more: {ask: A?, type: number, range: [0, days]}", "wrong-type", "days"),
        ("more: {ask: A?, type: date, range: [2021-01-01, 2020-01-01]}", "upside-down", "[2021-01-01, 2020-01-01]"),
        ("more: {ask: A?, type: date, range: [2021-01-01, never]}", "bad-date", "never"),
        ("more: {ask: A?, type: set, choices: [one, one]}", "duplicate-value", "one"),
        ("more: {ask: A?, type: choice, choices: {any: Any, one: One}}", "reserved-word", "any"),
        ("more: {ask: A?, type: choice, choices: [any, one]}", "reserved-word", "any"),
        ("more: {ask: A?, type: string, worse: later}", "does-not-fit-type", "worse"),
        ("more: {ask: A?, type: set, choices: [one], ordered: true}", "does-not-fit-type", "ordered"),
        ("more: {ask: A?, type: boolean, unit: m}", "does-not-fit-type", "unit"),
        ("more: {ask: A?, type: number, choices: [one, two]}", "does-not-fit-type", "choices"),
        ("more: {ask: A?, type: number, worse: later}", "does-not-fit-type", "later"),
        ("days: {ask: A?, type: string}", "duplicate-name", "days"),
    ],
)
def test_a_fact_that_makes_no_sense_is_found(facts: str, code: str, at: str) -> None:
    """One mistake in a fact is one problem, and conditions on the fact are not reported."""
    asked = "derived: {it: {when: {more: soaked}}}" if facts.startswith("more") else ""
    assert mistakes(facts2=f"facts: {{{facts}}}", it=asked) == [(code, at)]


def test_too_many_choices_are_refused() -> None:
    """The number of choices is bounded."""
    choices = ", ".join(f"c{number}" for number in range(1001))
    assert [code for code, _ in mistakes(more=f"facts: {{more: {{ask: A?, type: set, choices: [{choices}]}}}}")] == [
        "too-many-choices"
    ]


@pytest.mark.parametrize(
    ("parameters", "code", "at"),
    [
        ("{value: 3, range: [4, 1]}", "upside-down", "[4, 1]"),
        ("{value: 3, type: integer, range: [1, 4.5]}", "not-whole", "4.5"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_found(parameters: str, code: str, at: str) -> None:
    """One mistake in a parameter is one problem, and formulas that use it are not reported."""
    assert mistakes(more=f"parameters: {{more: {parameters}}}", **formula("days + more")) == [(code, at)]


@pytest.mark.parametrize(
    ("files", "code", "at"),
    [
        ({"it": "derived: {it: {when: {wet: true}, unit: m}}"}, "does-not-fit-type", "unit"),
        ({"it": "derived: {it: {formula: warmth + 1, unit: m}}"}, "unit-mismatch", "warmth + 1"),
        (
            {
                "it": "derived: {soaked: {when: {wetness.total: 1}}, it: {when: {soaked: true}}}",
                "count": COUNT,
                "never": "constraints: [{id: never, never: {it: true}}]",
            },
            "constraint-on-outcome",
            "{it: true}",
        ),
        ({"a": "constraints: [{id: a, never: {wet: true}}, {id: a, never: {days: 1}}]"}, "duplicate-id", "a"),
        ({"a": "properties: A\nalways: [{id: a, then: {wet: true}}, {id: a, then: {days: 1}}]"}, "duplicate-id", "a"),
        ({"a": CRITERIA.replace("]", ", {id: dry, require: {days: 1}}]")}, "duplicate-id", "dry"),
        ({"a": LIMITS.replace("]", ", {id: at-once, quantity: warmth, at_most: 5}]")}, "duplicate-id", "at-once"),
        ({"a": LIMITS, "b": COUNT.replace("wetness", "pace")}, "duplicate-name", "pace"),
        ({"a": COUNT.replace("wetness", "count")}, "reserved-word", "count"),
        ({"a": "criteria: a\nresult: {met: any}\nall: [{id: dry, require: {wet: false}}]"}, "reserved-word", "any"),
        (
            {
                "more": "facts: {needs: {ask: A?, type: number}}",
                "a": "limits: a\nbounds: [{id: a, quantity: needs, at_most: 1}]",
            },
            "reserved-word",
            "needs",
        ),
        (
            {
                "count": COUNT.replace("total", "days"),
                "a": LIMITS.replace("]", ", {id: b, quantity: wetness.days, at_most: 1}]"),
            },
            "duplicate-name",
            "wetness.days",
        ),
        ({"a": LIMITS.replace("quantity: days", "quantity: dayz")}, "unknown-name", "dayz"),
        ({"a": LIMITS.replace("at_most: 5", "at_most: 50")}, "out-of-range", "50"),
        ({"a": COUNT.replace("{total: {type: integer}}", "{total: {type: number}}")}, "count-output", "outputs"),
        (
            {"a": COLLECT.replace("hit: collect", "hit: collect\norder: worst")},
            "unordered-output",
            "order",
        ),
        (
            {"a": "cases: A\npatients: {calm: {wet: true}}", "b": "cases: B\npatients: {calm: {days: 1}}"},
            "duplicate-name",
            "calm",
        ),
        ({"a": COLLECT + "otherwise: no_match"}, "otherwise-not-allowed", "otherwise"),
        (
            {"a": COLLECT.replace("{text: Dry it.}", "{tone: calm}")},
            "missing-output",
            "then",
        ),
        ({"a": COLLECT.replace("choices: [calm, stern]", "choices: [calm]")}, "no-choices", "[calm]"),
    ],
)
def test_a_mistake_elsewhere_is_found(files: dict[str, str], code: str, at: str) -> None:
    """Derived facts, constraints, properties, criteria, limits and decisions: one problem for one mistake."""
    assert mistakes(**files) == [(code, at)]


def test_under_worst_a_rule_must_raise_something_known() -> None:
    """A rule may leave outputs out, but a mistake in its only output is the only report."""
    rules = """\
decision: visit
outputs: {advice: {type: choice, choices: [wait, call], worse: later}, wait: {type: boolean, worse: true}}
hit: worst
rules: [{id: a, when: {wet: true}, then: {%s}}, {id: b, then: {advice: wait}}]
otherwise: {advice: wait, wait: false}
"""
    assert mistakes(a=rules % "advice: call") == []
    assert mistakes(a=rules % "advise: call") == [("unknown-output", "advise")]


@pytest.mark.parametrize(
    ("table", "code", "at"),
    [
        ("[[days, wet, total], [1, true, 1], [2, any]]", "row-length", "[2, any]"),
        ("[[id, days, total], [Row A, 1, 1]]", "bad-name", "Row A"),
        ("[[id, days, total], ['?', 1, 1]]", "bad-name", "'?'"),
        ("[[id, days, total], [row, 1, 1], [row, 2, 1]]", "duplicate-id", "row"),
        ("[[id, days, total], [row, 1]]", "row-length", "[row, 1]"),
        ("[[days, source, total], [1, 5, 1]]", "wrong-type", "5"),
        ("[[days, because, total], [1, 5, 1]]", "wrong-type", "5"),
        ("[[days, total], [1, warmth]]", "not-whole", "warmth"),
        ("[[wetness.total, total], [1, 2]]", "circle", "wetness"),
        ("[[days, total], [1, 'min(wetness.total, 1)']]", "circle", "wetness"),
        ("[[warmer, total], [1, 2]]", "unknown-column", "warmer"),
        ("[[hot, total], [1, 2]]", "not-a-fact", "hot"),
        ("[[days, total], [{above: 40}, 2]]", "out-of-range", "40"),
        ("[[days, total], [1, {is: 2}]]", "wrong-type", "{is: 2}"),
    ],
)
def test_a_mistake_in_a_table_is_found(table: str, code: str, at: str) -> None:
    """Rows, cells and columns that make no sense are each marked exactly."""
    decision = "decision: wetness\noutputs: {total: {type: integer}}\nsource: one\notherwise: no_match\n"
    guidance = "guidance: Notes\nstatements: {one: A statement.}\n"
    assert mistakes(a=f"{decision}table: {table}", guidance=guidance) == [(code, at)]


def test_a_counting_table_has_no_output_column() -> None:
    """Under `count`, a column for the output is rejected, because its values would be lost."""
    table = "decision: wetness\noutputs: {total: {type: integer}}\nhit: count\ntable: [[days, total], [1, 2]]\n"
    assert mistakes(a=table) == [("then-not-allowed", "[days, total]")]
    assert mistakes(a=table.replace("[days, total], [1, 2]", "[days], [1]")) == []


def test_a_fact_called_like_a_remark_is_no_column() -> None:
    """A column that could be a fact or a remark is rejected."""
    table = (
        "decision: wetness\noutputs: {total: {type: integer}}\ntable: [[because, total], [a, 1]]\notherwise: no_match\n"
    )
    assert mistakes(a=table, b="facts: {because: {ask: Why?, type: string}}") == [("ambiguous-column", "because")]


@pytest.mark.parametrize(
    ("facts", "expect", "code", "at"),
    [
        ("{days: 2.5}", "{wetness: {total: 0}}", "not-whole", "2.5"),
        ('{days: "2"}', "{wetness: {total: 0}}", "wrong-type", '"2"'),
        ("{days: {one_of: [2, hot]}}", "{wetness: {total: 0}}", "wrong-type", "hot"),
        ("{days: {above: 31}}", "{wetness: {total: 0}}", "out-of-range", "31"),
        ("{spots: front}", "{wetness: {total: 0}}", "wrong-type", "front"),
        ("{spots: {includes: side}}", "{wetness: {total: 0}}", "not-a-choice", "side"),
        ("{opened: 2025-13-01}", "{wetness: {total: 0}}", "bad-date", "2025-13-01"),
        ("{hot: 30}", "{wetness: {total: 0}}", "unknown-fact", "hot"),
        ("{}", "{where: {spots: [[front]]}}", "wrong-type", "[front]"),
        ("{}", "{where: {spots: {front: true}}}", "wrong-type", "{front: true}"),
        ("{}", "{wetness: {status: decide}}", "unknown-expectation", "decide"),
        ("{}", "{wetness: {status: {a: 1}}}", "unknown-expectation", "{a: 1}"),
        ("{}", "{wetness: {needs: wet}}", "wrong-type", "wet"),
        ("{}", "{wetness: {needs: 5}}", "wrong-type", "5"),
        ("{}", "{wetness: {needs: [wett]}}", "unknown-fact", "wett"),
        ("{}", "{wetness: {needs: [{a: 1}]}}", "wrong-type", "{a: 1}"),
        ("{}", "{wetness: {certain: [soaked]}}", "unknown-expectation", "certain"),
        ("{}", "{wetness: {possible: [5]}}", "wrong-type", "5"),
        ("{}", "{wetness: {possible: [{all: 5}]}}", "unknown-output", "all"),
        ("{}", "{wetness: {safest: {total: 5}}}", "unordered-output", "total"),
        ("{}", "{wetness: {safest: 5}}", "wrong-type", "5"),
        ("{}", "{ready: {unmet: [dri]}}", "unknown-rule", "dri"),
        ("{}", "{ready: {safest: {result: unmett}}}", "not-a-choice", "unmett"),
        ("{}", "{tips: {possible: [dri]}}", "unknown-rule", "dri"),
        ("{}", "{tips: {text: Dry it.}}", "wrong-type", "Dry it."),
        ("{}", "{tips: {tone: [calm, sterm]}}", "not-a-choice", "sterm"),
        ("{}", "{pace: {days: 5}}", "wrong-type", "5"),
        ("{}", "{pace: {days: {}}}", "expects-nothing", "days"),
        ("{}", "{pace: {days: {verdict: withing}}}", "not-a-choice", "withing"),
        ("{}", "{pace: {days: {maximum: 5}}}", "unknown-expectation", "maximum"),
        ("{}", "{pace: {days: {at_most: few}}}", "wrong-type", "few"),
        ("{}", "{pace: {safest: {days: 5}}}", "unknown-expectation", "safest"),
    ],
)
def test_an_example_that_makes_no_sense_is_found(facts: str, expect: str, code: str, at: str) -> None:
    """One mistake in the facts or expectations of a case is one problem, marked exactly."""
    assert mistakes(**case(facts, expect)) == [(code, at)]


def test_examples_may_expect_all_that_can_come_out() -> None:
    """Every kind of expectation is accepted for the decisions it is meant for."""
    everything = """{
      wetness: {total: 1, status: undetermined, possible: [{total: 0}, {total: 1}], needs: [wet], fired: [soaked]},
      tips: {certain: [dry], excluded: [dry], possible: [], text: [Dry it.]},
      ready: {result: unmet, met: [], unmet: [dry], unknown: [dry], safest: {result: met}, status: decided},
      pace: {days: {at_least: 1, at_most: 1.5, verdict: within}, status: decided, fired: [at-once]}}"""
    assert mistakes(**case("{warmth: {at_least: 3, below: 4}, spots: [], label: yes it is}", everything)) == []


@pytest.mark.parametrize(
    ("broken", "files"),
    [
        ("facts", when("{unheard: true}")),
        ("derived", when("{unheard: true}")),
        ("?", when("{unheard: true, un.heard: 1}")),
        ("limits", when("{un.heard: within}")),
        ("criteria", when("{un.heard: met}")),
        ("facts", formula("2 * unheard")),
        ("parameters", formula("2 * unheard")),
        ("facts", case("{unheard: 1}", "{wetness: {needs: [unheard]}}")),
        ("decision", case("{}", "{unheard: {of: 1}}")),
        ("decision", case("{}", "{wetness: {fired: [unheard]}}")),
        ("limits", case("{}", "{pace: {unheard: {verdict: within}}}")),
        ("limits", {"pace": LIMITS, **when("{pace.unheard: within}")}),
        ("cases", {"a": "cases: A\nexamples: [{id: a, patient: unheard, expect: refused}]"}),
        ("guidance", {"a": COUNT + "source: unheard"}),
        ("properties", {"guidance": "guidance: A\nstatements: {never-cited: A.}"}),
        ("pack", {"pack": ""}),
        ("?", {"pack": ""}),
    ],
)
def test_names_that_may_be_in_unreadable_files_are_not_reported(broken: str, files: dict[str, str]) -> None:
    """A name that may be declared in an unreadable file is not reported as unknown; without such a file, it is."""
    assert mistakes(frozenset({broken}), **files) == []
    assert mistakes(**files) != []


def test_a_number_of_a_decision_is_suggested_where_a_number_is_needed() -> None:
    """Suggestions fit: number outputs are suggested, outputs of a `collect` decision are not."""
    _, problems = build_of({"pack": PACK, "facts": FACTS, "a": COUNT, "b": COLLECT, **formula("2 * wetnes.totl")})
    assert [problem.help for problem in problems] == ["Did you mean `wetness.total`?"]
    _, problems = build_of({"pack": PACK, "facts": FACTS, "a": COUNT, "b": COLLECT, **formula("2 * xyz")})
    assert [problem.help for problem in problems] == ["Available: `warmth`, `days`, `it`, `wetness.total`."]


def test_a_mistake_is_reported_only_where_it_is_declared() -> None:
    """An invalid fact, output or parameter is reported once, where it is declared, and not where it is used."""
    found = mistakes(
        more="facts: {size: {ask: A?, type: choice, choices: [only]}}",
        parameters="parameters: {limit: {value: 5, range: [1, 4]}}",
        a="decision: a\noutputs: {total: {type: number, worse: later}}\nrules: [{id: a, then: {total: high}}]",
        b=LIMITS.replace("quantity: days", "quantity: a.total"),
        c="criteria: c\nresult: {met: same, unmet: same}\nall: [{id: a, require: {size: x, a.total: {above: limit}}}]",
        d="derived: {it: {when: {c.result: same, size: {at_least: small}}}}",
        e="cases: A\npatients: {calm: {size: large}}\nexamples: [{id: a, expect: {a: {total: x}, c: {result: other}}}]",
    )
    assert [code for code, _ in found] == ["does-not-fit-type", "same-word", "no-choices", "out-of-range"]


def test_statements_and_rules_are_checked_both_ways() -> None:
    """Every statement needs a rule and every rule a statement; citations by cases and properties do not count."""
    guidance = "guidance: Notes\nstatements: {one: A., two: B.}\n"
    cases = "cases: A\nexamples: [{id: a, source: two, expect: refused}]\n"
    always = "properties: A\nalways: [{id: a, source: two, then: {wet: true}}]\n"
    cited = COUNT.replace("true}}", "true}, source: one}")
    assert mistakes(guidance=guidance, a=cited, b=cases, c=always) == [("never-cited", "two")]
    assert mistakes(guidance=guidance, a=COUNT, b=CRITERIA + "source: [one, two]") == [
        ("cites-nothing", "{id: soaked, when: {wet: true}}")
    ]


def test_a_long_circle_is_shown_by_its_ends() -> None:
    """A long circle is reported in a short message."""
    steps = ", ".join(f"d{number}: {{formula: d{(number + 1) % 60} + 1}}" for number in range(60))
    _, problems = build_of({"pack": PACK, "it": f"derived: {{{steps}}}"})
    (problem,) = problems
    assert problem.message.count("→") == 9
    assert problem.message.endswith("… → `d0`.")


def test_circles_that_share_steps_are_limited() -> None:
    """If everything depends on everything, at most ten circles are reported."""
    names = [f"d{number}" for number in range(20)]
    derived = ", ".join(f"{name}: {{formula: {' + '.join(names)}}}" for name in names)
    _, problems = build_of({"pack": PACK, "it": f"derived: {{{derived}}}"})
    assert [problem.code for problem in problems] == ["circle"] * 10


def test_the_depth_of_dependencies_is_bounded() -> None:
    """A chain of conditions may be long but not unlimited, and is reported where it becomes too long."""
    chain = [f"d{number}: {{when: {{not: {{d{number + 1}: true}}}}}}" for number in range(60)]
    files = {"pack": PACK, "facts": FACTS, "chain": f"derived: {{{', '.join(chain)}, d60: {{when: {{wet: true}}}}}}"}
    _, problems = build_of({**files, "a": COUNT.replace("{wet:", "{any: [{d20: true}, {wet: true}], d30:")})
    assert [(problem.code, marked(problem)) for problem in problems] == [("too-deep", "d10")]
    late = "".join("{any: [{wet: true}, {all: [" for _ in range(6)) + "{d40: true}" + "]}]}" * 6
    files["chain"] = f"derived: {{{', '.join(chain[30:])}, d60: {{when: {{wet: true}}}}, late: {{when: {late}}}}}"
    assert build_of(files)[1] == []


def test_reading_stops_after_many_mistakes() -> None:
    """Two hundred mistakes are shown in order, then a sentence says why there are no more."""
    derived = ", ".join(f"d{number}: {{when: {{unheard{number}: 1}}}}" for number in range(300))
    model, problems = build_of({"pack": PACK, "it": f"derived: {{{derived}}}"})
    assert model is None
    assert [problem.code for problem in problems] == ["unknown-name"] * 200 + ["too-many-problems"]


def test_an_undeclared_name_is_reported_once() -> None:
    """However often an undeclared name is used, it is one problem, with the lines of its uses by file."""
    derived = "\n".join(f"  d{number}: {{when: {{deleted: 1}}}}" for number in range(300))
    cases = "cases: Some\npatients: {p: {deleted: 1, typo: 2}}"
    _, problems = build_of({"pack": PACK, "cases": cases, "it": f"derived:\n{derived}"})
    assert [(problem.code, problem.subject) for problem in problems] == [
        ("unknown-fact", "deleted"),
        ("unknown-fact", "typo"),
    ]
    assert [place.line for place in problems[0].also] == list(range(2, 302))
    assert problems[0].elsewhere() == "Also in it.yaml, lines 2, 3, 4, 5, 6, 7, 8, 9 and 292 more."
    assert str(problems[0]).endswith("and 292 more. [unknown-fact]")
    many = attrs.evolve(problems[0], also=tuple(Place(f"{number}.yaml") for number in range(8)))
    assert many.elsewhere().endswith("5.yaml, line 1; and 2 more files.")
