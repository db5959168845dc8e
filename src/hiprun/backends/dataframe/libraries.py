"""Which library a frame is from, and what is the same for all of them before they are evaluated."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from hiprun.backends.dataframe.arrow_tables import ArrowTable
from hiprun.backends.dataframe.column_names import HELPER
from hiprun.backends.dataframe.evaluate import FrameOptions, Frames, Source
from hiprun.errors import FactError, Problem


def evaluate_frame(frames: Frames, native: Any, decisions: tuple[str, ...], options: FrameOptions) -> Any:
    """Return a frame of any of the libraries with the columns of `decisions`."""
    kind: Any = type(native)
    source = _maker(kind)(native)
    found = source.quickly(frames, decisions, options)
    if found is None:
        _check(source)
        found = frames.evaluate(source, decisions, options)
    return found


def _check(source: Source) -> None:
    if len(set(source.names)) < len(source.names):
        problem = Problem("column-twice", "Two columns of this frame have the same name.", help="Rename one of them.")
        raise FactError([problem])
    taken = next((name for name in source.names if str(name).startswith(HELPER)), None)
    if taken is not None:
        message = f"`{taken}` begins with a prefix that hiprun needs for its own columns."
        raise FactError([Problem("reserved-column", message, help="Rename it.")])


@functools.lru_cache(maxsize=32)
def _maker(kind: Any) -> Callable[[Any], Source]:
    """Return how frames of a class are taken as a source of facts; raise `FactError` if they are not."""
    for name, make in _SOURCES.items():
        if _is(kind, name):
            return make
    help_ = "Pass a Polars, pandas, PyArrow, DuckDB or PySpark table with one row for each patient."
    raise FactError([Problem("no-frame", "This is not a table that can be read.", help=help_)])


def _is(kind: Any, name: str) -> bool:
    """Whether a class is one of those called so, or made from it; without importing its library."""
    package, _, called = name.partition(".")
    return any(part.__module__.partition(".")[0] == package and part.__name__ == called for part in kind.__mro__)


def _polars(native: Any) -> Source:
    from hiprun.backends.dataframe.polars_frames import PolarsFrame

    return PolarsFrame(native)


def _polars_lazy(native: Any) -> Source:
    from hiprun.backends.dataframe.polars_lazy_frames import PolarsLazyFrame

    return PolarsLazyFrame(native)


def _pandas(native: Any) -> Source:
    from hiprun.backends.dataframe.pandas_frames import PandasFrame

    return PandasFrame(native)


def _duckdb(native: Any) -> Source:
    from hiprun.backends.dataframe.duckdb_relations import DuckDBRelation

    return DuckDBRelation(native)


def _spark(native: Any) -> Source:
    from hiprun.backends.dataframe.spark_frames import SparkFrame

    return SparkFrame(native)


_SOURCES: Mapping[str, Callable[[Any], Source]] = {
    "pyarrow.Table": ArrowTable,
    "polars.DataFrame": _polars,
    "polars.LazyFrame": _polars_lazy,
    "pandas.DataFrame": _pandas,
    "duckdb.DuckDBPyRelation": _duckdb,
    "_duckdb.DuckDBPyRelation": _duckdb,
    "pyspark.DataFrame": _spark,
}
