"""`hiprun gaps`: everyone whom no rule of a decision covers."""

from __future__ import annotations

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, pack_at, pack_options


@click.command()
@click.argument("decisions", metavar="[DECISION]...", nargs=-1)
@pack_options
@click.option("--most", metavar="NUMBER", type=click.IntRange(min=1), help="How many groups to show for each decision.")
@click.option("--budget", metavar="STEPS", type=click.IntRange(min=1), help="How much work one question may take.")
@json_option
def gaps(
    decisions: tuple[str, ...],
    rules: str | None,
    settings: tuple[str, ...],
    most: int | None,
    budget: int | None,
    as_json: bool,
) -> None:
    """Show everyone whom no rule covers.

    Name the decisions you want; without any, all are looked at. The patients
    come in groups, the largest first, each with an example and a case to
    paste. They get what `otherwise` says, an empty list or 0, or no answer.
    """
    from hiprun.verification.solver import BUDGET
    from hiprun.verification.uncovered import MOST, uncovered
    from hiprun.verification.uncovered_text import uncovered_text

    pack = pack_at(rules, settings)
    coverages = uncovered(pack, decisions or None, budget=budget or BUDGET, most=most or MOST)
    if as_json:
        console.print_json({"pack": pack.name, "decisions": [coverage.to_dict() for coverage in coverages]})
        return
    for number, coverage in enumerate(coverages):
        if number:
            click.echo()
        console.print_block(list(uncovered_text(pack.model, coverage)))
