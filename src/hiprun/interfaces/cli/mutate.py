"""`hiprun mutate`: whether the cases of a pack notice small faults in its rules."""

from __future__ import annotations

import sys

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, pack_at, rules_path
from hiprun.testing.mutation import Mutant, MutantResult, MutationReport
from hiprun.testing.mutation import mutate as try_all
from hiprun.testing.mutation.report import FATES


@click.command()
@rules_path
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes to use; default: one per processor.",
)
@json_option
@click.pass_context
def mutate(context: click.Context, path: str | None, jobs: int | None, as_json: bool) -> None:
    """Put small faults into the rules; see if a case notices.

    One at a time, each number is changed by one step, each boundary value is
    included or excluded, each condition is left out, each output is replaced
    by its neighbour, each rule is removed, and `all` and `any` are swapped. A
    fault that changes nobody's answer is proved harmless and does not count.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    Exit code 1: a fault goes unnoticed.
    """
    pack = pack_at(path)
    report = try_all(pack, jobs=jobs, progress=_progress)
    if as_json:
        console.print_json(report.to_dict())
    else:
        _print(report)
    context.exit(0 if report.ok else 1)


def _progress(completed: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{completed} of {console.counted(total, 'mutant')}", nl=completed == total, err=True)


def _print(report: MutationReport) -> None:
    for mutant, result in report.survivors:
        console.print_block(_survivor_lines(mutant, result))
        click.echo()
    colour = "green" if report.ok else "red"
    counts = [f"{report.count(fate)} {fate}" for fate in FATES]
    click.echo(f"{console.counted(len(report.results), 'mutant')}: {click.style(', '.join(counts), fg=colour)}")


def _survivor_lines(mutant: Mutant, result: MutantResult) -> list[str]:
    lines = [f"{mutant.place}: {mutant.subject}", f"  {mutant.words}"]
    if result.draft:
        return [*lines, "  No case notices. This one would:", "", result.draft.text()]
    if result.by:
        return [*lines, f"  No case notices. `{result.by}`, drafted above, would."]
    return [*lines, f"  {FATES[result.fate][0].upper()}{FATES[result.fate][1:]}."]
