"""Long runs have a bound of their own, say how far they are, and leave what they found when they are interrupted."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import z3
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.testing.coverage import survey
from hiprun.testing.mutation import mutate
from hiprun.verification.difference import diff
from hiprun.verification.run_bounds import Interrupted, SolverBudget
from hiprun.verification.solver import checked
from hiprun.verification.verify import verify

Run = Callable[..., Any]


def runs(pack: hiprun.Pack) -> dict[str, Run]:
    """Return the long runs over a pack, by name."""
    return {
        "verify": lambda **options: verify(pack, **options),
        "diff": lambda **options: diff(pack, pack, **options),
        "mutate": lambda **options: mutate(pack, jobs=1, **options),
        "coverage": lambda **options: survey(pack, **options),
    }


def stopping(after: int) -> Callable[[int, int], None]:
    """Return what is told how far a run is and presses Ctrl-C after so many parts."""

    def told(done: int, whole: int) -> None:
        assert done <= whole
        if done == after:
            raise KeyboardInterrupt

    return told


@pytest.mark.parametrize("name", ["verify", "diff", "mutate", "coverage"])
def test_what_a_run_leaves_open_at_its_bound_is_said(greenhouse: hiprun.Pack, name: str) -> None:
    """With hardly any work allowed a run still ends with a report, which is never taken for a success."""
    run = runs(greenhouse)[name]
    report = run(run_budget=1)
    assert report.stopped == report.to_dict()["stopped"] == "bound"
    match name:
        case "verify":
            assert not report.ok
            assert {claim.status for claim in report.claims} >= {"unproved"}
        case "diff":
            assert not report.equivalent
            assert report.may_be_calmer
        case "mutate":
            assert not report.ok
            assert report.count("untried") == len(report.results) - 1
        case _:
            assert not report.ok
            assert {"open"} <= {side.state for part in report.parts for side in part.sides}
    assert run().stopped == ""


@pytest.mark.parametrize("name", ["verify", "diff", "mutate", "coverage"])
def test_an_interrupted_run_has_what_was_found_so_far(greenhouse: hiprun.Pack, name: str) -> None:
    """Ctrl-C is told on with the report in it; what was done by then is as in a whole run, the rest is open."""
    run = runs(greenhouse)[name]
    with pytest.raises(KeyboardInterrupt) as raised:
        run(progress=stopping(2))
    assert isinstance(raised.value, Interrupted)
    report, whole = raised.value.report, run()
    assert report.stopped == "interrupted"
    match name:
        case "verify":
            assert 0 < len(report.claims) < len(whole.claims)
            assert report.claims == whole.claims[: len(report.claims)]
            assert not report.ok
        case "diff":
            assert [each.decision for each in report.decisions] == [each.decision for each in whole.decisions]
            assert report.decisions[1] == whole.decisions[1]
            assert report.decisions[-1].status == "unproved"
        case "mutate":
            assert report.results[:2] == whole.results[:2]
            assert report.count("untried") == len(whole.results) - 2
        case _:
            assert 0 < len(report.parts) < len(whole.parts)
            assert report.parts == whole.parts[: len(report.parts)]


@pytest.mark.slow
def test_an_interrupted_run_leaves_no_processes_behind(greenhouse: hiprun.Pack) -> None:
    """Where mutants are tried in several processes these end with the run."""
    with pytest.raises(Interrupted) as raised:
        mutate(greenhouse, jobs=2, progress=stopping(3))
    assert raised.value.report.count("untried") == len(raised.value.report.results) - 3


@pytest.mark.slow
def test_a_run_needs_no_signals(greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """On systems that cannot keep Ctrl-C from processes the mutants are tried all the same."""
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    assert mutate(greenhouse, jobs=2).stopped == ""


class _Terminal:
    """Standard error as a terminal at which someone presses Ctrl-C when enough is shown."""

    def __init__(self, at: str) -> None:
        self.at, self.shown = at, ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.shown += text
        if self.at and self.at in self.shown:
            self.at = ""
            raise KeyboardInterrupt
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(
    ("words", "at", "found"),
    [
        (["verify"], "\r2 of 7 decisions", "Interrupted; whatever was not examined by then stays open. Proved so far:"),
        (["diff", "."], "\r2 of 7 decisions", "Interrupted; whatever was not examined by then stays open."),
        (["mutate", "--jobs", "1"], "\r3 of ", "untried"),
        (["test", "--coverage"], "\r7 of ", "Interrupted; whatever was not examined by then stays open."),
    ],
    ids=["verify", "diff", "mutate", "test"],
)
def test_commands_show_what_was_found_before_ctrl_c(
    greenhouse_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    at: str,
    found: str,
) -> None:
    """On a terminal a command says how far it is; interrupted it prints its report and ends with 130."""
    terminal = _Terminal(at)
    monkeypatch.chdir(greenhouse_folder)
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(SystemExit) as ended:
        application.main([*words, str(greenhouse_folder)])
    assert ended.value.code == 130
    assert found in " ".join(capsys.readouterr().out.split())
    assert terminal.shown.endswith("\nInterrupted.\n")


def test_cases_that_ran_before_ctrl_c_are_shown(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Interrupted among many cases, `hiprun test` prints what came of those that ran, and leaves coverage aside."""
    folder = shutil.copytree(greenhouse_folder, tmp_path / "many")
    wrong = "".join(f"  - {{id: extra-{number}, facts: {{}}, expect: refused}}\n" for number in range(300))
    (folder / "extra_cases.yaml").write_text(f"cases: Many\nexamples:\n{wrong}", encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", _Terminal("\r250 of "))
    with pytest.raises(SystemExit) as ended:
        application.main(["test", "--coverage", "-k", "extra", str(folder)])
    assert ended.value.code == 130
    out = capsys.readouterr().out
    assert out.startswith("250 cases: these facts should be refused and were accepted.\n")
    assert "extra-250" not in out
    assert out.endswith("Interrupted; 250 of 300 cases ran, 250 of them failed.\n")


@pytest.mark.parametrize("words", [["verify"], ["diff", "."], ["mutate", "--jobs", "1"], ["test", "--coverage"]])
def test_commands_say_that_the_bound_of_the_run_was_reached(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """The bound can be set, and what it left open is said in a sentence."""
    monkeypatch.chdir(greenhouse_folder)
    result = CliRunner().invoke(application, [*words, "--run-budget", "1", str(greenhouse_folder)])
    assert result.exit_code == (0 if words[0] == "diff" else 1)
    assert "The budget for the whole run is used up" in " ".join(result.stdout.split())
    assert result.stderr == ""


@contextlib.contextmanager
def ctrl_c_in(seconds: float) -> Iterator[None]:
    """Press Ctrl-C in a while."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Ctrl-C is no signal here")
def test_ctrl_c_reaches_through_the_prover() -> None:
    """The prover says of Ctrl-C only that it was cancelled: that is told from a budget that is used up."""
    budget = SolverBudget(2000, 10**9)
    assert checked(hard_question(2000), budget) == z3.unknown
    assert budget.left <= 10**9 - 2000
    with ctrl_c_in(0.5), pytest.raises(KeyboardInterrupt):
        checked(hard_question(4 * 10**9), SolverBudget(4 * 10**9, 10**12))
    assert checked(hard_question(1), SolverBudget(1, 0)) == z3.unknown


def hard_question(steps: int) -> z3.Solver:
    """Return a question that the prover thinks about for long: a large number as a product of small ones."""
    context = z3.Context()
    solver = z3.SimpleSolver(ctx=context)
    solver.set("rlimit", steps)
    numbers = [z3.Int(f"x{number}", context) for number in range(12)]
    solver.add(*(z3.And(number >= 2, number <= 9999) for number in numbers), z3.Product(*numbers) == 10**30 + 57)
    return solver


def test_processes_prove_what_one_proves(greenhouse: hiprun.Pack) -> None:
    """Decisions shared among processes come to the same claims in the same order, within the bound as well."""
    told: list[tuple[int, int]] = []
    alone, together = verify(greenhouse), verify(greenhouse, jobs=2, progress=lambda *far: told.append(far))
    assert together == alone
    assert told == [(done, len(greenhouse.decisions)) for done in range(len(greenhouse.decisions) + 1)]
    bounded = verify(greenhouse, jobs=2, run_budget=20_000)
    assert bounded.stopped == "bound"
    assert {claim.status for claim in bounded.claims} >= {"proved", "unproved"}


def test_where_there_are_no_processes_one_proves_it_all(
    greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a system without processes, the claims are the same."""

    def refuse(_: str) -> Any:
        raise OSError

    names = ["alarm", "watering"]
    assert {*names} <= {*greenhouse.decisions}
    expected = verify(greenhouse, names)
    monkeypatch.setattr(multiprocessing, "get_context", refuse)
    assert verify(greenhouse, names, jobs=2) == expected
