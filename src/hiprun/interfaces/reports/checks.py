"""What a command checked, one by one, as values that every format of a report is made from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import attrs

from hiprun.errors import Problem
from hiprun.model.places import NOWHERE, Place
from hiprun.verification.run_bounds import STOPPED, Stopped

Level: TypeAlias = Literal["passed", "note", "warning", "error"]


@attrs.frozen
class Check:
    """One thing that was checked: `error` makes the command fail, `warning` and `note` do not.

    `suite` groups checks, `code` names the kind of finding, `help` says what to do.
    """

    suite: str
    name: str
    code: str
    level: Level = "passed"
    message: str = ""
    help: str = ""
    place: Place = NOWHERE

    @property
    def text(self) -> str:
        """The message, and what to do."""
        return f"{self.message} {self.help}".strip()


@attrs.frozen
class Report:
    """Everything that one run of a command checked. `folder` leads to the pack from where the command runs."""

    command: str
    checks: tuple[Check, ...]
    folder: str = ""

    @property
    def findings(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if check.level != "passed")

    def path(self, place: Place) -> str:
        """Return the path of a file from where the command runs."""
        return f"{self.folder}/{place.file}" if self.folder else place.file


def folder_of(path: str | None) -> str:
    """Return what leads to the pack at `path`, without the name of the pack itself, which places begin with."""
    if path is None:
        return ""
    folder = os.path.dirname(os.path.normpath(path))
    return folder.replace(os.sep, "/")


def of_problems(problems: Iterable[Problem], notes: Iterable[Problem] = ()) -> Iterator[Check]:
    """Yield a check for each mistake and each note; one that passed if there is no mistake."""
    listed = list(problems)
    if not listed:
        yield Check("rules", "check", "rules")
    for level, entries in (("error", listed), ("note", list(notes))):
        for problem in entries:
            place = problem.place or NOWHERE
            help = f"{problem.help} {problem.elsewhere()}".strip()
            name = f"{problem.code} {place}" if problem.place else problem.code
            yield Check("rules", name, problem.code, _level(level), problem.message, help, place)


def _level(level: str) -> Level:
    return "error" if level == "error" else "note"


def of_faults(faults: Sequence[str]) -> Iterator[Check]:
    """Yield a check for each disagreement inside hiprun itself."""
    yield from (Check("hiprun", f"fault {number}", "fault", "error", fault) for number, fault in enumerate(faults, 1))


def of_stopped(stopped: Stopped, level: Level = "error") -> Iterator[Check]:
    """Yield a check that failed if a run ended early."""
    if stopped:
        yield Check("hiprun", "stopped", "stopped", level, STOPPED[stopped])
