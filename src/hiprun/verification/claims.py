"""What comes of a proof: claims about all patients, each proved, refuted with an example patient, or left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_conversion import plain
from hiprun.verification.run_bounds import Stopped

ClaimStatus: TypeAlias = Literal["proved", "refuted", "vacuous", "unproved"]

ClaimKind: TypeAlias = Literal[
    "rule-can-fire",
    "rule-can-matter",
    "part-can-decide",
    "always-an-answer",
    "bands-meet",
    "gap-as-meant",
    "no-conflict",
    "bounds-agree",
    "value-reachable",
    "worse-never-calmer",
    "unknown-never-calmer",
    "no-match-never-calmer",
    "constraint-possible",
    "used",
    "property",
]

KINDS: Mapping[ClaimKind, str] = {
    "rule-can-fire": "every rule can apply",
    "rule-can-matter": "every rule can matter",
    "part-can-decide": "every part of a condition can decide",
    "always-an-answer": "nobody is left without an answer",
    "bands-meet": "bands of a number meet, except for one gap and intended ones",
    "gap-as-meant": "a gap that is named as intended is a gap",
    "no-conflict": "rules do not contradict each other",
    "bounds-agree": "bounds can be met together",
    "value-reachable": "every choice of an output can be an answer",
    "worse-never-calmer": "worse facts never give calmer answers",
    "unknown-never-calmer": "a missing answer never gives a calmer answer",
    "no-match-never-calmer": "an output without a value never gives a calmer answer",
    "constraint-possible": "constraints leave patients, and rule some out",
    "used": "everything that is declared is used",
    "property": "what must hold for every patient",
}
"""The kinds of claims, and what each of them says."""


@attrs.frozen
class RuleName:
    """A rule, and its place."""

    decision: str
    id: str
    place: Place = attrs.field(default=NOWHERE, eq=False)

    def __str__(self) -> str:
        return f"{self.decision}.{self.id} ({self.place})" if self.place.file else f"{self.decision}.{self.id}"

    def to_dict(self) -> dict[str, str]:
        """Return the rule as plain data for JSON."""
        return {"decision": self.decision, "rule": self.id, "place": str(self.place)}


@attrs.frozen
class Witness:
    """An example patient who shows something. The facts named in `matters` come first; all others have ordinary values.

    `concerned` names the facts that affect the answers; the rest only complete the patient.
    `answers` gives the answers for this patient, in the words of the rule files, by decision; `case` is the patient
    as an entry of a case file. `setting` holds the parameters that are not as in the rule files.
    """

    facts: Mapping[str, Any] = attrs.field(hash=False)
    matters: tuple[str, ...]
    concerned: tuple[str, ...]
    answers: Mapping[str, str] = attrs.field(hash=False)
    case: str = attrs.field(repr=False)
    setting: Mapping[str, Any] = attrs.field(factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the patient as plain data for JSON."""
        return {
            "setting": _plain(self.setting),
            "facts": {name: plain(value) for name, value in self.facts.items()},
            "matters": list(self.matters),
            "concerned": list(self.concerned),
            "answers": dict(self.answers),
            "case": self.case,
        }


@attrs.frozen
class Claim:
    """A statement about all patients, and whether it was proved.

    `vacuous` is a promise whose condition no patient meets, `unproved` a claim for which the budget was too small,
    or of which `message` says why it is open; neither is a success. `rules` are those responsible. `setting` holds the
    parameters that are not as in the rule files where a claim does not hold. `holds_at` names settings, in the same
    way, for which a claim that stayed open was proved each on its own: of those between them it says nothing.
    """

    kind: ClaimKind
    subject: str
    status: ClaimStatus
    message: str = ""
    help: str = ""
    decision: str = ""
    rules: tuple[RuleName, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False)
    setting: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    holds_at: tuple[Mapping[str, Any], ...] = attrs.field(default=(), hash=False)

    @property
    def holds(self) -> bool:
        """Whether the claim is proved."""
        return self.status == "proved"

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain data for JSON."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "decision": self.decision,
            "status": self.status,
            "message": self.message,
            "help": self.help,
            "place": str(self.place) if self.place.file else None,
            "setting": _plain(self.setting),
            "holds_at": [_plain(setting) for setting in self.holds_at],
            "rules": [rule.to_dict() for rule in self.rules],
            "witnesses": [witness.to_dict() for witness in self.witnesses],
        }


def _plain(setting: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in setting.items()}


@attrs.frozen
class Verification:
    """Everything that was claimed about a pack.

    `faults` are disagreements inside hiprun itself; if there are any, do not rely on anything here. `seconds` says for
    each decision how long it took (under the empty name: what belongs to no decision). `stopped` says why the run ended
    early, if it did: some claims are then open or missing. `parameters` are those that were set
    to everything in their range, each with its ends; all others are as in the pack.
    """

    pack: str
    version: str
    digest: str
    claims: tuple[Claim, ...]
    faults: tuple[str, ...] = ()
    seconds: Mapping[str, float] = attrs.field(factory=dict, eq=False)
    parameters: Mapping[str, tuple[Any, Any]] = attrs.field(factory=dict, hash=False)
    stopped: Stopped = ""

    def __repr__(self) -> str:
        open_ = len([*self.findings()])
        return f"<Verification {self.pack} {self.version}: {len(self.claims)} claims, {open_} not proved>"

    @property
    def ok(self) -> bool:
        """Whether every claim is proved."""
        return not self.stopped and not self.faults and all(claim.holds for claim in self.claims)

    def findings(self) -> Iterator[Claim]:
        """Yield the claims that are not proved."""
        return (claim for claim in self.claims if not claim.holds)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        return {
            "pack": self.pack,
            "version": self.version,
            "digest": self.digest,
            "ok": self.ok,
            "parameters": {name: [plain(end) for end in ends] for name, ends in self.parameters.items()},
            "claims": [claim.to_dict() for claim in self.claims],
            "faults": list(self.faults),
            "stopped": self.stopped,
            "seconds": {name: round(seconds, 3) for name, seconds in self.seconds.items()},
        }
