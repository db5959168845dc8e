"""All mutants of a pack on trial, on as many processors as there are."""

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
"""Told how many mutants of how many have been tried."""

_CHUNK_SIZE = 20
_MUTANTS_PER_PROCESS = 100


def mutate(
    pack: Pack, *, jobs: int | None = None, budget: int = BUDGET, progress: Progress = lambda done, whole: None
) -> MutationReport:
    """Return what becomes of every mutant of a pack.

    `jobs` is how many processes work at once, by default one for each processor; where there can be no processes the
    result is the same. `budget` bounds the search for each answer that only facts nobody has given would settle.
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
            pass  # no processes here, or no more: what is left is tried in this one
    if completed < len(all_mutants):
        runner = MutantRunner(model, budget)
        yield from map(runner.run, all_mutants[completed:])


def _in_processes(model: Model, number: int, jobs: int, budget: int) -> Iterator[MutantResult]:
    # Fresh processes rather than copies of this one: they work alike on every system and beside threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_initialize_process, initargs=(model, budget)) as pool:
        try:
            yield from pool.map(_run_in_process, range(number), chunksize=_CHUNK_SIZE)
        finally:
            pool.shutdown(cancel_futures=True)


_process_state: list[tuple[MutantRunner, list[Mutant]]] = []


def _initialize_process(model: Model, budget: int) -> None:
    """Make ready a process of the pool; it makes the mutants anew, which is quicker than to send them."""
    _process_state[:] = [(MutantRunner(model, budget), list(mutants(model)))]


def _run_in_process(index: int) -> MutantResult:
    """Try one mutant in a process that was made ready."""
    ((runner, all_mutants),) = _process_state
    return runner.run(all_mutants[index])
