"""`hiprun serve`: packs as a service over HTTP."""

from __future__ import annotations

import socket

import click

from hiprun.interfaces.cli.options import named_values, settings_option
from hiprun.interfaces.fhir import BASE
from hiprun.interfaces.service import ServiceLimits, published, service
from hiprun.interfaces.web import make_server
from hiprun.loading import load


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any that is free.")
@click.option("--base", default=BASE, show_default=True, help="What canonical addresses of FHIR begin with.")
@click.option(
    "--most-bytes", type=click.IntRange(min=1), default=500_000, show_default=True, help="Of the body of one request."
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="To send or answer a request."
)
@settings_option
def serve(
    paths: tuple[str, ...],
    host: str,
    port: int,
    base: str,
    most_bytes: int,
    seconds: float,
    settings: tuple[str, ...],
) -> None:
    """Serve the packs at each PATH over HTTP, or the one of hiprun.

    Each pack is at /packs/NAME/VERSION; /openapi.json describes everything.
    There is no encryption and no login: put a proxy that has both in front.
    """
    values = named_values(settings, "--set")
    packs = published((load(path).with_parameters(**values) for path in paths or (None,)), base=base)
    limits = ServiceLimits(most_bytes=most_bytes, body_seconds=seconds, answer_seconds=seconds)
    application = service(packs, limits=limits)
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise click.UsageError(
            f"{host}:{port} cannot be used: {(error.strerror or 'no reason is given').lower()}."
        ) from error
    with listening:
        for path in packs:
            click.echo(f"http://{host}:{listening.getsockname()[1]}{path}")
        make_server(application, patience=2 * seconds).run(sockets=[listening])
