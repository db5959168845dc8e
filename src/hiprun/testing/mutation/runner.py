"""Runs all mutants of a pack, on several processors."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from itertools import groupby

from hiprun.inference.infer import BUDGET
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.testing.mutation.draft_deduplication import without_repeated_drafts
from hiprun.testing.mutation.mutant_run import MutantRunner
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent
from hiprun.verification.worker_processes import shared

MUTANT_BUDGET = 4 * BUDGET
"""The most steps of one search over unknown facts. No one waits for its answer, so it is more than usual."""
RUN_BUDGET = 200_000_000
"""The most steps that a run may take."""

_MUTANTS_PER_PROCESS = 100


def mutate(
    pack: Pack,
    *,
    jobs: int | None = None,
    budget: int = MUTANT_BUDGET,
    run_budget: int = RUN_BUDGET,
    progress: Progress = silent,
) -> MutationReport:
    """Run every mutant of a pack and return the results.

    `jobs` is the number of processes, by default one for each processor; if no processes can be started, the result is
    the same. `budget` bounds each search over unknown facts, and `run_budget` the whole run: beyond it, mutants are
    left untried. `progress` is called with the number of mutants done and of all mutants. Ctrl-C raises `Interrupted`,
    a `KeyboardInterrupt` with the report so far.
    """
    all_mutants = list(mutants(pack.model))
    mutant_results: list[MutantResult] = []
    stopped: Stopped = ""
    work = 0
    runs = _mutant_results(pack.model, all_mutants, jobs, budget)
    try:
        for result in runs:
            mutant_results.append(result)
            work += result.work
            progress(len(mutant_results), len(all_mutants))
            if work > run_budget and len(mutant_results) < len(all_mutants):
                stopped = "bound"
                break
    except KeyboardInterrupt:
        stopped = "interrupted"
    finally:
        runs.close()
    mutant_results += [MutantResult("untried")] * (len(all_mutants) - len(mutant_results))
    results = tuple(zip(all_mutants, without_repeated_drafts(pack, all_mutants, mutant_results), strict=True))
    report = MutationReport(pack.name, pack.version, pack.digest, results, stopped)
    if stopped == "interrupted":
        raise Interrupted(report)
    return report


def _mutant_results(
    model: Model, all_mutants: Sequence[Mutant], jobs: int | None, budget: int
) -> Generator[MutantResult, None, None]:
    processes = jobs or min(os.cpu_count() or 1, len(all_mutants) // _MUTANTS_PER_PROCESS)
    number = len(_groups(all_mutants))
    groups = shared(_run_group, number, processes, _initialize_process, (model, budget))
    try:
        for results in groups:
            yield from results
    finally:
        groups.close()


def _groups(all_mutants: Sequence[Mutant]) -> list[list[Mutant]]:
    """Return the mutants by subject, which are run together."""
    return [list(group) for _, group in groupby(all_mutants, key=lambda mutant: mutant.subject)]


_process_state: list[tuple[MutantRunner, list[list[Mutant]]]] = []


def _initialize_process(model: Model, budget: int) -> None:
    """Prepare a process; creating the mutants again is faster than sending them."""
    _process_state[:] = [(MutantRunner(model, budget), _groups(list(mutants(model))))]


def _run_group(index: int) -> list[MutantResult]:
    """Run the mutants of one subject, the one with this number."""
    ((runner, groups),) = _process_state
    return list(runner.run(groups[index]))
