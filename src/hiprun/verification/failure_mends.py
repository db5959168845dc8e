"""What would mend cases that lack a fact: values for it in the patients that they start from, each of them tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

import attrs

from hiprun.model import Domain, Example
from hiprun.model.value_conversion import plain, public
from hiprun.pack import Pack
from hiprun.verification.cases import CaseResult, run
from hiprun.verification.witness_text import in_file

MOST_TRIALS = 5_000
"""How many cases are run again, in all, to find what mends them."""

_MOST_VALUES = 8


@attrs.frozen
class Mend:
    """Facts to add to a named patient, or to the cases that start from none, where `patient` is empty.

    `mended` are the cases that hold then, of `failed` ones; `broken` are those that fail then and do not now.
    """

    facts: Mapping[str, Any] = attrs.field(hash=False)
    patient: str
    mended: tuple[str, ...]
    failed: int
    broken: tuple[str, ...] = ()

    @property
    def added(self) -> str:
        """The facts as they would be added to a case file."""
        return ", ".join(f"{name}: {in_file(value)}" for name, value in self.facts.items())

    @property
    def sentence(self) -> str:
        """What adding them does, in words."""
        where = f"`{self.patient}`" if self.patient else "the cases that start from no patient"
        broken = f", and breaks {len(self.broken)} other{'s' if len(self.broken) > 1 else ''}" if self.broken else ""
        return f"Adding `{self.added}` to {where} mends {self._count}{broken}."

    @property
    def _count(self) -> str:
        if len(self.mended) < self.failed:
            return f"{len(self.mended)} of {self.failed}"
        return "it" if self.failed == 1 else f"all {self.failed}"

    def to_dict(self) -> dict[str, Any]:
        """Return the mend as plain data for JSON."""
        return {
            "patient": self.patient or None,
            "facts": {name: plain(value) for name, value in self.facts.items()},
            "mended": list(self.mended),
            "failed": self.failed,
            "broken": list(self.broken),
        }


class Trials:
    """Cases run again with more facts, as often as the bound on all of them allows."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._left = MOST_TRIALS

    def mends(
        self, facts: Sequence[str], lacking: Sequence[CaseResult], others: Sequence[CaseResult]
    ) -> Iterator[Mend]:
        """Yield what mends cases that lack `facts`, and `others` that fail, patient by patient: the best for each."""
        by_patient: dict[str, list[Example]] = {}
        for result in lacking:
            by_patient.setdefault(_patient(result.example), []).append(result.example)
        found = []
        for patient, examples in by_patient.items():
            given = self._pack.model.patients.get(patient, {})
            added = [fact for fact in facts if fact not in given]
            also = [each.example for each in others if _patient(each.example) == patient]
            mend = self._best(added, patient, examples, also) if added else None
            if mend:
                found.append(mend)
        yield from sorted(found, key=lambda mend: -len(mend.mended))

    def _best(
        self, facts: Sequence[str], patient: str, lacking: Sequence[Example], also: Sequence[Example]
    ) -> Mend | None:
        """Return the values of facts that mend most of the cases of a patient; None if none mends any."""
        values = {fact: _values(self._pack.model.facts[fact].domain) for fact in facts}
        if not all(values.values()):
            return None
        best = {fact: candidates[0] for fact, candidates in values.items()}
        mended = self._passing(lacking, best)
        for fact, candidates in values.items():
            for value in candidates[1:]:
                if len(mended) == len(lacking):
                    break
                tried = {**best, fact: value}
                passing = self._passing(lacking, tried)
                if len(passing) > len(mended):
                    best, mended = tried, passing
        if not mended:
            return None
        failing = {example.id for example in (*lacking, *also)}
        mended += self._passing(also, best)
        passing_now = [
            example
            for example in self._pack.model.examples
            if patient and _patient(example) == patient and example.id not in failing
        ]
        kept = set(self._passing(passing_now, best))
        broken = [example.id for example in passing_now if example.id not in kept]
        return Mend(best, patient, tuple(mended), len(failing), tuple(broken))

    def _passing(self, examples: Sequence[Example], facts: Mapping[str, Any]) -> list[str]:
        """Return which cases hold with more facts; those that say themselves that a fact is unknown keep to that."""
        if len(examples) > self._left:
            return []
        self._left -= len(examples)
        return [example.id for example in examples if run(self._pack, _with_facts(example, facts)).passed]


def _with_facts(example: Example, facts: Mapping[str, Any]) -> Example:
    added = {name: value for name, value in facts.items() if name not in example.unknown}
    return attrs.evolve(example, facts={**added, **example.facts})


def _patient(example: Example) -> str:
    return example.patient.name if example.patient else ""


def _values(domain: Domain) -> list[Any]:
    """Return values to try for a fact, the calmest first; none for facts that have no usual value."""
    match domain.type:
        case "boolean":
            return [True, False] if domain.worse == "false" else [False, True]
        case "choice":
            names = list(domain.choices)
            return (names[::-1] if domain.worse == "earlier" else names)[:_MOST_VALUES]
        case "set":
            return [[]]
        case "integer" | "number":
            ends = [end for end in (domain.lowest, domain.highest) if end is not None]
            return [public(domain, end) for end in (ends[::-1] if domain.worse == "lower" else ends)]
        case "string" | "date":
            return []
        case _:
            assert_never(domain.type)
