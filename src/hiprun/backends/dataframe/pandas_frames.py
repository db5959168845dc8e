"""Frames of pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import pandas as pd
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Wrong
from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames
from hiprun.backends.dataframe.mixed_columns import is_mixed, sort


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
        added = pa.table(dict(new)).to_pandas()
        added.index = frame.index
        return pd.concat([frame.drop(columns=list(new), errors="ignore"), added], axis=1)


def _array(column: Any) -> Any:
    """Return a column as Arrow has it; None where its values do not fit together. NaN is a missing value there."""
    if column.dtype == object and is_mixed(column.tolist()):
        return None
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError):
        return None
