"""Claims that stayed open over all settings: what can be proved of them setting by setting, and refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from hiprun.verification.claims import Claim
from hiprun.verification.parameter_settings import Setting, corners, differences, multiplying
from hiprun.verification.verification_run import Inquiry

Claims = Callable[[Inquiry], Iterable[Claim]]


def settled(inquiry: Inquiry, claims: Claims) -> Iterator[Claim]:
    """Yield claims over all settings; those that stay open say for which settings, one by one, they are proved.

    These are the setting in the rule files, and the ends of the ranges of the parameters that multiply or divide: with
    them formulas are not linear, and the prover may give up. What fails in one of these settings is refuted.
    """
    found = list(claims(inquiry))
    if inquiry.settable and any(claim.status == "unproved" for claim in found):
        model = inquiry.pack.model
        changed = [differences(model, setting) for setting in corners(model, multiplying(model))]
        for setting in ({}, *filter(None, changed)):
            found = _in_one(inquiry, claims, setting, found)
    yield from found


def _in_one(inquiry: Inquiry, claims: Claims, setting: Setting, found: list[Claim]) -> list[Claim]:
    here = Inquiry(inquiry.pack.with_parameters(**setting), inquiry.budget, every_setting=False)
    shown = inquiry.setting(setting)
    by_subject = {(claim.kind, claim.subject): claim for claim in claims(here)}
    inquiry.faults += here.faults
    return [
        _told(claim, by_subject.get((claim.kind, claim.subject)), shown) if claim.status == "unproved" else claim
        for claim in found
    ]


def _told(claim: Claim, here: Claim | None, setting: dict[str, Any]) -> Claim:
    if here is None or here.status == "unproved":
        return claim
    if here.holds:
        return attrs.evolve(claim, holds_at=(*claim.holds_at, setting))
    witnesses = tuple(attrs.evolve(witness, setting=setting) for witness in here.witnesses)
    return attrs.evolve(here, setting=setting, witnesses=witnesses)
