"""Rules that change while a program runs: a new version is used only once it is known to be good."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.language.rule_files import files_digest, read_files
from hiprun.loading import load
from hiprun.pack import Pack
from hiprun.verification import cases
from hiprun.verification.claims import Claim

UpdateStatus: TypeAlias = Literal["unchanged", "swapped", "refused"]
_MOST_TOLD = 20


@attrs.frozen
class Update:
    """What came of a look at the rule files: `unchanged`, `swapped` for the new pack, or `refused` with the reasons.

    `pack` is the pack that is in use from now on.
    """

    status: UpdateStatus
    pack: Pack
    problems: tuple[Problem, ...] = ()


class PackWatcher:
    """Holds the pack of a running program, and swaps it when its files change.

    A new version is used only if it loads without mistakes, all its cases pass and, with `prove`, everything claimed
    about it is proved, which needs the extra `verify`. Until then, and if not, the old one serves on. `settings` are
    the clinic's own values for parameters. `pack` can be read by any thread at any time: a pack never changes, and the
    swap is a single assignment. A caller that needs the same rules for several questions keeps the pack in a variable.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        prove: bool = True,
        settings: Mapping[str, Any] | None = None,
        cache: bool = True,
    ) -> None:
        """Load the rules; raises `RuleError` if they have mistakes, and looks at nothing else the first time."""
        self._path, self._prove, self._settings, self._cache = os.fspath(path), prove, dict(settings or {}), cache
        self._seen = self._digest()
        self._pack = self._load()
        self._lock = threading.Lock()

    @property
    def pack(self) -> Pack:
        """The pack to decide with now."""
        return self._pack

    def look(self) -> Update:
        """Look at the files once, and return what came of it; takes as long as the proofs do if they have changed."""
        with self._lock:
            seen = self._digest()
            if seen == self._seen:
                return Update("unchanged", self._pack)
            problems: list[Problem]
            try:
                candidate = self._load()
                problems = self._objections(candidate)
            except HiprunError as error:
                problems = list(error.problems)
            if self._digest() != seen:  # somebody is still writing; the next look sees all of it
                return Update("unchanged", self._pack)
            self._seen = seen
            if problems:
                return Update("refused", self._pack, tuple(problems[:_MOST_TOLD]))
            self._pack = candidate
            return Update("swapped", candidate)

    def run(self, stop: threading.Event, *, every: float = 10, tell: Callable[[Update], object] | None = None) -> None:
        """Look again and again, `every` so many seconds, until `stop` is set; meant for a thread of its own.

        `tell` is called with every update that is not `unchanged`.
        """
        while not stop.wait(every):
            update = self.look()
            if tell is not None and update.status != "unchanged":
                tell(update)

    def _digest(self) -> str:
        files, problems = read_files(self._path)
        return f"{files_digest(files)} {sorted(map(str, problems))}"

    def _load(self) -> Pack:
        pack = load(self._path, cache=self._cache)
        return pack.with_parameters(**self._settings) if self._settings else pack

    def _objections(self, pack: Pack) -> list[Problem]:
        failed = [result for result in cases.run_all(pack, pack.model.examples) if not result.passed]
        if failed or not self._prove:
            return [_failed_case(result) for result in failed]
        from hiprun.verification.verify import verify  # needs a prover, which `prove=False` does without

        report = verify(pack)
        problems = [_open_claim(claim) for claim in report.findings()]
        if not problems and not report.ok:
            problems = [Problem("not-proved", "The proofs did not come to their end.", help=" ".join(report.faults))]
        return problems


def _failed_case(result: cases.CaseResult) -> Problem:
    example = result.example
    return Problem("case-failed", f"The case `{example.id}` fails.", place=example.place, help=str(result))


def _open_claim(claim: Claim) -> Problem:
    return Problem("not-proved", claim.message, place=claim.place if claim.place.file else None, help=claim.help)
