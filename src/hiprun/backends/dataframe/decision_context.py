"""One decision on one frame: what its columns are worked out with."""

from __future__ import annotations

import attrs

from hiprun.backends.dataframe.column_names import BETWEEN
from hiprun.backends.dataframe.condition_expressions import Circuits
from hiprun.backends.dataframe.diagram_evaluation import Walker
from hiprun.backends.dataframe.fact_columns import FrameFacts
from hiprun.backends.dataframe.output_expressions import Columns, Writer
from hiprun.backends.dataframe.subexpression_columns import Sheet, Truth
from hiprun.inference.grounding import Program
from hiprun.model import Decision

REFUSED = "refused"
"""The column that says why a row is refused; null where it is not."""

REASONS = "; "


@attrs.frozen
class Rows:
    """The rows of a frame in front of one decision."""

    program: Program
    sheet: Sheet
    facts: FrameFacts
    walker: Walker
    writer: Writer
    circuits: Circuits

    @property
    def decision(self) -> Decision:
        """The decision."""
        return self.program.decision

    def name(self, *parts: str) -> str:
        """Return the name of a column."""
        return column_name(self.decision.name, *parts)


@attrs.frozen
class Answered:
    """The columns of one decision, and in which rows they say all that the interpreter says, exactly."""

    columns: Columns
    exact: Truth


def column_name(decision: str, *parts: str) -> str:
    """Return the name of a new column; ids are written with underscores, which need no quotes anywhere.

    >>> column_name("watering", "too-dry")
    'watering__too_dry'
    """
    return BETWEEN.join([decision, *(part.replace("-", "_") for part in parts)])
