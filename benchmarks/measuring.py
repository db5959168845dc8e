"""How the scripts here measure and print: best of several runs, in one process, as ratios of the first row."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Sequence

ROUNDS = 7


def microseconds(call: Callable[[], object], at_least: float = 0.02) -> float:
    """Return how long a call takes at best: the quickest of several rounds, each long enough to be measured."""
    times = 1
    while True:
        started = time.perf_counter()
        for _ in range(times):
            call()
        took = time.perf_counter() - started
        if took >= at_least:
            break
        times = max(times * 2, int(times * at_least / max(took, 1e-9)))
    best = took
    for _ in range(ROUNDS - 1):
        started = time.perf_counter()
        for _ in range(times):
            call()
        best = min(best, time.perf_counter() - started)
    return best / times * 1e6


def print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as Markdown."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"{title} ({platform.python_implementation()} {platform.python_version()}, {platform.machine()})\n")
    for number, line in enumerate(lines):
        first, *rest = zip(line, widths, strict=True)
        print(f"| {' | '.join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)])} |")
        if not number:
            print(f"|:{'-' * (first[1] + 1)}|{'|'.join('-' * (width + 1) + ':' for _, width in rest)}|")


def shown(time_: float) -> str:
    """Return microseconds with three digits that matter."""
    return f"{time_:.2f}" if time_ < 10 else f"{time_:.1f}" if time_ < 100 else f"{time_:,.0f}"
