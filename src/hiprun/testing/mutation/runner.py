"""All mutants of a pack on trial, on as many processors as there are."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from hiprun.inference.infer import BUDGET
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.testing.mutation.draft_deduplication import without_repeated_drafts
from hiprun.testing.mutation.mutant_run import MutantRunner
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent

RUN_BUDGET = 200_000_000
"""How many steps a run may take."""

_CHUNK_SIZE = 20
_MUTANTS_PER_PROCESS = 100


def mutate(
    pack: Pack,
    *,
    jobs: int | None = None,
    budget: int = BUDGET,
    run_budget: int = RUN_BUDGET,
    progress: Progress = silent,
) -> MutationReport:
    """Return what becomes of every mutant of a pack.

    `jobs` is how many processes work at once, by default one for each processor; where there can be no processes the
    result is the same. `budget` bounds the search for each answer that only facts nobody has given would settle, and
    `run_budget` the whole run: beyond it mutants are left untried. `progress` is told how many are done. Ctrl-C raises
    `Interrupted`, a `KeyboardInterrupt` with the report so far.
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
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, context, initializer=_initialize_process, initargs=(model, budget)) as pool:
        try:
            with _deaf_to_interrupts():
                found = pool.map(_run_in_process, range(number), chunksize=_CHUNK_SIZE)
            yield from found
        except (KeyboardInterrupt, GeneratorExit):
            for child in {*multiprocessing.active_children()} - others:
                child.terminate()  # what it is at would be thrown away
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """See to it that processes that begin in here leave Ctrl-C to this one, where a system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_process_state: list[tuple[MutantRunner, list[Mutant]]] = []


def _initialize_process(model: Model, budget: int) -> None:
    """Make ready a process of the pool; it makes the mutants anew, which is quicker than to send them."""
    _process_state[:] = [(MutantRunner(model, budget), list(mutants(model)))]


def _run_in_process(index: int) -> MutantResult:
    """Try one mutant in a process that was made ready."""
    ((runner, all_mutants),) = _process_state
    return runner.run(all_mutants[index])
