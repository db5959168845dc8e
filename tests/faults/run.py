"""Put each fault of `faults.py` into a copy of the sources and see whether tests notice: `python tests/faults/run.py`.

Words after it select the faults that have one of them in their symbol or reason; `--jobs N` says how many run at once.
Exit code 1 when a fault goes unnoticed, or when the tests fail without any.
"""

from __future__ import annotations

import argparse
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
Fault = Any
FAULTS: tuple[Fault, ...] = runpy.run_path(str(Path(__file__).with_name("faults.py")))["FAULTS"]
_PLACES = runpy.run_path(str(Path(__file__).with_name("places.py")))
path_of, with_fault = _PLACES["path_of"], _PLACES["with_fault"]
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
EDGES = {
    "testing.": (
        "tests/unit/testing/test_case_generation.py",
        "tests/unit/testing/test_mutation.py",
        "tests/property/test_mutation.py",
    ),
    "verification.band": ("tests/unit/verification/test_holes.py",),
    "inference.counterfactuals.": (
        "tests/property/test_tied_ways.py",
        "tests/unit/inference/test_counterfactuals.py",
        "tests/property/test_ways.py",
    ),
    "backends.compiled.": ("tests/unit/backends/test_unknown_facts.py", "tests/unit/backends/test_compiled.py"),
    "inference.situation_keys": REMEMBERED,
    "inference.prepared_diagrams": REMEMBERED,
    "inference.grounding.translations": ("tests/property/test_translations.py",),
    "inference.needs_by_cells": ("tests/unit/inference/test_decision_diagram.py",),
    "model.": ("tests/unit/model/test_units.py", "tests/unit/model/test_amounts.py"),
    "language.resolve.": ("tests/test_broken.py",),
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
    "inference.collected_items": ("tests/unit/inference/test_collected_items.py", *CORE),
    "language.": ("tests/unit/language/test_checked_form.py", "tests/unit/language/test_resolve_mistakes.py"),
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
    ),
    "interfaces.javascript.": ("tests/unit/interfaces/javascript/test_module.py",),
    "inference.functions": ("tests/unit/inference/test_functions.py",),
    "interfaces.reports.": ("tests/unit/interfaces/reports/test_reports.py",),
    "interfaces.mcp.": ("tests/unit/interfaces/mcp/test_tools.py",),
    "interfaces.cli.": ("tests/unit/interfaces/test_plan.py", "tests/unit/interfaces/test_eval_tables.py"),
}
_LONGEST = 900
_FAILED = (1, 2)  # a test fails, or the sources cannot even be imported


def tests_for(fault: Fault) -> tuple[str, ...]:
    """Return the test files that should notice: those of the module itself if it has any, then the quickest first."""
    *rooms, name = fault.symbol.partition(":")[0].split(".")
    own = "/".join(["tests/unit", *rooms, f"test_{name}.py"])
    tests = PROVER if fault.symbol.startswith("verification.") else CORE
    for room, edge in EDGES.items():
        if fault.symbol.startswith(room):
            tests = edge
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


def noticed_by(fault: Fault | None, tests: tuple[str, ...]) -> str:
    """Return the first of the test files that fails with the fault in the sources; empty when none does."""
    with tempfile.TemporaryDirectory() as folder:
        sources = copied(Path(folder), fault)
        environment = {**os.environ, "PYTHONPATH": str(sources)}
        for test in tests:
            command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
            try:
                done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                return f"{test} (it never ends)"
            if done.returncode in _FAILED:
                return test
            if done.returncode:
                raise SystemExit(f"{test} cannot be run: {done.stdout.decode()}{done.stderr.decode()}")
    return ""


def main() -> int:
    """Try the chosen faults and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    given = parser.parse_args()
    chosen = [
        fault for fault in FAULTS if not given.words or any(word in fault.symbol + fault.why for word in given.words)
    ]
    needed = tuple(dict.fromkeys(test for fault in chosen for test in tests_for(fault)))
    failing = noticed_by(None, needed)
    if failing:
        print(f"{failing} fails without any fault.")
        return 1
    started = time.monotonic()
    missed = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for fault, test in zip(
            chosen, pool.map(lambda fault: noticed_by(fault, tests_for(fault)), chosen), strict=True
        ):
            missed += not test
            print(f"{'caught    ' if test else 'NOT CAUGHT'}  {fault.symbol}: {fault.why} {test}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults caught in {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
