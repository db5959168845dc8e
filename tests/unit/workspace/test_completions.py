"""What could be written at a place: names with their titles, and words of the language with their meanings."""

from __future__ import annotations

from pathlib import Path

import pytest

from hiprun.verification.cases import KEYWORDS
from hiprun.workspace import Completion, Workspace, open_workspace
from hiprun.workspace.schema_words import EXPECTATIONS

PACKS = Path(__file__).parent.parent.parent / "packs"


def complete(workspace: Workspace, file: str, old: str, new: str) -> tuple[str, dict[str, Completion]]:
    """Return a text with `old` replaced by `new`, in which `|` is the cursor, and what could be written there."""
    text = workspace.text(file)
    assert old in text or not text, old
    offset = text.index(old) + new.index("|")
    changed = text.replace(old, new.replace("|", ""), 1)
    line = changed.count("\n", 0, offset) + 1
    column = offset - changed.rfind("\n", 0, offset)
    found = workspace.with_texts({file: changed}).completions(file, line, column)
    return changed.split("\n")[line - 1], {completion.label: completion for completion in found}


@pytest.fixture(scope="module")
def greenhouse_workspace() -> Workspace:
    """The workspace of the small pack with every kind of decision."""
    return open_workspace(PACKS / "greenhouse")


ALARM, CASES, CLASH = "greenhouse/alarm.yaml", "greenhouse/cases/everything.yaml", "greenhouse/clash.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected", "unexpected"),
    [
        (
            ALARM,
            "{temperature: {at_least: heat_limit}}",
            "{|}",
            ["temperature", "thirsty", "stress.points", "any"],
            ["heat_limit", "chores.task"],
        ),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{temp|", ["temperature"], []),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{temperature: 3, |}", ["leaves", "not"], []),
        (
            ALARM,
            "{temperature: {at_least: heat_limit}}",
            "{temperature: {|}}",
            ["at_least", "between"],
            ["includes", "has_value"],
        ),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{leaves: {|}}", ["is", "at_least", "one_of"], ["includes"]),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{season: {|}}", ["is", "one_of"], ["at_least"]),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{clash.window: {|}}", ["is", "has_value"], ["at_least"]),
        (ALARM, "{temperature: {at_least: heat_limit}}", "{nothing: {|}}", ["is", "has_value", "includes"], []),
        (
            ALARM,
            "at_least: heat_limit",
            "at_least: |",
            ["heat_limit", "cans", "water_today", "degrees_over"],
            ["leaves", "season"],
        ),
        (ALARM, "at_least: heat_limit", "at_least: 2 * he|", ["heat_limit"], ["leaves"]),
        (ALARM, "{leaves: {at_least: limp}}", "{leaves: |}", ["firm", "limp", "dry", "is"], ["heat_limit"]),
        (ALARM, "{thirsty: true}", "{thirsty: |}", ["true", "false"], ["firm"]),
        (ALARM, "{action: act, window: open}", "{action: |}", ["nothing", "look", "act"], ["open"]),
        (ALARM, "{action: act, window: open}", "{|}", ["action", "window"], ["temperature"]),
        (ALARM, "source: heat.limit", "source: heat.|", ["heat.limit", "heat.extreme", "pests.watch"], []),
        (ALARM, "source: [heat.extreme]", "source: [|]", ["heat.limit", "water.often"], []),
        (ALARM, "hit: worst", "hit: |", ["worst", "collect"], ["temperature"]),
        (ALARM, "hit: worst", "h|", ["hit", "order", "table"], ["outputs"]),
        (ALARM, "    because: Seedlings", "    |\n    because: Seedlings", ["title"], ["when", "source"]),
        (ALARM, "window: open}\n    because", "window: open}\n    |\n    because", ["interpretation", "title"], ["id"]),
        (ALARM, "    when: {temperature", "    when:\n      |\n    x: {temperature", ["temperature", "any"], []),
        (ALARM, "{thirsty: true}", "{alarm.|: true}", ["alarm.action", "alarm.window"], ["clash.window"]),
        (ALARM, "otherwise: {action", "otherwise: | #", ["no_match", "action"], []),
        (CASES, "patient: mild", "patient: |", ["mild"], []),
        (
            CASES,
            "alarm: {action: nothing, window",
            "|: {action: nothing, window",
            ["watering", "stress"],
            ["alarm.action"],
        ),
        (
            CASES,
            "{action: nothing, window: as_it_is}\n",
            "{|}\n",
            ["action", "status", "needs", "fired"],
            ["temperature"],
        ),
        (CASES, "{status: no_match}", "{status: |}", ["decided", "no_match"], []),
        (CASES, "fired: [row-1]", "fired: [|]", [], ["hot"]),
        (CASES, "fired: [hot]", "fired: [|]", ["hot", "very-hot"], ["aphids"]),
        (CASES, "needs: [leaves]", "needs: [|]", ["leaves", "temperature"], ["thirsty"]),
        (CASES, "unknown: [temperature]", "unknown: [|]", ["temperature"], ["thirsty"]),
        (CASES, "facts: {season: winter", "facts: {|", ["season", "pests"], ["thirsty", "alarm.action"]),
        (CASES, "facts: {season: winter", "facts: {season: |", ["winter", "spring"], []),
        (CASES, "{task: [collect, sweep]", "{task: [|]", ["collect", "spray"], []),
        (CASES, "expect: refused", "expect: |", ["refused", "alarm"], []),
        ("greenhouse/watering.yaml", "[season, litres]", "[season, |]", ["litres", "temperature"], []),
        ("greenhouse/watering.yaml", "[spring, 2.5]", "[|, 2.5]", ["spring", "autumn"], []),
        ("greenhouse/watering.yaml", "[spring, 2.5]", "[{|}, 2.5]", ["is", "one_of"], ["at_least"]),
        ("greenhouse/properties.yaml", "{alarm.action: act}", "{alarm.action: |}", ["look", "act"], []),
        ("greenhouse/facts.yaml", "type: boolean", "type: |", ["boolean", "set"], ["temperature"]),
        ("greenhouse/facts.yaml", "worse: false", "worse: |", ["true", "false", "later"], []),
        ("greenhouse/amounts.yaml", "quantity: water_today", "quantity: |", ["water_today"], []),
        ("greenhouse/constraints.yaml", "{season: winter", "{|", ["season", "heat_limit"], []),
        ("greenhouse/chores.yaml", "optional: true", "optional: |", ["true", "false"], []),
        ("greenhouse/derived.yaml", "title: The plants", "title: |The plants", [], ["temperature"]),
        ("greenhouse/guidance.yaml", "heat.limit: Open", "|heat.limit: Open", [], ["heat.limit"]),
        ("kitchen/dinner.yaml", "oven of {hot}", "oven of {|}", ["hot", "oven", "oven_celsius"], []),
        ("kitchen/groups.yaml", "[peas, beans]", "[|]", ["peas", "carrots"], []),
        ("kitchen/shopping.yaml", "{includes: roots}", "{includes: |}", ["roots", "peas"], []),
        ("kitchen/notes.yaml", "guests: {at_least: 2}", "cook: |", [], ["guests"]),
        ("kitchen/pack.yaml", "version: 1.0.0", "version: 1.0.0\nfirst: |", ["dinner", "kitchen"], []),
        ("plot/diary.yaml", "count: watering", "count: |", ["watering", "look"], []),
        ("plot/diary.yaml", "lasts: [minutes]", "lasts: [|]", ["minutes", "litres"], ["leaves"]),
        ("plot/diary.yaml", "whether: {leaves: firm}", "whether: {leaves: |}", ["firm", "limp"], []),
        ("kitchen/dinner.yaml", "days_kept: {above: longest_kept}", "doneness: |", ["rare", "well_done"], ["roots"]),
        (
            "seedlings/outlook.yaml",
            "rules:",
            "rules:\n  - {id: new, when: {hardening_day.sessions: {at_least: |}}}",
            ["first_hours"],
            [],
        ),
        ("seedlings/hardening.yaml", "between: window", "between: |", ["outside", "window"], []),
        ("seedlings/hardening.yaml", "grows: [outside]", "grows: [|]", ["outside", "misting"], []),
        ("seedlings/hardening.yaml", "keeps: [amounts]", "keeps: [|]", ["amounts", "hardening_stage"], []),
    ],
)
def test_what_fits_is_offered(file: str, old: str, new: str, expected: list[str], unexpected: list[str]) -> None:
    """In every kind of place, the names and words that belong there, and no others."""
    _, found = complete(open_workspace(PACKS / file.partition("/")[0]), file, old, new)
    assert {*expected} <= found.keys(), list(found)
    assert not {*unexpected} & found.keys()


def test_names_come_with_their_question_title_or_text(greenhouse_workspace: Workspace) -> None:
    """What a name means is beside it, and words say what they do."""
    _, found = complete(greenhouse_workspace, ALARM, "{temperature: {at_least: heat_limit}}", "{|}")
    assert found["temperature"].detail == "How warm is it inside?"
    assert found["thirsty"].detail == "The plants need water"
    assert found["alarm.action"].detail == "What the greenhouse needs now"
    assert found["any"].detail == "At least one of these conditions holds."
    assert (found["temperature"].kind, found["any"].kind) == ("name", "word")
    _, found = complete(greenhouse_workspace, ALARM, "{leaves: {at_least: limp}}", "{leaves: |}")
    assert (found["limp"].detail, found["limp"].kind) == ("hanging down", "value")
    _, found = complete(greenhouse_workspace, ALARM, "source: heat.limit", "source: |")
    assert found["water.often"].detail == "Water every three days."


@pytest.mark.parametrize(
    ("old", "new", "label", "written"),
    [
        ("{temperature: {at_least: heat_limit}}", "{temp|: 3}", "temperature", "{temperature: 3}"),
        ("{temperature: {at_least: heat_limit}}", "{temp|}", "temperature", "{temperature: }"),
        ("{temperature: {at_least: heat_limit}}", "|", "temperature", "{temperature: }"),
        ("{temperature: {at_least: heat_limit}}", "{temperature: |}", "at_least", "{temperature: {at_least: }}"),
        ("at_least: heat_limit", "at_least: 2 * he|at", "heat_limit", "at_least: 2 * heat_limit"),
        ("at_least: heat_limit", "at_least:he|", "heat_limit", "at_least: heat_limit"),
        ("source: heat.limit", "source: heat.l|", "heat.extreme", "source: heat.extreme"),
        ("{thirsty: true}", "{alarm.ac|: true}", "alarm.action", "{alarm.action: true}"),
    ],
)
def test_a_completion_replaces_the_word_at_the_cursor(
    greenhouse_workspace: Workspace, old: str, new: str, label: str, written: str
) -> None:
    """A name of an entry comes with its colon, and with braces where it needs them."""
    line, found = complete(greenhouse_workspace, ALARM, old, new)
    completion = found[label]
    assert completion.start[0] == completion.end[0]
    assert written in f"{line[: completion.start[1] - 1]}{completion.text}{line[completion.end[1] - 1 :]}"


def test_the_ids_of_a_protocol_are_offered() -> None:
    """Those that follow from its stages, and its own."""
    text = "cases: New\nexamples:\n  - {id: one, facts: {frost: true}, expect: {hardening_stage: {fired: []}}}\n"
    workspace = open_workspace(PACKS / "seedlings").with_texts({"seedlings/cases.yaml": text})
    _, found = complete(workspace, "seedlings/cases.yaml", "fired: []", "fired: [|]")
    assert found["at-sun"].detail == "In the sun"
    _, found = complete(workspace, "seedlings/cases.yaml", "- {id: one", "- {id: |")
    assert found == {}
    _, found = complete(workspace, "seedlings/hardening.yaml", "  misting: {unit", "  |misting: {unit")
    assert found == {}


def test_a_new_file_begins_with_its_kind(greenhouse_workspace: Workspace) -> None:
    """In an empty file, and in one with half a word, the kinds of files are offered."""
    for text, column in (("", 1), ("dec", 4)):
        found = greenhouse_workspace.with_texts({"greenhouse/new.yaml": text}).completions(
            "greenhouse/new.yaml", 1, column
        )
        assert {completion.label: completion.text for completion in found}["decision"] == "decision: "


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("facts: {}  # a comm", 1, 19),
        ("# com", 1, 5),
        ("facts:\n  warm: {ask: 'x # y', |", 9, 3),
        ("facts: {}", 0, 1),
        ("- a\n- b", 1, 3),
        ("unknown: {a: }", 1, 13),
    ],
)
def test_nothing_is_offered_where_nothing_fits(text: str, line: int, column: int) -> None:
    """In comments, beyond the text, and in files of no kind."""
    workspace = open_workspace(PACKS / "greenhouse").with_texts({"greenhouse/new.yaml": text})
    assert workspace.completions("greenhouse/new.yaml", line, column) == ()


def test_every_expectation_is_known() -> None:
    """The words for what can be expected are those that cases understand."""
    assert {*EXPECTATIONS} == {*KEYWORDS}


@pytest.mark.parametrize("file", [ALARM, CASES, "greenhouse/facts.yaml"])
def test_no_place_raises(greenhouse_workspace: Workspace, file: str) -> None:
    """A cursor can be anywhere in a file."""
    lines = greenhouse_workspace.text(file).split("\n")
    for number, line in enumerate(lines, 1):
        for column in range(1, len(line) + 2, 9):
            for completion in greenhouse_workspace.completions(file, number, column):
                assert completion.start <= (number, column) <= completion.end
