"""`hiprun workbench`: read, try and change a pack in a browser."""

from __future__ import annotations

import secrets
import webbrowser

import click

_KEY_BYTES = 24


@click.command()
@click.argument("path")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=0, help="Which port; default: a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--language", metavar="CODE", default="en", help="The language of the workbench, such as de.")
@click.option("--no-git", is_flag=True, help="Do not commit what is saved.")
def workbench(path: str, port: int, no_browser: bool, language: str, no_git: bool) -> None:
    """Read, try and change the pack at PATH, in a browser.

    The page is for this machine only. What a change does is shown before it
    is saved. In a git work tree, every save is a commit of the files that it
    changed.
    """
    from hiprun.interfaces.web import announce_and_serve
    from hiprun.interfaces.workbench import PackFolder, Repository, Session, make_context, workbench_application

    folder = PackFolder.at(path)
    context = make_context(Session(folder, None if no_git else Repository.around(folder.root), language))
    key = secrets.token_urlsafe(_KEY_BYTES)

    def announce(address: str) -> None:
        whole = f"{address}?key={key}"
        click.echo(f"The workbench is at {whole}\nStop it with Ctrl-C.")
        if not no_browser:
            webbrowser.open(whole)

    try:
        announce_and_serve(workbench_application(context, key), port, announce)
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used: {(error.strerror or str(error)).lower()}.") from error
    finally:
        context.effects.stop()
        context.comparison.stop()
