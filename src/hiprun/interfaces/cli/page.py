"""`hiprun page`: a page for people, made from a pack and served on this machine."""

from __future__ import annotations

import os

import click

from hiprun.interfaces.cli.options import pack_at, rules_path, settings_option, time_zone


@click.command()
@rules_path
@settings_option
@click.option("--diary", "diary_path", metavar="FILE", help="Keep the diary in this file; CSV or JSON Lines.")
@click.option(
    "--zone", metavar="NAME", help="The time zone of the days, such as Europe/Berlin; needed if times have an offset."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any that is free.")
def page(path: str | None, settings: tuple[str, ...], diary_path: str | None, zone: str | None, port: int) -> None:
    """Serve a page for people: questions, advice, diary, plan.

    Open the address that is printed in a browser on this machine; Ctrl-C ends
    it. Nothing is stored, unless --diary says where.
    """
    # click imports all commands for its help, and that must not need the extra `web`
    from hiprun.interfaces.page import diary_file, make_page
    from hiprun.interfaces.web import announce_and_serve

    diary = diary_file(diary_path) if diary_path else None
    application = make_page(pack_at(path, settings), diary=diary, zone=time_zone(zone))
    try:
        announce_and_serve(application, port, click.echo)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise click.UsageError(f"Port {port} cannot be used: {reason}. Choose another with --port.") from error
