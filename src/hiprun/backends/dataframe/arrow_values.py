"""Columns of Arrow → conditions, numbers, days, texts and members of sets, where they lie in memory if that is possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hiprun.backends.dataframe.bit_planes import Numbers, Plane, Rows, Truth

_FIRST_DAY = 719_163
"""The ordinal of the day from which Arrow counts."""
_IN_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_LARGEST = (1 << 63) - 1


def one_chunk(column: Any) -> Any:
    """Return a column as one array."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [_empty(column.type)])
    return column


def _empty(kind: Any) -> Any:
    return pa.array([], kind)


def valid(rows: Rows, array: Any) -> Truth:
    """Return where a column has a value."""
    if array.null_count == 0:
        return True
    if array.null_count == len(array):
        return False
    buffer = array.buffers()[0]
    if buffer is None:  # nulls of a union, or within a dictionary
        return rows.plane(pc.is_valid(array).to_numpy(zero_copy_only=False))
    return _bits(rows, buffer, array.offset)


def truths(rows: Rows, array: Any) -> Plane:
    """Return where a column of booleans is true; anything where it has no value."""
    return _bits(rows, array.buffers()[1], array.offset)


def _bits(rows: Rows, buffer: Any, offset: int) -> Plane:
    packed = np.frombuffer(buffer, np.uint8)
    start, shift = divmod(offset, 8)
    needed = -(-rows.length // 8)
    if not shift:
        return packed[start : start + needed]
    flags = np.unpackbits(packed[start : start + needed + 1], bitorder="little")[shift : shift + rows.length]
    return np.packbits(flags, bitorder="little")


def numbers(array: Any) -> Numbers:
    """Return a column of numbers as floats, or whole numbers of 64 bits; anything where it has no value."""
    kind = array.type
    if pa.types.is_decimal(kind):
        array = array.cast(pa.float64())
    elif pa.types.is_float16(kind):
        array = pa.array(_stored(array).astype(np.float64))
    found = _stored(array)
    if found.dtype.kind == "f":
        return found.astype(np.float64, copy=False)
    too_large = found.dtype == np.uint64 and bool((found > _LARGEST).any())
    return found.astype(np.float64 if too_large else np.int64, copy=False)


def _stored(array: Any) -> Numbers:
    dtype: Any = array.type.to_pandas_dtype()
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array), dtype)
    return np.frombuffer(buffer, dtype)[array.offset : array.offset + len(array)]


def days(array: Any) -> tuple[Numbers, NDArray[np.bool_] | None]:
    """Return a column of dates or moments as the ordinals of their days, and where a moment is not midnight."""
    kind = array.type
    if pa.types.is_date32(kind):
        return _counted(array, pa.int32()).astype(np.int64) + _FIRST_DAY, None
    unit = "ms"
    if pa.types.is_timestamp(kind):
        unit = kind.unit
        if kind.tz is not None:
            array = pc.local_timestamp(array)
    found, clock = np.divmod(_counted(array, pa.int64()), _IN_A_DAY[unit])
    return found + _FIRST_DAY, clock != 0


def _counted(array: Any, kind: Any) -> Numbers:
    return _stored(array.view(kind))


class Texts:
    """A column of texts, and where they are what is asked for; as a dictionary, each of its texts is asked once."""

    def __init__(self, rows: Rows, array: Any) -> None:
        self.rows = rows
        self._labels: Sequence[str] | None = None
        if pa.types.is_dictionary(array.type):
            self._labels = array.dictionary.to_pylist()
            array = array.indices.fill_null(0)
            self._codes = _stored(array)
        elif array.type == pa.string_view():
            array = array.cast(pa.large_string())
        self._array = array

    def at(self, indexes: Numbers) -> list[Any]:
        """Return the texts of some rows."""
        found: list[Any] = self._array.take(pa.array(indexes)).to_pylist()
        return found if self._labels is None else [self._labels[code] for code in found]

    def equal(self, text: str) -> Truth:
        """Return where a text is this one; anything where there is none."""
        return self._where(lambda label: label == text, pc.equal, text)

    def before(self, text: str) -> Truth:
        """Return where a text comes before another, by the order of their characters."""
        return self._where(lambda label: label < text, pc.less, text)

    def longer(self, characters: int) -> Truth:
        """Return where a text has more characters than that."""
        return self._where(lambda label: len(label) > characters, lambda a, b: pc.greater(pc.utf8_length(a), b), characters)

    def matching(self, pattern: str, test: Callable[[str], Any]) -> Truth:
        """Return where a text contains what a pattern says; `test` says it of one text."""
        return self._where(lambda label: bool(test(label)), pc.match_substring_regex, pattern)

    def _where(self, test: Callable[[str], bool], compare: Callable[[Any, Any], Any], other: Any) -> Truth:
        if self._labels is None:
            return truths(self.rows, compare(self._array, other))
        found = [index for index, label in enumerate(self._labels) if test(label)]
        if not found:
            return False
        if len(found) == 1:
            return self.rows.plane(self._codes == found[0])
        lut = np.zeros(len(self._labels), np.bool_)
        lut[found] = True
        return self.rows.plane(lut[self._codes])


class Lists:
    """A column of lists of texts, and which of them contain what."""

    def __init__(self, rows: Rows, array: Any) -> None:
        self.rows = rows
        self._parents = np.asarray(pc.list_parent_indices(array))
        self._entries = Texts(Rows(len(self._parents)), pc.list_flatten(array))
        self._null = valid(Rows(len(self._parents)), pc.list_flatten(array))

    def containing(self, text: str) -> Truth:
        """Return which lists contain a text."""
        entries = self._entries.rows
        return self._lists(entries.every([self._null, self._entries.equal(text)]))

    def others(self, texts: Sequence[str]) -> Truth:
        """Return which lists contain something else than these texts."""
        entries = self._entries.rows
        known = entries.some(self._entries.equal(text) for text in texts)
        return self._lists(entries.negate(entries.every([self._null, known])))

    def _lists(self, entries: Truth) -> Truth:
        if not self._entries.rows.anywhere(entries):
            return False
        flags = np.zeros(self.rows.length, np.bool_)
        flags[self._parents[self._entries.rows.indexes(entries)]] = True
        return self.rows.plane(flags)
