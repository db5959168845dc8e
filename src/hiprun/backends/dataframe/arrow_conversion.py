"""Tables of Arrow: what pandas has is taken as such, and what narwhals cannot say of their lists is said here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw


def as_arrow(frame: nw.DataFrame[Any], columns: Iterable[str]) -> nw.DataFrame[Any]:
    """Return some columns of a frame in memory as an Arrow table, which has one way to say that a value is missing."""
    import pyarrow as pa

    return nw.from_native(pa.table({name: _as_arrow(frame[name]) for name in columns}), eager_only=True)


def _as_arrow(column: nw.Series[Any]) -> Any:
    import pyarrow as pa

    try:
        return column.to_arrow()
    except pa.ArrowException:  # values of several kinds: they are told apart as texts, and refused as such
        unknown = column.is_null().to_list()
        values = zip(column.to_list(), unknown, strict=True)
        return pa.array([None if is_unknown else str(value) for value, is_unknown in values], pa.string())


def odd_lists(column: nw.Series[Any], choices: Iterable[str]) -> nw.Series[Any]:
    """Return in which rows a list holds an entry that is not one of `choices`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = column.to_arrow()
    odd = pc.invert(pc.is_in(pc.list_flatten(lists), value_set=pa.array(list(choices), pa.string())))
    rows = pc.unique(pc.filter(pc.list_parent_indices(lists), odd))
    marked = pc.is_in(pa.array(range(len(lists)), rows.type), value_set=rows)
    return nw.from_native(pa.chunked_array([marked]), series_only=True)
