"""What a change of a pack does to its proofs: which claims hold no longer, and which hold now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from hiprun.pack import Pack
from hiprun.verification.claims import Claim
from hiprun.verification.run_bounds import Progress, Stopped, silent
from hiprun.verification.verify import verify


@attrs.frozen
class EffectOnProofs:
    """What is no longer proved, and what is.

    `lost` are claims that were proved and are not any more, `unproved` those that were not made before and do not
    hold, `remaining` those that did not hold before either, `regained` those that hold now and did not. `proved` is
    the number of claims that hold. `faults` are disagreements inside hiprun itself; then nothing here can be relied on.
    """

    proved: int
    lost: tuple[Claim, ...] = ()
    unproved: tuple[Claim, ...] = ()
    remaining: tuple[Claim, ...] = ()
    regained: tuple[Claim, ...] = ()
    faults: tuple[str, ...] = ()
    stopped: Stopped = ""

    @property
    def ok(self) -> bool:
        """Whether every claim about the new version is proved."""
        return not (self.lost or self.unproved or self.remaining or self.faults or self.stopped)

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as plain data for JSON."""
        groups = {"lost": self.lost, "unproved": self.unproved, "remaining": self.remaining, "regained": self.regained}
        return {
            "proved": self.proved,
            **{name: [claim.to_dict() for claim in claims] for name, claims in groups.items()},
            "faults": list(self.faults),
            "stopped": self.stopped,
        }


def effect_on_proofs(old: Pack, new: Pack, progress: Progress = silent) -> EffectOnProofs:
    """Return what a change does to what is proved about a pack; `progress` is told how many decisions are done.

    The old version is asked only about decisions of which something is not proved. Ctrl-C raises `Interrupted`.
    """
    after = verify(new, progress=progress)
    findings = list(after.findings())
    before = _verified(old, {claim.decision for claim in findings}) if findings else ()
    held = {_key(claim): claim.holds for claim in before}
    holds_now = {_key(claim) for claim in after.claims if claim.holds}
    return EffectOnProofs(
        len(holds_now),
        tuple(claim for claim in findings if held.get(_key(claim)) is True),
        tuple(claim for claim in findings if _key(claim) not in held),
        tuple(claim for claim in findings if held.get(_key(claim)) is False),
        tuple(claim for claim in before if not claim.holds and _key(claim) in holds_now),
        after.faults,
        after.stopped,
    )


def _verified(pack: Pack, decisions: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims about decisions that a pack has; the empty name stands for the whole pack."""
    names = set(decisions)
    known = None if "" in names else [name for name in names if name in pack.decisions]
    return verify(pack, known).claims


def _key(claim: Claim) -> tuple[str, str, str]:
    return claim.kind, claim.decision, claim.subject
