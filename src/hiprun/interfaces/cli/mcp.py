"""`hiprun mcp`: a pack as tools for language models."""

from __future__ import annotations

import click

from hiprun.interfaces.cli.options import pack_at, rules_path, settings_option


@click.command()
@rules_path
@settings_option
def mcp(path: str | None, settings: tuple[str, ...]) -> None:
    """Offer a pack to language models, as an MCP server.

    PATH is a folder or zip file; default: the rules that come with hiprun. A
    program that talks to models starts this command, and calls its tools over
    standard input and output: what can be known, the next question, decide,
    and explain. Needs the extra mcp.
    """
    from hiprun.interfaces.mcp.server import serve

    serve(pack_at(path, settings))
