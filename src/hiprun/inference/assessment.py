"""The outcomes of several decisions for one patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.inference.outcome import Outcome
from hiprun.model.markup import preformatted


@attrs.frozen
class Assessment(Mapping[str, Outcome]):
    """The outcomes of all decisions for one patient, by the name of the decision, in the order of the pack."""

    outcomes: Mapping[str, Outcome] = attrs.field(hash=False)

    def __getitem__(self, decision: str) -> Outcome:
        try:
            return self.outcomes[decision]
        except KeyError:
            message = f"`{decision}` is not a decision of this pack."
            raise UnknownNameError(
                [Problem("unknown-decision", message, help=did_you_mean(decision, self.outcomes))]
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __contains__(self, decision: object) -> bool:
        return decision in self.outcomes

    def to_dict(self) -> dict[str, Any]:
        """Return all outcomes as plain data, by the name of the decision."""
        return {name: outcome.to_dict() for name, outcome in self.outcomes.items()}

    def __repr__(self) -> str:
        return f"<Assessment {', '.join(f'{name}: {outcome.status}' for name, outcome in self.items())}>"

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.values()))

    def _repr_html_(self) -> str:
        return preformatted(str(self))
