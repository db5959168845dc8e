"""One decision on one batch: what its columns are worked out with."""

from __future__ import annotations

import functools

import attrs

from hiprun.backends.dataframe.bit_planes import Rows, Truth
from hiprun.backends.dataframe.column_names import BETWEEN
from hiprun.backends.dataframe.condition_planes import Circuits
from hiprun.backends.dataframe.diagram_walk import Walker
from hiprun.backends.dataframe.fact_planes import FactPlanes
from hiprun.backends.dataframe.new_columns import Columns, Writer
from hiprun.inference.grounding import Program
from hiprun.model import Decision

REFUSED = "refused"
"""The column that says why a row is refused; null where it is not."""

REASONS = "; "
_MOST_NAMES = 10_000


@attrs.frozen(eq=False)
class Batch:
    """The rows of a batch in front of one decision."""

    program: Program
    facts: FactPlanes
    walker: Walker
    writer: Writer
    circuits: Circuits

    @property
    def rows(self) -> Rows:
        """The rows."""
        return self.facts.rows

    @property
    def decision(self) -> Decision:
        """The decision."""
        return self.program.decision

    def name(self, *parts: str) -> str:
        """Return the name of a column."""
        return column_name(self.decision.name, *parts)


@attrs.frozen(eq=False)
class Answered:
    """The columns of one decision, and in which rows they say all that the interpreter says, exactly."""

    columns: Columns
    exact: Truth


@functools.lru_cache(_MOST_NAMES)
def column_name(decision: str, *parts: str) -> str:
    """Return the name of a new column; ids are written with underscores, which need no quotes anywhere.

    >>> column_name("watering", "too-dry")
    'watering__too_dry'
    """
    return BETWEEN.join([decision, *(part.replace("-", "_") for part in parts)])
