"""After an edit, only what depends on it is resolved again; problems and model are those of resolving everything."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from hiprun.workspace import Workspace, open_workspace, workspace_of

PACKS = Path(__file__).parent.parent.parent / "packs"
GREENHOUSE = open_workspace(PACKS / "greenhouse")
WORD = re.compile(r"[a-z_]{3,}|\d+")


def edited(text: str, words: list[str], chance: random.Random) -> str:
    """Return a text in which a line is missing, doubled or moved, or a word or a number is another one."""
    lines = text.split("\n")
    index = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[index]
        case 1:
            lines.insert(index, lines[index])
        case 2:
            lines.insert(chance.randrange(len(lines)), "# a remark")
        case _:
            found = list(WORD.finditer(lines[index]))
            if found:
                word = chance.choice(found)
                lines[index] = lines[index][: word.start()] + chance.choice(words) + lines[index][word.end() :]
    return "\n".join(lines)


def everything(value: Any) -> Any:
    """Return a value as plain data, with the places that its equality leaves out."""
    if attrs.has(type(value)):
        return {field.name: everything(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return [(name, everything(part)) for name, part in value.items()]
    if isinstance(value, tuple | list):
        return [everything(part) for part in value]
    return repr(value)


def is_as_from_scratch(workspace: Workspace) -> None:
    """Fail if anything is different from what it would be without any earlier result."""
    anew = workspace_of(workspace.texts)
    assert workspace.problems == anew.problems
    assert everything(workspace.model) == everything(anew.model)


@pytest.mark.parametrize("seed", range(6))
def test_any_edits_give_what_resolving_everything_gives(seed: int) -> None:
    """Edits at random, in any file, kept, added to and undone; right or wrong after each of them."""
    chance = random.Random(seed)
    words = sorted({word for name in GREENHOUSE.texts for word in WORD.findall(GREENHOUSE.text(name))})
    before = workspace = GREENHOUSE
    for _ in range(10):
        name = chance.choice(list(workspace.texts))
        changed = workspace.with_texts({name: edited(workspace.text(name), words, chance)})
        is_as_from_scratch(changed)
        workspace, before = chance.choice([(changed, workspace), (before, workspace), (workspace, workspace)])


def resolved_again(text: str, written: str, file: str) -> set[str]:
    """Return the facts, derived facts and decisions that are resolved again when a text of the greenhouse is edited."""
    old = GREENHOUSE.model
    assert old is not None
    changed = GREENHOUSE.with_texts({file: GREENHOUSE.text(file).replace(text, written, 1)})
    new = changed.model
    assert new is not None
    assert changed.texts != GREENHOUSE.texts
    return {
        name
        for before, after in ((old.facts, new.facts), (old.derived, new.derived), (old.decisions, new.decisions))
        for name in before
        if before[name] is not after[name]
    }


@pytest.mark.parametrize(
    ("file", "text", "written", "expected"),
    [
        ("alarm", "title:", "# a remark\ntitle:", {"alarm"}),
        ("cases/everything", "cases:", "# a remark\ncases:", set()),
        ("parameters", "value: 30", "value: 31", {"alarm", "degrees_over"}),
    ],
)
def test_only_what_depends_on_an_edit_is_resolved_again(file: str, text: str, written: str, expected: set[str]) -> None:
    """What has nothing to do with it stays the same object."""
    assert resolved_again(text, written, f"greenhouse/{file}.yaml") == expected


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("type: boolean, worse: false", "type: integer, range: [0, 3]"),
        ("range: [-40, 60]", "range: [-40, 20]"),
        ("unit: °C", "unit: K"),
    ],
)
def test_a_declaration_that_says_something_else_reaches_whoever_uses_it(written: str, other: str) -> None:
    """Mistakes appear in files that have not changed, and are gone when the declaration is as it was."""
    file = "greenhouse/facts.yaml"
    assert GREENHOUSE.problems == ()
    changed = GREENHOUSE.with_texts({file: GREENHOUSE.text(file).replace(written, other)})
    assert any(problem.place and problem.place.file != file for problem in changed.problems)
    is_as_from_scratch(changed)
    back = changed.with_texts({file: GREENHOUSE.text(file)})
    assert back.problems == ()
    is_as_from_scratch(back)


def test_a_flood_of_mistakes_in_one_file_ends_as_it_does_from_scratch() -> None:
    """Reading stops at the same mistake, and the next edit begins from there."""
    file = "greenhouse/cases/flood.yaml"
    assert GREENHOUSE.problems == ()
    cases = "".join(
        f"  - {{id: c-{n}, facts: {{nothing_{n}: 1}}, expect: {{alarm: {{action: nothing}}}}}}\n" for n in range(300)
    )
    flooded = GREENHOUSE.with_texts({file: f"cases: Many\nexamples:\n{cases}"})
    assert "too-many-problems" in {problem.code for problem in flooded.problems}
    is_as_from_scratch(flooded)
    is_as_from_scratch(flooded.with_texts({file: None}))
