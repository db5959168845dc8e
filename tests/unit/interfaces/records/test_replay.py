"""A log of decisions is decided again: the same on the same rules, and on others each difference with its facts."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.records.replay import replay
from hiprun.verification import cases

NOON = "2026-03-01T12:00:00+00:00"
HOT = {"temperature": 29.5, "days_since_watering": 5, "pests": ["slugs"], "water_today": 7}


@pytest.fixture
def log(greenhouse: hiprun.Pack, tmp_path: Path) -> Path:
    """A log of every decision for two patients, one of them under other settings."""
    path = tmp_path / "log.jsonl"
    records = hiprun.DecisionLog(path)
    for pack, facts in ((greenhouse, HOT), (greenhouse.with_parameters(cans=1), {"temperature": {"at_least": 31}})):
        for outcome in pack.evaluate(facts).values():
            records.record(outcome, time=NOON)
    return path


def run(*arguments: object) -> Result:
    """Return what comes of `hiprun replay`."""
    result = CliRunner().invoke(application, ["replay", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_same_rules_give_the_same(log: Path, greenhouse_folder: Path) -> None:
    """Every entry comes out the same to the last byte, each under its own settings."""
    result = run(log, "--against", greenhouse_folder)
    assert (result.exit_code, result.stdout) == (0, "14 decisions: 14 the same\n")
    assert json.loads(run(log, "--against", greenhouse_folder, "--json").stdout) == {
        "counts": {"same": 14},
        "entries": [],
    }


def test_other_settings_show_what_differs(log: Path, greenhouse_folder: Path) -> None:
    """With another limit, the decision on the heat is another, and said before and after."""
    result = run(log, "--against", greenhouse_folder, "--set", "heat_limit=28")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "line 1: alarm\n  was: decided, action=look, window=as_it_is\n  is: decided, action=act, window=open\n"
    )
    assert result.stdout.endswith("14 decisions: 13 the same, 1 different\n")
    data = json.loads(run(log, "--against", greenhouse_folder, "--set", "heat_limit=28", "--json").stdout)
    assert data["counts"] == {"same": 13, "differs": 1}
    assert [data["entries"][0][name] for name in ("line", "path", "input")] == [1, "alarm", HOT]


def test_differences_are_printed_as_cases(
    log: Path, changed_greenhouse: Callable[..., Path], greenhouse_folder: Path, tmp_path: Path
) -> None:
    """What the log says passes as a case on the old rules and fails on the new ones, for every kind of decision."""
    changed_greenhouse("parameters.yaml", "heat_limit: {value: 30", "heat_limit: {value: 29")
    changed_greenhouse("amounts.yaml", "at_most: 3 * days", "at_most: 2 * days")
    changed_greenhouse("chores.yaml", "{pests: {includes: slugs}}", "{pests: {includes: thrips}}")
    changed_greenhouse("stress.yaml", "points: 2", "points: 4")
    folder = changed_greenhouse("planting.yaml", "{leaves: firm}", "{leaves: dry}")
    result = run(log, "--against", folder)
    assert result.exit_code == 1
    text = result.stdout.partition("# What the log says, as cases:\n")[2].rpartition("\n\n")[0]
    assert set(re.findall(r"expect: {?\n? *(\w+):", text)) == {"alarm", "amounts", "chores", "stress"}
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / "log.yaml").write_text(text, encoding="utf-8")
    changed = hiprun.load(folder, cache=False)
    examples = [example for example in changed.model.examples if example.id.startswith("line-")]
    assert [example.id for example in examples if cases.run(changed, example).passed] == []
    old = hiprun.load(greenhouse_folder)
    assert [example.id for example in examples if not cases.run(old, example).passed] == []


def test_other_rules_with_the_same_answers_are_the_same(log: Path, changed_greenhouse: Callable[..., Path]) -> None:
    """Another reason is another digest, but says the same to everyone."""
    folder = changed_greenhouse("alarm.yaml", "Seedlings wilt", "Plants wilt")
    assert run(log, "--against", folder).stdout == "14 decisions: 14 the same\n"


def test_facts_that_are_refused_are_told(log: Path, changed_greenhouse: Callable[..., Path]) -> None:
    """A decision that is gone and facts that are out of range are differences of their own."""
    folder = changed_greenhouse("facts.yaml", "type: integer, range: [0, 30]", "type: integer, range: [0, 4]")
    shutil.rmtree(folder / "cases")
    result = run(log, "--against", folder)
    assert result.exit_code == 1
    assert "`days_since_watering`: 5 is out of range. Give a value from 0 to 4. [out-of-range]" in result.stdout
    assert result.stdout.endswith("14 decisions: 7 the same, 7 refused\n")
    assert run(log).stdout.endswith("14 decisions: 14 refused\n")


def test_masked_and_dropped_entries_are_counted(
    greenhouse: hiprun.Pack, greenhouse_folder: Path, tmp_path: Path
) -> None:
    """An entry without all its facts is not decided again, and is no success either."""
    path = tmp_path / "log.jsonl"
    outcome = greenhouse.decide("alarm", HOT)
    hiprun.DecisionLog(path, erase=["temperature"]).record(outcome, time=NOON)
    hiprun.DecisionLog(path, mask={"temperature": lambda value: 0}).record(outcome, time=NOON)
    hiprun.DecisionLog(path, erase=["nothing"]).record(outcome, time=NOON)
    result = run(path, "--against", greenhouse_folder)
    assert result.stdout == "3 decisions: 2 masked and not decided again, 1 dropped when they were written\n"
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[" * 100_000,
        "[]",
        "{}",
        '{"path": "alarm", "input": {}}',
        '{"path": "alarm", "input": [], "result": {}}',
        '{"path": "alarm", "input": {}, "result": {"status": "decided", "provenance": []}}',
        '{"path": "alarm", "input": {}, "result": {"status": "decided", "provenance": {"settings": {"cans": "2"}}}}',
        '{"path": "alarm", "input": {}, "result": {"status": 3}}',
        '{"path": "alarm", "input": {}, "result": {"status": "decided", "safest": [1]}}',
        '{"path": "alarm", "input": {}, "result": {"status": "decided", "possible": 3}}',
        '{"path": "alarm", "input": {}, "result": {"status": "decided", "items": [{"rule": "x"}]}}',
        '{"path": "' + "x" * 1_000_001 + '"}',
    ],
    ids=lambda line: line[-40:],
)
def test_an_unreadable_line_is_told(greenhouse_folder: Path, tmp_path: Path, line: str) -> None:
    """A line that is no entry is named, and the exit code says that the log could not be read in full."""
    path = tmp_path / "log.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    result = run(path, "--against", greenhouse_folder)
    assert result.exit_code == 2
    assert result.stdout == (
        "line 2: unreadable\nLine 2 is not an entry of a decision log. [bad-log-entry]\n1 decision: 1 unreadable\n"
    )


def test_an_empty_log_has_nothing(greenhouse_folder: Path, tmp_path: Path) -> None:
    """No entries are no mistake."""
    (tmp_path / "log.jsonl").touch()
    result = run(tmp_path / "log.jsonl", "--against", greenhouse_folder)
    assert (result.exit_code, result.stdout) == (0, "0 decisions\n")


def _damaged(value: Any, rng: random.Random) -> Any:
    """Return data with one part of it replaced by something else."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice([*value])
        return {**value, name: _damaged(value[name], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], _damaged(value[place], rng), *value[place + 1 :]]
    return rng.choice([None, 3, "x", [], {}, [1], {"a": 1}, True])


def test_a_damaged_log_never_breaks_the_replay(log: Path, greenhouse: hiprun.Pack) -> None:
    """Whatever stands in an entry, it comes out as one of the kinds there are."""
    rng = random.Random(3)
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    damaged = [json.dumps(_damaged(rng.choice(entries), rng)).encode() for _ in range(600)]
    found = list(replay(damaged, greenhouse))
    counts = Counter(entry.status for entry in found)
    assert counts.total() == 600
    assert {"same", "differs", "refused", "unreadable"} <= counts.keys()
    assert json.dumps([entry.to_dict() for entry in found], default=float)


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "1e99999999999999999999"])
def test_numbers_too_long_to_write_out_are_unreadable(hip: hiprun.Pack, number: str) -> None:
    """A line with a number that would fill the memory is unreadable, wherever in the line it is."""
    line = '{"path": "triage", "input": {}, "result": {"status": "decided", "possible": [{"action": NUMBER}]}}'
    (entry,) = replay([line.replace("NUMBER", number).encode()], hip)
    assert entry.status == "unreadable"


@pytest.mark.parametrize(("old", "new"), [('"act"', "null"), ('"act"', "1e308"), ('"path"', '"status": NaN, "path"')])
def test_answers_that_no_case_can_expect_are_left_out_of_cases(
    log: Path, greenhouse_folder: Path, tmp_path: Path, old: str, new: str
) -> None:
    """An output without a value, or one too long to write, is no part of a case; a number that is none is no JSON."""
    line = next(text for text in log.read_text(encoding="utf-8").splitlines() if old in text)
    odd = tmp_path / "odd.jsonl"
    odd.write_text(line.replace(old, new) + "\n", encoding="utf-8")
    result = run(odd, "--against", greenhouse_folder, "--set", "heat_limit=29")
    assert result.exit_code in (1, 2)
    assert ("no entry" in result.output or "is not an entry" in result.output) == (new == '"status": NaN, "path"')


def test_an_entry_that_says_something_twice_is_unreadable(log: Path, greenhouse: hiprun.Pack) -> None:
    """Nobody can know which of two inputs was meant."""
    line = log.read_bytes().splitlines()[0]
    twice = line.replace(b'"input":', b'"input": {}, "input":', 1)
    assert twice != line
    assert [entry.status for entry in replay([line, twice], greenhouse)] == ["same", "unreadable"]
