"""`hiprun diff`: what two versions of the rules answer differently, for every patient."""

from __future__ import annotations

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.failed_cases import effect_paragraphs
from hiprun.interfaces.cli.options import run_budget_option
from hiprun.interfaces.cli.pack_revisions import pack_versions
from hiprun.interfaces.cli.report_options import REPORTS, print_report, report_options


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--rules", metavar="PATH", help="The folder to compare, if OLD and NEW are both revisions.")
@click.option(
    "--fail-on", type=click.Choice(["calmer", "any"]), help="Exit with 1 if answers get calmer, or change at all."
)
@click.option("--budget", metavar="STEPS", type=click.IntRange(min=1), help="How much work one question may take.")
@run_budget_option
@click.option("--all", "everything", is_flag=True, help="Show every change, also those that only follow others.")
@report_options
@click.pass_context
def diff(
    context: click.Context,
    old: str,
    new: str,
    rules: str | None,
    fail_on: str | None,
    budget: int | None,
    run_budget: int | None,
    everything: bool,
    form: str,
) -> None:
    """Compare two versions of the rules, for every patient.

    OLD and NEW are folders, zip files or git revisions of a folder. For
    example, hiprun diff main rules compares the folder rules with its state
    on main.
    """
    from hiprun.interfaces.reports.proof_checks import of_difference
    from hiprun.verification.difference import diff as compare
    from hiprun.verification.difference_text import difference_text
    from hiprun.verification.effect_on_cases import EffectOnCases, effect_on_cases
    from hiprun.verification.solver import BUDGET, RUN_BUDGET

    packs, lines = pack_versions(old, new, rules)
    difference, ended = console.run_interruptibly(
        lambda: compare(
            *packs,
            budget=budget or BUDGET,
            run_budget=run_budget or RUN_BUDGET,
            progress=console.progress_printer("decision"),
        )
    )
    effect = effect_on_cases(*packs) if ended else EffectOnCases(0)
    if form in REPORTS:
        print_report(form, "diff", rules or new, of_difference(difference, fail_on))
    elif form == "json":
        console.print_json({**difference.to_dict(), "cases": effect.to_dict()})
    else:
        cases = effect_paragraphs(effect) if ended else ()
        click.echo(difference_text(difference, lines, everything=everything, cases=cases))
    failed = (fail_on == "calmer" and difference.may_be_calmer) or (fail_on == "any" and not difference.equivalent)
    context.exit(console.INTERRUPTED if not ended else 1 if failed else 0)
