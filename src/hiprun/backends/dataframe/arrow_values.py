"""Columns of Arrow → conditions, numbers, days, texts and members of sets, without copies where that is possible."""

from __future__ import annotations

from collections.abc import Sequence
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
_FEW_TEXTS = 6
"""So many texts are compared with one by one in less time than it takes to look them up."""
_SHORT = 12
"""So many bytes of a text are where its length is, in the newest form of Arrow."""


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
    return _bits(rows, array.buffers()[0], array.offset)


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
        array = pa.array(stored(array).astype(np.float64))
    found = stored(array)
    if found.dtype.kind == "f":
        return found.astype(np.float64, copy=False)
    too_large = found.dtype == np.uint64 and bool((found > _LARGEST).any())
    return found.astype(np.float64 if too_large else np.int64, copy=False)


def stored(array: Any) -> Numbers:
    """Return the numbers of a column as they are in memory; anything where it has no value."""
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
    return stored(array.view(kind))


class Texts:
    """A column of texts, and where they are what is asked for; `listed` are those that are asked for exactly.

    As a dictionary, each of its texts is asked once. Short texts of Arrow's newest form are compared as two numbers,
    others by Arrow, or where many are listed looked up among these.
    """

    def __init__(self, rows: Rows, array: Any, listed: Sequence[str]) -> None:
        self.rows, self._array = rows, array
        self._labels: Sequence[str] | None = None
        self._words: tuple[Numbers, Numbers] | None = None
        self._equal: dict[str, Truth] = {}
        self._place: dict[str, int] = {}
        if pa.types.is_dictionary(array.type):
            self._labels = array.dictionary.to_pylist()
            self._array = array.indices.fill_null(0)
            self._codes = stored(self._array)
        elif array.type == pa.string_view() and all(len(text.encode()) <= _SHORT for text in listed):
            views = np.frombuffer(array.buffers()[1], np.uint64)[2 * array.offset :][: 2 * len(array)]
            self._words = views[::2], views[1::2]
        else:
            self._array = self._plain
            if len(listed) > _FEW_TEXTS:
                self._place = {text: index for index, text in enumerate(listed)}
                self._codes = stored(pc.index_in(self._array, pa.array(listed, self._array.type)).fill_null(-1))

    @property
    def _plain(self) -> Any:
        return self._array.cast(pa.large_string()) if self._array.type == pa.string_view() else self._array

    def at(self, indexes: Numbers) -> list[Any]:
        """Return the texts of some rows."""
        found: list[Any] = self._plain.take(pa.array(indexes)).to_pylist()
        return found if self._labels is None else [self._labels[code] for code in found]

    def equal(self, text: str) -> Truth:
        """Return where a text is this one, of those listed; anything where there is none."""
        if text not in self._equal:
            self._equal[text] = self._compared(text)
        return self._equal[text]

    def _compared(self, text: str) -> Truth:
        if self._labels is not None:
            return self._among([label == text for label in self._labels])
        if self._words is None:
            if text in self._place:
                return self.rows.plane(self._codes == self._place[text])
            return truths(self.rows, pc.equal(self._array, pa.scalar(text, self._array.type)))
        written = text.encode()
        start, end = np.frombuffer(len(written).to_bytes(4, "little") + written.ljust(_SHORT, b"\0"), np.uint64)
        found = self._words[0] == start
        if end:
            found &= self._words[1] == end
        return self.rows.plane(found)

    def before(self, text: str) -> Truth:
        """Return where a text comes before another, by the order of their characters."""
        if self._labels is not None:
            return self._among([label < text for label in self._labels])
        return truths(self.rows, pc.less(self._plain, text))

    def longer(self, characters: int) -> Truth:
        """Return where a text has more characters than that."""
        if self._labels is not None:
            return self._among([len(label) > characters for label in self._labels])
        return truths(self.rows, pc.greater(pc.utf8_length(self._plain), characters))

    def matching(self, pattern: str) -> Truth:
        """Return where a text contains what a pattern says."""
        if self._labels is not None:
            labels = pc.match_substring_regex(pa.array(self._labels, pa.string()), pattern)
            return self._among(labels.to_pylist())
        return truths(self.rows, pc.match_substring_regex(self._plain, pattern))

    def _among(self, labels: Sequence[bool]) -> Truth:
        """Return where the text is one of the marked ones of a dictionary."""
        found = [index for index, is_marked in enumerate(labels) if is_marked]
        if len(found) == 1:
            return self.rows.plane(self._codes == found[0])
        return self.rows.plane(np.array([*labels, False])[self._codes]) if found else False


class Lists:
    """A column of lists of texts, and which of them contain which of those `listed`."""

    def __init__(self, rows: Rows, array: Any, listed: Sequence[str]) -> None:
        self.rows, self._listed = rows, listed
        entries = pc.list_flatten(array)
        self._parents = np.asarray(pc.list_parent_indices(array))
        self._entries = Texts(Rows(len(entries)), entries, listed)
        self._valid = valid(Rows(len(entries)), entries)

    def containing(self, text: str) -> Truth:
        """Return which lists contain a text."""
        entries = self._entries.rows
        return self._lists(entries.every([self._valid, self._entries.equal(text)]))

    def others(self) -> Truth:
        """Return which lists contain something else than the texts that are listed."""
        entries = self._entries.rows
        known = entries.some(self._entries.equal(text) for text in self._listed)
        return self._lists(entries.negate(entries.every([self._valid, known])))

    def _lists(self, entries: Truth) -> Truth:
        if not self._entries.rows.anywhere(entries):
            return False
        flags = np.zeros(self.rows.length, np.bool_)
        flags[self._parents[self._entries.rows.indexes(entries)]] = True
        return self.rows.plane(flags)
