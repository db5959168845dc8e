"""Every word in a pack is known for what it stands for, and can be renamed everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hiprun.language.file_kinds import KINDS
from hiprun.verification.cases import run
from hiprun.workspace import Occurrence, Symbol, Workspace, apply_edits, open_workspace, workspace_of
from hiprun.workspace.mentions_by_kind import BY_KIND

PACKS = Path(__file__).parent.parent.parent / "packs"
MOST_OF_A_KIND = 7
NEW_NAMES = {
    "rule": "zz-new",
    "case": "zz-new",
    "property": "zz-new",
    "constraint": "zz-new",
    "statement": "zz.new-one",
}


@pytest.fixture(scope="module", params=["greenhouse", "kitchen", "plot", "seedlings"])
def workspace(request: pytest.FixtureRequest) -> Workspace:
    """The workspace of each small pack."""
    return open_workspace(PACKS / request.param)


@pytest.fixture(scope="module")
def hip_workspace(root: Path) -> Workspace:
    """The workspace of the pack that hiprun comes with."""
    return open_workspace(root / "rules")


def test_every_kind_of_file_says_where_its_names_are() -> None:
    """A new kind of file has to say so as well."""
    assert list(BY_KIND) == list(KINDS)


def test_a_pack_is_right_after_anything_in_it_is_renamed(workspace: Workspace) -> None:
    """Names of each kind can be changed in all their places, after which the pack checks and the same cases pass."""
    assert workspace.pack is not None
    passed = [run(workspace.pack, example).passed for example in workspace.pack.model.examples]
    kinds: Counter[str] = Counter()
    for symbol, found in workspace.names.by_symbol.items():
        kinds[symbol.kind] += 1
        if kinds[symbol.kind] > MOST_OF_A_KIND:
            continue
        renaming = workspace.rename(symbol, NEW_NAMES.get(symbol.kind, "zz_new"))
        if symbol not in workspace.names.declarations:
            assert [problem.code for problem in renaming.problems] == ["cannot-rename"]
            continue
        assert renaming.problems == (), symbol
        assert len(renaming.edits) == len({(one.file, one.start) for one in found})
        if kinds[symbol.kind] == 1:
            changed = workspace.edited(renaming.edits)
            assert changed.problems == ()
            assert changed.pack is not None
            assert [run(changed.pack, example).passed for example in changed.pack.model.examples] == passed


@pytest.mark.parametrize(
    ("symbol", "new_name"),
    [
        (Symbol("fact", "swelling"), "hip_swelling"),
        (Symbol("parameter", "pain_stop_level"), "stop_level"),
        (Symbol("choice", "sharp", "pain_quality"), "stabbing"),
        (Symbol("output", "running", "triage"), "may_run"),
        (Symbol("rule", "weakness", "triage"), "weak-leg"),
        (Symbol("statement", "faq.stop"), "faq.when-to-stop"),
        (Symbol("patient", "calm"), "no-complaints"),
        (Symbol("stage", "week_2", "run_walk"), "second_week"),
    ],
    ids=str,
)
def test_the_large_pack_is_right_after_renaming(hip_workspace: Workspace, symbol: Symbol, new_name: str) -> None:
    """The same holds of the pack that hiprun comes with; comments and layout stay, and every case passes."""
    renaming = hip_workspace.rename(symbol, new_name)
    assert renaming.problems == ()
    changed = hip_workspace.edited(renaming.edits)
    assert changed.pack is not None
    assert all(run(changed.pack, example).passed for example in changed.pack.model.examples)
    for file in renaming.files:
        before, after = hip_workspace.text(file).split("\n"), changed.text(file).split("\n")
        edited = {edit.start[0] for edit in renaming.edits if edit.file == file}
        assert [
            number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]
        ] == sorted(edited)


def test_every_use_of_a_fact_is_found(hip_workspace: Workspace) -> None:
    """What has the name in its text has it in its occurrences, apart from words in prose."""
    found = {(one.file, one.start[0]) for one in hip_workspace.occurrences(Symbol("fact", "pain_worse_with_activity"))}
    lines = {
        (file, number)
        for file in hip_workspace.texts
        for number, line in enumerate(hip_workspace.text(file).split("\n"), 1)
        if "pain_worse_with_activity" in line
    }
    assert found == lines


def _at(workspace: Workspace, file: str, text: str, inside: str) -> Occurrence | None:
    """Return what stands where `inside` begins, within the first place of `text` in a file."""
    whole = workspace.text(file)
    offset = whole.index(text) + text.index(inside)
    line = whole.count("\n", 0, offset) + 1
    return workspace.occurrence_at(file, line, offset - whole.rfind("\n", 0, offset))


@pytest.mark.parametrize(
    ("file", "text", "inside", "symbol"),
    [
        ("greenhouse/alarm.yaml", "{temperature: {at", "temp", Symbol("fact", "temperature")),
        ("greenhouse/alarm.yaml", "at_least: heat_limit", "heat", Symbol("parameter", "heat_limit")),
        ("greenhouse/alarm.yaml", "degrees_over: {at", "deg", Symbol("derived", "degrees_over")),
        ("greenhouse/alarm.yaml", "{action: act, w", "act,", Symbol("choice", "act", "alarm.action")),
        ("greenhouse/alarm.yaml", "window: open}", "window", Symbol("output", "window", "alarm")),
        ("greenhouse/alarm.yaml", "id: very-hot", "very", Symbol("rule", "very-hot", "alarm")),
        ("greenhouse/alarm.yaml", "[heat.extreme]", "heat", Symbol("statement", "heat.extreme")),
        ("greenhouse/cases/everything.yaml", "patient: mild", "mild", Symbol("patient", "mild")),
        ("greenhouse/cases/everything.yaml", "fired: [hot]", "hot", Symbol("rule", "hot", "alarm")),
        ("greenhouse/cases/everything.yaml", "needs: [leaves]", "leaves", Symbol("fact", "leaves")),
        (
            "greenhouse/cases/everything.yaml",
            "met: [frost-is-over",
            "frost",
            Symbol("rule", "frost-is-over", "planting"),
        ),
        ("greenhouse/cases/everything.yaml", "{result: ready", "ready", Symbol("choice", "ready", "planting.result")),
        ("greenhouse/cases/everything.yaml", "{result: ready", "result", Symbol("output", "result", "planting")),
        ("greenhouse/cases/everything.yaml", "amounts: {water", "water", Symbol("fact", "water_today")),
        ("greenhouse/properties.yaml", "alarm.action: act", "action", Symbol("output", "action", "alarm")),
        ("greenhouse/properties.yaml", "alarm.action: act", "alarm", Symbol("decision", "alarm")),
        ("greenhouse/amounts.yaml", "3 * days_since", "days", Symbol("fact", "days_since_watering")),
        ("greenhouse/watering.yaml", "[season, litres]", "litres", Symbol("output", "litres", "watering")),
        ("greenhouse/watering.yaml", "[spring, 2.5]", "spring", Symbol("choice", "spring", "season")),
        ("kitchen/dinner.yaml", "oven of {hot}", "hot", Symbol("parameter", "hot")),
        ("kitchen/dinner.yaml", "'Roast it, {pace:number}", "pace", Symbol("parameter", "pace")),
        ("kitchen/shopping.yaml", "includes: roots", "roots", Symbol("group", "roots")),
        ("kitchen/groups.yaml", "[peas, beans]", "peas", Symbol("choice", "peas", "sides")),
        ("kitchen/notes.yaml", "{dinner.time};", "time", Symbol("output", "time", "dinner")),
        ("plot/diary.yaml", "sum: watering.litres", "watering", Symbol("entry", "watering")),
        ("plot/diary.yaml", "sum: watering.litres", "litres", Symbol("field", "litres", "watering")),
        ("plot/diary.yaml", "since the last watering", "watering", Symbol("entry", "watering")),
        ("plot/diary.yaml", "whether: {pests: {includes: slugs}}", "slugs", Symbol("choice", "slugs", "pests")),
        ("plot/diary.yaml", "above: 2 * minutes", "minutes", Symbol("field", "minutes", "watering")),
        ("plot/diary.yaml", "above: wilt_that_counts", "wilt", Symbol("parameter", "wilt_that_counts")),
        ("seedlings/hardening.yaml", "after: window", "window", Symbol("activity", "window", "hardening")),
        ("seedlings/hardening.yaml", "grows: [outside]", "outside", Symbol("measure", "outside", "hardening")),
        ("seedlings/hardening.yaml", "outside: longest_day", "longest", Symbol("parameter", "longest_day")),
        ("seedlings/hardening.yaml", "keeps: [amounts]", "amounts", Symbol("decision", "amounts")),
        ("seedlings/amounts.yaml", "(1 + rise)", "rise", Symbol("parameter", "rise")),
    ],
)
def test_a_word_is_what_it_stands_for(file: str, text: str, inside: str, symbol: Symbol) -> None:
    """Each kind of word, in each kind of place, is the symbol that it names."""
    workspace = open_workspace(PACKS / file.partition("/")[0])
    found = _at(workspace, file, text, inside)
    assert found is not None
    assert found.symbol == symbol
    assert workspace.declaration(symbol) is not None


def test_protocols_have_names_that_follow_from_theirs(hip_workspace: Workspace) -> None:
    """`run_walk_stage.stage`, ids such as `at-week-2` and what a day holds name the parts of the protocol."""
    text = (
        "cases: Stages\nexamples:\n  - id: one\n    facts: {sore: false}\n    expect:\n"
        "      run_walk_stage: {stage: week_2, fired: [at-week-2, at-nothing]}\n"
        "      run_walk_day: {activity: run, sessions: 3}\n      run_walk_session: {running: 1}\n      run_walk: {step: stop}\n"
    )
    workspace = hip_workspace.with_texts({"rules/cases/new.yaml": text})
    found = {
        workspace.text("rules/cases/new.yaml").split("\n")[one.start[0] - 1][one.start[1] - 1 : one.end[1] - 1]: one
        for one in workspace.names.occurrences_in("rules/cases/new.yaml")
    }
    assert found["week_2"].symbol == found["week-2"].symbol == Symbol("stage", "week_2", "run_walk")
    assert found["week-2"].is_hyphenated
    assert found["run_walk"].symbol == Symbol("decision", "run_walk")
    assert found["step"].symbol == Symbol("output", "step", "run_walk")
    assert workspace.declaration(found["step"].symbol) == workspace.declaration(Symbol("decision", "run_walk"))
    assert found["running"].symbol == Symbol("measure", "running", "run_walk")
    assert found["run"].symbol == Symbol("activity", "run", "run_walk")
    assert "at-nothing" not in found
    assert "stop" not in found


def test_texts_in_the_first_language_have_no_placeholders() -> None:
    """There, a brace is a brace, and a name in it is a word."""
    texts = {
        "p/pack.yaml": "pack: p\nlanguage: 1\nversion: 1.0.0\ntitle: Some\nnotice: About {warm}.\n",
        "p/facts.yaml": "facts: {warm: {ask: Is it warm?, type: boolean}}\n",
    }
    first = workspace_of(texts)
    assert [one.declares for one in first.occurrences(Symbol("fact", "warm"))] == [True]
    second = first.with_texts({"p/pack.yaml": str(texts["p/pack.yaml"]).replace("language: 1", "language: 2")})
    assert len(second.occurrences(Symbol("fact", "warm"))) == 2
    assert workspace_of({"p/pack.yaml": "pack: p\nlanguage: [1]\n"}).names.by_symbol == {}


@pytest.mark.parametrize(
    ("symbol", "new_name", "code"),
    [
        (Symbol("fact", "temperature"), "Temperature", "bad-name"),
        (Symbol("fact", "temperature"), "leaves", "duplicate-name"),
        (Symbol("fact", "temperature"), "heat_limit", "duplicate-name"),
        (Symbol("fact", "temperature"), "count", "reserved-word"),
        (Symbol("fact", "temperature"), "on", "bad-name"),
        (Symbol("output", "action", "alarm"), "status", "reserved-word"),
        (Symbol("rule", "hot", "alarm"), "12", "bad-name"),
        (Symbol("rule", "hot", "alarm"), "very-hot", "duplicate-name"),
        (Symbol("rule", "hot", "alarm"), "hot\n", "bad-name"),
        (Symbol("output", "result", "planting"), "outcome", "cannot-rename"),
        (Symbol("fact", "nothing"), "something", "cannot-rename"),
    ],
)
def test_a_name_that_does_not_do_is_refused(symbol: Symbol, new_name: str, code: str) -> None:
    """The reason is a problem with its help, and there are no edits."""
    renaming = open_workspace(PACKS / "greenhouse").rename(symbol, new_name)
    assert [problem.code for problem in renaming.problems] == [code]
    assert renaming.edits == ()
    assert renaming.files == ()


def test_renaming_to_the_same_name_changes_nothing() -> None:
    """It is no mistake either."""
    renaming = open_workspace(PACKS / "greenhouse").rename(Symbol("fact", "temperature"), "temperature")
    assert (renaming.edits, renaming.problems) == ((), ())


def test_a_renaming_that_would_break_the_pack_is_refused() -> None:
    """Where two subjects share what a group names, one cannot be renamed alone, and the reason is said."""
    workspace = workspace_of(
        {
            "p/facts.yaml": "facts:\n  a: {ask: A?, type: choice, choices: [x, z]}\n  b: {ask: B?, type: choice, choices: [x, z]}\n",
            "p/groups.yaml": "groups: {both: [x, z]}\n",
            "p/pack.yaml": "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n",
            "p/decision.yaml": "decision: d\noutputs: {o: {type: boolean}}\nrules:\n"
            "  - {id: one, when: {a: both, b: both}, then: {o: true}}\notherwise: no_match\n",
        }
    )
    assert workspace.problems == ()
    renaming = workspace.rename(Symbol("choice", "x", "a"), "w")
    assert [problem.code for problem in renaming.problems] == ["cannot-rename"]
    assert "With `w` in place of `x`" in renaming.problems[0].message
    broken = workspace.with_texts({"p/more.yaml": "facts: {c: {ask: C?, type: sometimes}}\n"})
    assert [problem.code for problem in broken.rename(Symbol("choice", "x", "a"), "w").problems] == ["cannot-rename"]
    assert broken.rename(Symbol("fact", "a"), "c2").problems == ()


def test_what_a_file_declares_and_uses_is_listed() -> None:
    """Each name once, in the order of the file."""
    workspace = open_workspace(PACKS / "greenhouse")
    assert [str(symbol) for symbol in workspace.declared("greenhouse/clash.yaml")] == [
        "clash",
        "clash.window",
        "shut",
        "open",
        "clash.heat",
        "clash.pests",
    ]
    assert [str(symbol) for symbol in workspace.used("greenhouse/clash.yaml")][:4] == [
        "heat.limit",
        "temperature",
        "clash.window",
        "open",
    ]
    assert workspace.declared("greenhouse/none.yaml") == ()


def _half_typed(text: str) -> Iterator[str]:
    """Yield a text with each of its indented lines cut off in the middle."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith("  "):
            yield "\n".join([*lines[:number], line[: len(line) // 2], *lines[number + 1 :]])


@pytest.mark.parametrize(
    "file", ["greenhouse/alarm.yaml", "kitchen/notes.yaml", "plot/diary.yaml", "seedlings/hardening.yaml"]
)
def test_half_typed_files_keep_their_other_names(file: str) -> None:
    """Whatever is being typed, nothing raises, and most names in the file stay known."""
    workspace = open_workspace(PACKS / file.partition("/")[0])
    whole = len(workspace.names.occurrences_in(file))
    for text in _half_typed(workspace.text(file)):
        assert len(workspace.with_texts({file: text}).names.occurrences_in(file)) > whole * 0.6, text


def test_names_are_found_in_gaps_and_in_reasons_of_rows() -> None:
    """A gap has a condition, a row a reason with placeholders; a measure of what is no field is passed over."""
    texts = {
        "p/pack.yaml": "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n",
        "p/facts.yaml": "facts: {breaths: {ask: B?, type: integer, range: [0, 80]}}\n",
        "p/a.yaml": "decision: a\noutputs: {p: {type: integer}}\nhit: sum\nrules:\n  - {id: one, when: {breaths: 3}, then: {p: 1}}\n"
        "gaps:\n  - {when: {breaths: 25}, because: Never shown.}\n",
        "p/b.yaml": "decision: b\noutputs: {q: {type: integer}}\ntable:\n  - [breaths, q, because]\n  - [any, 1, 'At {breaths}.']\n",
        "p/diary.yaml": "diary: D\nentries: {run: {title: A run}}\nfacts: {breaths: {latest: [{a: 1}]}}\n",
    }
    found = workspace_of(texts).occurrences(Symbol("fact", "breaths"))
    assert [(one.file, one.start[0]) for one in found] == [
        ("p/a.yaml", 5),
        ("p/a.yaml", 7),
        ("p/b.yaml", 4),
        ("p/b.yaml", 5),
        ("p/diary.yaml", 3),
        ("p/facts.yaml", 1),
    ]


def test_names_in_escaped_and_folded_texts_have_their_place() -> None:
    """A formula over two lines, and a name in quotes, are found where they are written."""
    text = "derived:\n  sum: {title: A sum, formula: 'low\n    + high + low'}\n  'odd\\u005f': {title: One, formula: low}\n"
    facts = 'facts:\n  low: {ask: L?, type: number, range: [0, 1]}\n  "high": {ask: H?, type: number, range: [0, 1]}\n'
    workspace = workspace_of({"p/derived.yaml": text, "p/facts.yaml": facts})
    places = [(one.file, one.start) for one in workspace.occurrences(Symbol("fact", "low"))]
    assert places == [
        ("p/derived.yaml", (2, 33)),
        ("p/derived.yaml", (3, 14)),
        ("p/derived.yaml", (4, 38)),
        ("p/facts.yaml", (2, 3)),
    ]
    edits = workspace.rename(Symbol("fact", "high"), "top").edits
    assert '"top": {' in apply_edits(facts, [edit for edit in edits if edit.file == "p/facts.yaml"])


def test_names_are_found_in_texts_of_another_language() -> None:
    """In the dotted paths of texts, and in their placeholders; what names nothing is passed over."""
    paths = [
        "facts.wet.choices.very",
        "facts.wet.say.value",
        "facts.wet",
        "derived.x",
        "decisions.d.rules.one.because",
        "decisions.d.outputs.o.choices.up",
        "decisions.d.outputs.o.title",
        "decisions.d.title",
        "diary.title",
        "diary.entries.run.title",
        "diary.entries.run.never.1.because",
        "diary.entries.run.fields.pace.choices.slow",
        "diary.entries.run.texts.pace",
        "pack.title",
        "units.km",
        "facts.",
    ]
    texts = {
        "p/pack.yaml": "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n",
        "p/facts.yaml": "facts: {wet: {ask: W?, type: choice, choices: [very, little]}}\n",
        "p/d.yaml": "decision: d\noutputs: {o: {type: choice, choices: [up, down]}}\nrules: [{id: one, then: {o: up}}]\n",
        "p/diary.yaml": "diary: D\nentries: {run: {title: R, fields: {pace: {type: choice, choices: [slow, fast]}}}}\n",
        "p/texts.yaml": "texts: de\nof:\n" + "".join(f"  {path}: {{from: 'So {{wet}} {{value}}'}}\n" for path in paths),
    }
    workspace = workspace_of(texts)
    lines = workspace.text("p/texts.yaml").split("\n")
    found = [
        (str(one.symbol), lines[one.start[0] - 1][one.start[1] - 1 : one.end[1] - 1])
        for one in workspace.names.occurrences_in("p/texts.yaml")
    ]
    assert all(symbol.rpartition(".")[2] == written for symbol, written in found)
    counted = Counter(symbol for symbol, _ in found)
    assert counted == {
        "wet": 3 + len(paths),
        "very": 1,
        "d": 4,
        "d.one": 1,
        "d.o": 2,
        "up": 1,
        "run": 4,
        "run.pace": 2,
        "slow": 1,
    }
