"""The facts that a diary gives, with the entries behind each; usable wherever facts are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.inference.explanation import Explanation
from hiprun.model.value_conversion import plain
from hiprun.model.value_notation import notation

_MOST_SHOWN = 4


@attrs.frozen
class Noted:
    """An entry that a fact comes from: its kind, its time, its number in the diary, and its line in a file or 0."""

    what: str
    when: datetime.datetime | datetime.date
    number: int
    line: int = 0

    def __str__(self) -> str:
        when = self.when.isoformat()
        if isinstance(self.when, datetime.datetime):
            when = self.when.isoformat(" ", "minutes")
        return f"{self.what} {when} ({f'line {self.line}' if self.line else f'entry {self.number}'})"

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain data for JSON."""
        return {"what": self.what, "when": self.when.isoformat(), "number": self.number, "line": self.line}


@attrs.frozen(eq=False)
class DiaryFacts(Mapping[str, Any]):
    """Facts from a diary: a mapping like any other facts, which also knows where they come from.

    `values` holds exact values, and bounds such as `{"at_least": 3}` where no more can be said. `origins` names the
    entries that each came from, `measures` how. `unknown` says, for every other fact that a diary can give, why this
    one does not give it; `open` says the same for facts that are known in part.
    """

    values_: Mapping[str, Any]
    at: datetime.datetime
    origins: Mapping[str, tuple[Noted, ...]] = attrs.field(factory=dict)
    measures: Mapping[str, str] = attrs.field(factory=dict)
    unknown: Mapping[str, str] = attrs.field(factory=dict)
    open: Mapping[str, str] = attrs.field(factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def __repr__(self) -> str:
        return f"<DiaryFacts {notation(dict(self.values_))}>"

    def explain_origin(self, name: str) -> str:
        """Return one line on where a fact comes from; empty if it was given by the caller or no diary can give it."""
        if name in self.unknown:
            return f"{self.measures[name]}: {self.unknown[name]}"
        if name not in self.origins:
            return ""
        found = self.origins[name]
        shown = [str(entry) for entry in found[-_MOST_SHOWN:]]
        more = [f"and {len(found) - _MOST_SHOWN} before"] if len(found) > _MOST_SHOWN else []
        because = [self.open[name]] if name in self.open else []
        return ": ".join(filter(None, (self.measures[name], "; ".join([*because, *shown, *more]))))

    def tell(self, explanation: Explanation) -> Explanation:
        """Return an explanation that also says where the facts come from."""
        return attrs.evolve(
            explanation,
            facts=tuple(attrs.evolve(fact, origin=self.explain_origin(fact.name)) for fact in explanation.facts),
            decisions=tuple(map(self.tell, explanation.decisions)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data for JSON."""
        return {
            "at": self.at.isoformat(),
            "facts": {name: plain(value) for name, value in self.values_.items()},
            "origins": {name: [entry.to_dict() for entry in entries] for name, entries in self.origins.items()},
            "unknown": dict(self.unknown),
        }
