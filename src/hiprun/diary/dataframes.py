"""A dataframe of any library that narwhals reads → its rows as plain values. Only here is narwhals known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.errors import FactError, MissingExtraError, Problem


def is_frame(given: Any) -> bool:
    """Whether something looks like a dataframe: it has named columns."""
    # Asked of the type, since looking at the names of a frame that is yet to be worked out is work.
    return hasattr(type(given), "columns") or hasattr(type(given), "column_names")


def frame_rows(frame: Any, most: int) -> tuple[tuple[str, ...], Iterator[Mapping[str, Any]]]:
    """Return the names of the columns, and at most `most` rows; what is missing in a row is left out of it."""
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
    except Exception as error:  # whatever a library of frames finds wrong with its own
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
    # Missing numbers and times are values that differ from themselves in some of these libraries.
    return {
        name: value
        for name, value in zip(names, row, strict=True)
        if value is not None and not (isinstance(value, float) and value != value) and not _is_missing_time(value)
    }


def _is_missing_time(value: Any) -> bool:
    return type(value).__name__ == "NaTType"
