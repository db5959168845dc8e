"""Runs all mutants of a pack, on several processors."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import groupby

from hiprun.inference.infer import BUDGET
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.testing.mutation.draft_deduplication import without_repeated_drafts
from hiprun.testing.mutation.mutant_run import MutantRunner
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent

RUN_BUDGET = 200_000_000
"""The most steps that a run may take."""

_MUTANTS_PER_PROCESS = 100


def mutate(
    pack: Pack,
    *,
    jobs: int | None = None,
    budget: int = BUDGET,
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
    groups = _groups(all_mutants)
    completed = 0
    processes = jobs or min(os.cpu_count() or 1, len(all_mutants) // _MUTANTS_PER_PROCESS)
    if processes > 1:
        try:
            for results in _in_processes(model, len(groups), processes, budget):
                yield from results
                completed += 1
        except (BrokenProcessPool, ImportError, OSError):
            pass  # no processes here, or no more: the remaining mutants are run in this one
    if completed < len(groups):
        runner = MutantRunner(model, budget)
        for group in groups[completed:]:
            yield from runner.run(group)


def _groups(all_mutants: Sequence[Mutant]) -> list[list[Mutant]]:
    """Return the mutants by subject, which are run together."""
    return [list(group) for _, group in groupby(all_mutants, key=lambda mutant: mutant.subject)]


def _in_processes(model: Model, number: int, jobs: int, budget: int) -> Iterator[list[MutantResult]]:
    # New processes rather than forks of this one: they work the same on every system and with threads.
    context = multiprocessing.get_context("spawn")
    earlier_children = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, context, initializer=_initialize_process, initargs=(model, budget)) as pool:
        try:
            with _interrupts_blocked():
                results = pool.map(_run_in_process, range(number))
            yield from results
        except (KeyboardInterrupt, GeneratorExit):
            for child in {*multiprocessing.active_children()} - earlier_children:
                child.terminate()  # its results would be thrown away
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Make processes started in this context ignore Ctrl-C, where the system supports that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)


_process_state: list[tuple[MutantRunner, list[list[Mutant]]]] = []


def _initialize_process(model: Model, budget: int) -> None:
    """Prepare a process of the pool; creating the mutants again is faster than sending them."""
    _process_state[:] = [(MutantRunner(model, budget), _groups(list(mutants(model))))]


def _run_in_process(index: int) -> list[MutantResult]:
    """Run the mutants of one subject in a process of the pool."""
    ((runner, groups),) = _process_state
    return list(runner.run(groups[index]))
