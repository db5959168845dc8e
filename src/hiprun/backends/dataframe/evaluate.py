"""A frame in, the same frame with new columns out."""

from __future__ import annotations

import functools
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import attrs
import pyarrow as pa

from hiprun.backends.dataframe.arrow_values import one_chunk
from hiprun.backends.dataframe.batch_evaluation import Decide, Evaluated, Kernel, Wrong
from hiprun.backends.dataframe.column_checks import Types, check_names, held
from hiprun.backends.dataframe.column_names import check_new, fact_columns, near_misses
from hiprun.backends.dataframe.decided_rows import ArrowTables
from hiprun.backends.dataframe.decision_plans import Plans
from hiprun.backends.dataframe.few_rows import FewRows, are_few, is_plain
from hiprun.backends.dataframe.new_columns import ColumnType
from hiprun.backends.dataframe.refused_rows import Tally
from hiprun.backends.dataframe.row_cache import Remembered
from hiprun.errors import ColumnWarning, FactError, Problem
from hiprun.inference.grounding import Program
from hiprun.model import Model

OnError: TypeAlias = Literal["raise", "column"]

MOST_PREPARED = 16
"""So many kinds of frames are kept in mind, each with the decisions that were asked for."""

Item = TypeVar("Item")
Found = TypeVar("Found")

ROWS_IN_BATCH = 1 << 18
"""So many rows are worked out at a time: their columns fit into the caches of a core. A multiple of 8."""


@attrs.frozen
class FrameOptions:
    """How a frame is to be taken; see `Pack.evaluate_frame`."""

    columns: Mapping[str, str] | None = None
    on_error: OnError | None = None
    numeric_booleans: bool = False
    overwrite: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether columns are taken by their names, as they are, and none is replaced."""
        return self.columns is None and not self.numeric_booleans and not self.overwrite


class Source(Protocol):
    """A frame of some library: what its columns are called, and how it is evaluated."""

    @property
    def names(self) -> Sequence[Any]:
        """The names of its columns."""

    @property
    def is_lazy(self) -> bool:
        """Whether its rows are yet to be worked out."""

    @property
    def folds_case(self) -> bool:
        """Whether upper and lower case are the same in names."""

    def evaluated(self, evaluation: Evaluation) -> Any:
        """Return the frame with the new columns."""

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> Any:
        """Return the same at once, where a frame like it was decided before; else None."""


class Frames:
    """Evaluates whole cohorts for one pack. `decide` is how it decides for a single patient."""

    def __init__(self, model: Model, program: Callable[[str], Program], decide: Decide) -> None:
        self.model, self.program, self.decide = model, program, decide
        self.plans = Plans(model, program)
        self.remembered = Remembered()
        self.prepared: dict[Any, PreparedKernel] = {}
        self.few: dict[Any, Quick] = {}
        self._fitted: dict[Any, FittedNames] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Frames, (self.model, self.program, self.decide)

    def evaluate(self, source: Source, decisions: Sequence[str], options: FrameOptions) -> Any:
        """Return a frame with the columns of `decisions`."""
        _check_arguments(options)
        names = self.fitted(source.names, options.columns)
        if names.near:  # once for all columns, where the caller's call is
            warnings.warn(names.near, ColumnWarning, stacklevel=4)
        on_error = options.on_error or ("column" if source.is_lazy else "raise")
        check = functools.partial(check_new, present=source.names, overwrite=options.overwrite, fold=source.folds_case)
        return source.evaluated(
            Evaluation(self, tuple(decisions), names, options, on_error == "column", source.is_lazy, check)
        )

    def keep(self, key: Any, kernel: Kernel, make: Callable[[], Quick]) -> bool:
        """Keep what decides for a few rows of a kind of frame, for the next frame of that kind; return if it is new."""
        kept = self.few.get(key)
        if kept is not None and kept.few.kernel is kernel:
            return False
        while len(self.few) >= MOST_PREPARED:
            self.few.pop(next(iter(self.few)), None)
        self.few[key] = make()
        return True

    def fitted(self, columns: Sequence[Any], names: Mapping[str, str] | None) -> FittedNames:
        """Return what the names of some columns say; raise `FactError` if they do not fit."""
        key = (tuple(columns), None if names is None else tuple(names.items()))
        if key not in self._fitted:
            check_names(self.model, columns, names)
            if len(self._fitted) >= MOST_PREPARED:
                self._fitted.clear()
            near = " ".join(map(str, near_misses(self.model, columns, names)))
            self._fitted[key] = FittedNames(fact_columns(self.model, columns, names), near)
        return self._fitted[key]


@attrs.frozen(eq=False)
class Quick:
    """What decides for a few rows of a kind of frame, each given as the values at these places among its columns."""

    few: FewRows
    places: Sequence[int]


@attrs.frozen
class FittedNames:
    """Which columns hold facts, by the names of these and of choices of sets, and in words which others nearly do."""

    facts: Mapping[str, str]
    near: str


@attrs.frozen(eq=False)
class Evaluation:
    """One frame on its way. With `refuse`, rows that cannot be taken are refused; without, they raise an error."""

    frames: Frames
    decisions: tuple[str, ...]
    names: FittedNames
    options: FrameOptions
    refuse: bool
    lazy: bool
    check_new: Callable[[Iterable[str]], None]

    @property
    def is_plain(self) -> bool:
        """Whether the next frame like this can be taken without a look at the names of its columns."""
        return self.options.is_plain and not self.names.near

    @property
    def facts(self) -> Mapping[str, str]:
        """The columns that hold facts, by the names of these and of choices of sets."""
        return self.names.facts

    def types(self, schema: Any) -> dict[str, Any]:
        """Return the types of the columns that hold facts, by their facts."""
        return {name: schema.field(column).type for name, column in self.facts.items()}

    def made(self, types: Types) -> PreparedKernel:
        """Return what evaluates batches whose columns of facts have these Arrow types; for the last few it is kept."""
        key = (self.decisions, tuple(types.items()), self.options.numeric_booleans, self.refuse)
        kept = self.frames.prepared
        found = kept.get(key)
        if found is None:
            dropped = self.frames.plans.dropped
            found = self._made(types)
            if self.frames.plans.dropped > dropped:  # what holds them makes way with them
                kept.clear()
                self.frames.few.clear()
            kept[key] = found
            while len(kept) > MOST_PREPARED:
                kept.pop(next(iter(kept)), None)
        return found

    def _made(self, types: Types) -> PreparedKernel:
        frames = self.frames
        kernel = Kernel(
            frames.model,
            held(frames.model, types, numeric_booleans=self.options.numeric_booleans),
            [frames.plans.of(name) for name in self.decisions],
            frames.plans.constraints(),
            frames.decide,
            frames.remembered,
            self.refuse,
        )
        empty = kernel.evaluated(0, {name: pa.array([], kind) for name, kind in types.items()})
        new = {name: part.kind for name, part in empty.columns.items()}
        as_they_are = is_plain(types) and all(entry.reading != "unreadable" for entry in kernel.held.values())
        few = None
        if as_they_are and not self.options.numeric_booleans:
            few = FewRows(kernel, new, {name: place for place, name in enumerate(types)}, ArrowTables())
        return PreparedKernel(kernel, new, few)

    def prepared(self, types: Types) -> PreparedKernel:
        """Return the same for a frame that must not have the new columns yet."""
        made = self.made(types)
        self.check_new(made.types)
        return made

    def in_memory(
        self, prepared: PreparedKernel, arrays: Mapping[str, Any], length: int, wrong: Sequence[Wrong] = ()
    ) -> Mapping[str, Any]:
        """Return the new columns, as Arrow has them, of rows whose columns of facts are `arrays`."""
        few = self._few(prepared, arrays, length, wrong)
        if few is not None:
            return few
        whole = {name: one_chunk(array) for name, array in arrays.items()}
        work = functools.partial(_batch, prepared.kernel, whole, length, wrong)
        batches = list(in_parallel(work, range(0, max(length, 1), ROWS_IN_BATCH)))
        if not self.refuse:
            _raise_refused(batches, numbered=not self.lazy)
        return _joined(prepared.types, batches)

    def _few(
        self, prepared: PreparedKernel, arrays: Mapping[str, Any], length: int, wrong: Sequence[Wrong]
    ) -> Mapping[str, Any] | None:
        """Return the new columns of a few rows, decided one after the other; None where the kernel is quicker."""
        if prepared.few is None or wrong or not are_few(length, self.decisions):
            return None
        rows = list(zip(*(array.to_pylist() for array in arrays.values()), strict=True))
        columns = prepared.few.decided(rows)
        if columns is None:
            return None
        return dict(zip(prepared.types, map(pa.chunked_array, zip(columns)), strict=True))  # each is one chunk

    def evaluated(self, prepared: PreparedKernel, tables: Iterable[Any]) -> Iterator[Evaluated]:
        """Yield what becomes of tables of Arrow, one after the other."""
        for _, found in self._worked_out(prepared, tables):
            yield found

    def streamed(self, prepared: PreparedKernel, tables: Iterable[Any]) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        """Yield tables of Arrow, one after the other, each with its new columns."""
        for table, found in self._worked_out(prepared, tables):
            yield table, {name: part.arrow(found.rows) for name, part in found.columns.items()}

    def _worked_out(self, prepared: PreparedKernel, tables: Iterable[Any]) -> Iterator[tuple[Any, Evaluated]]:
        def work(table: Any) -> tuple[Any, Evaluated]:
            arrays = {name: one_chunk(table.column(column)) for name, column in self.facts.items()}
            return table, prepared.kernel.evaluated(table.num_rows, arrays)

        yield from in_parallel(work, tables)

    def check(self, prepared: PreparedKernel, tables: Iterable[Any]) -> None:
        """Raise `FactError` if rows of a lazy frame cannot be taken."""
        _raise_refused(self.evaluated(prepared, tables), numbered=False)


@attrs.frozen(eq=False)
class PreparedKernel:
    """What evaluates batches of one kind of frame, which columns that makes, and what decides for a few of its rows."""

    kernel: Kernel
    types: Mapping[str, ColumnType]
    few: FewRows | None


def _joined(names: Iterable[str], batches: Sequence[Evaluated]) -> Mapping[str, Any]:
    """Return the new columns of all batches, as Arrow has them; those that are the same are made once."""
    made: dict[tuple[int, ...], Any] = {}
    found: dict[str, Any] = {}
    for name in names:
        key = tuple(id(batch.columns[name]) for batch in batches)
        if key not in made:
            made[key] = pa.chunked_array([batch.columns[name].arrow(batch.rows) for batch in batches])
        found[name] = made[key]
    return found


def _raise_refused(batches: Iterable[Evaluated], *, numbered: bool) -> None:
    tally = Tally(numbered=numbered)
    for batch in batches:
        tally.add(batch)
    tally.raise_problems()


def in_parallel(work: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
    """Yield what becomes of each item, in their order, a few of them at a time."""
    waiting = iter(items)
    ahead = list(islice(waiting, 2))
    if len(ahead) < 2:  # threads are not worth their while
        yield from map(work, ahead)
        return
    threads = pa.cpu_count()
    with ThreadPoolExecutor(threads) as pool:
        running = deque(pool.submit(work, item) for item in ahead)
        for item in waiting:
            if len(running) > threads:
                yield running.popleft().result()
            running.append(pool.submit(work, item))
        while running:
            yield running.popleft().result()


def _batch(kernel: Kernel, arrays: Mapping[str, Any], length: int, wrong: Sequence[Wrong], start: int) -> Evaluated:
    rows = min(ROWS_IN_BATCH, length - start)
    parts = [attrs.evolve(entry, texts=entry.texts.slice(start, rows)) for entry in wrong]
    return kernel.evaluated(rows, {name: array.slice(start, rows) for name, array in arrays.items()}, parts)


def _check_arguments(options: FrameOptions) -> None:
    columns: Any = options.columns
    if not isinstance(columns, Mapping | None):
        help_ = "Name each fact and then its column, as in {fact: column}."
        raise FactError([Problem("columns-shape", "`columns` is not a mapping from facts to columns.", help=help_)])
    if options.on_error not in (None, "raise", "column"):
        help_ = "Use `raise` to report them as an error, or `column` to report them in a column beside the answers."
        raise FactError(
            [Problem("bad-choice", f"`{options.on_error}` does not say what to do with bad values.", help=help_)]
        )
