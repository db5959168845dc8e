"""`hiprun book`: a pack as pages that can be read, searched, printed and signed."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import jobs_option, pack_at, rules_path, run_budget_option, settings_option
from hiprun.interfaces.cli.written_files import write_files


@click.command()
@rules_path
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Write a site into FOLDER.")
@click.option("--page", metavar="FILE", type=click.Path(path_type=Path), help="Write one page to print into FILE.")
@click.option("--verify", "proves", is_flag=True, help="Prove the claims about the pack, and say which ones hold.")
@click.option("--language", metavar="LANGUAGE", help="A language in which the pack has texts; default: its own.")
@jobs_option
@run_budget_option
@settings_option
@click.pass_context
def book(
    context: click.Context,
    path: str | None,
    out: Path | None,
    page: Path | None,
    proves: bool,
    language: str | None,
    jobs: int | None,
    run_budget: int | None,
    settings: tuple[str, ...],
) -> None:
    """Write a pack as a book in plain words.

    PATH is a folder or zip file; default: the rules that come with hiprun.
    FOLDER/index.html opens in any browser, without a server; its search works
    there too. FOLDER/book.html and FILE are the whole book on one page; print
    it, or save it as PDF, from the browser. The same pack gives the same
    files. Exit code 1: with --verify, a claim does not hold or stays open.
    """
    if out is None and page is None:
        raise click.UsageError("Say where to write the book: --out FOLDER, --page FILE, or both.")
    from hiprun.interfaces.book import book_of, printable, site, with_proofs

    pack = pack_at(path, settings)
    made = book_of(pack.in_language(language) if language else pack)
    if proves:
        from hiprun.verification.solver import RUN_BUDGET
        from hiprun.verification.verify import verify

        report, ended = console.run_interruptibly(
            lambda: verify(
                pack,
                run_budget=run_budget or RUN_BUDGET,
                every_setting=not settings,
                progress=console.progress_printer("decision"),
                jobs=jobs or min(os.cpu_count() or 1, 4),
            )
        )
        if not ended:
            context.exit(console.INTERRUPTED)
        made = with_proofs(made, report)
    files = {out / name: text for name, text in site(made).items()} if out else {}
    if page:
        files[page] = printable(made)
    write_files(files)
    click.echo(f"{console.counted(len(files), 'file')} written to {out or page}")
    context.exit(1 if made.proofs is not None and not made.proofs.ok else 0)
