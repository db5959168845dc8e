"""Rules, entries and facts as forms: what is written in a file can be shown as fields, and comes back the same."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import hiprun
from hiprun.catalogue import catalogue
from hiprun.interfaces.workbench import fact_fields, pack_edits
from hiprun.interfaces.workbench.entry_text import entry_text
from hiprun.interfaces.workbench.rule_form import ConditionLine, RuleForm, rule_data, rule_form
from hiprun.interfaces.workbench.session import EditError
from hiprun.verification import cases
from hiprun.verification.failure_causes import failure_causes
from hiprun.workspace import Workspace, open_workspace, workspace_of
from hiprun.workspace.additions import add_rule

from . import clinic

RULES = Path(__file__).parents[4] / "rules"


def opened(folder: Path, **changed: str) -> Workspace:
    """Return the workspace of the small pack."""
    return open_workspace(clinic.write(folder, **changed))


def test_every_rule_of_the_packaged_rules_comes_back_as_it_was() -> None:
    """A rule that has a form is the same after the form; entries as text too, letter for letter."""
    workspace = open_workspace(RULES)
    forms = 0
    for file in pack_edits.files_of(workspace, "decision"):
        for index, rule in enumerate(pack_edits.data_at(workspace, file, ("rules",)) or ()):
            form = rule_form(rule)
            forms += form is not None
            if form is not None:
                assert rule_data(form) == rule
                assert pack_edits.change_rule(workspace, file, ("rules", index), form) == ()
            entry = entry_text(workspace, file, ("rules", index))
            assert entry is not None
            edited = workspace.edited([entry.replaced(entry.text)])
            assert edited.text(file) == workspace.text(file)
    assert forms > 90


@pytest.mark.parametrize(
    ("when", "join", "lines"),
    [
        ({}, "all", []),
        ({"pain": {"above": 0, "below": 4}}, "all", [("pain", "above", "0"), ("pain", "below", "4")]),
        ({"any": [{"fever": True}, {"mood": "low"}]}, "any", [("fever", "is", "true"), ("mood", "is", "low")]),
        ({"sites": {"includes_any": ["arm", "leg"]}}, "all", [("sites", "includes_any", "[arm, leg]")]),
        ({"pain": {"at_least": "2 * level"}}, "all", [("pain", "at_least", "2 * level")]),
        (
            {"all": [{"pain": {"is_not": 3}}, {"pain": {"is_not": 4}}]},
            "all",
            [("pain", "is_not", "3"), ("pain", "is_not", "4")],
        ),
    ],
)
def test_conditions_that_are_lists_of_lines(when: dict, join: str, lines: list) -> None:
    """All or any of several lines can be shown as a form, and come back."""
    form = rule_form({"id": "it", "when": when, "then": {"action": "rest"}})
    assert form is not None
    assert (form.join, list(form.lines)) == (join, [ConditionLine(*line) for line in lines])
    assert rule_data(form).get("when", {}) == when


@pytest.mark.parametrize(
    "when",
    [
        "pain",
        {"not": {"fever": True}},
        {"fever": True, "any": [{"pain": 1}, {"pain": 2}]},
        {"any": [{"fever": True, "pain": 1}]},
        {"any": [{"pain": {"above": 1, "below": 3}}]},
        {"any": ["fever"]},
        {"all": ["fever"]},
        {"any": [{"not": {"fever": True}}]},
        {"pain": {"unheard_of": 1}},
    ],
)
def test_other_conditions_have_no_form(when: object) -> None:
    """Anything nested is edited as text."""
    assert rule_form({"id": "it", "when": when}) is None


def test_only_what_changed_in_a_rule_is_written(tmp_path: Path) -> None:
    """Another output and no reason any more are two edits; the comment and the order of the rest stay."""
    workspace = opened(tmp_path)
    form = rule_form(pack_edits.data_at(workspace, "clinic/triage.yaml", ("rules", 0)))
    assert form is not None
    changed = RuleForm(
        form.id, form.join, form.lines, {"action": "rest"}, form.because, "Read so.", "scale.pain, signs.fever"
    )
    text = workspace.edited(pack_edits.change_rule(workspace, "clinic/triage.yaml", ("rules", 0), changed)).text(
        "clinic/triage.yaml"
    )
    assert "then: {action: rest}" in text
    assert "because: Fever is for a doctor.   # said so by everyone\n" in text
    assert "source: [scale.pain, signs.fever]\n" in text
    assert "interpretation: Read so.\n" in text
    without = RuleForm(form.id, form.join, (), form.then, "", "", form.source)
    text = workspace.edited(pack_edits.change_rule(workspace, "clinic/triage.yaml", ("rules", 0), without)).text(
        "clinic/triage.yaml"
    )
    assert "because: Fever" not in text
    assert "when: {fever" not in text


def test_rules_are_added_where_they_are_wanted(tmp_path: Path) -> None:
    """At the end, or before another rule."""
    workspace = opened(tmp_path)
    form = RuleForm(
        "new", "all", (ConditionLine("fever", "is", "true"), ConditionLine("", "is", "")), {"action": "rest"}
    )
    for before, index in (("", 3), ("strong-pain", 1)):
        edited = workspace.edited(add_rule(workspace, "triage", rule_data(form), before))
        data = pack_edits.data_at(edited, "clinic/triage.yaml", ("rules", index))
        assert data == {"id": "new", "when": {"fever": True}, "then": {"action": "rest"}}


def test_what_nobody_declared_is_not_there(tmp_path: Path) -> None:
    """What nobody declared cannot be changed, and has no data."""
    workspace = opened(tmp_path)
    with pytest.raises(EditError, match="no parameter called"):
        pack_edits.set_parameter(workspace, "nothing", "3")
    assert pack_edits.data_at(workspace, "clinic/none.yaml", ()) is None
    assert pack_edits.data_at(workspace, "clinic/facts.yaml", ("facts", "none", 3)) is None


def test_cases_take_over_what_came_out(tmp_path: Path) -> None:
    """Expected values, lists and limits are replaced at their places; what no single value says is left alone."""
    limits = (
        "limits: load\ntitle: Load\nsource: scale.pain\nbounds:\n  - {id: most, quantity: pain, at_most: stop_level}\n"
    )
    workspace = opened(tmp_path, limits=limits).edited(
        pack_edits.set_parameter(opened(tmp_path, limits=limits), "stop_level", "2.5")
    )
    more = (
        "cases: More\nexamples:\n"
        "  - {id: load, patient: calm, facts: {pain: 3}, expect: {load: {pain: {verdict: within, at_most: 4}}}}\n"
        "  - {id: open, expect: {triage: {needs: [fever], action: rest}}}\n"
        "  - {id: sum, patient: calm, facts: {fever: true}, expect: {triage: {fired: [strong-pain]}}}\n"
        "  - {id: strange, patient: calm, expect: refused}\n"
    )
    workspace = workspace.with_texts({"clinic/cases/more.yaml": more})
    assert workspace.pack is not None
    failed = [each for each in cases.run_all(workspace.pack, workspace.pack.model.examples) if not each.passed]
    can = {result.example.id: pack_edits.can_accept(workspace, result) for result in failed}
    assert can == {
        "pain-3": True,
        "pain-3-and-low": True,
        "load": True,
        "open": False,
        "sum": True,
        "strange": False,
    }
    accepted = [result for result in failed if can[result.example.id]]
    assert pack_edits.accept(workspace, failed) == pack_edits.accept(workspace, accepted)
    text = workspace.edited(pack_edits.accept(workspace, accepted)).text("clinic/cases/more.yaml")
    assert "expect: {load: {pain: {verdict: above, at_most: 2.5}}}" in text
    assert "expect: {triage: {fired: [fever]}}" in text


def test_a_mend_is_written_to_the_patient_or_to_each_case(tmp_path: Path) -> None:
    """Cases that start from a patient are mended there, others one by one."""
    facts = "{pain: 0, mood: good, sites: []}"
    own = f"cases: Own\nexamples:\n  - {{id: own, facts: {facts}, expect: {{triage: {{action: none}}}}}}\n"
    text = clinic.FILES["cases/cases.yaml"].replace("fever: false, mood", "mood")
    workspace = opened(tmp_path).with_texts({"clinic/cases/cases.yaml": text, "clinic/cases/own.yaml": own})
    assert workspace.pack is not None
    failed = [each for each in cases.run_all(workspace.pack, workspace.pack.model.examples) if not each.passed]
    (cause,) = failure_causes(workspace.pack, failed)
    for mend in cause.mends:
        workspace = workspace.edited(pack_edits.mend(workspace, cause, mend))
    assert "sites: [], fever: false}" in workspace.text("clinic/cases/cases.yaml")
    assert "sites: [], fever: false}" in workspace.text("clinic/cases/own.yaml")


@pytest.mark.parametrize(
    ("condition", "can"),
    [("{pain: 0, fever: false, mood: good}", True), ("{any: [{pain: 0}, {fever: false}]}", False), ("", True)],
)
def test_conditions_of_properties_that_can_have_another_line(tmp_path: Path, condition: str, can: bool) -> None:
    """Lines can be added to a plain condition, and where there is none."""
    text = clinic.FILES["properties.yaml"].replace(
        "    if: {pain: 0, fever: false, mood: good}\n", f"    if: {condition}\n" if condition else ""
    )
    workspace = opened(tmp_path, properties=text)
    assert (pack_edits.property_condition(workspace, "no-sign-no-alarm") is not None) is can
    assert pack_edits.property_condition(workspace, "unheard-of") is None


def test_entries_as_text(tmp_path: Path) -> None:
    """An entry comes with its name, moved to the margin; what replaces it is moved back."""
    workspace = opened(tmp_path)
    entry = entry_text(workspace, "clinic/triage.yaml", ("rules", 1))
    assert entry is not None
    assert entry.text.startswith("id: strong-pain\nwhen: {pain: {at_least: stop_level}}\nthen:")
    edited = workspace.edited(
        [entry.replaced("id: other\r\nwhen:\r\n  pain: 3\r\n\r\nthen: {action: rest}\r\nsource: scale.pain\r\n")]
    )
    assert "  - id: other\n    when:\n      pain: 3\n\n    then: {action: rest}\n" in edited.text("clinic/triage.yaml")
    assert edited.problems == ()
    fact = entry_text(workspace, "clinic/facts.yaml", ("facts", "fever"))
    assert fact is not None
    assert fact.text == "fever: {ask: Is there fever?, type: boolean, worse: true, source: signs.fever}"
    assert entry_text(workspace, "clinic/facts.yaml", ("facts", "none")) is None
    assert entry_text(workspace_of({"a.yaml": "["}), "a.yaml", ("facts",)) is None


def test_facts_as_fields_and_back(tmp_path: Path) -> None:
    """What fields hold is what was given; partial values are typed, and mistakes are told at their fact."""
    pack = hiprun.load(clinic.write(tmp_path))
    given = {"pain": {"at_least": 4}, "fever": False, "mood": "low", "sites": []}
    typed = fact_fields.typed_facts(pack, given)
    assert typed == {"pain": ["{at_least: 4}"], "fever": ["false"], "mood": ["low"], "sites": ["none"]}
    facts, errors = fact_fields.read_fields(pack, typed, catalogue())
    assert errors == {}
    assert pack.decide("triage", facts) == pack.decide("triage", given)
    fields = fact_fields.fact_fields(pack, pack.facts, typed, {"pain": "no"}, catalogue())
    assert [(field.kind, field.error) for field in fields] == [
        ("text", "no"),
        ("choose", ""),
        ("choose", ""),
        ("tick", ""),
    ]
    assert (fields[0].span, fields[0].unit) == (("0", "10"), "points")
    _, errors = fact_fields.read_fields(pack, {"pain": ["{at_leas"], "fever": ["maybe"], "mood": ["low"]}, catalogue())
    assert set(errors) == {"pain", "fever"}
    fields = {"fact.pain": ["3"], "fact.mood": [""], "other": ["1"]}
    assert fact_fields.typed_in(fields, pack.facts) == {"pain": ["3"]}
    assert fact_fields.concerned(pack.model, "plan") == ("pain", "fever", "mood", "sites")
    packaged = hiprun.load().model
    assert set(fact_fields.concerned(packaged, "triage")) < set(fact_fields.concerned(packaged, "run_walk_day"))


def test_facts_in_words(tmp_path: Path) -> None:
    """A fact is its question and its answer in words; a name that is gone is shown as it is."""
    facts = clinic.FILES["facts.yaml"] + (
        "  name: {ask: Which name?, type: string, source: scale.pain}\n"
        "  day: {ask: Which day?, type: date, range: [2020-01-01, 2030-01-01], source: scale.pain}\n"
        "  many: {ask: How many?, type: integer, source: scale.pain}\n"
    )
    pack = hiprun.load(clinic.write(tmp_path, facts=facts))
    words = {
        name: fact_fields.fact_words(pack, name, value, catalogue())[1]
        for name, value in {
            "pain": 3,
            "fever": True,
            "mood": "low",
            "sites": ["leg", "arm"],
            "name": "al",
            "gone": 1,
        }.items()
    }
    assert words == {
        "pain": "3 points",
        "fever": "yes",
        "mood": "low",
        "sites": "in the arm, in the leg",
        "name": "al",
        "gone": "1",
    }
    assert fact_fields.fact_words(pack, "fever", False, catalogue()) == ("Is there fever?", "no")
    in_part = fact_fields.fact_words(pack, "pain", {"at_least": 3}, catalogue())
    assert in_part == ("How strong is the pain?", "{at_least: 3}")
    assert fact_fields.fact_words(pack, "sites", [], catalogue())[1] == "None of these"
    fields = fact_fields.fact_fields(pack, ["day", "many", "name"], {}, {}, catalogue())
    spans = {field.name: field.span for field in fields}
    assert spans == {"fact.day": None, "fact.many": None, "fact.name": None}


def test_a_case_says_only_what_its_patient_does_not() -> None:
    """Facts of the patient are left out, as are empty parts; sets and dates are written as in a file."""
    entry = pack_edits.case_entry(
        "new",
        "",
        "calm",
        {"pain": 0, "mood": "good"},
        {"pain": Decimal(0), "sites": {"leg", "arm"}, "day": datetime.date(2026, 3, 1), "dose": 0.5},
        {"triage": {"action": "none"}},
    )
    assert entry == {
        "id": "new",
        "patient": "calm",
        "facts": {"sites": ["arm", "leg"], "day": "2026-03-01", "dose": Fraction(1, 2)},
        "unknown": ["mood"],
        "expect": {"triage": {"action": "none"}},
    }
