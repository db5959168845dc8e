"""Runs all mutants of a pack, on several processors."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from hiprun.inference.infer import BUDGET
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.testing.mutation.draft_deduplication import without_repeated_drafts
from hiprun.testing.mutation.mutant_run import MutantRunner
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport

Progress = Callable[[int, int], None]
"""Called with the number of mutants that have been run and the number of all mutants."""

_CHUNK_SIZE = 20
_MUTANTS_PER_PROCESS = 100


def mutate(
    pack: Pack, *, jobs: int | None = None, budget: int = BUDGET, progress: Progress = lambda done, whole: None
) -> MutationReport:
    """Run every mutant of a pack and return the results.

    `jobs` is the number of processes, by default one for each processor; if no processes can be started, the result is
    the same. `budget` bounds each search over unknown facts.
    """
    model = pack.model
    all_mutants = list(mutants(model))
    mutant_results: list[MutantResult] = []
    for result in _mutant_results(model, all_mutants, jobs, budget):
        mutant_results.append(result)
        progress(len(mutant_results), len(all_mutants))
    results = tuple(zip(all_mutants, without_repeated_drafts(pack, all_mutants, mutant_results), strict=True))
    return MutationReport(pack.name, pack.version, pack.digest, results)


def _mutant_results(
    model: Model, all_mutants: Sequence[Mutant], jobs: int | None, budget: int
) -> Iterator[MutantResult]:
    completed = 0
    processes = jobs or min(os.cpu_count() or 1, len(all_mutants) // _MUTANTS_PER_PROCESS)
    if processes > 1:
        try:
            for result in _in_processes(model, len(all_mutants), processes, budget):
                yield result
                completed += 1
        except (BrokenProcessPool, ImportError, OSError):
            pass  # no processes here, or no more: the remaining mutants are run in this one
    if completed < len(all_mutants):
        runner = MutantRunner(model, budget)
        yield from map(runner.run, all_mutants[completed:])


def _in_processes(model: Model, number: int, jobs: int, budget: int) -> Iterator[MutantResult]:
    # New processes rather than forks of this one: they work the same on every system and with threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_initialize_process, initargs=(model, budget)) as pool:
        try:
            yield from pool.map(_run_in_process, range(number), chunksize=_CHUNK_SIZE)
        finally:
            pool.shutdown(cancel_futures=True)


_process_state: list[tuple[MutantRunner, list[Mutant]]] = []


def _initialize_process(model: Model, budget: int) -> None:
    """Prepare a process of the pool; creating the mutants again is faster than sending them."""
    _process_state[:] = [(MutantRunner(model, budget), list(mutants(model)))]


def _run_in_process(index: int) -> MutantResult:
    """Run one mutant in a process of the pool."""
    ((runner, all_mutants),) = _process_state
    return runner.run(all_mutants[index])
