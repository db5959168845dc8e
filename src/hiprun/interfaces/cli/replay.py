"""`hiprun replay`: decide a log of decisions again, on the same rules or on others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

import click

from hiprun.inference.outcome_text import wrapped
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, named_values, pack_at, settings_option
from hiprun.interfaces.records.replay import Replayed, answer_text, bounded_lines, case_text, replay

_WORDS = {
    "same": "the same",
    "differs": "different",
    "refused": "refused",
    "masked": "masked and not decided again",
    "dropped": "dropped when they were written",
    "unreadable": "unreadable",
}


@click.command("replay")
@click.argument("log", type=click.File("rb"))
@click.option("--against", "rules", metavar="PACK", help="The rules to use; default: those that come with hiprun.")
@settings_option
@json_option
@click.pass_context
def replay_log(
    context: click.Context, log: IO[bytes], rules: str | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Decide every entry of a decision log again.

    LOG is a file of JSON Lines as `hiprun.DecisionLog` writes it; - reads
    standard input. Each entry is decided with the settings in it, and those
    that --set adds. Decisions that differ are listed, with their facts as
    cases. Exit code 1: some differ, or their facts are refused. 2: some lines
    cannot be read.
    """
    counts: Counter[str] = Counter()
    entries = _counted(replay(bounded_lines(log), pack_at(rules), named_values(settings, "--set")), counts)
    if as_json:
        listed = [entry.to_dict() for entry in entries if entry.status != "same"]
        console.print_json({"counts": dict(counts), "entries": listed})
    else:
        _print(entries, counts)
    context.exit(2 if counts["unreadable"] else 1 if counts["differs"] or counts["refused"] else 0)


def _counted(entries: Iterable[Replayed], counts: Counter[str]) -> Iterator[Replayed]:
    for entry in entries:
        counts[entry.status] += 1
        yield entry


def _print(entries: Iterable[Replayed], counts: Mapping[str, int]) -> None:
    """Print entries as they come; only those that differ are kept, for the cases at the end."""
    different: list[Replayed] = []
    for entry in entries:
        if entry.problems:
            heading = f"line {entry.line}: {entry.decision or 'unreadable'}"
            console.print_block(map(console.printable, [heading, *map(str, entry.problems)]))
        elif entry.status == "differs":
            different.append(entry)
            changes = (("was", entry.before), ("is", entry.after))
            lines = [wrapped(f"{word}: {answer_text(result)}", "  ") for word, result in changes]
            heading = f"line {entry.line}: {entry.decision}"
            console.print_block(map(console.printable, [heading, *lines[0], *lines[1]]))
    if different:
        click.echo(f"\n# What the log says, as cases:\n{case_text(different, 'Decisions of a log')}")
    counted = [f"{counts[status]} {words}" for status, words in _WORDS.items() if status in counts]
    total = console.counted(sum(counts.values()), "decision")
    click.echo(f"{total}{': ' if counted else ''}{', '.join(counted)}")
