"""How the scripts here measure and print: best of several runs, in one process, as ratios of the first row."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

ROUNDS = 40
_SLICE = 0.003
_LONGEST = 3.0


def race(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return how many microseconds each call takes at best.

    They take turns in short slices, so that a machine that is busy now and then is as unfair to one as to the other.
    """
    times = {name: _times(call) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    spent = dict.fromkeys(calls, 0.0)
    for _ in range(ROUNDS):
        for name, call in calls.items():
            if spent[name] > _LONGEST:
                continue
            started = time.process_time()
            for _ in range(times[name]):
                call()
            took = time.process_time() - started
            spent[name] += took
            best[name] = min(best[name], took / times[name] * 1e6)
    return best


def microseconds(call: Callable[[], object]) -> float:
    """Return how many microseconds one call takes at best."""
    return race({"": call})[""]


def _times(call: Callable[[], object]) -> int:
    """Return how often a call has to be made to take about as long as a slice."""
    times = 1
    while True:
        started = time.process_time()
        for _ in range(times):
            call()
        took = time.process_time() - started
        if took >= _SLICE / 2:
            return max(1, round(times * _SLICE / took))
        times *= 2


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
