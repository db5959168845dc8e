"""What an editor completes and underlines with the schemas of one pack."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.language.editor_schema import editor_schema, editor_text, file_name
from hiprun.language.file_kinds import KINDS
from hiprun.language.rule_files import read_editor_schemas
from hiprun.language.syntax import parse
from hiprun.model.places import SourceText


def files_of(folder: Path) -> list[Path]:
    """Return all rule files in a folder."""
    return sorted(path for path in folder.rglob("*.yaml") if not path.is_relative_to(folder / ".schema"))


def read(path: Path) -> dict[str, Any]:
    """Return the content of a rule file."""
    document, problems = parse(SourceText(path.name, path.read_text(encoding="utf-8")))
    assert document is not None
    assert problems == []
    return json.loads(json.dumps(document.data, default=float))


def underlined(pack: hiprun.Pack, document: dict[str, Any]) -> list[str]:
    """Return where an editor would underline something, in `document`."""
    validator = Draft202012Validator(editor_schema(pack.model, next(iter(document))))
    return [error.json_path for error in validator.iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_valid(greenhouse: hiprun.Pack, hip: hiprun.Pack, kind: str) -> None:
    """Every schema is valid JSON Schema and refers to no other file."""
    for pack in (greenhouse, hip):
        made = editor_schema(pack.model, kind)
        Draft202012Validator.check_schema(made)
        assert "common.schema.json" not in json.dumps(made)


def test_rule_files_are_not_underlined(
    greenhouse: hiprun.Pack, greenhouse_folder: Path, hip: hiprun.Pack, root: Path
) -> None:
    """An editor finds nothing wrong in the files of a correct pack."""
    for pack, folder in ((greenhouse, greenhouse_folder), (hip, root / "rules")):
        for path in files_of(folder):
            assert underlined(pack, read(path)) == [], path


def test_schemas_of_the_pack_are_up_to_date(hip: hiprun.Pack, root: Path) -> None:
    """The schemas kept with the rules know all of their names; `hiprun schema --write rules/.schema` updates them."""
    for kind in KINDS:
        kept = root / "rules" / ".schema" / file_name(kind)
        assert kept.read_text(encoding="utf-8") == editor_text(hip.model, kind), kept


def test_every_rule_file_names_its_schema(root: Path) -> None:
    """The first line of each rule file points an editor to the schema of its kind."""
    for path in files_of(root / "rules"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        prefix = "# yaml-language-server: $schema="
        assert first.startswith(prefix), path
        target = (path.parent / first.removeprefix(prefix)).resolve()
        assert target == root / "rules" / ".schema" / file_name(next(iter(read(path)))), path


def rule(when: object, then: object) -> dict[str, Any]:
    """Return a small decision with the name of one in the pack."""
    outputs = {"litres": {"type": "number"}}
    rules = [{"id": "one", "when": when, "then": then}]
    return {"decision": "watering", "outputs": outputs, "rules": rules, "otherwise": "no_match"}


@pytest.mark.parametrize(
    ("when", "where"),
    [
        ({"temprature": 3}, ".when"),
        ({"leaves": "frim"}, ".when.leaves"),
        ({"leaves": {"at_most": "frim"}}, ".when.leaves"),
        ({"leaves": {"at_mots": "firm"}}, ".when.leaves"),
        ({"season": {"at_most": "summer"}}, ".when.season"),
        ({"temperature": {"includes": "3"}}, ".when.temperature"),
        ({"temperature": "heat_limti"}, ".when.temperature"),
        ({"temperature": 70}, ".when.temperature"),
        ({"temperature": {"between": [1]}}, ".when.temperature"),
        ({"pests": {"includes": "snails"}}, ".when.pests"),
        ({"pests": {"includes_any": ["snails"]}}, ".when.pests"),
        ({"window_open": "yes"}, ".when.window_open"),
        ({"last_frost": {"above": "yesterday"}}, ".when.last_frost"),
        ({"alarm.acton": "act"}, ".when"),
        ({"alarm.action": "panic"}, ".when['alarm.action']"),
        ({"amounts.water_today": "beyond"}, ".when['amounts.water_today']"),
        ({"any": [{"leaves": "frim"}]}, ".when.any[0].leaves"),
        ({"not": {"leaves": "frim"}}, ".when.not.leaves"),
        ({"count": {"of": [{"leaves": "frim"}], "at_least": 1}}, ".when.count.of[0].leaves"),
        ({"chores.task": "spray"}, ".when"),
    ],
)
def test_what_is_misspelt_in_a_condition_is_underlined(greenhouse: hiprun.Pack, when: object, where: str) -> None:
    """Unknown names, unknown choices and unsuitable tests are underlined exactly."""
    assert underlined(greenhouse, rule(when, {"litres": 1})) == [f"$.rules[0]{where}"]


@pytest.mark.parametrize(
    "when",
    [
        {"temperature": {"at_least": "heat_limit", "below": 40}},
        {"temperature": {"above": "1.5 * heat_limit - 2"}},
        {"degrees_over": 3, "thirsty": True},
        {"leaves": {"between": ["firm", "limp"]}, "season": {"one_of": ["spring", "summer"]}},
        {"pests": [], "gardener": "Kim", "last_frost": {"below": "2026-03-01"}},
        {"count": {"of": [{"thirsty": True}, {"pests": {"includes_all": ["slugs"]}}], "between": [1, 2]}},
        {"alarm.action": {"at_least": "look"}, "stress.points": {"above": 2}, "amounts.water_today": "within"},
    ],
)
def test_what_is_right_in_a_condition_is_not_underlined(greenhouse: hiprun.Pack, when: object) -> None:
    """Nothing that the language allows is underlined."""
    assert underlined(greenhouse, rule(when, {"litres": "heat_limit / 2"})) == []


def test_conclusions_know_the_outputs_of_the_decision(greenhouse: hiprun.Pack) -> None:
    """Outputs and choices of a known decision are checked; those of a new decision are not."""
    known = rule({"thirsty": True}, {"liters": 1})
    assert underlined(greenhouse, known) == ["$.rules[0].then"]
    assert underlined(greenhouse, {**known, "decision": "watering_more"}) == []
    table = {
        "decision": "watering",
        "outputs": {"litres": {"type": "number"}},
        "table": [["saeson", "litres"], ["any", 1]],
    }
    assert underlined(greenhouse, table) == ["$.table[0][0]"]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"limits": "l", "bounds": [{"id": "a", "quantity": "water_tody", "at_most": 1}]}, "$.bounds[0].quantity"),
        ({"limits": "l", "bounds": [{"id": "a", "quantity": "water_today", "at_most": "cas"}]}, "$.bounds[0].at_most"),
        ({"derived": {"d": {"formula": "temperatur"}}}, "$.derived.d.formula"),
        ({"derived": {"d": {"when": {"leaves": "firm"}, "source": "heat.limmit"}}}, "$.derived.d.source"),
        ({"constraints": [{"id": "c", "never": {"leafs": "firm"}}]}, "$.constraints[0].never"),
        ({"properties": "P", "always": [{"id": "p", "then": {"pests": "x"}}]}, "$.always[0].then.pests"),
        ({"criteria": "c", "all": [{"id": "a", "require": {"leaves": "frim"}}]}, "$.all[0].require.leaves"),
    ],
)  # fmt: skip
def test_other_kinds_know_the_names_too(greenhouse: hiprun.Pack, document: dict[str, Any], where: str) -> None:
    """Quantities, formulas, sources and conditions are checked against the pack."""
    assert underlined(greenhouse, document) == [where]


@pytest.mark.parametrize(
    ("example", "where"),
    [
        ({"facts": {"leafs": "firm"}, "expect": "refused"}, ".facts"),
        ({"facts": {"leaves": {"one_of": ["frim"]}}, "expect": "refused"}, ".facts.leaves"),
        ({"unknown": ["leafs"], "expect": "refused"}, ".unknown[0]"),
        ({"expect": "refuse"}, ".expect"),
        ({"expect": {"alarm": {"action": "akt"}}}, ".expect"),
        ({"expect": {"chores": {"certain": ["swep"]}}}, ".expect"),
        ({"expect": {"chores": {"task": ["swep"]}}}, ".expect"),
        ({"expect": {"amounts": {"water_today": {"verdict": "beyond"}}}}, ".expect"),
    ],
)
def test_cases_know_the_names_too(greenhouse: hiprun.Pack, example: dict[str, Any], where: str) -> None:
    """Facts of a patient and what is expected are checked against the pack."""
    assert underlined(greenhouse, {"cases": "C", "examples": [{"id": "e", **example}]}) == [f"$.examples[0]{where}"]


def test_named_patients_know_the_facts(greenhouse: hiprun.Pack) -> None:
    """The facts of a named patient are checked as those of a case."""
    document = {"cases": "C", "patients": {"p": {"leaves": "frim"}}, "examples": [{"id": "e", "expect": "refused"}]}
    assert underlined(greenhouse, document) == ["$.patients.p.leaves"]


def test_completions_come_with_their_meaning(greenhouse: hiprun.Pack) -> None:
    """A name is described by its question, its range and unit, and the texts of its choices."""
    named = editor_schema(greenhouse.model, "criteria")["$defs"]["condition"]["properties"]
    assert named["temperature"]["description"] == "How warm is it inside? (-40 to 60) [°C]"
    assert named["leaves"]["description"].endswith("firm: upright and firm; limp: hanging down; dry: brown and dry")


def test_a_pack_without_guidance_may_cite_what_it_likes(greenhouse: hiprun.Pack) -> None:
    """Without a list of statements, any citation is accepted."""
    bare = attrs.evolve(greenhouse.model, statements={})
    document = {"constraints": [{"id": "c", "never": {"leaves": "dry"}, "source": "some.where"}]}
    assert not list(Draft202012Validator(editor_schema(bare, "constraints")).iter_errors(document))


def test_a_field_that_is_compared_with_another_is_not_underlined(root: Path) -> None:
    """In a diary, a number may be the name of another field; anything that cannot be a name is underlined."""
    plot = hiprun.load(root / "tests" / "packs" / "plot")
    document = read(root / "tests" / "packs" / "plot" / "diary.yaml")
    never = document["entries"]["watering"]["never"]
    for amount in ("minutes", "much_water", "2 * minutes", 3):
        never[1]["when"] = {"litres": {"above": amount}}
        assert underlined(plot, document) == []
    never[1]["when"] = {"litres": {"above": "Two Minutes"}}
    assert underlined(plot, document) == ["$.entries.watering.never[1].when.litres"]


def test_only_decisions_that_can_come_first_or_be_offered_are_completed(greenhouse: hiprun.Pack) -> None:
    """`first` needs a choice with a calmest answer; `starts` takes no decision that only serves others."""
    header = {"pack": "greenhouse", "language": 1, "version": "1.0.0", "title": "A greenhouse"}
    assert underlined(greenhouse, header | {"first": "alarm", "starts": ["chores", "alarm"]}) == []
    assert underlined(greenhouse, header | {"first": "chores"}) == ["$.first"]
    internal = attrs.evolve(greenhouse.decisions["alarm"], audience="internal")
    decisions = {**greenhouse.decisions, "alarm": internal}
    changed = hiprun.Pack(attrs.evolve(greenhouse.model, decisions=decisions))
    assert underlined(changed, header | {"starts": ["chores", "alarm"]}) == ["$.starts[1]"]


def test_check_says_when_schemas_belong_to_other_rules(changed_greenhouse: Callable[..., Path]) -> None:
    """A note names the first of them, and how to write them again; schemas that fit, or none, need no word."""
    folder = changed_greenhouse("pack.yaml", "For tests only.", "Only for tests.")
    runner = CliRunner()
    assert "outdated" not in runner.invoke(application, ["check", str(folder)]).output
    written = runner.invoke(application, ["schema", "--rules", str(folder), "--write", str(folder / ".schema")])
    assert written.exit_code == 0
    assert "outdated" not in runner.invoke(application, ["check", str(folder)]).output
    changed_greenhouse("facts.yaml", "ask: Is the window open?", "ask: Is a window open?")
    (folder / ".schema" / "decision.schema.json").unlink()
    (folder / ".schema" / "notes.txt").write_text("")
    result = runner.invoke(application, ["check", str(folder), "--json"])
    assert result.exit_code == 0
    (note,) = json.loads(result.output)["notes"]
    assert (note["code"], note["file"]) == ("outdated-schema", "greenhouse/.schema/derived.schema.json")
    assert "`derived.schema.json`, `constraints.schema.json`, `criteria.schema.json` and 4 more" in note["message"]
    for kind in ("derived", "constraints", "criteria", "limits", "cases", "properties"):
        (folder / ".schema" / f"{kind}.schema.json").unlink()
    (note,) = json.loads(runner.invoke(application, ["check", str(folder), "--json"]).output)["notes"]
    assert "hiprun: `stages.schema.json`. Editors" in note["message"]


def test_rules_inside_a_package_have_no_schemas_for_editors(tmp_path: Path) -> None:
    """Nobody edits them there."""
    (tmp_path / ".schema").mkdir()
    (tmp_path / ".schema" / "facts.schema.json").write_text("{}")
    assert list(read_editor_schemas(str(tmp_path))) == ["facts.schema.json"]
    assert read_editor_schemas(zipfile.Path(_zip_of(tmp_path))) == {}  # type: ignore[arg-type]
    assert read_editor_schemas(tmp_path / "nowhere") == {}


def _zip_of(folder: Path) -> Path:
    path = folder / "rules.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(".schema/facts.schema.json", "{}")
    return path


def test_own_messages_are_about_one_thing_only(hip: hiprun.Pack) -> None:
    """An editor shows `errorMessage` for everything that a part forbids, so it is not where that is several things."""

    def parts(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            yield schema
            for inner in schema.values():
                yield from parts(inner)
        elif isinstance(schema, list):
            for inner in schema:
                yield from parts(inner)

    for kind in KINDS:
        for part in parts(editor_schema(hip.model, kind)):
            if isinstance(part.get("errorMessage"), str):
                assert "properties" not in part
                assert "pattern" not in part
