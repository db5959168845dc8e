"""`hiprun serve`: packs as a service over HTTP."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from pathlib import Path

import click

from hiprun.interfaces.cli.options import named_values, settings_option
from hiprun.interfaces.fhir import BASE
from hiprun.interfaces.records.decision_log import DecisionLog
from hiprun.interfaces.service import ServiceLimits, published, service
from hiprun.interfaces.web import LOCAL_HOSTS, make_server
from hiprun.loading import load


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any that is free.")
@click.option("--log", "log_file", type=click.Path(path_type=Path, dir_okay=False), help="Append every decision here.")
@click.option("--erase", multiple=True, metavar="FACT", help="A fact that is never written to the log; repeatable.")
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
    log_file: Path | None,
    erase: tuple[str, ...],
    base: str,
    most_bytes: int,
    seconds: float,
    settings: tuple[str, ...],
) -> None:
    """Serve the packs at each PATH over HTTP, or the one of hiprun.

    Each pack is at /packs/NAME/VERSION; /openapi.json describes everything.
    There is no encryption and no login: put a proxy that has both in front.
    """
    if erase and log_file is None:
        raise click.UsageError("`--erase` says what is not written to a log; name the log with `--log`.")
    values = named_values(settings, "--set")
    packs = published((load(path).with_parameters(**values) for path in paths or (None,)), base=base)
    log = None if log_file is None else DecisionLog(log_file, erase=erase)
    limits = ServiceLimits(most_bytes=most_bytes, body_seconds=seconds, answer_seconds=seconds)
    application = service(packs, recorder=log, limits=limits, hosts=names_of(host))
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = (error.strerror or "no reason is given").lower()
        raise click.UsageError(f"{host}:{port} cannot be used: {why}.") from error
    with listening:
        for path in packs:
            click.echo(f"http://{host}:{listening.getsockname()[1]}{path}")
        with contextlib.suppress(KeyboardInterrupt):
            make_server(application, patience=2 * seconds).run(sockets=[listening])


def names_of(host: str) -> frozenset[str] | None:
    """Return the names of this machine where only it can reach the address; None, for any, where others can."""
    if host == "localhost":
        return LOCAL_HOSTS
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return LOCAL_HOSTS | {f"[{host}]" if address.version == 6 else host} if address.is_loopback else None
