"""`hiprun check`: whether rule files are well-formed."""

from __future__ import annotations

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at


@click.command()
@click.argument("path", required=False)
def check(path: str | None) -> None:
    """Check rule files, and show all mistakes at once.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    """
    pack = pack_at(path)
    rules = sum(len(decision.rules) for decision in pack.decisions.values())
    counts = [
        console.counted(len(pack.facts), "fact"),
        console.counted(len(pack.parameters), "parameter"),
        console.counted(len(pack.decisions), "decision"),
        console.counted(rules, "rule"),
        console.counted(len(pack.statements), "statement"),
        console.counted(len(pack.model.examples), "case"),
        console.counted(len(pack.model.properties), "property", "properties"),
    ]
    click.echo(f"{click.style('ok', fg='green')}: {pack.name} {pack.version}")
    click.echo(f"    {', '.join(counts)}")
