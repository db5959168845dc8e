"""Work that is shared among processes, whose results come in order; where there are none, one does it all."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Result = TypeVar("Result")


def shared(
    work: Callable[[int], Result], number: int, jobs: int, initialize: Callable[..., None], arguments: tuple[Any, ...]
) -> Generator[Result, None, None]:
    """Yield what `work` makes of the numbers below `number`, in their order, in up to `jobs` processes.

    `work` and `initialize`, which prepares each process with `arguments`, are functions of modules. The caller's own
    process does what others cannot do, or no more.
    """
    completed = 0
    if jobs > 1:
        try:
            for result in _in_processes(work, number, jobs, initialize, arguments):
                yield result
                completed += 1
        except (BrokenProcessPool, ImportError, OSError):
            pass  # no processes here, or no more
    if completed < number:
        initialize(*arguments)
        yield from map(work, range(completed, number))


def _in_processes(
    work: Callable[[int], Result], number: int, jobs: int, initialize: Callable[..., None], arguments: tuple[Any, ...]
) -> Iterator[Result]:
    # New processes rather than forks of this one: they work the same on every system and with threads.
    context = multiprocessing.get_context("spawn")
    earlier_children = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, context, initializer=initialize, initargs=arguments) as pool:
        try:
            with _interrupts_blocked():
                results = pool.map(work, range(number))
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
