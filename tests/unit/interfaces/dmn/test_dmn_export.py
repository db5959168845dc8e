"""Decisions as DMN tables: what other programs read in them, evaluate and draw."""

from __future__ import annotations

import datetime
import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.inference.hit_policy import rank
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.dmn import dmn_document
from hiprun.model import Domain
from hiprun.pack import Pack

from ....peers import FOLDER, node_package, program
from ....peers import browser as peers
from ....property.random_models import as_given, random_model, random_patient
from ... import small_packs
from ..javascript.patients import patient

browser = peers.browser
_SPACE = "{https://www.omg.org/spec/DMN/20230324/MODEL/}"


def _evaluated(dmn: str, patients: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what dmn-moddle writes of a document, and what feelin answers for patients."""
    node_package("feelin")
    node_package("dmn-moddle")
    command = [program("node"), str(FOLDER / "dmn_tables.mjs"), str(FOLDER)]
    given = json.dumps({"dmn": dmn, "patients": patients})
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


def _as_json(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def _sayable(pack: Pack) -> list[str]:
    found = []
    for name in pack.decisions:
        try:
            dmn_document(pack, [name])
        except hiprun.RuleError:
            continue
        found.append(name)
    return found


def _rank(domain: Domain, value: Any) -> Any:
    """Return how bad a value of an output is, as JSON has it."""
    return rank(domain, datetime.date.fromisoformat(value[:10]).toordinal() if domain.type == "date" else value)


def _plain(domain: Domain, value: Any) -> Any:
    """Return a value as JSON has it: dates without a time, sets in order."""
    if domain.type == "date":
        return value[:10]
    return sorted(value) if domain.type == "set" else value


def _compare(pack: Pack, names: list[str], patients: list[dict[str, Any]]) -> int:
    """Hold tables to the pack: equal where the pack has an answer, never calmer than the safest; return how many."""
    found = _evaluated(dmn_document(pack, names, version="1.3"), patients)
    compared = 0
    for facts, answers in zip(patients, found["answers"], strict=True):
        for name, outcome in pack.evaluate(facts, names).items():
            for output in pack.decisions[name].outputs:
                given = answers[f"{name}_{output.name}"]
                certain = json.loads(json.dumps(outcome.to_dict()))["safest"] or {}
                compared += 1
                where = (name, output.name, facts, given, str(outcome))
                if outcome.status == "decided":
                    value = certain[output.name]
                    if len(facts) == len(pack.facts):
                        assert _plain(output.domain, given) == value, where
                elif output.name not in certain:
                    continue
                if output.domain.worse and certain.get(output.name) is not None:
                    assert _rank(output.domain, given) >= _rank(output.domain, certain[output.name]), where
                elif given is not None and output.name in certain:
                    assert _plain(output.domain, given) == certain[output.name], where
    return compared


def test_tables_of_the_pack_are_equal_and_never_calmer() -> None:
    """For complete patients the tables say what the pack says; with facts missing, the safest value or a worse one."""
    pack, rng, patients = hiprun.load(), random.Random(4), []
    while len(patients) < 60:
        facts = patient(rng, pack)
        try:
            pack.decide("triage", facts)
        except hiprun.FactError:
            continue
        patients.append(facts)
    names = ["triage", "readiness", "phase", "adjustment"]
    assert _compare(pack, names, patients) > 250


@pytest.mark.parametrize("seed", range(12))
def test_tables_of_random_packs_are_equal_and_never_calmer(seed: int) -> None:
    """The same holds for those decisions of generated packs that tables can say."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=seed % 2 == 0))
    names = _sayable(pack)
    patients = []
    for _ in range(30):
        facts = as_given(pack.model, random_patient(rng, pack.model, partly=False))
        try:
            pack.evaluate(facts, names)
        except hiprun.FactError:
            continue
        patients.append(
            json.loads(
                json.dumps(facts, default=lambda value: float(value) if hasattr(value, "as_tuple") else str(value))
            )
        )
    if names and patients:
        _compare(pack, names, patients)


_FACTS = """\
facts:
  height: {ask: How high <is> it?, type: number, range: [0, 20]}
  kind: {ask: Which?, type: choice, choices: [elm, oak, fir]}
  pests: {ask: Which pests?, type: set, choices: [mites, rust]}
  planted: {ask: When?, type: date, range: [2000-01-01, 2029-12-31]}
  owner: {ask: Whose?, type: string}
"""
_CARE = """\
decision: care
outputs: {care: {type: choice, choices: [leave, prune, fell], worse: later}}
hit: worst
otherwise: {care: leave}
rules:
  - id: old
    when: {all: [{kind: {one_of: [elm, oak]}}, {planted: {below: 2010-01-01}}]}
    then: {care: prune}
    because: '"Old" & <tall>.'
  - {id: ill, when: {all: [{pests: {includes: rust}}, {height: {between: [3.5, 7]}}]}, then: {care: fell}}
"""


def test_a_table_has_the_words_and_tests_of_its_rules(tmp_path: Path) -> None:
    """Each rule is a row that lets null through, with its id and reason; the inputs are questions."""
    root = Xml.fromstring(dmn_document(small_packs.load(tmp_path, facts=_FACTS, care=_CARE)))
    rows = [[text.text for text in rule.iter(f"{_SPACE}text")] for rule in root.iter(f"{_SPACE}rule")]
    assert rows == [
        ['null, "elm", "oak"', 'null, < date("2010-01-01")', "-", "-", '"prune"', "old", '"Old" & <tall>.'],
        ["-", "-", "null, true", "null, [3.5..7]", '"fell"', "ill", None],
        ["-", "-", "-", "-", '"leave"', "otherwise", None],
    ]
    labels = [entry.get("label") for entry in root.iter(f"{_SPACE}input")]
    assert labels[2:] == ["Which pests? rust", "How high <is> it?"]
    needed = [entry.get("href") for entry in root.iter(f"{_SPACE}requiredInput")]
    assert needed == ["#input_kind", "#input_planted", "#input_pests", "#input_height"]


def test_a_range_has_the_ends_of_its_rule(tmp_path: Path) -> None:
    """A limit that a rule leaves out is left out of the range in its row, at either end."""
    rules = """\
decision: stage
outputs: {number: {type: integer}}
hit: first
rules:
  - {id: one, when: {height: {above: 1, below: 2}}, then: {number: 1}}
  - {id: two, when: {height: {at_least: 3, below: 4}}, then: {number: 2}}
  - {id: three, when: {height: {above: 5, at_most: 6}}, then: {number: 3}}
"""
    root = Xml.fromstring(dmn_document(small_packs.load(tmp_path, facts=_FACTS, stage=rules)))
    rows = [[text.text for text in rule.iter(f"{_SPACE}text")][:2] for rule in root.iter(f"{_SPACE}rule")]
    assert rows == [["null, (1..2)", "1"], ["null, [3..4)", "2"], ["null, (5..6]", "3"]]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("hit: collect\nrules: [{id: one, then: {far: 1}}]", "no single value"),
        ("hit: first\nrules: [{id: one, then: {far: height * 2}}]", "calculates"),
        ("hit: first\nrules: [{id: one, when: {owner: Ada}, then: {far: 1}}]", "tests a text"),
        ("hit: first\nrules: [{id: one, when: {height: {above: width}}, then: {far: 1}}]", "facts with each other"),
    ],
)
def test_what_tables_cannot_say_is_refused_by_name(tmp_path: Path, rules: str, reason: str) -> None:
    """Lists, formulas, texts and comparisons of facts are named with the decision."""
    facts = _FACTS + "  width: {ask: How wide?, type: number, range: [0, 20]}\n"
    far = f"decision: far\noutputs: {{far: {{type: number}}}}\n{rules}\n"
    pack = small_packs.load(tmp_path, facts=facts, far=far, care=_CARE)
    with pytest.raises(hiprun.RuleError, match=f"`far` cannot be written as DMN tables: .*{reason}") as refused:
        dmn_document(pack)
    assert refused.value.problems[0].help.endswith("These can be: --decision care.")
    with pytest.raises(hiprun.RuleError, match="None can be"):
        dmn_document(pack, ["far"])


_GRAPH = {
    "facts": _FACTS,
    "shade": """\
derived:
  shaded: {title: Shaded, when: {a_b.c: 2}}
""",
    "first": """\
decision: a
outputs: {b_c: {type: number}, other: {type: number}}
hit: first
rules: [{id: one, when: {height: {above: 3}}, then: {b_c: 1, other: 1}}]
""",
    "second": """\
decision: a_b
outputs: {c: {type: number}}
hit: first
rules: [{id: one, when: {a.b_c: 1}, then: {c: 2}}]
""",
    "third": """\
decision: last
outputs: {height: {type: number}}
hit: first
rules:
  - {id: one, when: {shaded: true}, then: {height: 2}}
  - {id: two, when: {a.b_c: 3}, then: {height: 3}}
otherwise: {height: 4}
""",
}


def test_decisions_require_those_that_they_use(tmp_path: Path) -> None:
    """Directly or by a derived fact; each has a name of its own, lies above what it requires, and a line joins them."""
    root = Xml.fromstring(dmn_document(small_packs.load(tmp_path, **_GRAPH)))
    required = {
        decision.get("id"): [entry.get("href") for entry in decision.iter(f"{_SPACE}requiredDecision")]
        for decision in root.iter(f"{_SPACE}decision")
    }
    assert required == {
        "a_b_c": [],
        "a_other": [],
        "a_b_c_2": ["#a_b_c"],
        "last_height": ["#a_b_c", "#a_b_c_2"],
    }
    rules = [rule[-2][0].text for rule in list(root.iter(f"{_SPACE}decision"))[-1].iter(f"{_SPACE}rule")]
    assert (rules[0], rules[-1]) == ("one", "otherwise")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    drawing = "{https://www.omg.org/spec/DMN/20230324/DMNDI/}"
    [heights] = [
        {shape.get("dmnElementRef"): int(shape[0].attrib["y"]) for shape in diagram.iter(f"{drawing}DMNShape")}
        for diagram in root.iter(f"{drawing}DMNDiagram")
    ]
    assert heights["input_height"] > heights["a_b_c"] == heights["a_other"] > heights["a_b_c_2"]
    assert heights["a_b_c_2"] > heights["last_height"]
    lines = {edge.get("dmnElementRef") for edge in root.iter(f"{drawing}DMNEdge")}
    assert lines == {needed.get("id") for needed in root.iter(f"{_SPACE}informationRequirement")}


_TEXTS = """\
decision: words
outputs: {{words: {{type: string}}}}
hit: first
rules:
  - {{id: one, when: {{height: {{above: most}}}}, then: {{words: "{first}"}}, because: "More than {{most}}."}}
  - {{id: two, then: {{words: "{second}"}}}}
"""


def test_texts_have_their_values(tmp_path: Path) -> None:
    """Those of parameters, as they are set; a text that shows one of the patient has no place in a table."""
    facts = _FACTS + "parameters:\n  most: {value: 4, range: [1, 9]}\n"
    numbers = facts[facts.index("parameters") :]

    def written(folder: str, first: str, second: str, language: int = 2) -> str:
        words = _TEXTS.format(first=first, second=second)
        pack = f"pack: small\nlanguage: {language}\nversion: 1.0.0\ntitle: Small\n"
        packed = small_packs.load(tmp_path / folder, pack=pack, facts=_FACTS, numbers=numbers, words=words)
        return dmn_document(packed.with_parameters(most=5))

    filled = written("a", "Over {most} {{m}}.", "Low")
    assert '"Over 5 {m}."' in filled
    assert "More than 5." in filled
    assert '"{most} }{"' in written("b", "{most} }{", "Low", language=1)
    for folder, second, reason in (
        ("c", "{height}", "values of the patient"),
        ("d", "4", "only in how they are written"),
    ):
        with pytest.raises(hiprun.RuleError, match=reason):
            written(folder, "{most}", second.replace("4", "5"))


_BASE = """\
decision: base
outputs: {base: {type: choice, choices: [low, high], worse: later}}
hit: unique
rules:
  - {id: one, when: {height: {above: 3}}, then: {base: low}}
  - {id: two, when: {height: {above: CUT}}, then: {base: high}}
  - {id: three, when: {height: {at_most: 3}}, then: {base: low}}
"""
_USER = """\
decision: user
outputs: {near: {type: choice, choices: [calm, maybe, sure], worse: later}, tags: {type: set, choices: [a, b]}}
hit: first
rules:
  - {id: one, when: {base.base: high}, then: {near: sure, tags: [b, a]}}
  - {id: two, when: {height: 4}, then: {near: calm, tags: []}}
  - {id: three, then: {near: maybe, tags: [a]}}
"""


def test_what_can_be_in_conflict_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that uses one whose rules contradict each other is refused, but not where that never happens."""
    pack = small_packs.load(tmp_path / "a", facts=_FACTS, base=_BASE.replace("CUT", "4"), user=_USER)
    with pytest.raises(hiprun.RuleError, match="can be in conflict"):
        dmn_document(pack, ["user"])
    never = "constraints: [{id: tall, never: {height: {above: 4}}, because: No.}]"
    pack = small_packs.load(tmp_path / "b", facts=_FACTS, never=never, base=_BASE.replace("CUT", "4"), user=_USER)
    written = dmn_document(pack, ["user"])
    assert "null, 4" in written
    assert '["a"]' in written
    with monkeypatch.context() as few:
        few.setattr("hiprun.interfaces.dmn.table_rows._STEPS", 0)
        with pytest.raises(hiprun.RuleError, match="in conflict"):
            dmn_document(pack, ["user"])
        plain = small_packs.load(tmp_path / "c", facts=_FACTS, care=_CARE)
        with pytest.raises(hiprun.RuleError, match="too many steps"):
            dmn_document(plain)
    monkeypatch.setattr("hiprun.interfaces.dmn.table_rows.MOST_ROWS", 0)
    with pytest.raises(hiprun.RuleError, match="more than 0 rows"):
        dmn_document(pack, ["user"])


def test_a_fraction_without_notation_is_refused(tmp_path: Path) -> None:
    """A limit of a third cannot be written as FEEL."""
    care = _CARE.replace("{between: [3.5, 7]}", "{above: 1 / 3}")
    with pytest.raises(hiprun.RuleError, match="no decimal notation"):
        dmn_document(small_packs.load(tmp_path, facts=_FACTS, care=care))


def test_dmn_moddle_writes_back_what_it_read_and_dmn_js_draws_it(browser: Any, tmp_path: Path) -> None:
    """The command writes a document that dmn-moddle reads without a warning and dmn-js draws, rows and requirements."""
    file = tmp_path / "triage.dmn"
    names = [part for name in ("triage", "adjustment") for part in ("--decision", name)]
    arguments = ["dmn", "export", str(file), *names, "--dmn-version", "1.3"]
    result = CliRunner().invoke(application, arguments)
    assert result.exit_code == 0, result.output
    dmn = file.read_text(encoding="utf-8")
    again = _evaluated(dmn, [])["again"]
    texts = [[text for text in Xml.fromstring(document).itertext() if text.strip()] for document in (dmn, again)]
    assert texts[0] == texts[1]
    viewer = node_package("dmn-js") / "dist" / "dmn-navigated-viewer.production.min.js"
    with peers.opened(browser, peers.DESKTOP) as page:
        page.set_content("<div id='drawing' style='height: 600px'></div>")
        page.add_script_tag(path=str(viewer))
        drawn = page.evaluate(
            """async (xml) => {
              const viewer = new DmnJS({ container: "#drawing" });
              const { warnings } = await viewer.importXML(xml);
              const shapes = document.querySelectorAll(".djs-shape").length;
              const lines = document.querySelectorAll(".djs-connection").length;
              await viewer.open(viewer.getViews().find((view) => view.type === "decisionTable"));
              const rows = document.querySelectorAll("#drawing tbody tr").length;
              return [warnings.length, shapes, rows, lines];
            }""",
            dmn,
        )
    root = Xml.fromstring(dmn)
    space = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
    first = next(root.iter(f"{space}decisionTable"))
    shapes = len(root.findall(f"{space}inputData")) + len(root.findall(f"{space}decision"))
    assert drawn[:2] == [0, shapes]
    assert drawn[2] >= len(first.findall(f"{space}rule"))
    assert drawn[3] == len(list(root.iter(f"{space}informationRequirement")))
    assert list(root.iter(f"{space}requiredDecision"))


def test_the_command_refuses_an_unknown_decision(tmp_path: Path) -> None:
    """A misspelt decision is named, with the one that is meant."""
    result = CliRunner().invoke(application, ["dmn", "export", str(tmp_path / "x.dmn"), "--decision", "triag"])
    assert result.exit_code == 2
    assert "`triage`" in result.output
