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
from hiprun.testing.mutation.deduplication import without_repeats
from hiprun.testing.mutation.mutant_run import Court
from hiprun.testing.mutation.mutants import Mutant, mutants
from hiprun.testing.mutation.report import MutantResult, MutationReport
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent

RUN_BUDGET = 200_000_000
"""How many steps a run may take."""

_AT_ONCE = 20
_WORTH_A_PROCESS = 100


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
    made = list(mutants(pack.model))
    verdicts: list[MutantResult] = []
    stopped: Stopped = ""
    work = 0
    trials = _verdicts(pack.model, made, jobs, budget)
    try:
        for verdict in trials:
            verdicts.append(verdict)
            work += verdict.work
            progress(len(verdicts), len(made))
            if work > run_budget and len(verdicts) < len(made):
                stopped = "bound"
                break
    except KeyboardInterrupt:
        stopped = "interrupted"
    finally:
        trials.close()
    verdicts += [MutantResult("untried")] * (len(made) - len(verdicts))
    results = tuple(zip(made, without_repeats(pack, made, verdicts), strict=True))
    report = MutationReport(pack.name, pack.version, pack.digest, results, stopped)
    if stopped == "interrupted":
        raise Interrupted(report)
    return report


def _verdicts(
    model: Model, made: Sequence[Mutant], jobs: int | None, budget: int
) -> Generator[MutantResult, None, None]:
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
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(jobs, context, initializer=begin, initargs=(model, budget)) as pool:
        try:
            with _deaf_to_interrupts():
                found = pool.map(try_one, range(number), chunksize=_AT_ONCE)
            yield from found
        except (KeyboardInterrupt, GeneratorExit):
            for child in multiprocessing.active_children():
                if child not in others:
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


_bench: list[tuple[Court, list[Mutant]]] = []


def begin(model: Model, budget: int) -> None:
    """Make ready a process of the pool; it makes the mutants anew, which is quicker than to send them."""
    _bench[:] = [(Court(model, budget), list(mutants(model)))]


def try_one(index: int) -> MutantResult:
    """Try one mutant in a process that was made ready."""
    ((court, made),) = _bench
    return court.trial(made[index])
