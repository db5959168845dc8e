"""`hiprun types`: the names of a pack as Python types."""

from __future__ import annotations

import click

from hiprun.interfaces.cli.options import pack_at, rules_path
from hiprun.interfaces.python_types import python_types


@click.command()
@rules_path
def types(path: str | None) -> None:
    """Print a Python module with the types of a pack.

    It has the facts, decisions, outputs and choices of the pack as types, so
    that an editor completes them and a type checker finds misspelt ones:
    `hiprun types rules > triage_pack.py`, then `from triage_pack import load`.
    """
    click.echo(python_types(pack_at(path)), nl=False)
