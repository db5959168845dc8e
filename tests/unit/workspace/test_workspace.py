"""A workspace is a value: texts in, everything that follows from them out, whatever the texts are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hiprun.language.incremental_check import check_files
from hiprun.language.reader.pack_reader import read_model
from hiprun.model.places import Place
from hiprun.workspace import Symbol, open_workspace, workspace_of

PACKS = Path(__file__).parent.parent.parent / "packs"
ALARM = "greenhouse/alarm.yaml"


def test_a_change_gives_another_workspace() -> None:
    """The one before stays as it was, and what has not changed is used again."""
    workspace = open_workspace(PACKS / "greenhouse")
    facts = workspace.tree("greenhouse/facts.yaml")
    changed = workspace.with_texts({ALARM: workspace.text(ALARM).replace("heat_limit", "heat_limt")})
    assert workspace.problems == ()
    assert [(problem.code, problem.help) for problem in changed.problems] == [
        ("unknown-name", "Did you mean `heat_limit`?")
    ]
    assert (changed.model, changed.pack) == (None, None)
    assert [name for name in changed.texts if changed.results[name] is not workspace.results[name]] == [ALARM]
    assert changed.tree("greenhouse/facts.yaml") is facts
    assert changed.with_texts({ALARM: workspace.texts[ALARM]}).problems == ()


def test_unsaved_texts_take_the_place_of_files(tmp_path: Path) -> None:
    """A text can replace a file, or be that of a file which is not there yet; None removes one."""
    folder = tmp_path / "greenhouse"
    shutil.copytree(PACKS / "greenhouse", folder)
    unsaved = {"greenhouse/new.yaml": "facts: {new_one: {ask: New?, type: boolean}}\n"}
    workspace = open_workspace(folder, unsaved)
    assert workspace.model is not None
    assert "new_one" in workspace.model.facts
    removed = workspace.with_texts({"greenhouse/new.yaml": None})
    assert removed.model == read_model(folder)
    assert removed.pack is not None
    assert removed.pack.decide("stress", {"temperature": 30}).status == "undetermined"


def test_problems_of_reading_files_count() -> None:
    """A folder that is not there has no texts, and says so."""
    workspace = open_workspace(PACKS / "nowhere")
    assert [problem.code for problem in workspace.problems] == ["no-folder"]
    assert workspace.model is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"",
        "",
        "\x00",
        "a: [",
        "{{{{",
        "- - -",
        "facts: 3",
        "facts: [",
        "\ufefffacts: {}",
        b"PK\x03",
        "\t\t",
        "? ?",
        "&a *a",
    ],
)
def test_texts_of_any_shape_are_welcome(content: str | bytes) -> None:
    """Nothing raises, and every question has an answer."""
    workspace = workspace_of(
        {"p/pack.yaml": "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n", "p/x.yaml": content}
    )
    assert workspace.problems
    assert workspace.occurrence_at("p/x.yaml", 1, 1) is None
    assert workspace.declared("p/x.yaml") == workspace.used("p/x.yaml") == ()
    workspace.completions("p/x.yaml", 1, 1)
    workspace.formatting("p/x.yaml")
    for problem in workspace.problems:
        workspace.fixes(problem)
    workspace.path_at("p/x.yaml", 1, 1)
    assert workspace.value_at("p/x.yaml", ("facts", 0)) is None


def test_places_and_paths_lead_to_each_other() -> None:
    """The value at a path, where it is, and the path of a place."""
    workspace = open_workspace(PACKS / "greenhouse")
    path = ("rules", 1, "source", 0)
    place = workspace.place_of(ALARM, path)
    assert place == Place(ALARM, 16, 14)
    assert workspace.path_at(ALARM, place.line, place.column) == path
    assert workspace.value_at(ALARM, path) == "heat.extreme"
    assert workspace.value_at(ALARM, ("rules", 1)) is None
    assert workspace.place_of(ALARM, ("rules", 99)) is None
    assert workspace.place_of("greenhouse/none.yaml", ()) is None
    assert workspace.path_at("greenhouse/none.yaml", 1, 1) == ()


@pytest.mark.parametrize(
    ("symbol", "text", "values", "users"),
    [
        (Symbol("fact", "temperature"), "How warm is it inside?", "number, ranges from -40 to 60 °C", 12),
        (Symbol("parameter", "heat_limit"), "Warmth at which to act", "30 °C, can be set from 20 to 50", 3),
        (Symbol("derived", "degrees_over"), "Degrees over the limit", "temperature - heat_limit °C", 1),
        (Symbol("derived", "thirsty"), "The plants need water", "", 2),
        (Symbol("decision", "alarm"), "What the greenhouse needs now", "", 5),
        (Symbol("output", "action", "alarm"), "What the greenhouse needs now", "choice", 9),
        (Symbol("output", "result", "planting"), "Ready for planting", "", 2),
        (Symbol("choice", "limp", "leaves"), "hanging down", "", 1),
        (Symbol("choice", "thrips", "pests"), "", "", 0),
        (Symbol("rule", "hot", "alarm"), "Seedlings wilt in the heat.", "", 1),
        (Symbol("rule", "frost-is-over", "planting"), "The last frost is over", "", 1),
        (Symbol("statement", "water.often"), "Water every three days.", "", 4),
        (Symbol("case", "mild-day"), "Nothing to do", "", 0),
        (
            Symbol("patient", "mild"),
            "temperature: 20, days_since_watering: 1, leaves: firm, pests, window_open: true, season: spring, last_frost: 2026-04-01, water_today: 7",
            "",
            6,
        ),
        (Symbol("fact", "nothing"), "", "", 0),
    ],
    ids=str,
)
def test_a_name_is_described_in_the_words_of_the_pack(symbol: Symbol, text: str, values: str, users: int) -> None:
    """Its question, title or text, what it can be, and who uses it."""
    description = open_workspace(PACKS / "greenhouse").describe(symbol)
    assert (description.text, description.values) == (text, values)
    assert len(description.used_by) + description.more_users == users


def test_descriptions_have_choices_and_reasons() -> None:
    """Those of a fact or an output, and why it is asked."""
    workspace = open_workspace(PACKS / "greenhouse")
    description = workspace.describe(Symbol("fact", "temperature"))
    assert description.because == "Heat harms seedlings first."
    assert workspace.describe(Symbol("output", "window", "clash")).choices == (("shut", ""), ("open", ""))
    assert workspace.describe(Symbol("fact", "leaves")).choices[0] == ("firm", "upright and firm")
    kitchen = open_workspace(PACKS / "kitchen")
    assert kitchen.describe(Symbol("group", "greens")).text == "peas, beans"
    plot = open_workspace(PACKS / "plot")
    assert plot.describe(Symbol("field", "litres", "watering")).text == "How much"
    assert plot.describe(Symbol("entry", "look")).text == "A look at the plot"
    seedlings = open_workspace(PACKS / "seedlings")
    assert seedlings.describe(Symbol("activity", "window", "hardening")).text == "A place at the open window"
    assert workspace_of({"p/groups.yaml": "groups: {both: x}\n"}).describe(Symbol("group", "both")).text == ""
    assert seedlings.describe(Symbol("stage", "sun", "hardening")).text == "In the sun"


def test_long_lists_are_shortened(root: Path) -> None:
    """Of many users, and of many facts of a patient, the first are named."""
    workspace = open_workspace(root / "rules")
    description = workspace.describe(Symbol("fact", "swelling"))
    assert len(description.used_by) == 12
    assert description.more_users > 5
    assert workspace.describe(Symbol("patient", "calm")).text.endswith(", …")


def test_results_can_be_shared_with_whoever_checks_files() -> None:
    """The results for each file are those of the incremental check."""
    workspace = open_workspace(PACKS / "greenhouse")
    assert check_files(workspace.texts, workspace.results)[ALARM] is workspace.results[ALARM]
