"""What the prover found, as part of a book."""

from __future__ import annotations

import attrs

from hiprun.interfaces.book.contents import Book, Proofs, ProvedKind
from hiprun.verification.claims import KINDS, Verification


def with_proofs(book: Book, report: Verification) -> Book:
    """Return a book with what was proved about its pack, and what was found."""
    kinds = []
    for kind, title in KINDS.items():
        claims = [claim for claim in report.claims if claim.kind == kind]
        findings = tuple(claim.message or claim.subject for claim in claims if not claim.holds)
        if claims:
            kinds.append(ProvedKind(title, len(claims), len(claims) - len(findings), findings))
    status = {claim.subject: claim.status for claim in report.claims if claim.kind == "property"}
    return attrs.evolve(
        book,
        proofs=Proofs(bool(report.parameters), report.ok, tuple(kinds)),
        properties=tuple(attrs.evolve(entry, status=status.get(entry.id, "")) for entry in book.properties),
    )
