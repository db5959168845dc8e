"""`hiprun check`: whether rule files are well-formed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NoReturn

import click

from hiprun.errors import Problem, RuleError
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import rules_path
from hiprun.interfaces.cli.report_options import REPORTS, print_report, report_options
from hiprun.interfaces.reports.checks import of_problems
from hiprun.interfaces.translation_files import translation_notes
from hiprun.language.checked_form_files import read_checking_form
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.language.editor_schema import outdated_schemas
from hiprun.language.reader.upgrade import upgrade_problems
from hiprun.language.rule_files import EDITOR_SCHEMAS, read_editor_schemas
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.verification.needless_otherwise import notes
from hiprun.verification.stale_numbers import stale_numbers
from hiprun.version import LANGUAGE


@click.command()
@rules_path
@click.option("--upgrade", is_flag=True, help="Say what to change for the latest version of the language.")
@report_options
@click.pass_context
def check(context: click.Context, path: str | None, form: str, upgrade: bool) -> None:
    """Check rule files, and show all mistakes at once.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    Exit code 2 when there are mistakes; --json prints them as data. Notes are
    about what is right but could be better. The rule files themselves are read,
    and a checked form beside them is compared with them.
    """
    if upgrade:
        _upgrade(context, path, form)
    try:
        model, form_problems, form_notes = read_checking_form(path)
        if form_problems:
            raise RuleError(form_problems)
    except RuleError as error:
        if form != "json":
            raise
        console.print_json({"ok": False, "problems": [problem.to_dict() for problem in error.problems]})
        context.exit(2)
    pack = Pack(model)
    counts = _counts(pack)
    pack_notes = [
        *form_notes,
        *_schema_notes(model, path),
        *notes(pack),
        *stale_numbers(pack.model),
        *translation_notes(pack.model),
    ]
    if form in REPORTS:
        print_report(form, "check", path, of_problems([], pack_notes))
        return
    if form == "json":
        console.print_json(
            {
                "ok": True,
                "pack": pack.name,
                "version": pack.version,
                "counts": counts,
                "problems": [],
                "notes": [note.to_dict() for note in pack_notes],
            }
        )
        return
    counts_text = [
        console.counted(number, _SINGULAR.get(plural, plural.removesuffix("s")), plural)
        for plural, number in counts.items()
    ]
    click.echo(f"{click.style('ok', fg='green')}: {pack.name} {pack.version}")
    click.echo(f"    {', '.join(counts_text)}")
    if pack_notes:
        click.echo(f"\n{problems_text(pack_notes, with_count=False)}")


def _schema_notes(model: Model, path: str | None) -> Iterator[Problem]:
    """Yield a note if the schemas for editors beside the rules belong to others."""
    schemas = read_editor_schemas(path)
    if schemas:
        folder = os.path.basename(os.path.abspath(path)) if path else "rules"
        yield from outdated_schemas(model, schemas, f"{folder}/{EDITOR_SCHEMAS}")


def _upgrade(context: click.Context, path: str | None, form: str) -> NoReturn:
    """Say what to change for the latest version of the language; the exit code is 1 if something has to."""
    problems = upgrade_problems(path)
    if form in REPORTS:
        print_report(form, "check", path, of_problems(problems))
    elif form == "json":
        console.print_json({"ok": not problems, "problems": [problem.to_dict() for problem in problems]})
    elif problems:
        click.echo(f"For `language: {LANGUAGE}`, change this:\n")
        click.echo(problems_text(problems))
    else:
        click.echo(f"Nothing else has to change for `language: {LANGUAGE}`.")
    context.exit(1 if problems else 0)


_SINGULAR = {"properties": "property"}


def _counts(pack: Pack) -> dict[str, int]:
    return {
        "facts": len(pack.facts),
        "parameters": len(pack.parameters),
        "decisions": len(pack.decisions),
        "rules": sum(len(decision.rules) for decision in pack.decisions.values()),
        "statements": len(pack.statements),
        "cases": len(pack.model.examples),
        "properties": len(pack.model.properties),
    }
