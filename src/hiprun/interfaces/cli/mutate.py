"""`hiprun mutate`: whether the cases of a pack notice small faults in its rules."""

from __future__ import annotations

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import jobs_option, pack_at, rules_path, run_budget_option
from hiprun.interfaces.cli.report_options import REPORTS, print_report, report_options
from hiprun.interfaces.reports.case_checks import of_mutants
from hiprun.testing.mutation import Mutant, MutantResult, MutationReport
from hiprun.testing.mutation import mutate as try_all
from hiprun.testing.mutation.report import FATES
from hiprun.testing.mutation.runner import RUN_BUDGET
from hiprun.verification.run_bounds import STOPPED


@click.command()
@rules_path
@jobs_option
@run_budget_option
@report_options
@click.pass_context
def mutate(context: click.Context, path: str | None, jobs: int | None, run_budget: int | None, form: str) -> None:
    """Put small faults into the rules; see if a case notices.

    One at a time, each number is changed by one step, each boundary value is
    included or excluded, each condition is left out, each output is replaced
    by its neighbour, each rule is removed, and `all` and `any` are swapped. A
    fault that changes nobody's answer is proved harmless and does not count.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    Exit code 1: a fault goes unnoticed.
    """
    pack = pack_at(path)
    report, ended = console.run_interruptibly(
        lambda: try_all(
            pack, jobs=jobs, run_budget=run_budget or RUN_BUDGET, progress=console.progress_printer("mutant")
        )
    )
    if form in REPORTS:
        print_report(form, "mutate", path, of_mutants(report))
    elif form == "json":
        console.print_json(report.to_dict())
    else:
        _print(report)
    context.exit(console.INTERRUPTED if not ended else 0 if report.ok else 1)


def _print(report: MutationReport) -> None:
    for mutant, result in report.survivors:
        console.print_block(_survivor_lines(mutant, result))
        click.echo()
    colour = "green" if report.ok else "red"
    counts = [f"{report.count(fate)} {fate}" for fate in FATES if fate != "untried" or report.stopped]
    if report.stopped:
        click.echo(STOPPED[report.stopped])
    click.echo(f"{console.counted(len(report.results), 'mutant')}: {click.style(', '.join(counts), fg=colour)}")


def _survivor_lines(mutant: Mutant, result: MutantResult) -> list[str]:
    lines = [f"{mutant.place}: {mutant.subject}", f"  {mutant.words}"]
    if result.draft:
        return [*lines, "  No case notices. This one would:", "", result.draft.text()]
    if result.by:
        return [*lines, f"  No case notices. `{result.by}`, drafted above, would."]
    return [*lines, f"  {FATES[result.fate][0].upper()}{FATES[result.fate][1:]}."]
