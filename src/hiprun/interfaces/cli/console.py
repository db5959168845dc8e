"""What the commands print: text for people, JSON for programs, problems on standard error."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from hiprun.errors import HiprunError, MissingExtraError
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.verification.run_bounds import Interrupted
from hiprun.version import VERSION

INTERRUPTED = 130
"""The customary exit code after Ctrl-C; it does not mean that something was found."""

_LONGEST = 300

Report = TypeVar("Report")


def print_json(data: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def print_block(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, the first of them as a heading."""
    for number, line in enumerate(lines):
        click.echo(line if number else click.style(line, bold=True), err=err)


def report(error: HiprunError) -> None:
    """Print problems on standard error; what is only missing is nobody's mistake and not counted as one."""
    mistakes = not isinstance(error, MissingExtraError)
    click.echo(problems_text(error.problems, colour=True, counted=mistakes), err=True)


def report_fault(fault: Exception, help: str) -> None:
    """Print on standard error that hiprun itself is at fault, and what to report."""
    kind = type(fault).__name__
    said = f"{kind}: {fault}" if str(fault) else kind
    lines = [
        f"This is a fault in hiprun {VERSION} itself, not in your rules, facts or command.",
        f"Please report it with the command, what it was given, and this: {said[:_LONGEST]}",
        help,
    ]
    click.echo("\n".join(lines), err=True)


def close() -> None:
    """Print nothing more on standard output: whatever still waits to be written cannot be."""
    sys.stdout = io.StringIO()


def run(command: Callable[[], Report]) -> tuple[Report, bool]:
    """Return what a long run found and whether it came to its end: Ctrl-C leaves what was found so far."""
    try:
        return command(), True
    except Interrupted as stopped:
        click.echo("\nInterrupted." if sys.stderr.isatty() else "Interrupted.", err=True)
        return stopped.report, False


def progress(what: str) -> Callable[[int, int], None]:
    """Return what tells on a terminal how far a run is, in one line on standard error."""

    def told(done: int, whole: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {counted(whole, what)}", nl=done == whole, err=True)

    return told


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "rule"), counted(2, "rule")
    ('1 rule', '2 rules')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
