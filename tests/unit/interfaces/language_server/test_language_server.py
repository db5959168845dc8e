"""The language server answers every kind of question over a stream, on whole and on broken files."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from hiprun.interfaces.cli.application import application
from hiprun.interfaces.language_server import serve

from .editor import Editor, editor_of

GREENHOUSE = Path(__file__).parent.parent.parent.parent / "packs" / "greenhouse"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small pack."""
    copy = tmp_path / "green house ü"
    shutil.copytree(GREENHOUSE, copy)
    return copy


@pytest.fixture
def editor() -> Iterator[Any]:
    """An editor that has started the server."""
    with editor_of(serve) as started:
        started.start()
        yield started


def where(path: Path, text: str, inside: str = "") -> tuple[int, int]:
    """Return the line and the character, from 0, of a text in a file."""
    whole = path.read_text(encoding="utf-8")
    offset = whole.index(text) + text.index(inside)
    return whole.count("\n", 0, offset), offset - whole.rfind("\n", 0, offset) - 1


def test_it_says_what_it_can_do() -> None:
    """Every feature is announced, so that editors ask."""
    with editor_of(serve) as started:
        capabilities = started.start({"general": {"positionEncodings": ["utf-32", "utf-16"]}})
    assert capabilities["positionEncoding"] == "utf-32"
    announced = {name for name, value in capabilities.items() if value}
    assert announced >= {
        "completionProvider",
        "hoverProvider",
        "definitionProvider",
        "referencesProvider",
        "renameProvider",
        "documentHighlightProvider",
        "documentSymbolProvider",
        "documentFormattingProvider",
        "codeActionProvider",
        "codeLensProvider",
        "inlayHintProvider",
        "workspaceSymbolProvider",
    }
    assert set(capabilities["executeCommandProvider"]["commands"]) == {
        "hiprun.verify",
        "hiprun.runCase",
        "hiprun.casesOfRule",
    }


def test_mistakes_are_shown_while_typing(editor: Any, folder: Path) -> None:
    """In the file that has them, at their place, in the words of `hiprun check`; and they go when they are mended."""
    path = folder / "alarm.yaml"
    text = path.read_text(encoding="utf-8")
    uri = editor.open(path)
    assert editor.diagnostics[uri] == []
    line, character = where(path, "thirsty: true")
    (found,) = editor.change(uri, text.replace("thirsty: true", "thrsty: true"))
    assert found["message"] == "There is nothing called `thrsty`.\nDid you mean `thirsty`?"
    assert (found["code"], found["source"], found["severity"]) == ("unknown-name", "hiprun", 1)
    assert found["range"] == {
        "start": {"line": line, "character": character},
        "end": {"line": line, "character": character + 6},
    }
    assert editor.change(uri, text) == []


def test_a_mistake_in_one_file_is_shown_in_others(editor: Any, folder: Path) -> None:
    """What is renamed in one file is missing in all that use it, each with its own diagnostics and all their places."""
    facts = editor.open(folder / "facts.yaml")
    text = (folder / "facts.yaml").read_text(encoding="utf-8")
    editor.change(facts, text.replace("  leaves:", "  leafs:"))
    found = {uri.rpartition("/")[2]: diagnostics for uri, diagnostics in editor.diagnostics.items() if diagnostics}
    assert found.keys() == {"alarm.yaml"}
    related = found["alarm.yaml"][0]["relatedInformation"]
    assert [one["message"] for one in related] == ["Also here."] * len(related)
    assert len(related) > 3
    editor.change(facts, text)
    assert not any(editor.diagnostics.values())


def test_only_the_last_of_quick_changes_counts(editor: Any, folder: Path) -> None:
    """Whatever is typed in between, the diagnostics are those of the text as it is now."""
    path = folder / "alarm.yaml"
    text = path.read_text(encoding="utf-8")
    uri = editor.open(path)
    for length in range(1, 12):
        editor.change(uri, text.replace("thirsty: true", "x" * length), wait=False)
    editor.change(uri, text)
    assert editor.ask("textDocument/hover", editor.at(uri, *where(path, "temperature"))) is not None
    editor.wait_for(lambda: editor.diagnostics[uri] == [])


def test_files_outside_a_pack_are_left_alone(editor: Any, tmp_path: Path) -> None:
    """There is nothing wrong in them, and nothing to say."""
    path = tmp_path / "compose.yaml"
    path.write_text("services: [", encoding="utf-8")
    uri = editor.open(path)
    assert editor.diagnostics[uri] == []
    for method in ("hover", "definition", "completion", "references", "documentHighlight", "prepareRename"):
        context = {"context": {"includeDeclaration": True}} if method == "references" else {}
        assert editor.ask(f"textDocument/{method}", editor.at(uri, 0, 3, **context)) is None
    assert (
        editor.ask("workspace/executeCommand", {"command": "hiprun.verify", "arguments": [uri]})
        == "This file belongs to no pack."
    )
    said = editor.ask("workspace/executeCommand", {"command": "hiprun.runCase", "arguments": [uri, "x"]})
    assert said == "Cases are run once the pack has no mistakes."
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    hidden = tmp_path / ".github" / "x.yaml"
    hidden.parent.mkdir()
    hidden.write_text("pack: x\n", encoding="utf-8")
    assert editor.diagnostics[editor.open(hidden)] != []


def test_a_new_pack_begins_with_an_unsaved_file(editor: Any, tmp_path: Path) -> None:
    """A folder becomes a pack when one of its files begins with `pack:`, saved or not."""
    uri = editor.open(tmp_path / "pack.yaml", "pack: new\nlanguage: 2\nversion: 1.0\ntitle: New\n")
    assert [one["code"] for one in editor.diagnostics[uri]] == ["wrong-type"]
    other = editor.open(tmp_path / "facts.yaml", "facts: {warm: {ask: Is it warm?, type: boolaen}}\n")
    assert [one["code"] for one in editor.diagnostics[other]] == ["unknown-word"]


def test_what_is_on_the_disk_counts_for_files_that_are_not_open(editor: Any, folder: Path) -> None:
    """A file that another program changes, adds or deletes is read again; a closed file counts as it was saved."""
    uri = editor.open(folder / "alarm.yaml")
    facts, new = folder / "facts.yaml", folder / "new.yaml"
    saved = facts.read_text(encoding="utf-8")
    facts.write_text(saved.replace("  leaves:", "  leafs:"), encoding="utf-8")
    new.write_text("decision: new\n", encoding="utf-8")
    changes = [{"uri": path.as_uri(), "type": 2} for path in (facts, new, folder / "alarm.yaml", folder / "notes.txt")]
    editor.tell("workspace/didChangeWatchedFiles", {"changes": changes})
    editor.wait_for(lambda: bool(editor.diagnostics.get(uri)) and bool(editor.diagnostics.get(new.as_uri())))
    new.unlink()
    facts.write_text(saved, encoding="utf-8")
    editor.tell(
        "workspace/didChangeWatchedFiles",
        {"changes": [{"uri": new.as_uri(), "type": 3}, {"uri": facts.as_uri(), "type": 2}]},
    )
    editor.wait_for(lambda: not any(editor.diagnostics.values()))
    editor.change(uri, "half typed")
    assert editor.diagnostics[uri] != []
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.wait_for(lambda: not editor.diagnostics[uri])


def test_names_lead_to_their_declaration_and_uses(editor: Any, folder: Path) -> None:
    """Go to definition, find references with and without the declaration, highlight in the same file."""
    path = folder / "alarm.yaml"
    uri = editor.open(path)
    place = where(path, "{leaves: {at")[0], where(path, "{leaves: {at")[1] + 2
    definition = editor.ask("textDocument/definition", editor.at(uri, *place))
    assert definition["uri"] == (folder / "facts.yaml").as_uri()
    found = editor.ask("textDocument/references", editor.at(uri, *place, context={"includeDeclaration": True}))
    used = editor.ask("textDocument/references", editor.at(uri, *place, context={"includeDeclaration": False}))
    assert len(found) == len(used) + 1
    assert {one["uri"].rpartition("/")[2] for one in used} == {"alarm.yaml", "planting.yaml", "everything.yaml"}
    highlights = editor.ask("textDocument/documentHighlight", editor.at(uri, *place))
    assert [one["kind"] for one in highlights] == [2]
    assert editor.ask("textDocument/definition", editor.at(uri, 0, 200)) is not None
    assert editor.ask("textDocument/definition", editor.at(uri, 1, 20)) is None
    assert editor.ask("textDocument/references", editor.at(uri, 1, 20, context={"includeDeclaration": True})) == []
    assert editor.ask("textDocument/documentHighlight", editor.at(uri, 1, 20)) == []


def test_a_name_is_renamed_in_the_whole_pack(editor: Any, folder: Path) -> None:
    """The edits are by place, in every file; what cannot be renamed is refused with the reason."""
    path = folder / "alarm.yaml"
    uri = editor.open(path)
    place = where(path, "temperature")
    prepared = editor.ask("textDocument/prepareRename", editor.at(uri, *place))
    assert prepared["placeholder"] == "temperature"
    changes = editor.ask("textDocument/rename", editor.at(uri, *place, newName="warmth"))["changes"]
    assert len(changes) == 10
    assert {edit["newText"] for edits in changes.values() for edit in edits} == {"warmth"}
    with pytest.raises(RuntimeError, match=r"`leaves` is already taken .*Choose another name"):
        editor.ask("textDocument/rename", editor.at(uri, *place, newName="leaves"))
    with pytest.raises(RuntimeError, match="nothing here"):
        editor.ask("textDocument/rename", editor.at(uri, 1, 20, newName="x"))
    assert editor.ask("textDocument/prepareRename", editor.at(uri, 1, 20)) is None


def test_hovering_says_what_a_name_stands_for(editor: Any, folder: Path) -> None:
    """Its question, values, choices and reason, and who uses it; what the pack says is never markup."""
    facts = folder / "facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("How warm is it inside?", "1. How *warm* is <b>it</b>?"),
        encoding="utf-8",
    )
    path = folder / "alarm.yaml"
    uri = editor.open(path)
    shown = editor.ask("textDocument/hover", editor.at(uri, *where(path, "temperature")))
    assert shown["contents"]["kind"] == "markdown"
    text = shown["contents"]["value"]
    assert text.startswith(
        "**temperature** (fact): number, ranges from -40 to 60 °C\n\n"
        "1\\. How \\*warm\\* is \\<b\\>it\\</b\\>?\n\nWhy: Heat harms"
    )
    assert "Used by hot (rule)" in text
    shown = editor.ask("textDocument/hover", editor.at(uri, *where(path, "{leaves: {at", "leaves")))
    assert "- `firm`: upright and firm" in shown["contents"]["value"]
    assert editor.ask("textDocument/hover", editor.at(uri, 1, 20)) is None
    cases = (folder / "cases" / "everything.yaml").as_uri()
    place = where(folder / "cases" / "everything.yaml", "hot-winter")
    shown = editor.ask("textDocument/hover", editor.at(cases, *place))
    assert shown["contents"]["value"] == "**hot-winter** (case)"


def test_a_name_does_not_end_its_own_code(editor: Any, folder: Path) -> None:
    """A choice with a backtick, which no pack may have, is shown as it is, and not as a link."""
    path = folder / "facts.yaml"
    text = path.read_text(encoding="utf-8").replace("{firm: ", "{'a` [x](command:y)': upright, firm: ")
    path.write_text(text, encoding="utf-8")
    uri = editor.open(path)
    shown = editor.ask("textDocument/hover", editor.at(uri, *where(path, "leaves")))
    assert "- a\\` \\[x\\](command:y)" in shown["contents"]["value"]


def test_completion_replaces_the_word_being_typed(editor: Any, folder: Path) -> None:
    """Each item has its detail and an edit; the list is that of the text as it is, checked or not."""
    path = folder / "alarm.yaml"
    text = path.read_text(encoding="utf-8")
    uri = editor.open(path)
    line, character = where(path, "{temperature: {at_least")
    editor.change(uri, text.replace("{temperature: {at_least: heat_limit}}", "{te"), wait=False)
    found = editor.ask("textDocument/completion", editor.at(uri, line, character + 3))
    items = {item["label"]: item for item in found["items"]}
    assert items["temperature"]["detail"] == "How warm is it inside?"
    assert items["temperature"]["labelDetails"] == {"description": "How warm is it inside?"}
    assert items["temperature"]["textEdit"] == {
        "newText": "temperature: ",
        "range": {
            "start": {"line": line, "character": character + 1},
            "end": {"line": line, "character": character + 3},
        },
    }


def test_positions_count_units_of_utf_16(editor: Any, folder: Path) -> None:
    """A character outside the first plane counts as two, in what comes in and in what goes out."""
    path = folder / "alarm.yaml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("{id: x", "{id: x")
        .replace("because: Seedlings wilt in the heat.", "because: Seedlings 🌱🌱 wilt.")
        .replace(
            "  - id: hot\n    when: {temperature: {at_least: heat_limit}}",
            '  - id: hot\n    when: {gardener: "🌱🌱", temperature: {at_least: heat_limit}}',
        )
    )
    path.write_text(text, encoding="utf-8")
    uri = editor.open(path)
    line, character = where(path, "heat_limit}}")
    definition = editor.ask("textDocument/prepareRename", editor.at(uri, line, character + 2))
    assert definition["range"]["start"] == {"line": line, "character": character + 2}
    assert definition["range"]["end"] == {"line": line, "character": character + 12}
    (found,) = editor.change(uri, text.replace("at_least: heat_limit}}", "at_least: heat_limt}}", 1))
    assert found["range"]["start"] == {"line": line, "character": character + 2}


@pytest.mark.parametrize(("line", "character"), [(-1, 0), (0, -1), (2**31, 0), (0, 2**31)])
def test_a_question_about_an_impossible_place_is_answered_by_an_error(
    line: int, character: int, editor: Any, folder: Path
) -> None:
    """The editor does not wait for ever, and the next question is answered as usual."""
    uri = editor.open(folder / "facts.yaml")
    answer = editor.raw("textDocument/hover", editor.at(uri, line, character))
    assert answer["error"]["code"] == -32602
    assert "result" not in answer
    assert editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})


def test_what_cannot_be_read_and_needs_no_answer_is_passed_over(editor: Any, folder: Path) -> None:
    """A notification about nothing gets no answer, and the next question is answered as usual."""
    uri = editor.open(folder / "facts.yaml")
    editor.tell("textDocument/didChange", {"textDocument": 3})
    assert editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})


def test_mistakes_are_mended_by_code_actions(editor: Any, folder: Path) -> None:
    """Each fix is an edit with its diagnostic; where nothing is wrong, nothing is offered."""
    path = folder / "alarm.yaml"
    text = path.read_text(encoding="utf-8")
    uri = editor.open(path)
    (found,) = editor.change(uri, text.replace("thirsty: true", "thrsty: true"))
    params = {"textDocument": {"uri": uri}, "range": found["range"], "context": {"diagnostics": [found]}}
    actions = editor.ask("textDocument/codeAction", params)
    assert [(action["title"], action["kind"], action["isPreferred"]) for action in actions] == [
        ("Write `thirsty`", "quickfix", True),
        ("Declare the fact `thrsty`", "quickfix", False),
    ]
    (edit,) = actions[0]["edit"]["changes"][uri]
    assert edit == {"range": found["range"], "newText": "thirsty"}
    assert actions[0]["diagnostics"][0]["message"] == found["message"]
    far = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    assert editor.ask("textDocument/codeAction", {**params, "range": far}) == []
    other = editor.open(folder / "facts.yaml")
    assert editor.ask("textDocument/codeAction", {**params, "textDocument": {"uri": other}}) == []


def test_the_outline_has_what_a_file_declares(editor: Any, folder: Path) -> None:
    """A decision with its outputs, their choices, and its rules below it; a search finds names in the whole pack."""
    uri = editor.open(folder / "alarm.yaml")
    (decision,) = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert (decision["name"], decision["detail"]) == ("alarm", "What the greenhouse needs now")
    assert [child["name"] for child in decision["children"]] == ["action", "window", "hot", "very-hot", "limp-or-dry"]
    assert [child["name"] for child in decision["children"][0]["children"]] == ["nothing", "look", "act"]
    found = editor.ask("workspace/symbol", {"query": "TEMP"})
    assert [(one["name"], one["location"]["uri"].rpartition("/")[2]) for one in found] == [
        ("temperature", "facts.yaml")
    ]


def test_cited_statements_have_their_first_words(editor: Any, folder: Path) -> None:
    """After each id in the part that is shown; long ones are cut at a word."""
    guidance = folder / "guidance.yaml"
    guidance.write_text(
        guidance.read_text(encoding="utf-8").replace("Water every three days.", "Water " + "every three days " * 5),
        encoding="utf-8",
    )
    uri = editor.open(folder / "alarm.yaml")
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    hints = editor.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})
    assert [hint["label"] for hint in hints] == [
        "(Open the window when it is hot.)",
        "(At twenty degrees over the limit, call for …)",
        "(Water every three days every three days …)",
    ]
    top = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
    assert editor.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": top}) == []


def test_cases_and_rules_say_what_comes_of_them(editor: Any, folder: Path) -> None:
    """Above a case whether it passes, above a rule in how many cases it fires; a click says more."""
    cases, alarm = folder / "cases" / "everything.yaml", folder / "alarm.yaml"
    uri = editor.open(cases)

    def lenses(address: str) -> list[str]:
        found = editor.ask("textDocument/codeLens", {"textDocument": {"uri": address}})
        return [lens["command"]["title"] for lens in found]

    assert lenses(uri) == ["✓ passes"] * 6
    text = cases.read_text(encoding="utf-8")
    editor.change(uri, text.replace("{points: 0}", "{points: 1}"))
    assert lenses(uri) == lenses(uri)
    assert lenses(uri)[:2] == ["✗ fails: stress.points: expected 1, found 0", "✓ passes"]
    rules = editor.open(alarm)
    assert lenses(rules) == ["fires in 2 cases", "fires in 0 cases", "fires in 0 cases"]

    def run(command: str, *arguments: str) -> str:
        return str(editor.ask("workspace/executeCommand", {"command": command, "arguments": list(arguments)}))

    assert run("hiprun.runCase", uri, "hot-day") == "hot-day passes."
    assert "stress.points: expected 1, found 0" in run("hiprun.runCase", uri, "mild-day")
    assert run("hiprun.runCase", uri, "no-day") == "There is no case called no-day."
    assert run("hiprun.casesOfRule", rules, "alarm", "hot") == "alarm.hot fires in hot-day, rather-warm."
    assert run("hiprun.casesOfRule", rules, "alarm", "very-hot") == "alarm.very-hot fires in no case."
    assert editor.messages[-1] == "alarm.very-hot fires in no case."
    editor.change(rules, "decision: alarm\nrules: [{id: hot, when: {")
    assert lenses(uri)[0] == "not run: the pack has mistakes"
    with pytest.raises(RuntimeError):
        run("hiprun.runCase")


def test_a_rule_does_not_fire_where_facts_are_refused(editor: Any, folder: Path) -> None:
    """A case with facts that cannot be is passed over when firings are counted."""
    cases = folder / "cases" / "everything.yaml"
    cases.write_text(
        cases.read_text(encoding="utf-8").replace("expect: refused", "expect: {alarm: {action: act}}"), encoding="utf-8"
    )
    uri = editor.open(folder / "alarm.yaml")
    found = editor.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert found[0]["command"]["title"] == "fires in 2 cases"


def test_notes_and_mistakes_without_a_file_are_shown(editor: Any, folder: Path) -> None:
    """What could be better is information; what is in no rule file is shown at the top of the pack file."""
    watering = folder / "watering.yaml"
    text = watering.read_text(encoding="utf-8")
    uri = editor.open(watering)
    everyone = text.replace("  - [autumn, 1]\n", "  - [autumn, 1]\n  - [winter, 0]\n")
    (note,) = editor.change(uri, everyone.replace("otherwise: no_match", "otherwise: {litres: 3}"))
    assert (note["code"], note["severity"]) == ("otherwise-never-applies", 3)
    editor.change(uri, text)
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    (other / "more.yaml.txt").write_text("facts: {}", encoding="utf-8")
    pack = editor.open(other / "pack.yaml")
    (found,) = editor.diagnostics[pack]
    assert found["code"] == "file-ending"
    assert found["range"]["end"] == {"line": 0, "character": 0}


def test_a_folder_that_is_not_there_is_no_pack(editor: Any, tmp_path: Path) -> None:
    """An editor may open a file before its folder is made."""
    uri = editor.open(tmp_path / "nowhere" / "facts.yaml", "facts: [")
    assert editor.diagnostics[uri] == []


def test_formatting_keeps_comments(editor: Any, folder: Path) -> None:
    """Only lines whose layout is not in order are replaced."""
    path = folder / "alarm.yaml"
    text = path.read_text(encoding="utf-8")
    uri = editor.open(path)
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    assert editor.ask("textDocument/formatting", options) == []
    editor.change(uri, text.replace("hit: worst", "hit:   worst   # so"))
    (edit,) = editor.ask("textDocument/formatting", options)
    assert edit["newText"] == "hit: worst   # so"


def test_proofs_are_shown_with_the_patient(folder: Path) -> None:
    """On request, with progress; the findings go as soon as the texts change."""
    with editor_of(serve) as editor:
        editor.start({"window": {"workDoneProgress": True}})
        uri = editor.open(folder / "clash.yaml")
        said = editor.ask("workspace/executeCommand", {"command": "hiprun.verify", "arguments": [uri]})
        assert said.endswith("were not proved.")
        assert said in editor.messages
        assert editor.progress[0]["kind"] == "begin"
        assert editor.progress[-1]["kind"] == "end"
        found = [one for one in editor.diagnostics[uri] if one["code"] == "no-conflict"]
        assert [(one["source"], one["severity"]) for one in found] == [("hiprun verify", 2)]
        assert "the patient" in found[0]["message"]
        assert [one["message"] for one in found[0]["relatedInformation"]] == ["The rule `heat`.", "The rule `pests`."]
        assert editor.change(uri, (folder / "clash.yaml").read_text(encoding="utf-8") + "# more\n") == []
        editor.cancels_progress = True
        said = editor.ask("workspace/executeCommand", {"command": "hiprun.verify", "arguments": [uri]})
        assert said == "Cancelled; nothing was proved."
        editor.cancels_progress, editor.refuses_progress = False, True
        editor.change(uri, "decision: clash\n")
        said = editor.ask("workspace/executeCommand", {"command": "hiprun.verify", "arguments": [uri]})
        assert said == "Nothing can be proved as long as the pack has mistakes."


def test_a_client_without_progress_is_told_the_result(folder: Path) -> None:
    """Proofs of a file with nothing wrong say how much was proved; a client may also refuse to show progress."""
    for capabilities in ({}, {"window": {"workDoneProgress": True}}):
        with editor_of(serve) as editor:
            editor.refuses_progress = True
            editor.start(capabilities)
            uri = editor.open(folder / "alarm.yaml")
            said = editor.ask("workspace/executeCommand", {"command": "hiprun.verify", "arguments": [uri]})
            assert "claims about every patient" in said
            assert editor.progress == []


def test_saving_proves_what_a_file_decides(folder: Path) -> None:
    """If the user wants it: at the start, or from when the setting is changed."""
    with editor_of(serve) as editor:
        editor.start(verifyOnSave=False)
        uri = editor.open(folder / "clash.yaml")
        editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        editor.tell("workspace/didChangeConfiguration", {"settings": None})
        editor.tell("workspace/didChangeConfiguration", {"settings": {"hiprun": {"verifyOnSave": True}}})
        editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        editor.wait_for(lambda: bool(editor.diagnostics[uri]))
        assert {one["source"] for one in editor.diagnostics[uri]} == {"hiprun verify"}


def test_the_command_speaks_over_standard_streams(folder: Path) -> None:
    """`hiprun lsp` is a program that prints nothing but messages, and ends with its editor."""
    command = [sys.executable, "-m", "hiprun", "lsp", "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        editor = Editor(process.stdout, process.stdin)
        editor.start()
        uri = editor.open(folder / "alarm.yaml", "decision: alarm\n")
        assert [one["code"] for one in editor.diagnostics[uri]] == ["missing-key", "missing-key"]
        editor.stop()
        assert process.wait(30) == 0
        editor.close()


def test_the_command_starts_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the streams of the program that runs it."""

    def run(stdin: BinaryIO, stdout: BinaryIO) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stdout))
        application.main(["lsp"], standalone_mode=False)

    with editor_of(run) as editor:
        assert editor.start()["hoverProvider"]


def test_what_is_printed_by_mistake_is_no_message(capfd: pytest.CaptureFixture[str]) -> None:
    """While the server runs, standard output is kept for messages."""
    before = sys.stdout
    with editor_of(serve) as editor:
        editor.start()
        assert sys.stdout is sys.stderr
        print("by mistake")
    assert sys.stdout is before
    assert "by mistake" in capfd.readouterr().err
