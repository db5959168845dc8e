"""The command `hiprun` with all its subcommands, and how it handles errors."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click

from hiprun.errors import HiprunError
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.ask import ask
from hiprun.interfaces.cli.check import check
from hiprun.interfaces.cli.diff import diff
from hiprun.interfaces.cli.eval import evaluate
from hiprun.interfaces.cli.explain import explain
from hiprun.interfaces.cli.export import export
from hiprun.interfaces.cli.facts import facts
from hiprun.interfaces.cli.gaps import gaps
from hiprun.interfaces.cli.mutate import mutate
from hiprun.interfaces.cli.plan import plan
from hiprun.interfaces.cli.schema import schema
from hiprun.interfaces.cli.statements import statements
from hiprun.interfaces.cli.test import test
from hiprun.interfaces.cli.today import today
from hiprun.interfaces.cli.verify import verify
from hiprun.version import VERSION

TRACEBACK = "HIPRUN_TRACEBACK"
"""The environment variable that makes hiprun show the traceback of a fault of its own."""

FAULT = 70
"""The conventional exit code for a fault in the program itself."""


NOBODY_READS = 141
"""The conventional exit code when the reader of the output has closed it, as `head` does; nothing is printed."""

UNWRITABLE = 74
"""The exit code when the output cannot be written, for example because a disk is full."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})


def _has_no_room(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in _NO_ROOM


class Application(click.Group):
    """A group of commands that turns errors into text and exit code 2, and faults of hiprun itself into 70."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line, help included."""
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            if not _has_no_room(error):
                raise
            console.close()
            click.echo(f"The output could not be written: {os.strerror(error.errno or 0).lower()}.", err=True)
            sys.exit(UNWRITABLE)

    def invoke(self, context: click.Context) -> Any:
        """Run a subcommand."""
        if os.environ.get("NO_COLOR"):
            context.color = False
        try:
            return super().invoke(context)
        except HiprunError as error:
            console.report(error)
            context.exit(2)
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            context.exit(console.INTERRUPTED)
        except BrokenPipeError:
            console.close()
            context.exit(NOBODY_READS)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as fault:
            if _has_no_room(fault):
                raise
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


COMMANDS = (
    evaluate, explain, today, plan, ask, facts, check, test, mutate, verify, gaps, diff, statements, schema, export,
)  # fmt: skip

for command in COMMANDS:
    application.add_command(command)
