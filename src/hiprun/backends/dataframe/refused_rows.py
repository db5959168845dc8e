"""Rows that cannot be taken → one error that counts them, with a sample of each kind."""

from __future__ import annotations

from typing import Any

import attrs

from hiprun.backends.dataframe.batch_evaluation import Evaluated, Refusal
from hiprun.errors import FactError, Problem
from hiprun.inference.facts import shown

SAMPLES = 3


@attrs.define
class _Kind:
    """Rows that are refused for the same reason: how many, and the first of them in words."""

    refusal: Refusal
    count: int = 0
    samples: list[str] = attrs.field(factory=list)


class Tally:
    """Counts refused rows over batches. Rows are `numbered` where the frame says which is the first."""

    def __init__(self, *, numbered: bool) -> None:
        self.numbered = numbered
        self.total = 0
        self._kinds: dict[tuple[str, str, str], _Kind] = {}

    def add(self, batch: Evaluated) -> None:
        """Count the rows of one more batch."""
        for refusal in batch.refusals:
            rows = batch.rows.indexes(refusal.test)
            kind = self._kind(attrs.evolve(refusal, test=True, sample=None))
            kind.count += len(rows)
            for row in rows[: SAMPLES - len(kind.samples)].tolist():
                kind.samples += self._sample(refusal, row)
        self.total += batch.rows.length

    def join(self, other: Tally) -> None:
        """Count what another one counted, of rows without numbers."""
        for entry in other._kinds.values():
            kind = self._kind(entry.refusal)
            kind.count += entry.count
            kind.samples += entry.samples[: SAMPLES - len(kind.samples)]
        self.total += other.total

    def _kind(self, refusal: Refusal) -> _Kind:
        return self._kinds.setdefault((refusal.code, refusal.words, refusal.subject), _Kind(refusal))

    def _sample(self, refusal: Refusal, row: int) -> list[str]:
        value = "" if refusal.sample is None else _shown(refusal.sample[row].as_py())
        if not self.numbered:
            return [value] if value else []
        place = f"row {self.total + row:,}"
        return [f"{value} in {place}" if value else place]

    def raise_problems(self) -> None:
        """Raise `FactError` if any row is refused."""
        if self._kinds:
            kinds = sorted(self._kinds.values(), key=lambda kind: kind.refusal.place)
            raise FactError([self._problem(kind) for kind in kinds])

    def _problem(self, kind: _Kind) -> Problem:
        refusal = kind.refusal
        sample = f", such as {', '.join(kind.samples)}" if kind.samples else ""
        sample += ", counted from 0" if self.numbered else ""
        message = f"{refusal.words} (in {kind.count:,} of {self.total:,} rows{sample})"
        return Problem(refusal.code, message, help=refusal.help, subject=refusal.subject)


def _shown(value: Any) -> str:
    return f"[{', '.join(map(shown, value[:SAMPLES]))}]" if isinstance(value, list) else shown(value)
