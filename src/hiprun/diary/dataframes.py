"""A dataframe of any library that narwhals supports → its rows as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.errors import FactError, MissingExtraError, Problem


def is_frame(given: Any) -> bool:
    """Whether something looks like a dataframe: it has named columns."""
    # Ask the type: looking up the names of a lazy frame can be expensive.
    return hasattr(type(given), "columns") or hasattr(type(given), "column_names")


def frame_rows(frame: Any, most: int) -> tuple[tuple[str, ...], Iterator[Mapping[str, Any]]]:
    """Return the names of the columns, and at most `most` rows without their missing values."""
    try:
        import narwhals as nw
    except ImportError:
        raise MissingExtraError(
            [
                Problem(
                    "missing-extra",
                    "Diaries in dataframes need the package narwhals.",
                    help='Install it with: pip install "hiprun[frame]"',
                )
            ]
        ) from None
    try:
        native = nw.from_native(frame)
        table = native.head(most)
        if isinstance(table, nw.LazyFrame):
            table = table.collect()
        names = tuple(str(name) for name in table.columns)
        rows = table.rows()
    except Exception as error:  # a dataframe library can raise anything
        raise FactError(
            [
                Problem(
                    "diary-shape",
                    "This dataframe cannot be read.",
                    help="Pass a dataframe with one row for each entry.",
                )
            ]
        ) from error
    return names, (_present(names, row) for row in rows)


def _present(names: tuple[str, ...], row: tuple[Any, ...]) -> Mapping[str, Any]:
    # In some of these libraries, missing numbers and times are values that do not equal themselves.
    return {
        name: value
        for name, value in zip(names, row, strict=True)
        if value is not None and not (isinstance(value, float) and value != value) and not _is_missing_time(value)
    }


def _is_missing_time(value: Any) -> bool:
    return type(value).__name__ == "NaTType"
