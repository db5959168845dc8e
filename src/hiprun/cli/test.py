"""`hiprun test`: run the cases of a pack."""

from __future__ import annotations

import click

from hiprun import cases
from hiprun.cli import console
from hiprun.cli.options import json_option, pack_at


@click.command()
@click.argument("path", required=False)
@click.option("-k", "word", metavar="WORD", default="", help="Only cases with WORD in their file, id or title.")
@json_option
@click.pass_context
def test(context: click.Context, path: str | None, word: str, as_json: bool) -> None:
    """Run the cases in the folder PATH: example patients and what must come out.

    Without PATH, the rules hiprun comes with. Exit code 1 when a case fails.
    """
    pack = pack_at(path)
    chosen = [
        example for example in pack.model.examples if word in f"{example.place.file} {example.id} {example.title}"
    ]
    results = [cases.run(pack, example) for example in chosen]
    failed = [result for result in results if not result.passed]
    if as_json:
        console.print_json([result.to_dict() for result in results])
    else:
        for result in failed:
            console.print_block(str(result).split("\n"))
            click.echo()
        said = f"{len(failed)} of {console.counted(len(results), 'case')} failed." if failed else "All hold."
        click.echo(
            click.style(said, fg="red")
            if failed
            else f"{console.counted(len(results), 'case')}: {click.style('ok', fg='green')}"
        )
    context.exit(1 if failed else 0)
