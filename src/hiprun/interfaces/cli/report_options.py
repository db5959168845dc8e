"""The option `--format` of the commands that check rules, and reports for other programs."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, cast

import click

from hiprun.errors import RuleError
from hiprun.interfaces.cli.options import Command, json_option
from hiprun.interfaces.reports.checks import Check, Report, folder_of, of_problems

REPORTS = ("sarif", "github", "junit")
"""The formats of a report that other programs read, apart from each command's own JSON."""


def report_options(command: Command) -> Command:
    """Add `--format` and `--json`, and report rules with mistakes in that format too."""

    @click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *REPORTS]),
        default="text",
        help="What to print: SARIF, annotations for GitHub and JUnit XML are for pipelines.",
    )
    @json_option
    @functools.wraps(command)
    def with_format(*arguments: Any, form: str, as_json: bool, **options: Any) -> Any:
        form = "json" if as_json else form
        try:
            return command(*arguments, form=form, **options)
        except RuleError as error:
            if form not in REPORTS:
                raise
            context = click.get_current_context()
            print_report(form, str(context.info_name), options.get("path"), of_problems(error.problems))
            context.exit(2)

    return cast(Command, with_format)


def print_report(form: str, command: str, path: str | None, checks: Iterable[Check]) -> None:
    """Print what a command found about the pack at `path` in one of `REPORTS`."""
    from hiprun.interfaces.reports.formats import FORMATS

    text = FORMATS[form](Report(command, tuple(checks), folder_of(path)))
    if text:
        click.echo(text)
