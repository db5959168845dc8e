"""`hiprun test`: run the cases of a pack, and say what they show about its rules."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import click

from hiprun.errors import HiprunError, Problem, did_you_mean
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.failed_cases import cause_lines
from hiprun.interfaces.cli.options import pack_at, rules_path, run_budget_option, settings_option
from hiprun.interfaces.cli.report_options import REPORTS, print_report, report_options
from hiprun.interfaces.reports.case_checks import of_cases
from hiprun.pack import Pack
from hiprun.testing.coverage import CoverageReport, Part, survey
from hiprun.testing.coverage.measurement import RUN_BUDGET
from hiprun.verification import cases
from hiprun.verification.cases import CaseResult
from hiprun.verification.failure_causes import failure_causes
from hiprun.verification.run_bounds import STOPPED, silent

_MANY = 200
"""More cases than this take long enough to say how many have run."""


@click.command()
@rules_path
@click.option("-k", "word", metavar="WORD", default="", help="Run only cases with WORD in their file, id or title.")
@click.option("--coverage", "covers", is_flag=True, help="Also show what the cases miss, with a case for each.")
@settings_option
@run_budget_option
@report_options
@click.pass_context
def test(
    context: click.Context,
    path: str | None,
    word: str,
    covers: bool,
    settings: tuple[str, ...],
    run_budget: int | None,
    form: str,
) -> None:
    """Run the cases of a pack: patients and expected answers.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    With --set the cases run with other values for parameters. Exit code 1: a
    case fails or, with --coverage, some rule, test or threshold is not shown
    by any case.
    """
    pack = pack_at(path, settings)
    chosen = [
        example for example in pack.model.examples if word in f"{example.place.file} {example.id} {example.title}"
    ]
    if word and not chosen:
        known = [example.id for example in pack.model.examples]
        help = did_you_mean(word, known) if known else "The rules have no cases."
        raise HiprunError([Problem("no-case", f"No case has `{word}` in its file, id or title.", help=help)])
    progress = console.progress_printer("case") if len(chosen) > _MANY else silent
    results, ended = console.run_interruptibly(lambda: cases.run_all(pack, chosen, progress))
    report = None
    if covers and ended:
        chosen_pack = Pack(attrs.evolve(pack.model, examples=tuple(chosen)))
        report, ended = console.run_interruptibly(
            lambda: survey(chosen_pack, run_budget=run_budget or RUN_BUDGET, progress=console.progress_printer("rule"))
        )
    if form in REPORTS:
        print_report(form, "test", path, of_cases(results, report))
    elif form == "json":
        ran = [result.to_dict() for result in results]
        console.print_json(ran if report is None else {"cases": ran, "coverage": report.to_dict()})
    else:
        _print_results(pack, results, len(chosen))
        if report is not None:
            _print_coverage(report)
    ok = all(result.passed for result in results) and (report is None or report.ok)
    context.exit(console.INTERRUPTED if not ended else 0 if ok else 1)


def _print_results(pack: Pack, results: Sequence[CaseResult], chosen: int) -> None:
    failed = [result for result in results if not result.passed]
    for cause in failure_causes(pack, failed):
        console.print_block(cause_lines(cause))
        click.echo()
    count = console.counted(len(results), "case")
    if len(results) < chosen:
        click.echo(
            f"Interrupted; {len(results)} of {console.counted(chosen, 'case')} ran, {len(failed)} of them failed."
        )
    elif failed:
        click.echo(click.style(f"{len(failed)} of {count} failed.", fg="red"))
    else:
        click.echo(f"{count}: {click.style('ok', fg='green')}")


def _print_coverage(report: CoverageReport) -> None:
    if report.stopped:
        click.echo(f"\n{STOPPED[report.stopped]}")
    for part in report.gaps():
        click.echo()
        console.print_block(_gap_lines(part))
    summary = ", ".join(
        f"{covered} of {console.counted(total, noun)} {verb}"
        for (covered, total), noun, verb in (
            (report.count("rule"), "rule", "fired"),
            (report.count("test"), "test", "decisive"),
            (report.count("threshold"), "threshold", "pinned"),
        )
    )
    click.echo(f"{'' if report.ok else chr(10)}{click.style(summary, fg='green' if report.ok else 'red')}")


def _gap_lines(part: Part) -> list[str]:
    lines = [f"{part.place}: {part.subject}", f"  {part.words}"]
    for side in part.sides:
        if side.state in _NOT_SHOWN:
            would = "".join(f" `{id_}`, drafted above, would." for id_ in side.by)
            lines.append(f"  {_NOT_SHOWN[side.state]}: {side.words}.{would}")
        if side.draft:
            lines[-1] += " This one would:"
            lines += ["", side.draft]
    return lines


_NOT_SHOWN = {"missing": "No case shows", "open": "No case shows, and the budget was too small to find a patient"}
