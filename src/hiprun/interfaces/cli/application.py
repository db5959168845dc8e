"""The command `hiprun` with all its subcommands, and how it handles errors."""

from __future__ import annotations

import os
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
from hiprun.interfaces.cli.mutate import mutate
from hiprun.interfaces.cli.plan import plan
from hiprun.interfaces.cli.schema import schema
from hiprun.interfaces.cli.statements import statements
from hiprun.interfaces.cli.test import test
from hiprun.interfaces.cli.today import today
from hiprun.interfaces.cli.verify import verify
from hiprun.version import VERSION

TRACEBACK = "HIPRUN_TRACEBACK"
"""The environment variable that shows where a fault of hiprun itself happened."""

FAULT = 70
"""The customary exit code for a fault in the program itself."""

INTERRUPTED = 130
"""The customary exit code after Ctrl-C; it does not mean that something was found."""


class Application(click.Group):
    """A group of commands that turns errors into text and exit code 2, and faults of hiprun itself into 70."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        if os.environ.get("NO_COLOR"):
            context.color = False
        try:
            return super().invoke(context)
        except HiprunError as error:
            console.report(error.problems)
            context.exit(2)
        except (click.Abort, KeyboardInterrupt):
            context.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as fault:
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
    command. 70: a fault in hiprun itself. 130: interrupted.
    """


COMMANDS = (
    evaluate, explain, today, plan, ask, facts, check, test, mutate, verify, diff, statements, schema, export,
)  # fmt: skip

for command in COMMANDS:
    application.add_command(command)
