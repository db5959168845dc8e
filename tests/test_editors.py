"""The extension for Visual Studio Code is packaged, and plain YAML editors say what is true of rule files."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application
from hiprun.interfaces.language_server.case_results import CASES_OF_RULE, RUN_CASE
from hiprun.interfaces.language_server.server import VERIFY

from . import peers
from .unit.interfaces.language_server.editor import Editor

EXTENSION = Path(__file__).parent.parent / "editors" / "vscode"


def test_the_extension_is_packaged(tmp_path: Path) -> None:
    """It is bundled with the client and the licences of what is in it, and with nothing else."""
    packager = peers.node_package("@vscode/vsce") / "vsce"
    peers.node_package("esbuild")
    package = tmp_path / "hiprun.vsix"
    command = [peers.program("node"), str(packager), "package", "--no-dependencies", "--out", str(package)]
    done = subprocess.run(command, cwd=EXTENSION, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(package) as archive:
        names = {
            name.removeprefix("extension/").lower() for name in archive.namelist() if name.startswith("extension/")
        }
        code = archive.read("extension/dist/extension.js").decode()
        licences = archive.read("extension/dist/LICENCES.txt").decode()
    assert names == {"dist/extension.js", "dist/licences.txt", "license.txt", "package.json", "readme.md"}
    assert 'require("vscode")' in code
    assert "vscode-languageclient" in licences
    assert "Permission is hereby granted" in licences


def test_the_extension_uses_the_commands_of_the_server() -> None:
    """It runs the one that proves; the others come with the code lenses; its own have other names."""
    code = (EXTENSION / "src" / "extension.js").read_text(encoding="utf-8")
    own = {
        entry["command"] for entry in json.loads((EXTENSION / "package.json").read_text())["contributes"]["commands"]
    }
    assert f'executeCommand("{VERIFY}"' in code
    assert own.isdisjoint({VERIFY, RUN_CASE, CASES_OF_RULE})


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small pack with its schemas for editors."""
    folder = tmp_path_factory.mktemp("packs") / "greenhouse"
    shutil.copytree(Path(__file__).parent / "packs" / "greenhouse", folder)
    arguments = ["schema", "--rules", str(folder), "--write", str(folder / ".schema")]
    assert CliRunner().invoke(application, arguments).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def yaml_editor() -> Iterator[Editor]:
    """An editor with the YAML language server that many editors use."""
    server = peers.node_package("yaml-language-server") / "bin" / "yaml-language-server"
    command = [peers.program("node"), str(server), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        editor = Editor(process.stdout, process.stdin)
        editor.start()
        yield editor
        editor.stop()
        process.wait(30)
        editor.close()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("thirsty: true", "thrsty: true", "Property thrsty is not allowed."),
        ("id: very-hot", "id: Very Hot", "Ids consist of lower-case letters and digits, joined by `-`."),
        ("{action: act}", "{action: acts}", 'Value is not accepted. Valid values: "nothing", "look", "act".'),
        ("hit: worst", "hits: worst", "Property hits is not allowed."),
    ],
)
def test_a_plain_yaml_editor_says_what_is_true(
    old: str, new: str, message: str, schemas: Path, yaml_editor: Editor
) -> None:
    """Its message for a slip names the word that is wrong, and nothing that is right."""
    path = schemas / "alarm.yaml"
    text = f"# yaml-language-server: $schema=./.schema/decision.schema.json\n{path.read_text(encoding='utf-8')}"
    assert text.count(old) == 1
    uri = (schemas / f"{new.split(':')[0]}.yaml").as_uri()
    document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text.replace(old, new)}
    yaml_editor.tell("textDocument/didOpen", {"textDocument": document})
    yaml_editor.wait_for(lambda: bool(yaml_editor.diagnostics.get(uri)))
    assert [found["message"] for found in yaml_editor.diagnostics[uri]] == [message]
