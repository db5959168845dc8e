"""`hiprun lsp`: a language server for editors."""

from __future__ import annotations

import click


@click.command()
@click.option("--stdio", is_flag=True, hidden=True)
def lsp(stdio: bool) -> None:
    """Run a language server on standard input and output.

    Editors start it; see the page on editors. It shows mistakes while you
    type, completes and renames names, and says what each of them stands for.
    It needs the extra `lsp`.
    """
    from hiprun.interfaces.language_server import serve

    serve()
