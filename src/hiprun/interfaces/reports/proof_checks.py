"""What proofs and differences between versions show, as checks."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from hiprun.interfaces.reports.checks import Check, Level, of_faults, of_stopped
from hiprun.model.places import NOWHERE
from hiprun.verification.claims import Claim, Verification
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference


def of_claims(report: Verification) -> Iterator[Check]:
    """Yield a check for each claim."""
    for claim in report.claims:
        name = f"{claim.kind} {claim.subject}"
        check = Check(claim.decision or "pack", name, f"claim-{claim.kind}", place=claim.place)
        yield check if claim.holds else attrs.evolve(check, level="error", message=_claim_text(claim), help=claim.help)
    yield from of_faults(report.faults)
    yield from of_stopped(report.stopped)


def _claim_text(claim: Claim) -> str:
    cases = "".join(f"\n{witness.case}" for witness in claim.witnesses[:1])
    return f"{claim.message or f'{claim.subject} is {claim.status}.'}{cases}"


def of_difference(difference: Difference, fail_on: str | None) -> Iterator[Check]:
    """Yield a check for each decision that is the same, and for each change of an answer."""
    for each in difference.decisions:
        suite = each.decision or "patients"
        if each.status == "equivalent":
            yield Check(suite, "unchanged", "answer-changed")
        for change in each.changes:
            yield _changed(suite, each, change, fail_on)
        if each.status in ("removed", "incomparable", "unproved") or not each.complete:
            level: Level = "error" if fail_on else "warning"
            message = " ".join(each.notes) or f"`{suite}` is {each.status}, or more changed than is listed."
            yield Check(suite, each.status, "answer-open", level, message)
    yield from of_faults(difference.faults)
    yield from of_stopped(difference.stopped, "error" if fail_on else "warning")


def _changed(suite: str, each: DecisionDifference, change: AnswerChange, fail_on: str | None) -> Check:
    calmer = change.direction in ("calmer", "mixed")
    level: Level = "error" if fail_on == "any" or (fail_on and calmer) else "warning" if calmer else "note"
    rules = (*change.rules_after, *change.rules_before)
    place = next((rule.place for rule in rules if rule.place.file), NOWHERE)
    message = f"{change.what}: {change.direction}.{f' Case:{chr(10)}{change.case}' if change.case else ''}"
    return Check(suite, change.what, f"answer-{change.direction}", level, message, "", place)
