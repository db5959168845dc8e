"""What narwhals cannot say of lists in Arrow tables: in which rows they hold something that is not a choice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw


def odd_lists(column: nw.Series[Any], choices: Iterable[str]) -> nw.Series[Any]:
    """Return in which rows a list holds an entry that is not one of `choices`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = column.to_arrow()
    odd = pc.invert(pc.is_in(pc.list_flatten(lists), value_set=pa.array(list(choices), pa.string())))
    rows = pc.unique(pc.filter(pc.list_parent_indices(lists), odd))
    marked = pc.is_in(pa.array(range(len(lists)), rows.type), value_set=rows)
    return nw.from_native(pa.chunked_array([marked]), series_only=True)
