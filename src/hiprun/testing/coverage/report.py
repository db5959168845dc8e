"""The coverage report as values: every part of every rule, with what the cases show about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model.places import Place
from hiprun.verification.run_bounds import Stopped

CoverageKind: TypeAlias = Literal["rule", "test", "threshold"]
State: TypeAlias = Literal["shown", "missing", "impossible", "open"]

KINDS: Mapping[CoverageKind, str] = {
    "rule": "a case fires it",
    "test": "cases in which it alone makes the difference, once by holding and once by not holding",
    "threshold": "cases exactly on it and one step beyond",
}
"""The kinds of parts, and what cases have to show about them."""


@attrs.frozen
class Side:
    """One thing that cases have to show, in words, with the ids of the cases that show it, or a draft that would.

    If it is missing, `by` may be the id of a draft for something else that would also show it. `impossible` means
    proved: there is no such patient. `open` means that the budget did not suffice to decide.
    """

    words: str
    state: State
    by: tuple[str, ...] = ()
    draft: str = ""


@attrs.frozen
class Part:
    """A rule, one of its tests or one of its thresholds, with everything that cases have to show about it."""

    kind: CoverageKind
    subject: str
    words: str
    place: Place
    sides: tuple[Side, ...]

    @property
    def covered(self) -> bool:
        """Whether everything that is possible is shown."""
        return all(side.state in ("shown", "impossible") for side in self.sides)


@attrs.frozen
class CoverageReport:
    """What the cases of a pack show about its rules."""

    pack: str
    version: str
    digest: str
    parts: tuple[Part, ...]
    stopped: Stopped = ""

    @property
    def ok(self) -> bool:
        """Whether everything that is possible is shown."""
        return not self.stopped and all(part.covered for part in self.parts)

    def gaps(self) -> Iterator[Part]:
        """Yield the parts that are not fully covered."""
        return (part for part in self.parts if not part.covered)

    def count(self, kind: CoverageKind) -> tuple[int, int]:
        """Return the number of covered parts of a kind, and of all parts of that kind."""
        parts = [part for part in self.parts if part.kind == kind]
        return sum(part.covered for part in parts), len(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        counts = {}
        for kind in KINDS:
            covered, whole = self.count(kind)
            counts[f"{kind}s"] = {"covered": covered, "of": whole}
        return {
            "pack": self.pack,
            "version": self.version,
            "digest": self.digest,
            "ok": self.ok,
            "stopped": self.stopped,
            **counts,
            "parts": [_entry(part) for part in self.parts],
        }


def _entry(part: Part) -> dict[str, Any]:
    sides = []
    for side in part.sides:
        entry: dict[str, Any] = {"shows": side.words, "state": side.state}
        if side.by:
            entry["by"] = list(side.by)
        if side.draft:
            entry["case"] = side.draft
        sides.append(entry)
    return {
        "kind": part.kind,
        "subject": part.subject,
        "part": part.words,
        "place": str(part.place),
        "covered": part.covered,
        "sides": sides,
    }
