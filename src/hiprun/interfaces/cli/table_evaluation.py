"""`hiprun eval --facts TABLE --out TABLE`: decide for every row of a file, however large, a batch at a time."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import attrs
import click

from hiprun.errors import ColumnWarning, MissingExtraError, Problem
from hiprun.interfaces.cli.console import counted
from hiprun.pack import Pack

try:
    import pyarrow as pa
    import pyarrow.compute as pc

    from hiprun.backends.dataframe.column_names import BETWEEN, fact_columns, near_misses
    from hiprun.backends.dataframe.decision_context import REFUSED
    from hiprun.interfaces.cli.cell_parsing import column_domains, joined_reasons, parse_cells
    from hiprun.interfaces.cli.table_files import DELIMITERS, TableReader, TableWriter, open_table
except ModuleNotFoundError as error:
    if error.name != "pyarrow":
        raise
    help_ = 'Install it with: pip install "hiprun[cli,frame]"'
    raise MissingExtraError(
        [Problem("missing-extra", "Tables of patients need the package pyarrow.", help=help_)]
    ) from None

_MOST_REASONS = 10


@attrs.frozen
class TableOptions:
    """Which columns contain the facts, whether 1 and 0 are truths, and whether answers may replace columns."""

    columns: Mapping[str, str] = attrs.field(factory=dict)
    numeric_booleans: bool = False
    overwrite: bool = False


def evaluate_cohort(pack: Pack, decisions: Sequence[str], options: TableOptions, facts_file: str, out: str) -> bool:
    """Write the rows of a table with their decisions into another table; return whether every row was accepted."""
    if Path(out).resolve() == Path(facts_file).resolve():
        raise click.UsageError("--out would overwrite the table that is read; give it another name.")
    as_texts = Path(out).suffix.lower() in DELIMITERS
    work = _TableEvaluation(pack, list(decisions) or list(pack.decisions), options, as_texts)
    source = open_table(Path(facts_file))
    _print_fact_columns(pack, source.schema.names, options.columns)
    rows, refused = work.write(source, Path(out))
    click.echo(f"{counted(rows, 'row')} written to {out}.", err=True)
    if refused:
        click.echo(f"{refused.total():,} of them refused; the column `refused` says why:", err=True)
        for reason, count in refused.most_common(_MOST_REASONS):
            click.echo(f"  {count:,}: {reason}", err=True)
    return not refused


def _print_fact_columns(pack: Pack, columns: Sequence[str], names: Mapping[str, str]) -> None:
    """Print on standard error which columns facts are taken from, and which were probably meant as facts."""
    column_of_fact = fact_columns(pack.model, columns, names)
    if not column_of_fact:
        return  # an error reports that
    fact_list = ", ".join(
        name if name == column else f"{name} (from `{column}`)" for name, column in column_of_fact.items()
    )
    columns_used = len(set(column_of_fact.values()))
    click.echo(f"Facts are taken from {columns_used} of {counted(len(columns), 'column')}: {fact_list}.", err=True)
    for near_miss in near_misses(pack.model, columns, names):
        click.echo(str(near_miss), err=True)


@attrs.frozen
class _TableEvaluation:
    """An evaluation of every row of a table: the decisions, and how to read the table."""

    pack: Pack
    decisions: Sequence[str]
    options: TableOptions
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
        wanted = column_domains(self.pack.model, self.options.columns)
        cells = parse_cells(table, wanted, numeric_booleans=self.options.numeric_booleans)
        decided = self._evaluate(cells.table)
        original = table if self.as_texts else cells.table
        columns = {name: original.column(name) for name in original.schema.names}
        for name in decided.schema.names:
            if name == REFUSED or name.partition(BETWEEN)[0] in self.decisions:
                column = decided.column(name).combine_chunks()
                if pa.types.is_dictionary(column.type):
                    column = column.cast(pa.string())
                columns[name] = column if cells.reasons is None else _with_refusals(name, column, cells.reasons)
        return pa.table(columns)

    def _evaluate(self, table: Any) -> Any:
        """Return a table with its decisions."""
        options = self.options
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ColumnWarning)  # that is said once, for the whole file
            return self.pack.evaluate_frame(
                table,
                self.decisions,
                columns=options.columns,
                on_error="column",
                numeric_booleans=options.numeric_booleans,
                overwrite=options.overwrite,
            )


def _with_refusals(name: str, column: Any, reasons: Any) -> Any:
    """Return a new column with the rows refused that have `reasons` for it."""
    if name == REFUSED:
        return joined_reasons(reasons, column)
    value = {"status": "refused", "exact": True}.get(name.rpartition(BETWEEN)[2])
    return pc.if_else(pc.is_valid(reasons), pa.scalar(value, column.type), column)


def _reason_counts(table: Any) -> dict[str, int]:
    counts = pc.value_counts(table.column(REFUSED).drop_null())
    return {entry["values"].as_py(): entry["counts"].as_py() for entry in counts}
