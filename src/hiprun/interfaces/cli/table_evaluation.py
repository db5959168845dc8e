"""`hiprun eval --facts TABLE --out TABLE`: decide for every row of a file, however large, a batch at a time."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import attrs
import click

from hiprun.errors import MissingExtraError, Problem
from hiprun.interfaces.cli.console import counted
from hiprun.pack import Pack

try:
    import pyarrow as pa
    import pyarrow.compute as pc

    from hiprun.backends.dataframe.column_checks import BETWEEN
    from hiprun.backends.dataframe.decision_context import REFUSED
    from hiprun.interfaces.cli.cell_parsing import column_domains, joined_reasons, parse_cells
    from hiprun.interfaces.cli.table_files import TableReader, TableWriter, open_table
except ModuleNotFoundError as error:
    if error.name != "pyarrow":
        raise
    help_ = 'Install it with: pip install "hiprun[cli,frame]"'
    raise MissingExtraError(
        [Problem("missing-extra", "Tables of patients need the package pyarrow.", help=help_)]
    ) from None

_MOST_REASONS = 10


def evaluate_cohort(
    pack: Pack, decisions: Sequence[str], columns: Mapping[str, str], facts_file: str, out: str
) -> bool:
    """Write the rows of a table with their decisions into another table; return whether every row was accepted."""
    if Path(out).resolve() == Path(facts_file).resolve():
        raise click.UsageError("--out would overwrite the table that is read; give it another name.")
    work = _TableEvaluation(pack, list(decisions) or list(pack.decisions), columns, out.lower().endswith(".csv"))
    rows, refused = work.write(open_table(Path(facts_file)), Path(out))
    click.echo(f"{counted(rows, 'row')} written to {out}.", err=True)
    if refused:
        click.echo(f"{refused.total():,} of them refused, as their column `refused` says:", err=True)
        for reason, count in refused.most_common(_MOST_REASONS):
            click.echo(f"  {count:,}: {reason}", err=True)
    return not refused


@attrs.frozen
class _TableEvaluation:
    """An evaluation of every row of a table: the decisions, and the columns that contain the facts."""

    pack: Pack
    decisions: Sequence[str]
    columns: Mapping[str, str]
    as_texts: bool

    def write(self, source: TableReader, out: Path) -> tuple[int, Counter[str]]:
        """Write the decided rows; return how many there are, and how many were refused for each reason."""
        rows, refused = 0, Counter[str]()
        bar: Any = nullcontext()
        if sys.stderr.isatty():
            bar = click.progressbar(length=source.length, label="Deciding", file=sys.stderr)
        with TableWriter(out) as writing, bar as progress:
            writing.write(self._with_decisions(source.schema.empty_table()))
            for table, bytes_read in source.batches():
                decided = self._with_decisions(table)
                writing.write(decided)
                rows += decided.num_rows
                refused.update(_reason_counts(decided))
                if progress is not None:
                    progress.update(bytes_read - progress.pos)
        return rows, refused

    def _with_decisions(self, table: Any) -> Any:
        """Return the columns of a table, in CSV as they were written, with those of the decisions."""
        cells = parse_cells(table, column_domains(self.pack.model, self.columns))
        decided = self._evaluate(cells.table)
        original = table if self.as_texts else cells.table
        columns = {name: original.column(name) for name in original.schema.names}
        for name in decided.schema.names:
            if name == REFUSED or name.partition(BETWEEN)[0] in self.decisions:
                column = decided.column(name).combine_chunks()
                if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
                    column = column.cast(pa.string())  # so that all batches have the same types
                columns[name] = column if cells.reasons is None else _with_refusals(name, column, cells.reasons)
        return pa.table(columns)

    def _evaluate(self, table: Any) -> Any:
        """Return a table with its decisions, using Polars if it is installed because it is several times faster."""
        frame = table
        if importlib.util.find_spec("polars") is not None:
            import polars

            frame = polars.DataFrame(table)
        result = self.pack.evaluate_frame(frame, self.decisions, columns=self.columns, on_error="column")
        return result if isinstance(result, pa.Table) else result.to_arrow()


def _with_refusals(name: str, column: Any, reasons: Any) -> Any:
    """Return a new column with the rows refused that have `reasons` for it."""
    if name == REFUSED:
        return joined_reasons(reasons, column)
    value = {"status": "refused", "exact": True}.get(name.rpartition(BETWEEN)[2])
    return pc.if_else(pc.is_valid(reasons), pa.scalar(value, column.type), column)


def _reason_counts(table: Any) -> dict[str, int]:
    counts = pc.value_counts(table.column(REFUSED).drop_null())
    return {entry["values"].as_py(): entry["counts"].as_py() for entry in counts}
