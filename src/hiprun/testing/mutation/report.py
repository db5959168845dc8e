"""The mutation report as values: every mutant with its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.testing.case_generation import CaseDraft
from hiprun.testing.mutation.mutants import Mutant
from hiprun.verification.run_bounds import Stopped

Fate: TypeAlias = Literal["killed", "equivalent", "survived", "unproved", "untried"]

FATES: Mapping[Fate, str] = {
    "killed": "a case fails on it",
    "equivalent": "proved not to change anyone's answer",
    "survived": "some patient gets another answer, and no case notices",
    "unproved": "no case notices, and the budget was too small to find out whether anyone gets another answer",
    "untried": "the run was stopped before",
}
"""The possible results for a mutant, and what they mean."""


@attrs.frozen
class MutantResult:
    """The result for one mutant: its fate, with the id of the case that failed on it or a draft of one that would.

    For a survivor, `by` is the id of a draft for another survivor that would also notice this one. `work` is
    roughly the number of steps that it took to find out.
    """

    fate: Fate
    by: str = ""
    draft: CaseDraft | None = None
    work: int = attrs.field(default=0, eq=False)


@attrs.frozen
class MutationReport:
    """Every mutant of a pack with its result, in the order of the pack.

    `stopped` says why the run ended early, if it did; the remaining mutants are then untried.
    """

    pack: str
    version: str
    digest: str
    results: tuple[tuple[Mutant, MutantResult], ...]
    stopped: Stopped = ""

    @property
    def ok(self) -> bool:
        """Whether the cases notice every fault that changes an answer."""
        return not self.stopped and not self.survivors

    @property
    def survivors(self) -> tuple[tuple[Mutant, MutantResult], ...]:
        """The mutants that no case noticed and that are not proved to be equivalent."""
        return tuple(entry for entry in self.results if entry[1].fate in ("survived", "unproved"))

    def count(self, fate: Fate) -> int:
        """Return the number of mutants with a fate."""
        return sum(result.fate == fate for _, result in self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON; killed mutants are only counted."""
        return {
            "pack": self.pack,
            "version": self.version,
            "digest": self.digest,
            "ok": self.ok,
            "stopped": self.stopped,
            "mutants": len(self.results),
            **{fate: self.count(fate) for fate in FATES},
            "equivalents": [_entry(*entry) for entry in self.results if entry[1].fate == "equivalent"],
            "survivors": [_entry(*entry) for entry in self.survivors],
        }


def _entry(mutant: Mutant, result: MutantResult) -> dict[str, Any]:
    entry = {
        "fate": result.fate,
        "kind": mutant.kind,
        "subject": mutant.subject,
        "before": mutant.before,
        "after": mutant.after,
        "place": str(mutant.place),
    }
    if result.draft:
        entry["case"] = result.draft.text()
    elif result.by:
        entry["noticed_by"] = result.by
    return entry
