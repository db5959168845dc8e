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
from hiprun.testing.mutation.draft_deduplication import without_repeats
from hiprun.testing.mutation.mutant_run import Court
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport

Progress = Callable[[int, int], None]
"""Told how many mutants of how many have been tried."""

_AT_ONCE = 20
_WORTH_A_PROCESS = 100


def mutate(
    pack: Pack, *, jobs: int | None = None, budget: int = BUDGET, progress: Progress = lambda done, whole: None
) -> MutationReport:
    """Return what becomes of every mutant of a pack.

    `jobs` is how many processes work at once, by default one for each processor; where there can be no processes the
    result is the same. `budget` bounds the search for each answer that only facts nobody has given would settle.
    """
    model = pack.model
    made = list(mutants(model))
    verdicts: list[MutantResult] = []
    for verdict in _verdicts(model, made, jobs, budget):
        verdicts.append(verdict)
        progress(len(verdicts), len(made))
    results = tuple(zip(made, without_repeats(pack, made, verdicts), strict=True))
    return MutationReport(pack.name, pack.version, pack.digest, results)


def _verdicts(model: Model, made: Sequence[Mutant], jobs: int | None, budget: int) -> Iterator[MutantResult]:
    done = 0
    wanted = jobs or min(os.cpu_count() or 1, len(made) // _WORTH_A_PROCESS)
    if wanted > 1:
        try:
            for verdict in _in_processes(model, len(made), wanted, budget):
                yield verdict
                done += 1
        except (BrokenProcessPool, ImportError, OSError):
            pass  # no processes here, or no more: what is left is tried in this one
    if done < len(made):
        court = Court(model, budget)
        yield from map(court.trial, made[done:])


def _in_processes(model: Model, number: int, jobs: int, budget: int) -> Iterator[MutantResult]:
    # Fresh processes rather than copies of this one: they work alike on every system and beside threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=begin, initargs=(model, budget)) as pool:
        try:
            yield from pool.map(try_one, range(number), chunksize=_AT_ONCE)
        finally:
            pool.shutdown(cancel_futures=True)


_bench: list[tuple[Court, list[Mutant]]] = []


def begin(model: Model, budget: int) -> None:
    """Make ready a process of the pool; it makes the mutants anew, which is quicker than to send them."""
    _bench[:] = [(Court(model, budget), list(mutants(model)))]


def try_one(index: int) -> MutantResult:
    """Try one mutant in a process that was made ready."""
    ((court, made),) = _bench
    return court.trial(made[index])
