"""A pack as a JavaScript module: it says what Python says, and nothing in a rule file becomes code."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.javascript import javascript_module, typescript_types
from hiprun.pack import Pack

from ....peers import node_package, program
from ....property.arithmetic_models import arithmetic_model
from ....property.random_models import as_given, random_model, random_patient, tied_model
from ... import small_packs
from .patients import expected, patient, runner

_RANK = {"decided": 0, "no_match": 0, "conflict": 0, "undetermined": 1}


def _compare(pack: Pack, run: Any, facts: dict[str, Any]) -> tuple[int, int]:
    """Hold what a module says of a patient to Python; return how many outcomes are exact, and how many are not."""
    exact = wide = 0
    try:
        outcomes = pack.evaluate(facts)
    except hiprun.FactError:
        refused = "refused" in run(next(iter(pack.decisions)), facts)
        assert refused or len(facts) < len(pack.facts), facts
        return 0, 0
    for name, outcome in outcomes.items():
        right, found = expected(outcome), run(name, facts)
        if found["exact"]:
            assert found == right, (name, facts)
            exact += 1
        else:
            assert len(facts) < len(pack.facts), (name, facts)
            _assert_wide(pack, found, right)
            wide += 1
    return exact, wide


def _assert_wide(pack: Pack, found: dict[str, Any], right: dict[str, Any]) -> None:
    """Hold an outcome that is too wide to the exact one: it leaves nothing out and is never calmer."""
    assert set(right["needs"]) <= set(found["needs"])
    assert _RANK[found["status"]] >= _RANK[right["status"]]
    assert set(found["fired"]) <= set(right["fired"])
    decision = pack.decisions[found["decision"]]
    for output in decision.outputs:
        if output.domain.type != "choice" or not output.domain.worse or not right["safest"]:
            continue
        order = list(output.domain.choices)
        sign = -1 if output.domain.worse == "earlier" else 1
        assert sign * order.index(found["safest"][output.name]) >= sign * order.index(right["safest"][output.name])
    for item, other in zip(found.get("items", ()), right.get("items", ()), strict=True):
        assert item["certainty"] in ("possible", other["certainty"])
    for limit, other in zip(found.get("limits", ()), right.get("limits", ()), strict=True):
        assert set(other["possible_verdicts"]) <= set(limit["possible_verdicts"])
        if "safest_at_most" in other:
            assert limit["safest_at_most"] <= other["safest_at_most"]


@pytest.mark.parametrize(
    "path", [None, "examples/news2", "examples/body_and_kidney", "tests/packs/greenhouse", "tests/packs/seedlings"]
)
def test_a_module_says_what_python_says(path: str | None) -> None:
    """For complete patients, and for those with facts missing, each outcome is equal to that of Python."""
    pack, rng = hiprun.load(path), random.Random(5)
    run = runner(javascript_module(pack))
    exact = sum(_compare(pack, run, patient(rng, pack))[0] for _ in range(20))
    assert exact > 15


@pytest.mark.parametrize("seed", range(30))
def test_modules_of_random_packs_say_what_python_says(seed: int) -> None:
    """The same holds for generated packs with every construct of the language, functions in formulas among them."""
    rng = random.Random(seed)
    make = (tied_model, random_model, arithmetic_model)[seed % 3]
    model = make(rng, reals=seed % 2 == 0)
    pack = Pack(model)
    run = runner(javascript_module(pack))
    for _ in range(8):
        facts = as_given(model, random_patient(rng, model, partly=False))
        _compare(pack, run, json.loads(json.dumps(facts, default=_in_json)))


def _in_json(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


_SUMS = {
    "first": "a + b",
    "second": "b + c",
    "odd": "2 * a + 2 * c",
    "apart": "3 * a - 2 * b",
    "mixed": "2 * a + 3 * b - c",
}
_SHARED = """\
decision: load
outputs: {level: {type: choice, choices: [low, middle, high], worse: later}}
hit: first
rules:
  - {id: both, when: {first: {at_least: 12}, second: {at_least: 12}}, then: {level: high}}
  - {id: odd, when: {odd: {between: [4.5, 5.5]}}, then: {level: high}}
  - {id: apart, when: {apart: {above: 20}, b: {above: 5}}, then: {level: high}}
  - {id: mixed, when: {mixed: {above: 2}}, then: {level: middle}}
  - {id: rest, then: {level: low}}
"""


@pytest.mark.parametrize("kind", ["integer", "number"])
def test_unknown_facts_in_several_sums_are_exact(tmp_path: Path, kind: str) -> None:
    """A sum that no facts come to beside another one leads nowhere, and only facts that matter are needed."""
    facts = "\n".join(["facts:", *(f"  {name}: {{ask: How much?, type: {kind}, range: [0, 9]}}" for name in "abc")])
    pack = small_packs.load(
        tmp_path,
        facts=facts,
        derived="\n".join(
            ["derived:", *(f"  {name}: {{title: A sum, formula: {sum_}}}" for name, sum_ in _SUMS.items())]
        ),
        load=_SHARED,
        constraints="constraints: [{id: much, never: {odd: {above: 30}}, because: No.}]",
    )
    run = runner(javascript_module(pack))
    for a, b, c in itertools.product([None, 0, 2, 7, 9], repeat=3):
        given = {name: value for name, value in zip("abc", (a, b, c), strict=True) if value is not None}
        try:
            right = expected(pack.decide("load", given))
        except hiprun.FactError:
            assert run("load", given)["refused"][0]["code"] == "impossible-facts", given
            continue
        assert right["exact"]
        assert run("load", given) == right, given


def test_formulas_of_unknown_facts_are_wide(tmp_path: Path) -> None:
    """An output worked out from facts that are missing may be too wide, and says so."""
    facts = "facts: {height: {ask: How high?, type: number, range: [0, 100]}}"
    run = runner(javascript_module(small_packs.load(tmp_path, facts=facts, far=_THRESHOLDS)))
    assert run("far", {})["exact"] is False
    assert run("far", {"height": 4})["exact"] is True


_THRESHOLDS = """\
decision: far
outputs: {far: {type: choice, choices: [near, far], worse: later}, tenth: {type: number}}
hit: first
rules:
  - {id: beyond, when: {height: {above: 3.3}}, then: {far: far, tenth: height * 0.1}}
  - {id: below, then: {far: near, tenth: height / 3}}
"""


def test_numbers_are_exact(tmp_path: Path) -> None:
    """3.3 is not above 3.3, however it is given, and a little more is; numbers come out as the nearest ones."""
    facts = "facts: {height: {ask: How high?, type: number, range: [0, 100]}}"
    run = runner(javascript_module(small_packs.load(tmp_path, facts=facts, far=_THRESHOLDS)))

    def far(height: Any) -> Any:
        return run("far", {"height": height})["possible"][0]

    assert far(3.3)["far"] == far("3.30")["far"] == far("33e-1")["far"] == "near"
    assert far("3.3000000000000000000000000000000001")["far"] == "far"
    assert far(7) == {"far": "far", "tenth": 0.7}
    assert far(1) == {"far": "near", "tenth": 1 / 3}
    assert run("far", {})["possible"] == [
        {"far": "near", "tenth": {"at_least": 0, "at_most": 100 / 3}},
        {"far": "far", "tenth": {"at_least": 0, "at_most": 10}},
    ]


def test_facts_are_refused_one_by_one(tmp_path: Path) -> None:
    """Wrong names and values, and facts that cannot occur together, are refused with a code and the fact."""
    pack = small_packs.load(
        tmp_path,
        facts=(
            "facts:\n  sick: {ask: Sick?, type: boolean}\n  height: {ask: How high?, type: integer, range: [0, 9]}\n"
            "  kind: {ask: Which?, type: choice, choices: [elm, oak]}\n"
            "  pests: {ask: Which?, type: set, choices: [a, b]}\n"
            "  planted: {ask: When?, type: date, range: [2020-01-01, 2029-12-31]}\n"
            "  owner: {ask: Whose?, type: string}\n"
        ),
        care="decision: care\noutputs: {fine: {type: boolean}}\nhit: first\nrules: [{id: one, then: {fine: true}}]",
        constraints="constraints: [{id: tall, never: {height: {above: 5}, kind: elm}, because: No.}]",
    )
    run = runner(javascript_module(pack))

    def problems(**facts: Any) -> list[tuple[str, str]]:
        return [(entry["code"], entry["fact"]) for entry in run("care", facts)["refused"]]

    assert problems(sick="yes", height=3.5, kind="fir", pests=["a", "c"], planted="2021-02-30", owner=3, age=4) == [
        ("fact-type", "sick"),
        ("fact-type", "height"),
        ("fact-choice", "kind"),
        ("fact-choice", "pests"),
        ("fact-type", "planted"),
        ("fact-type", "owner"),
        ("unknown-fact", "age"),
    ]
    assert problems(height=10, pests="a", planted="2030-01-01") == [
        ("fact-range", "height"),
        ("fact-type", "pests"),
        ("fact-range", "planted"),
    ]
    assert problems(height="a lot") == [("fact-type", "height")]
    assert problems(height=6, kind="elm") == [("impossible-facts", "")]
    assert run("care", {"height": None})["possible"] == [{"fine": True}]
    assert "no decision" in run("other", {})["refused"]


def test_what_a_module_cannot_contain_is_refused_by_name() -> None:
    """Decisions whose texts show the patient are named, with their place."""
    with pytest.raises(hiprun.RuleError, match="values of the patient") as refusal:
        javascript_module(hiprun.load("tests/packs/kitchen"))
    assert [problem.code for problem in refusal.value.problems] == ["not-in-javascript"] * 2
    assert refusal.value.problems[0].place is not None


_FUNCTIONS = {
    "root": "sqrt(x)",
    "tenth": "x ^ 0.1",
    "grown": "exp(x / 12 - 80) + exp(-x / 12)",
    "log": "ln(x) / log10(x + 1)",
    "deep": "max(abs(min(ln(x), 1 - sqrt(x))), 0.5) ^ -3 / max(sqrt(x), 0.1)",
    "wide": "exp(abs(ln(x))) ^ 2",
}


def test_a_brace_is_a_brace_in_the_first_version_of_the_language(tmp_path: Path) -> None:
    """Texts of such a pack show no values, and come out as they were written."""
    rules = "hit: first\nrules: [{id: one, then: {words: 'a {dry} }b'}}]\n"
    words = f"decision: words\noutputs: {{words: {{type: string}}}}\n{rules}"
    run = runner(javascript_module(small_packs.load(tmp_path, words=words)))
    assert run("words", {})["possible"] == [{"words": "a {dry} }b"}]


def test_numbers_that_are_no_fractions_are_right_to_the_last_decimal(tmp_path: Path) -> None:
    """Roots, powers and logarithms come out as in Python to 30 decimals, also where they are fractions after all."""
    step = "0." + 29 * "0" + "1"
    derived = [f"  {name}: {{title: It, formula: 'round({text}, {step})'}}" for name, text in _FUNCTIONS.items()]
    derived += ["  half: {title: Half, formula: 'round(sqrt(x) / 2)'}"]
    # of a number as JavaScript has it only 17 digits show, so the last 15 decimals are an output of their own
    tails = {f"{name}_tail": f"({name} - round({name}, 0.000000000000001)) * 10 ^ 15" for name in _FUNCTIONS}
    values = {name: name for name in [*_FUNCTIONS, "half"]} | tails
    outputs = ", ".join(f"{name}: {{type: number}}" for name in values)
    then = ", ".join(f"{name}: '{formula}'" for name, formula in values.items())
    pack = small_packs.load(
        tmp_path,
        facts="facts: {x: {ask: x?, type: number, range: [0.001, 1000]}}",
        derived="\n".join(["derived:", *derived]),
        numbers=f"decision: numbers\noutputs: {{{outputs}}}\nhit: first\nrules: [{{id: all, then: {{{then}}}}}]",
    )
    run = runner(javascript_module(pack))
    for x in ("0.001", "1", "2", "9", "25", "10.5", "0.1", "99", "1000", "3.0000000000000001"):
        assert run("numbers", {"x": x}) == expected(pack.decide("numbers", {"x": Decimal(x)})), x
    assert run("numbers", {})["exact"] is False


_CALENDAR = """\
decision: harvest
outputs:
  next: {type: date}
  last: {type: date}
  year: {type: date}
  week: {type: date}
  months: {type: integer}
  years: {type: integer}
  weeks: {type: integer}
hit: first
rules:
  - id: all
    then:
      next: "add_months(sown, number, next_day)"
      last: "add_months(sown, number, last_day)"
      year: "add_years(sown, number, last_day)"
      week: "add_weeks(add_days(sown, 3), number)"
      months: "months(sown, cut, last_day)"
      years: "years(sown, cut, next_day)"
      weeks: "weeks(sown, cut)"
"""


def test_months_and_years_are_counted_as_in_python(tmp_path: Path) -> None:
    """Ends of months, leap days, dates the wrong way round and the ends of the calendar."""
    sown_date, cut_date = (
        f"type: date, range: [{low}-01-01, {high}-12-31]" for low, high in (("0085", 9910), ("0001", 9999))
    )
    pack = small_packs.load(
        tmp_path,
        facts=(
            f"facts:\n  sown: {{ask: Sown?, {sown_date}}}\n  cut: {{ask: Cut?, {cut_date}}}\n"
            "  number: {ask: How many?, type: integer, range: [-80, 80]}\n"
        ),
        harvest=_CALENDAR,
    )
    run = runner(javascript_module(pack))
    days = ["0001-01-01", "0099-12-31", "2023-01-31", "2024-02-29", "2025-02-28", "9909-12-31", "9999-12-31"]
    for sown in days[1:-1]:
        for cut in days:
            facts = {"sown": sown, "cut": cut, "number": len(cut) + days.index(cut) * 7 - 25}
            assert run("harvest", facts) == expected(pack.decide("harvest", facts)), facts


def test_what_a_caller_does_with_an_outcome_changes_no_other(tmp_path: Path) -> None:
    """Outcomes share nothing that can be changed."""
    facts = "facts: {height: {ask: How high?, type: number, range: [0, 9]}}"
    pack = small_packs.load(tmp_path, facts=facts, trees=_TREES)
    spoil = (
        "\nfunction spoiled(outcome) { outcome.possible[0].tags.push('x'); outcome.safest.tags = []; "
        "try { outcome.provenance.pack = 'x'; } catch { /* frozen */ } return outcome; }"
        "\nspoiled(decide('trees', { height: 4 }));"
    )
    found = runner(javascript_module(pack) + spoil)("trees", {"height": 4})
    assert found == expected(pack.decide("trees", {"height": 4}))


def test_texts_stay_data(tmp_path: Path) -> None:
    """A text with everything that could end a string or a script is a text in the module too."""
    nasty = '"</script><!--\\u2028`${1}'
    facts = f"facts: {{constructor: {{ask: {json.dumps(nasty)}, type: boolean}}}}"
    pack = small_packs.load(tmp_path, facts=facts, care=small_packs.rule("{constructor: true}"))
    module = javascript_module(pack)
    assert "</script" not in module
    asked = runner(module + "\nconst plain = decide; globalThis.ask = facts[0].ask;")
    assert asked("care", {"constructor": True})["status"] == "decided"
    assert json.dumps(pack.facts["constructor"].ask)[1:5] in json.dumps(nasty)


def test_constraints_that_are_too_many_for_a_diagram_are_left_to_the_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module then refuses less than Python, and decides what Python decides."""
    never = ", ".join(f"{{id: n{cut}, never: {{warmth: {cut}, rings: {cut}}}, because: No.}}" for cut in range(9))
    pack = small_packs.load(tmp_path, never=f"constraints: [{never}]", care=small_packs.rule("{dry: true}"))
    impossible = {"dry": True, "warmth": 3, "rings": 3}
    assert "refused" in runner(javascript_module(pack))("care", impossible)
    with pytest.raises(hiprun.FactError):
        pack.decide("care", impossible)
    monkeypatch.setattr("hiprun.interfaces.javascript.node_table.MOST_STEPS", 5)
    run = runner(javascript_module(pack))
    assert run("care", impossible)["possible"] == run("care", {"dry": True})["possible"]
    assert run("care", {"dry": True}) == expected(pack.decide("care", {"dry": True}))


def test_node_and_typescript_take_the_module(tmp_path: Path) -> None:
    """The command writes a module that node imports, with types that the TypeScript compiler accepts and uses."""
    node, compiler = program("node"), node_package("typescript") / "bin" / "tsc"
    out = tmp_path / "out"
    result = CliRunner().invoke(application, ["javascript", "--out", str(out)])
    assert result.exit_code == 0, result.output
    module = out / "hip-return-to-run.mjs"
    script = f'import {{decide}} from "{module}"; console.log(JSON.stringify(decide("triage", {{swelling: true}})));'
    ran = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == expected(hiprun.load().decide("triage", {"swelling": True}))
    (out / "use.mts").write_text(
        'import { decide, facts, FactError } from "./hip-return-to-run.mjs";\n'
        'const outcome = decide("triage", { swelling: true, pain_while_running: "2.5" });\n'
        'const action: "urgent_evaluation" | undefined = outcome.possible[0]?.action === "urgent_evaluation"\n'
        '  ? "urgent_evaluation" : undefined;\n'
        "export { action, facts, FactError };\n",
        encoding="utf-8",
    )
    (out / "misuse.mts").write_text(
        'import { decide } from "./hip-return-to-run.mjs";\n'
        'decide("triagge", {});\ndecide("triage", { swelling: "yes" });\n'
        'export const calm = decide("triage", {}).possible[0].action === "calm";\n',
        encoding="utf-8",
    )
    options = "--noEmit --strict --module nodenext --target es2020 --skipLibCheck".split()  # noqa: SIM905
    files = [out / "use.mts", out / "misuse.mts"]
    checked = subprocess.run([node, compiler, *options, *files], capture_output=True, text=True, check=False)
    found = [Path(line).name.split(",")[0] for line in checked.stdout.splitlines() if ": error TS" in line]
    assert found == ["misuse.mts(2", "misuse.mts(3", "misuse.mts(4"]


def test_types_have_every_kind_of_fact(tmp_path: Path) -> None:
    """Facts and outputs of each type have the type of their values."""
    types = typescript_types(hiprun.load("tests/packs/kitchen"))
    for line in (
        "  oven?: number | bigint | string | null;",
        "  cook?: string | null;",
        "  vegetarian?: boolean | null;",
    ):
        assert line in types


def test_the_command_writes_the_decisions_that_are_named(tmp_path: Path) -> None:
    """The module has them and no others."""
    written = CliRunner().invoke(application, ["javascript", "--out", str(tmp_path), "--decision", "triage"])
    assert written.exit_code == 0, written.output
    module = (tmp_path / "hip-return-to-run.mjs").read_text(encoding="utf-8")
    assert "triage" in module
    assert "readiness" not in module


def test_the_command_refuses_an_unknown_decision() -> None:
    """Without a place to write to, or with a decision that does not exist, nothing is written and it is said why."""
    nowhere = CliRunner().invoke(application, ["javascript"])
    assert nowhere.exit_code == 2
    assert "--out FOLDER" in nowhere.output
    wrong = CliRunner().invoke(application, ["javascript", "--out", "x", "--decision", "triag"])
    assert wrong.exit_code == 2
    assert "`triage`" in wrong.output


_TREES = """\
decision: trees
outputs: {tags: {type: set, choices: [a, b]}, day: {type: date}, sure: {type: boolean}}
hit: first
rules:
  - {id: one, when: {height: {above: 3}}, then: {tags: [a], day: 2026-01-01, sure: true}}
  - {id: two, then: {tags: [], day: 2026-01-02, sure: false}}
"""


def test_outputs_of_each_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets, dates and booleans come out as in JSON; a module that would grow too large is refused."""
    facts = "facts: {height: {ask: How high?, type: number, range: [0, 9]}}"
    pack = small_packs.load(tmp_path, facts=facts, trees=_TREES)
    run = runner(javascript_module(pack))
    for given in ({"height": 4}, {"height": 3}, {}):
        assert run("trees", given) == expected(pack.decide("trees", given))
    types = typescript_types(pack)
    assert 'tags: Array<"a" | "b"> | null;' in types
    assert "day: string | Span<string> | null;" in types
    assert "sure: boolean | null;" in types
    monkeypatch.setattr("hiprun.interfaces.javascript.pack_data.MOST_NODES", 2)
    with pytest.raises(hiprun.RuleError, match="has 2 at most"):
        javascript_module(pack)
    monkeypatch.setattr("hiprun.interfaces.javascript.node_table.MOST_STEPS", 0)
    with pytest.raises(hiprun.RuleError, match="too many steps"):
        javascript_module(pack)
