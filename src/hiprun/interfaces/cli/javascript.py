"""`hiprun javascript`: a pack as a JavaScript module, and as a page that needs no server."""

from __future__ import annotations

from pathlib import Path

import click

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at, rules_path, settings_option
from hiprun.interfaces.cli.written_files import write_files


@click.command()
@rules_path
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Write the module and its types.")
@click.option("--page", metavar="FILE", type=click.Path(path_type=Path), help="Write a page that asks and answers.")
@click.option("--decision", "decisions", metavar="NAME", multiple=True, help="Only this decision; repeatable.")
@click.option("--language", metavar="LANGUAGE", default="en", help="The language of hiprun's own words; default: en.")
@settings_option
def javascript(
    path: str | None,
    out: Path | None,
    page: Path | None,
    decisions: tuple[str, ...],
    language: str,
    settings: tuple[str, ...],
) -> None:
    """Write a pack as a JavaScript module.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    FOLDER gets one ES module without dependencies, called like the pack, and
    its types. It decides as hiprun does, with exact numbers and unknown facts.
    FILE is a page for the first decision named, else for the pack's first: it
    works without a network and sends nothing anywhere. A decision that cannot
    be written as JavaScript is refused, and said why.
    """
    if out is None and page is None:
        raise click.UsageError("Say where to write it: --out FOLDER, --page FILE, or both.")
    from hiprun.interfaces.javascript import javascript_module, typescript_types

    pack = pack_at(path, settings)
    for name in decisions:
        if name not in pack.decisions:
            message = f"This pack has no decision `{name}`."
            raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, [*pack.decisions]))])
    names = decisions or None
    files: dict[Path, str | bytes] = {}
    if out:
        files[out / f"{pack.name}.mjs"] = javascript_module(pack, names)
        files[out / f"{pack.name}.d.mts"] = typescript_types(pack, names)
    if page:
        from hiprun.interfaces.javascript.page import triage_page

        files[page] = triage_page(pack, decisions[0] if decisions else None, language=language)
    write_files(files)
    click.echo(f"{console.counted(len(files), 'file')} written to {out or page}")
