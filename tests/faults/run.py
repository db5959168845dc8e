"""Put each fault of `faults.py` into a copy of the sources and see whether tests notice: `python tests/faults/run.py`.

Words after it select the faults that have one of them in their symbol or reason; `--jobs N` says how many run at once.
What notices a fault is printed behind it; as `noticed_by` in `faults.py` it makes the next run quicker. `--record`
tries only the faults without one, and writes it there as soon as it is found, so that a run can be broken off and
continued. A test that is found is also run without the fault. Exit code 1 when a fault goes unnoticed, or when a test
fails without any.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
Fault = Any
LIST = Path(__file__).with_name("faults.py")
FAULTS: tuple[Fault, ...] = runpy.run_path(str(LIST))["FAULTS"]
_PLACES = runpy.run_path(str(Path(__file__).with_name("places.py")))
path_of, with_fault, recorded = _PLACES["path_of"], _PLACES["with_fault"], _PLACES["recorded"]
PROVER = (
    "tests/unit/verification/test_three_valued_logic.py",
    "tests/unit/verification/test_verify.py",
    "tests/unit/verification/test_parameter_settings.py",
    "tests/unit/verification/test_difference.py",
    "tests/unit/verification/test_holes.py",
    "tests/unit/verification/test_run_bounds.py",
    "tests/property/test_prover.py",
)
CORE = (
    "tests/unit/inference/test_operators.py",
    "tests/unit/inference/test_intervals.py",
    "tests/unit/inference/test_circuit.py",
    "tests/unit/inference/test_facts.py",
    "tests/unit/inference/test_linear_constraints.py",
    "tests/unit/inference/test_collected_items.py",
    "tests/unit/inference/test_limits.py",
    "tests/unit/inference/test_exact_numbers.py",
    "tests/unit/inference/test_hit_policy.py",
    "tests/unit/inference/test_missing_values.py",
    "tests/unit/verification/test_cases.py",
    "tests/property/test_unknown_logic.py",
    "tests/property/test_inference.py",
)
REMEMBERED = ("tests/unit/backends/test_unknown_facts.py", "tests/property/test_unknown_facts.py")
TRANSLATED = ("tests/unit/model/test_translation.py", "tests/unit/interfaces/test_texts.py")
EDGES = {
    "testing.": (
        "tests/unit/testing/test_case_generation.py",
        "tests/unit/testing/test_mutation.py",
        "tests/property/test_mutation.py",
    ),
    "verification.band": ("tests/unit/verification/test_holes.py",),
    "verification.existence_claims": (
        "tests/unit/verification/test_cases_as_examples.py",
        "tests/unit/verification/test_parameter_settings.py",
    ),
    "inference.counterfactuals.": (
        "tests/unit/inference/test_counterfactuals.py",
        "tests/property/test_tied_ways.py",
        "tests/property/test_ways.py",
    ),
    "backends.compiled.": ("tests/unit/backends/test_unknown_facts.py", "tests/unit/backends/test_compiled.py"),
    "backends.compiled.floating_point_filter": (
        "tests/unit/backends/test_floating_point_filter.py",
        "tests/property/test_floating_point_filter.py",
    ),
    "inference.floating_point_errors": (
        "tests/unit/inference/test_floating_point_errors.py",
        "tests/property/test_floating_point_filter.py",
    ),
    "backends.compiled.compiled_pack": ("tests/unit/interfaces/test_build.py",),
    "inference.situation_keys": REMEMBERED,
    "inference.prepared_diagrams": REMEMBERED,
    "inference.narrowed_diagram": REMEMBERED,
    "inference.settled_nodes": REMEMBERED,
    "inference.grounding.translations": ("tests/property/test_translations.py",),
    "inference.needs_by_cells": ("tests/unit/inference/test_decision_diagram.py",),
    "model.": ("tests/unit/model/test_units.py", "tests/unit/model/test_amounts.py"),
    "language.resolve.": ("tests/test_broken.py", "tests/unit/language/test_resolve_mistakes.py"),
    "model.reader_text_paths": TRANSLATED,
    "model.digest": TRANSLATED,
    "model.pack_model": ("tests/unit/inference/test_first_words.py",),
    "interfaces.fhir.": ("tests/unit/interfaces/test_fhir.py",),
    "interfaces.cds_hooks.": ("tests/unit/interfaces/test_cds_hooks.py",),
    "interfaces.service.": ("tests/unit/interfaces/test_service.py",),
    "interfaces.exact_json": ("tests/unit/interfaces/test_service.py",),
    "interfaces.page.": (
        "tests/unit/interfaces/page/test_diary_pages.py",
        "tests/unit/interfaces/page/test_interview_pages.py",
        "tests/unit/interfaces/page/test_plan_pages.py",
    ),
    "interfaces.web.": ("tests/unit/interfaces/web/test_web.py",),
    "interfaces.planned_day": ("tests/unit/interfaces/test_first_lines.py",),
    "inference.explanation_builder": ("tests/unit/inference/test_explanation_parts.py",),
    "inference.reader_texts": ("tests/unit/inference/test_reader_texts.py",),
    "inference.outcome_texts": ("tests/unit/inference/test_reader_texts.py",),
    "inference.advice": ("tests/unit/inference/test_advice.py",),
    "inference.explanation": ("tests/unit/inference/test_fired_rules.py", "tests/unit/inference/test_advice.py", *CORE),
    "inference.text_answers": ("tests/unit/inference/test_text_answers.py", "tests/unit/interfaces/test_ask.py"),
    "inference.needs": REMEMBERED,
    "inference.collected_items": ("tests/unit/inference/test_collected_items.py", *CORE),
    "language.": ("tests/unit/language/test_checked_form.py", "tests/unit/language/test_resolve_mistakes.py"),
    "language.resolve.reuse": ("tests/unit/workspace/test_edits_in_a_row.py",),
    "backends.dataframe.": (
        "tests/unit/backends/test_dataframe.py",
        "tests/unit/backends/test_dataframe_batches.py",
        "tests/unit/backends/test_dataframe_exactness.py",
    ),
    "language.checked_form_files": ("tests/unit/interfaces/test_build.py",),
    "loading:": ("tests/unit/test_loading.py",),
    "diary.": ("tests/unit/diary/test_entries.py", "tests/unit/diary/test_derived_facts.py"),
    "plan.": (
        "tests/unit/plan/test_opening.py",
        "tests/unit/plan/test_growth.py",
        "tests/unit/plan/test_plan_outputs.py",
        "tests/unit/interfaces/test_plan.py",
        "tests/unit/plan/test_planner.py",
    ),
    "interfaces.javascript.": ("tests/unit/interfaces/javascript/test_module.py",),
    "inference.functions": ("tests/unit/inference/test_functions.py",),
    "interfaces.reports.": ("tests/unit/interfaces/reports/test_reports.py",),
    "interfaces.mcp.": ("tests/unit/interfaces/mcp/test_tools.py",),
    "interfaces.book.": ("tests/unit/interfaces/book/test_book.py",),
    "interfaces.records.": ("tests/unit/interfaces/records/test_decision_log.py",),
    "workspace.sheet": ("tests/unit/interfaces/test_tables_in_spreadsheets.py",),
    "interfaces.cli.": ("tests/unit/interfaces/test_plan.py", "tests/unit/interfaces/test_eval_tables.py"),
    "interfaces.cli.add": ("tests/unit/interfaces/test_new_and_add.py",),
}
_LONGEST = 600
"""How many seconds of the processor tests may take to notice a fault."""

_FAILED = (1, 2)  # a test fails, or the sources cannot even be imported

_SHARED = ("attrs", "click", "hypothesis", "jinja2", "jsonschema", "yaml", "z3")
"""Packages that are imported once, before the process forks; none of them starts threads, which no fork survives."""

_OPTIONS = (
    *("-p", "hiprun.testing.pytest_plugin", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider"),
    *("-x", "-q", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


def tests_for(fault: Fault) -> tuple[str, ...]:
    """Return the test that notices a fault, if that is known; else the files that should, the module's own first."""
    if fault.noticed_by:
        return (fault.noticed_by,)
    *rooms, name = fault.symbol.partition(":")[0].split(".")
    own = "/".join(["tests/unit", *rooms, f"test_{name}.py"])
    rest = PROVER if fault.symbol.startswith("verification.") else CORE
    tests = EDGES.get(max(filter(fault.symbol.startswith, EDGES), key=len, default=""), rest)
    return tuple(dict.fromkeys((own, *tests) if (ROOT / own).exists() else tests))


def copied(folder: Path, fault: Fault | None) -> Path:
    """Return a copy of the sources and rules in `folder`, with the fault in it."""
    shutil.copytree(ROOT / "src", folder / "src")
    shutil.copytree(ROOT / "rules", folder / "rules")
    if fault is not None:
        sources = folder / "src" / "hiprun"
        text = with_fault(sources, fault.symbol, fault.old, fault.new)
        path_of(sources, fault.symbol).write_text(text, encoding="utf-8")
    return folder / "src"


class _FirstFailure:
    """A plugin of pytest that keeps the name of the first test, or file of tests, that fails."""

    name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.name = self.name or report.nodeid

    pytest_collectreport = pytest_runtest_logreport


def started(fault: Fault | None, tests: Sequence[str], result: Path) -> int:
    """Run tests on sources with a fault, in a fork of this process, which has not imported them, and return its id.

    `result` gets the name of the test that fails.
    """
    process = os.fork()
    if not process:
        _run(fault, tests, result)
    return process


def _run(fault: Fault | None, tests: Sequence[str], result: Path) -> NoReturn:
    status, first = 70, _FirstFailure()
    try:
        os.setpgid(0, 0)  # so that what the tests start can be ended with them
        if fault:
            resource.setrlimit(resource.RLIMIT_CPU, (_LONGEST, _LONGEST))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        with tempfile.TemporaryDirectory() as folder:
            sources = copied(Path(folder), fault)
            os.chdir(ROOT)
            os.environ |= {"PYTHONPATH": str(sources), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
            sys.path.insert(0, str(sources))
            status = int(pytest.main([*_OPTIONS, *tests], plugins=[first]))
            result.write_text(first.name, encoding="utf-8")
    finally:
        os._exit(status)


def passed(tests: Sequence[str]) -> bool:
    """Run tests on the sources as they are and return whether all pass."""
    with tempfile.TemporaryDirectory() as folder:
        return not os.waitpid(started(None, tests, Path(folder, "result")), 0)[1]


def outcomes(faults: Sequence[Fault], jobs: int) -> Iterator[tuple[Fault, str, str]]:
    """Yield each fault with what became of it and the test that notices it, as soon as that is known."""
    waiting, running = list(enumerate(faults)), dict[int, tuple[Fault, Path]]()
    with tempfile.TemporaryDirectory() as results:
        while waiting or running:
            while waiting and len(running) < jobs:
                number, fault = waiting.pop(0)
                result = Path(results, str(number))
                running[started(fault, tests_for(fault), result)] = (fault, result)
            process, status = os.wait()
            fault, result = running.pop(process)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(status)
            said = "caught" if code in _FAILED else "no end" if code < 0 else "NOT CAUGHT" if code == 0 else "NO TEST"
            yield fault, said, result.read_text(encoding="utf-8") if code in _FAILED else ""


def main() -> int:
    """Try the chosen faults and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    chosen = [
        fault
        for fault in FAULTS
        if (not given.words or any(word in fault.symbol + fault.why for word in given.words))
        and not (given.record and fault.noticed_by)
    ]
    for name in _SHARED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    began = time.monotonic()
    sound = {fault.noticed_by: True for fault in chosen if fault.noticed_by}
    if sound and not passed(list(sound)):
        print("The tests fail without any fault.")
        return 1
    missed = 0
    for fault, said, test in outcomes(chosen, given.jobs):
        name = test.partition("[")[0]
        if "::" in name and name not in sound:
            sound[name] = passed([name])
        if not sound.get(name, True):
            said = "ALWAYS"  # the test fails without the fault, too
        missed += said.isupper()
        print(f"{said:10}  {fault.symbol}: {fault.why} {test}", flush=True)
        if given.record and "::" in test and not said.isupper():
            text = LIST.read_text(encoding="utf-8")
            LIST.write_text(recorded(text, fault.symbol, fault.why, test), encoding="utf-8")
    print(f"{len(chosen) - missed} of {len(chosen)} faults caught in {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
