"""A first look at a frame: which columns have nulls and which rows cannot be taken, told as problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import narwhals as nw

from hiprun.backends.dataframe.column_checks import Fault, Held, Schema, advice, faults, suspicions
from hiprun.backends.dataframe.decision_plans import Constraints
from hiprun.backends.dataframe.diagram_evaluation import Walker
from hiprun.backends.dataframe.fact_columns import Looked
from hiprun.backends.dataframe.subexpression_columns import HELPER, AnyFrame, Part, Sheet, Truth
from hiprun.errors import FactError, Problem
from hiprun.inference.facts import shown
from hiprun.model import Model

SAMPLES = 3
_MARK = f"{HELPER}refused_"


@attrs.frozen
class Refusal:
    """One way in which rows cannot be taken: in which words, and where."""

    code: str
    words: str
    help: str
    columns: tuple[str, ...]
    test: Truth
    subject: str = ""


def all_faults(places: Mapping[str, Held], schema: Schema) -> list[Fault]:
    """Return every way in which values of a frame can be wrong."""
    return [fault for entry in places.values() for fault in faults(entry, schema)]


def unlooked(places: Mapping[str, Held], found: Iterable[Fault]) -> Looked:
    """Return what has to be reckoned with in a frame that is not looked at."""
    columns = frozenset(column for entry in places.values() for column in entry.columns)
    return Looked(columns, frozenset(fault.fact.name for fault in found))


def trusting(frame: nw.DataFrame[Any], places: Mapping[str, Held]) -> Looked:
    """Return what holds for a frame in memory if none of its values is wrong."""
    columns = sorted({column for entry in places.values() for column in entry.columns})
    counts = frame.select(nw.col(column).null_count() for column in columns).row(0)
    return Looked(frozenset(column for column, count in zip(columns, counts, strict=True) if count), frozenset())


def suspicious(sheet: Sheet, places: Mapping[str, Held], schema: Schema, found: Iterable[Fault]) -> Truth:
    """Return the condition that holds wherever some value may be wrong, or one of the faults `found` is."""
    tests = [*(fault.test for fault in found), *(test for one in places.values() for test in suspicions(one, schema))]
    return sheet.some(sheet.kept(Part(test.fill_null(False))) for test in tests)


def look(frame: AnyFrame, places: Mapping[str, Held], found: Sequence[Fault]) -> Looked:
    """Return which columns have nulls and which facts bad values, in one go over the frame."""
    columns = sorted({column for entry in places.values() for column in entry.columns})
    nulls = [nw.col(column).null_count().alias(f"null_{index}") for index, column in enumerate(columns)]
    bad = [fault.test.fill_null(False).any().alias(f"bad_{index}") for index, fault in enumerate(found)]
    row = collected(frame.select(*nulls, *bad)).row(0)
    return Looked(
        frozenset(column for column, count in zip(columns, row, strict=False) if count),
        frozenset(fault.fact.name for fault, any_ in zip(found, row[len(columns) :], strict=True) if any_),
    )


def collected(frame: AnyFrame) -> nw.DataFrame[Any]:
    """Return a frame in memory."""
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def bad_values(sheet: Sheet, found: Iterable[Fault], looked: Looked) -> list[Refusal]:
    """Return the refusals of rows with bad values."""
    return [
        Refusal(
            fault.code,
            f"`{fault.fact.name}`: {fault.what}",
            advice(fault),
            (fault.column,),
            sheet.kept(Part(fault.test.fill_null(False))),
            fault.fact.name,
        )
        for fault in found
        if fault.fact.name in looked.bad
    ]


def impossible(sheet: Sheet, walker: Walker, model: Model, asked: Constraints) -> tuple[list[Refusal], Truth]:
    """Return the refusals of rows whose facts cannot occur together, and in which rows that is known exactly."""
    reached = walker.walk(asked.possible)
    never = asked.possible.diagram is not None and sheet.negate(reached.of((False,)))
    told: list[Truth] = []
    refusals: list[Refusal] = []
    for entry, question in zip(model.constraints, asked.broken, strict=True):
        broken = walker.walk(question)
        told.append(sheet.every([broken.of((True,)), sheet.negate(broken.of((False,)))]))
        refusals.append(_impossible(entry.because or f"See the constraint `{entry.id}`.", told[-1]))
    rest = sheet.every([never, *map(sheet.negate, told)])
    refusals.append(_impossible("No possible patient could have all of them.", rest))
    return [refusal for refusal in refusals if refusal.test is not False], sheet.some([never, *told, reached.exact])


def _impossible(reason: str, test: Truth) -> Refusal:
    words = f"These facts cannot occur together. {reason}"
    return Refusal("impossible-facts", words, "Check them again, and leave out any that are not certain.", (), test)


def raise_refused(frame: AnyFrame, sheet: Sheet, refusals: Sequence[Refusal]) -> None:
    """Raise `FactError` when there are rows to refuse, with their number and a sample of each kind."""
    if not refusals:
        return
    marked, (total, *counts) = _marked(frame, sheet, refusals)
    problems = [
        _problem(refusal, count, total, _sample(marked, f"{_MARK}{index}", refusal.columns))
        for index, (refusal, count) in enumerate(zip(refusals, counts, strict=True))
        if count
    ]
    if problems:
        raise FactError(problems)


def _marked(frame: AnyFrame, sheet: Sheet, refusals: Sequence[Refusal]) -> tuple[AnyFrame, tuple[int, ...]]:
    """Return a frame with a column for each refusal, how many rows it has, and how many of them are refused each."""
    names = [f"{_MARK}{index}" for index in range(len(refusals))]
    parts = [entry.test if isinstance(entry.test, Part) else Part(nw.lit(entry.test)) for entry in refusals]
    marked = sheet.added(frame, zip(names, parts, strict=True))
    counts = collected(marked.select(nw.len(), *(nw.col(name).cast(nw.Int64).sum() for name in names))).row(0)
    return marked, counts


def _problem(refusal: Refusal, count: int, total: int, sample: str) -> Problem:
    message = f"{refusal.words} (in {count:,} of {total:,} rows{sample})"
    return Problem(refusal.code, message, help=refusal.help, subject=refusal.subject)


def _sample(marked: AnyFrame, name: str, columns: Sequence[str]) -> str:
    """Return the first values, or rows, that are refused; frames that are not in memory have no numbers of rows."""
    if isinstance(marked, nw.LazyFrame):
        if not columns:
            return ""
        found = marked.filter(nw.col(name)).select(*columns).head(SAMPLES).collect()
        return f", such as {', '.join(_shown(row[0]) for row in found.rows())}"
    numbered = marked.select(*columns, name).with_row_index("row").filter(nw.col(name)).head(SAMPLES)
    words = [f"{_shown(row[1])} in row {row[0]:,}" if columns else f"row {row[0]:,}" for row in numbered.rows()]
    return f", such as {', '.join(words)}, counted from 0"


def _shown(value: Any) -> str:
    return f"[{', '.join(map(shown, value[:SAMPLES]))}]" if isinstance(value, list) else shown(value)
