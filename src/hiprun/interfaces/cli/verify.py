"""`hiprun verify`: prove what should hold for every patient, or show one for whom it does not."""

from __future__ import annotations

import os

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import (
    jobs_option,
    pack_at,
    rules_path,
    run_budget_option,
    settings_option,
)
from hiprun.interfaces.cli.report_options import REPORTS, print_report, report_options
from hiprun.pack import Pack

_RULES_PER_PROCESS = 150


@click.command()
@rules_path
@click.option("--decision", "decisions", metavar="NAME", multiple=True, help="Prove only what concerns this decision.")
@click.option("--budget", metavar="STEPS", type=click.IntRange(min=1), help="How much work one claim may take.")
@jobs_option
@run_budget_option
@settings_option
@report_options
@click.pass_context
def verify(
    context: click.Context,
    path: str | None,
    decisions: tuple[str, ...],
    budget: int | None,
    jobs: int | None,
    run_budget: int | None,
    settings: tuple[str, ...],
    form: str,
) -> None:
    """Prove what should hold for every patient in every setting.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    Parameters take every value in their ranges; with --set the proofs are
    about that one setting. Exit code 1: a claim is refuted or could not be
    proved.
    """
    from hiprun.interfaces.reports.proof_checks import of_claims
    from hiprun.verification.report_text import report_text
    from hiprun.verification.solver import BUDGET, RUN_BUDGET
    from hiprun.verification.verify import verify as prove

    pack = pack_at(path, settings)
    report, ended = console.run_interruptibly(
        lambda: prove(
            pack,
            decisions or None,
            budget=budget or BUDGET,
            run_budget=run_budget or RUN_BUDGET,
            every_setting=not settings,
            progress=console.progress_printer("decision"),
            jobs=jobs or min(os.cpu_count() or 1, _rules(pack) // _RULES_PER_PROCESS),
        )
    )
    if form in REPORTS:
        print_report(form, "verify", path, of_claims(report))
    elif form == "json":
        console.print_json(report.to_dict())
    else:
        click.echo(report_text(pack.model, report))
    context.exit(console.INTERRUPTED if not ended else 0 if report.ok else 1)


def _rules(pack: Pack) -> int:
    return sum(len(decision.rules) for decision in pack.decisions.values())
