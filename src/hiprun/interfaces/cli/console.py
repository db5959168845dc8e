"""What the commands print: text for people, JSON for programs, problems on standard error."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

from hiprun.errors import HiprunError, MissingExtraError
from hiprun.inference.outcome_text import prose
from hiprun.interfaces.first_lines import first_lines
from hiprun.pack import Pack
from hiprun.version import VERSION

INTERRUPTED = 130
"""The conventional exit code after Ctrl-C; it does not mean that something was found."""

_LONGEST = 300

Report = TypeVar("Report")


def print_json(data: Any) -> None:
    """Print plain data as JSON, with escapes if something in it would change what a terminal shows."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    click.echo(text if shown_as_it_is(text) else json.dumps(data, indent=2))


def shown_as_it_is(text: str) -> bool:
    """Return whether a terminal shows every character of a text."""
    return all(character.isprintable() or character == "\n" for character in text)


def printable(text: str) -> str:
    """Return a text of whoever wrote it as one that changes nothing else in a terminal."""
    return "".join(character if shown_as_it_is(character) else "�" for character in text)


def print_block(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, the first of them as a heading."""
    for number, line in enumerate(lines):
        click.echo(line if number else click.style(line, bold=True), err=err)


def print_first(pack: Pack, facts: Mapping[str, Any]) -> None:
    """Print what has to be read before everything else, if there is something, and an empty line after it."""
    lines = first_lines(pack.first_words(facts))
    if lines:
        print_block(lines)
        click.echo()


def print_notice(pack: Pack) -> None:
    """Print what every reader of a result should know."""
    for line in prose(pack.notice):
        click.echo(line)


def report(error: HiprunError) -> None:
    """Print problems on standard error; a missing extra is not counted as a mistake."""
    from hiprun.language.diagnostic_renderer import problems_text

    mistakes = not isinstance(error, MissingExtraError)
    click.echo(problems_text(error.problems, colour=True, with_count=mistakes), err=True)


def report_fault(fault: Exception, help: str) -> None:
    """Print on standard error that hiprun itself is at fault, and what to report."""
    kind = type(fault).__name__
    fault_text = f"{kind}: {fault}" if str(fault) else kind
    lines = [
        f"This is a fault in hiprun {VERSION} itself, not in your rules, facts or command.",
        f"Please report it with the command, what it was given, and this: {fault_text[:_LONGEST]}",
        help,
    ]
    click.echo("\n".join(lines), err=True)


def close() -> None:
    """Discard everything that has not been written to standard output, which cannot be written any more."""
    sys.stdout = io.StringIO()


def run_interruptibly(command: Callable[[], Report]) -> tuple[Report, bool]:
    """Return the report of a long run and whether it was completed; after Ctrl-C, the report has the results so far."""
    from hiprun.verification.run_bounds import Interrupted

    try:
        return command(), True
    except Interrupted as stopped:
        click.echo("\nInterrupted." if sys.stderr.isatty() else "Interrupted.", err=True)
        return stopped.report, False


def progress_printer(noun: str) -> Callable[[int, int], None]:
    """Return a function that prints the progress of a run on one line of standard error, if that is a terminal."""

    def print_progress(done: int, whole: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {counted(whole, noun)}", nl=done == whole, err=True)

    return print_progress


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "rule"), counted(2, "rule")
    ('1 rule', '2 rules')
    """
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
