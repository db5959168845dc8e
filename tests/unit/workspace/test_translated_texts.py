"""Names in the paths of translated texts follow the names they belong to."""

from __future__ import annotations

from pathlib import Path

from hiprun.workspace import Symbol, open_workspace

PACK = "pack: garden\nlanguage: 2\nversion: 1.0.0\ntitle: A garden\n"
FACTS = "facts:\n  dry: {ask: Is it dry?, type: boolean}\n"
GERMAN = "texts: de\nof:\n  facts.dry.ask: {from: Is it dry?, to: Ist es trocken?}\n"


def test_a_renamed_fact_is_renamed_in_its_translations(tmp_path: Path) -> None:
    """The path of a text begins with the name of what it is a text of, so it changes with that name."""
    folder = tmp_path / "garden"
    folder.mkdir()
    for name, text in (("pack", PACK), ("facts", FACTS), ("texts_de", GERMAN)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    workspace = open_workspace(folder)
    renaming = workspace.rename(Symbol("fact", "dry"), "parched")
    changed = workspace.edited(renaming.edits)
    assert changed.problems == ()
    assert "  facts.parched.ask: {from" in changed.text("garden/texts_de.yaml")
