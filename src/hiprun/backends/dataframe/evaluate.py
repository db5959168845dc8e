"""A frame in, the same frame with new columns out."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs
import narwhals as nw
from narwhals.exceptions import DuplicateError

from hiprun.backends.dataframe.arrow_conversion import odd_lists
from hiprun.backends.dataframe.column_checks import Fault, Held, Schema, check_names, held
from hiprun.backends.dataframe.column_conversion import converted
from hiprun.backends.dataframe.column_names import check_new, near_misses
from hiprun.backends.dataframe.condition_expressions import Circuits
from hiprun.backends.dataframe.decision_context import REASONS, REFUSED, Rows, column_name
from hiprun.backends.dataframe.decision_plans import Planned, Plans
from hiprun.backends.dataframe.diagram_evaluation import Walker
from hiprun.backends.dataframe.fact_columns import FrameFacts, Looked
from hiprun.backends.dataframe.frame_validation import (
    Refusal,
    all_faults,
    bad_values,
    collected,
    impossible,
    look,
    raise_refused,
    suspicious,
    trusting,
    unlooked,
)
from hiprun.backends.dataframe.interpreter_fallback import Decide, settled
from hiprun.backends.dataframe.output_expressions import Columns, Writer
from hiprun.backends.dataframe.single_answer_columns import STATUSES
from hiprun.backends.dataframe.subexpression_columns import HELPER, AnyFrame, Part, Sheet, Truth
from hiprun.errors import ColumnWarning, FactError, Problem
from hiprun.inference.grounding import Program
from hiprun.model import Model

OnError: TypeAlias = Literal["raise", "column"]
_ODD = f"{HELPER}odd"

_TERMS_IN_MEMORY = 12
_TERMS_IN_SQL = 40
"""How many terms an expression may have: engines that compile queries prefer few large ones to many small ones."""


@attrs.frozen
class FrameOptions:
    """How a frame is to be taken; see `Pack.evaluate_frame`."""

    columns: Mapping[str, str] | None = None
    on_error: OnError | None = None
    numeric_booleans: bool = False
    overwrite: bool = False


class Frames:
    """Evaluates whole cohorts for one pack. `decide` is how it decides for a single patient."""

    def __init__(self, model: Model, program: Callable[[str], Program], decide: Decide) -> None:
        self.model, self.decide = model, decide
        self.plans = Plans(model, program)

    def evaluate(self, native: Any, decisions: Sequence[str], options: FrameOptions) -> Any:
        """Return `native` with the columns of `decisions`."""
        frame = _frame(native)
        _check_arguments(options)
        own = frame.collect_schema().names()
        check_names(self.model, own, options.columns)
        self._warn(own, options.columns)
        taken = converted(frame, self.model, options.columns, numeric_booleans=options.numeric_booleans)
        schema = dict(taken.table.collect_schema())
        table, places = _with_odd_lists(taken.table, held(self.model, schema, taken.names))
        on_error = options.on_error or ("column" if isinstance(table, nw.LazyFrame) else "raise")
        is_sql = isinstance(frame, nw.LazyFrame) and not frame.implementation.is_polars()
        check = functools.partial(check_new, present=own, overwrite=options.overwrite, fold=is_sql)
        made = _Evaluation(self, table, schema, places, taken.faults, check, refuse=on_error == "column")
        new, result = made.evaluated([self.plans.of(name) for name in decisions])
        if _has_one_null(frame.implementation):
            return result.drop([*taken.helpers, *(entry.odd for entry in places.values() if entry.odd)]).to_native()
        return _beside(frame, result, new)

    def _warn(self, columns: Iterable[str], names: Mapping[str, str] | None) -> None:
        """Warn of columns that were probably meant to hold facts, once for all of them, where the caller's call is."""
        near = near_misses(self.model, columns, names)
        if near:
            warnings.warn(" ".join(map(str, near)), ColumnWarning, stacklevel=4)


@attrs.frozen
class _Evaluation:
    """One frame on its way. With `refuse`, rows that cannot be taken are refused; without, they raise an error."""

    frames: Frames
    table: AnyFrame
    schema: Schema
    places: Mapping[str, Held]
    faults: Sequence[Fault]
    check_new: Callable[[Iterable[str]], None]
    refuse: bool

    def evaluated(self, plans: Sequence[Planned]) -> tuple[list[str], AnyFrame]:
        """Return the new columns, and the frame with them."""
        found = [*self.faults, *all_faults(self.places, self.schema)]
        if isinstance(self.table, nw.LazyFrame):
            looked = unlooked(self.places, found) if self.refuse else look(self.table, self.places, found)
        else:
            # nearly always all is well: that is taken for granted, and found out on the way
            trusted = trusting(self.table, self.places)
            new, result = self._columns(plans, trusted, [], trust=True)
            if not result[_ODD].any():
                return new, result.drop(_ODD)
            looked = look(self.table, self.places, found)
        if not self.refuse:
            self._raise_refused(looked, found)
        return self._columns(plans, looked, found)

    def _started(self, looked: Looked, found: Sequence[Fault]) -> tuple[Sheet, FrameFacts, list[Refusal]]:
        in_memory = self.table.implementation.is_polars() or self.table.implementation.is_pyarrow()
        sheet = Sheet(_TERMS_IN_MEMORY if in_memory else _TERMS_IN_SQL)
        facts = FrameFacts(self.frames.plans.lowered, sheet, self.places, looked)
        refusals = bad_values(sheet, found, looked)
        for name in {refusal.subject for refusal in refusals}:
            facts.mark_bad(name, sheet.some(refusal.test for refusal in refusals if refusal.subject == name))
        return sheet, facts, refusals

    def _raise_refused(self, looked: Looked, faults: Sequence[Fault]) -> None:
        sheet, facts, refusals = self._started(looked, faults)
        found, _ = impossible(sheet, Walker(sheet, facts), self.frames.model, self.frames.plans.constraints())
        raise_refused(self.table, sheet, [*refusals, *found])

    def _columns(
        self, plans: Sequence[Planned], looked: Looked, faults: Sequence[Fault], *, trust: bool = False
    ) -> tuple[list[str], Any]:
        """Return the new columns, and the frame with them; with `trust` one more that says where that was wrong."""
        sheet, facts, refusals = self._started(looked, faults)
        walker, writer = Walker(sheet, facts), Writer(sheet, facts.sums, enums=self.table.implementation.is_polars())
        found, possible_known = impossible(sheet, walker, self.frames.model, self.frames.plans.constraints())
        refused: Truth = False
        if self.refuse and not trust:
            refusals += found
            refused = sheet.some(refusal.test for refusal in refusals)
        columns: Columns = []
        by_decision: list[tuple[Planned, list[str]]] = []
        for planned in plans:
            rows = Rows(planned.program, sheet, facts, walker, writer, Circuits(sheet, facts, planned.program))
            answered = planned.plan.columns(rows)
            status = rows.name("status")
            own = [(name, _where_taken(writer, name == status, refused, part)) for name, part in answered.columns]
            if not (planned.always_exact and self.frames.plans.constraints().always_exact):
                exact = sheet.some([refused, sheet.every([answered.exact, possible_known])])
                own.append((rows.name("exact"), writer.flag(exact)))
            columns += own
            by_decision.append((planned, [name for name, _ in own]))
        if self.refuse:
            columns.append((REFUSED, _reasons(writer, refusals, refused)))
            by_decision = [(planned, [*names, REFUSED]) for planned, names in by_decision]
        new = [name for name, _ in columns]
        self.check_new(new)
        if trust:
            odd = sheet.some(
                [suspicious(sheet, self.places, self.schema, self.faults), *(refusal.test for refusal in found)]
            )
            columns.append((_ODD, writer.flag(odd)))
        result = self._added(sheet, columns)
        if isinstance(result, nw.DataFrame) and not (trust and result[_ODD].any()):
            result = self._settled(result, by_decision)
        return new, result

    def _added(self, sheet: Sheet, columns: Columns) -> AnyFrame:
        """Return the frame with new columns; Polars sees all of them at once, which is quicker."""
        if isinstance(self.table, nw.DataFrame) and self.table.implementation.is_polars():
            return collected(sheet.added(self.table.lazy(), columns))
        return sheet.added(self.table, columns)

    def _settled(
        self, result: nw.DataFrame[Any], by_decision: Iterable[tuple[Planned, list[str]]]
    ) -> nw.DataFrame[Any]:
        for planned, names in by_decision:
            exact = column_name(planned.program.decision.name, "exact")
            if exact in names:
                programs = [planned.program, self.frames.plans.constraints().program]
                result = settled(result, self.places, programs, names, exact, self.frames.decide, refuse=self.refuse)
        return result


def _where_taken(writer: Writer, is_status: bool, refused: Truth, part: Part) -> Part:
    """Return a column for the rows that are not refused; the status of the others says that they are."""
    if refused is False:
        return part
    if not is_status:
        return writer.only(writer.sheet.negate(refused), part)
    dtype = nw.Enum(list(STATUSES)) if writer.enums else nw.String
    return writer.first([(refused, Part(nw.lit("refused", dtype=dtype))), (True, part)], dtype)


def _reasons(writer: Writer, refusals: Sequence[Refusal], refused: Truth) -> Part:
    found = [writer.first([(refusal.test, Part(nw.lit(refusal.words)))], nw.String) for refusal in refusals]
    if not found:
        return Part(nw.lit(None, dtype=nw.String))
    joined = nw.concat_str([part.expr for part in found], separator=REASONS, ignore_nulls=True)
    return writer.only(refused, writer.sheet.part(joined, *found))


def _frame(native: Any) -> AnyFrame:
    try:
        frame: AnyFrame = nw.from_native(native)
        names = frame.collect_schema().names()
    except TypeError:
        help_ = "Pass a Polars, pandas, PyArrow, DuckDB or PySpark table with one row for each patient."
        raise FactError([Problem("no-frame", "This is not a table that can be read.", help=help_)]) from None
    except DuplicateError:
        problem = Problem("column-twice", "Two columns of this frame have the same name.", help="Rename one of them.")
        raise FactError([problem]) from None
    taken = [name for name in names if str(name).startswith(HELPER)]
    if taken:
        message = f"`{taken[0]}` begins with a prefix that hiprun needs for its own columns."
        raise FactError([Problem("reserved-column", message, help="Rename it.")])
    return frame


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


def _has_one_null(implementation: nw.Implementation) -> bool:
    """Return whether a kind of frame has one way to say that a value is missing; pandas has several."""
    return not implementation.is_pandas_like()


def _with_odd_lists(table: AnyFrame, places: Mapping[str, Held]) -> tuple[AnyFrame, Mapping[str, Held]]:
    """Add the helper columns that Arrow needs for sets."""
    if not isinstance(table, nw.DataFrame) or not table.implementation.is_pyarrow():
        return table, places
    found = dict(places)
    for name, entry in places.items():
        if entry.reading == "list":
            found[name] = attrs.evolve(entry, odd=f"{HELPER}odd_{name}")
            odd = odd_lists(table[entry.column], entry.fact.domain.choices)
            table = table.with_columns(odd.alias(found[name].odd))
    return table, found


def _beside(frame: AnyFrame, result: AnyFrame, new: Sequence[str]) -> Any:
    """Return a frame of pandas with the new columns beside its own."""
    assert isinstance(frame, nw.DataFrame)
    assert isinstance(result, nw.DataFrame)
    native = frame.drop(new, strict=False).to_native()
    added = result.select(new).to_pandas()
    added.index = native.index
    beside: nw.DataFrame[Any] = nw.concat([nw.from_native(native), nw.from_native(added)], how="horizontal")
    return beside.to_native()
