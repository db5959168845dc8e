"""Frames of pandas."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
import pandas as pd
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Wrong
from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames
from hiprun.backends.dataframe.mixed_columns import is_mixed, sort
from hiprun.backends.dataframe.new_columns import ColumnType


@attrs.frozen(eq=False)
class PandasFrame:
    """A frame of pandas as a source of facts."""

    native: Any
    is_lazy: ClassVar[bool] = False
    folds_case: ClassVar[bool] = False

    @property
    def names(self) -> Sequence[Any]:
        """The names of its columns."""
        return list(self.native.columns)

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> None:
        """Return nothing: there is no quicker way."""

    def evaluated(self, evaluation: Evaluation) -> Any:
        """Return the frame with the new columns beside its own."""
        frame = self.native
        arrays: dict[str, Any] = {}
        wrong: list[Wrong] = []
        for name, column in evaluation.facts.items():
            array = _array(frame[column])
            if array is None:
                domain = places(evaluation.frames.model)[name].domain
                values, nulls = frame[column].tolist(), frame[column].isna().tolist()
                found = sort(values, nulls, domain, numeric_booleans=evaluation.options.numeric_booleans)
                array = found.values
                wrong += [Wrong(name, what, texts) for what, texts in found.wrong.items()]
            arrays[name] = array
        kernel = evaluation.prepared({name: array.type for name, array in arrays.items()})
        new = evaluation.in_memory(kernel, arrays, len(frame), wrong)
        added = pd.DataFrame(_columns(kernel.types, new))  # copies them, so that none is another as well
        added.index = frame.index
        if not kernel.types.keys().isdisjoint(frame.columns):
            frame = frame.drop(columns=list(new), errors="ignore")
        return pd.concat([frame, added], axis=1)


def _array(column: Any) -> Any:
    """Return a column as Arrow has it; None where its values do not fit together. NaN is a missing value there."""
    if column.dtype == object and is_mixed(column.tolist()):
        return None
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "bf" and len(column):
        found = _without_nulls(np.ascontiguousarray(column.to_numpy()))
        if found is not None:
            return found
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError):
        return None


def _without_nulls(values: Any) -> Any:
    """Return booleans or floats as Arrow has them, a few times as fast as it takes them; None where one is NaN."""
    if values.dtype == np.bool_:
        buffer = pa.py_buffer(np.packbits(values, bitorder="little"))
    elif values.dtype == np.float64 and not np.isnan(values.min()):
        buffer = pa.py_buffer(values)
    else:
        return None
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def _columns(kinds: Mapping[str, ColumnType], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return new columns as pandas has them: labels as categories. Those that are the same are made once."""
    made: dict[int, Any] = {}
    for name, column in new.items():
        if id(column) not in made:
            made[id(column)] = _categories(kinds[name], column) if kinds[name].form == "label" else column.to_pandas()
    return {name: made[id(column)] for name, column in new.items()}


def _categories(kind: ColumnType, column: Any) -> pd.Categorical:
    codes = np.concatenate([chunk.indices.fill_null(-1).to_numpy() for chunk in column.chunks])
    return pd.Categorical.from_codes(codes, dtype=_dtype(kind.labels), validate=False)


@functools.lru_cache(maxsize=256)
def _dtype(labels: tuple[str, ...]) -> pd.CategoricalDtype:
    """Return a type of categories, which takes pandas longer to make than to use."""
    return pd.CategoricalDtype(labels)
