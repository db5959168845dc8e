"""Tables of Arrow: what pandas has is taken as such, and what narwhals cannot say of their lists is said here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw


def arrow_columns(frame: nw.DataFrame[Any], columns: Iterable[str]) -> dict[str, Any]:
    """Return columns of a frame of pandas as Arrow has them; those whose values do not fit together are left out."""
    import pyarrow as pa

    found: dict[str, Any] = {}
    for name in sorted(columns):
        try:
            found[name] = frame[name].to_arrow()
        except (pa.ArrowException, OverflowError):
            continue
    return found


def arrow_table(columns: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """Return columns as an Arrow table, which has one way to say that a value is missing."""
    import pyarrow as pa

    return nw.from_native(pa.table(dict(columns)), eager_only=True)


def odd_lists(column: nw.Series[Any], choices: Iterable[str]) -> nw.Series[Any]:
    """Return in which rows a list holds an entry that is not one of `choices`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = column.to_arrow()
    odd = pc.invert(pc.is_in(pc.list_flatten(lists), value_set=pa.array(list(choices), pa.string())))
    rows = pc.unique(pc.filter(pc.list_parent_indices(lists), odd))
    marked = pc.is_in(pa.array(range(len(lists)), rows.type), value_set=rows)
    return nw.from_native(pa.chunked_array([marked]), series_only=True)
