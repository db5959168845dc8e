"""What somebody changed is told in one sentence for each thing, and only what was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hiprun.verification.change_summary import change_summary

from .. import small_packs

FILES = {
    "pack": small_packs.PACK.replace("language: 1", "language: 1\nnotice: Be careful."),
    "parameters": "parameters:\n  hot: {value: 30, range: [20, 40], title: Hot}\n  cold: {value: 2}\n",
    "derived": "derived:\n  old: {when: {rings: {above: 5}}, title: It is old}\n",
    "constraints": "constraints:\n  - {id: one, never: {dry: true, windy: true}}\n",
    "groups": "groups:\n  broad: [oak, elm]\n",
    "guidance": "guidance: A book\nstatements:\n  b.one: Water it.\n  b.two: Look at it.\n",
    "care": """\
decision: care
outputs: {needed: {type: boolean}}
rules:
  - {id: dry, when: {dry: true}, then: {needed: true}, because: It is dry., source: b.one}
  - {id: hot, when: {warmth: {above: hot}}, then: {needed: true}, source: b.two}
otherwise: {needed: false}
hit: first
""",
    "properties": "properties: Promises\nalways:\n  - {id: dry, if: {dry: true}, then: {care.needed: true}}\n",
    "cases": small_packs.cases(
        "patient: calm, expect: {care: {needed: false}}",
        "patient: calm, facts: {dry: true}, expect: {care: {needed: true}}",
    ),
}

ELSE = "is about another patient or is worded differently."


def told(folder: Path, file: str, old: str, new: str) -> tuple[str, ...]:
    """Return what is told of one replacement in a file."""
    assert old in {**FILES, "facts": small_packs.FACTS}[file], old
    text = {**FILES, "facts": small_packs.FACTS}[file].replace(old, new, 1)
    versions = [small_packs.load(folder / "old", **FILES), small_packs.load(folder / "new", **{**FILES, file: text})]
    return change_summary(versions[0].model, versions[1].model)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentences"),
    [
        ("care", "decision: care\n", "# a comment\ndecision: care\n", []),
        ("pack", "1.0.0", "1.1.0", ["The version was 1.0.0 and is now 1.1.0."]),
        ("pack", "notice: Be careful.\n", "", ["The notice was Be careful. and is now empty."]),
        ("facts", "How warm?", "How hot?", ["The fact `warmth` is asked for differently: How hot?"]),
        ("facts", "[0, 100]", "[0, 99]", ["The fact `warmth` has other possible answers, or another order of them."]),
        ("facts", "How warm?,", "How warm?, because: So.,", ["The fact `warmth` has other reasons or sources."]),
        ("facts", "  dry:", "  new: {ask: New?, type: boolean}\n  dry:", ["The fact `new` is new: New?"]),
        ("parameters", "value: 30", "value: 31.5", ["The parameter `hot` was 30 and is now 31.5."]),
        ("parameters", "[20, 40]", "[20, 50]", ["The parameter `hot` may now be set from 20 to 50."]),
        ("parameters", "range: [20, 40], ", "", ["The parameter `hot` may now be set to no other value."]),
        ("parameters", "title: Hot", "title: Very hot", ["The parameter `hot` is described differently."]),
        ("parameters", "  cold: {value: 2}\n", "", ["The parameter `cold` is gone."]),
        ("parameters", "  cold", "  new: {value: 3}\n  cold", ["The parameter `new` is new: 3."]),
        ("derived", "above: 5", "above: 6", ["The derived fact `old` has changed."]),
        ("constraints", "windy: true", "windy: false", ["The constraint `one` has changed."]),
        ("groups", "[oak, elm]", "[oak, ash]", ["The list of groups of choices has changed."]),
        (
            "guidance",
            "Look at it.",
            "Look at it well.",
            ["The statement `b.two` is worded differently: Look at it well."],
        ),
        ("care", "{dry: true}", "{dry: false}", ["The rule `dry` of `care` has another condition."]),
        ("care", "then: {needed: true}", "then: {needed: false}", ["The rule `dry` of `care` gives something else."]),
        ("care", "It is dry.", "So dry.", ["The rule `dry` of `care` is worded differently."]),
        ("care", "source: b.one", "source: [b.one, b.two]", ["The rule `dry` of `care` cites `b.one` and `b.two`."]),
        ("care", "hit: first", "hit: any", ["The decision `care` has other outputs or texts."]),
        ("properties", "dry: true", "dry: true, windy: false", ["The property `dry` has changed."]),
        ("cases", "needed: true", "needed: false", ["The case `case-2` expects something else."]),
        ("cases", "facts: {dry: true}", "title: Dry, facts: {dry: true}", [f"The case `case-2` {ELSE}"]),
        ("cases", "warmth: 20", "warmth: 21", ["The patient `calm` now has `warmth: 21`."]),
        ("cases", ", owner: al}", "}", ["The patient `calm` no longer gives `owner`."]),
    ],
)
def test_one_change_is_one_sentence(tmp_path: Path, file: str, old: str, new: str, sentences: list[str]) -> None:
    """Each kind of thing is told in its own words."""
    assert list(told(tmp_path, file, old, new)) == sentences


def test_rules_in_another_order_and_renamed(tmp_path: Path) -> None:
    """An order is told where the rules are the same; a rule with another id is gone and new."""
    first, second = (line for line in FILES["care"].splitlines(keepends=True) if "- {id" in line)
    swapped = told(tmp_path / "a", "care", first + second, second + first)
    assert swapped == ("The decision `care` has its rules in another order.",)
    renamed = told(tmp_path / "b", "care", "id: hot", "id: warm")
    assert renamed == ("The rule `warm` of `care` is new.", "The rule `hot` of `care` is gone.")


def test_many_cases_are_counted(tmp_path: Path) -> None:
    """Up to three cases are named; of more, three are."""
    more = [f"patient: calm, facts: {{warmth: {number}}}, expect: {{care: {{needed: false}}}}" for number in range(5)]
    two, five, one = (
        small_packs.load(tmp_path / str(count), **{**FILES, "cases": small_packs.cases(*more[:count])})
        for count in (2, 5, 1)
    )
    assert change_summary(two.model, five.model) == ("The cases `case-3`, `case-4` and `case-5` are new.",)
    assert change_summary(five.model, two.model) == ("The cases `case-3`, `case-4` and `case-5` are gone.",)
    assert change_summary(one.model, five.model) == ("4 cases (`case-2`, `case-3`, `case-4` …) are new.",)
