"""The command `hiprun` with all its subcommands, and how it handles errors.

A subcommand is imported when it is called, and what reports an error when there is one: `--version` needs neither.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from hiprun.version import VERSION

TRACEBACK = "HIPRUN_TRACEBACK"
"""The environment variable that makes hiprun show the traceback of a fault of its own."""

FAULT = 70
"""The conventional exit code for a fault in the program itself."""


NOBODY_READS = 141
"""The conventional exit code when the reader of the output has closed it, as `head` does; nothing is printed."""

UNWRITABLE = 74
"""The exit code when the output cannot be written, for example because a disk is full."""

COMMANDS: Mapping[str, str] = {
    "add": "add",
    "ask": "ask",
    "book": "book",
    "build": "build",
    "check": "check",
    "diff": "diff",
    "dmn": "dmn",
    "eval": "evaluate",
    "explain": "explain",
    "export": "export",
    "facts": "facts",
    "fhir": "fhir",
    "gaps": "gaps",
    "javascript": "javascript",
    "mcp": "mcp",
    "lsp": "lsp",
    "mutate": "mutate",
    "new": "new",
    "page": "page",
    "plan": "plan",
    "replay": "replay_log",
    "schema": "schema",
    "serve": "serve",
    "statements": "statements",
    "table": "table",
    "test": "test",
    "texts": "texts",
    "today": "today",
    "types": "types",
    "verify": "verify",
    "workbench": "workbench",
}
"""The subcommands, each in a module of its name, and the names of their functions."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})


def _has_no_room(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in _NO_ROOM


class Application(click.Group):
    """A group of commands that turns errors into text and exit code 2, and faults of hiprun itself into 70."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        return sorted({*COMMANDS, *self.commands})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a subcommand, imported now if it has not been before."""
        if name in COMMANDS and name not in self.commands:
            module = importlib.import_module(f"hiprun.interfaces.cli.{name}")
            self.commands[name] = getattr(module, COMMANDS[name])
        return super().get_command(context, name)

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line, help included."""
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            if not _has_no_room(error):
                raise
            from hiprun.interfaces.cli import console

            console.close()
            click.echo(f"The output could not be written: {os.strerror(error.errno or 0).lower()}.", err=True)
            sys.exit(UNWRITABLE)

    def invoke(self, context: click.Context) -> Any:
        """Run a subcommand."""
        if os.environ.get("NO_COLOR"):
            context.color = False
        try:
            return super().invoke(context)
        except (click.Abort, KeyboardInterrupt):
            from hiprun.interfaces.cli import console

            click.echo("Interrupted.", err=True)
            context.exit(console.INTERRUPTED)
        except BrokenPipeError:
            from hiprun.interfaces.cli import console

            console.close()
            context.exit(NOBODY_READS)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as fault:
            if _has_no_room(fault):
                raise
            from hiprun.errors import HiprunError
            from hiprun.interfaces.cli import console

            if isinstance(fault, HiprunError):
                console.report(fault)
                context.exit(2)
            if os.environ.get(TRACEBACK):
                raise
            console.report_fault(fault, f"Set {TRACEBACK}=1 to see where it happened.")
            context.exit(FAULT)


@click.group(cls=Application, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(VERSION, prog_name="hiprun")
def application() -> None:
    """Decide, explain and check guidance written as rule files.

    Exit code 0: all is well. 1: something was found (a case fails, a claim
    does not hold). 2: there is a mistake in the rules, the facts or the
    command. 70: a fault in hiprun itself. 74: the output cannot be written
    (a full disk). 130: interrupted. 141: nobody reads the output any more.
    """
