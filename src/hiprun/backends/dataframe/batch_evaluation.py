"""A batch of facts in, the new columns of some decisions out, and which rows were refused for what reason.

What expressions of conditions cannot tell in a row, and decisions that are too large for them, the engine concludes:
once for all rows that are alike to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from hiprun.backends.dataframe import fact_values
from hiprun.backends.dataframe.bit_planes import Rows, Truth
from hiprun.backends.dataframe.column_checks import Held, advice
from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.condition_planes import Circuits
from hiprun.backends.dataframe.decision_context import REASONS, REFUSED, Batch, column_name
from hiprun.backends.dataframe.decision_plans import Constraints, Planned
from hiprun.backends.dataframe.diagram_walk import Walker
from hiprun.backends.dataframe.distinct_rows import distinct, patients
from hiprun.backends.dataframe.fact_planes import FactPlanes, Stretch
from hiprun.backends.dataframe.new_columns import TRUTH, ColumnType, Part, Writer, nothing, relabelled, replaced
from hiprun.backends.dataframe.outcome_values import telling, types
from hiprun.backends.dataframe.row_cache import Remembered
from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome
from hiprun.inference.text_equivalence_classes import EVERY_TEXT, TextCells
from hiprun.model import Fact, Model

Decide: TypeAlias = Callable[[str, Mapping[str, Any]], Outcome]

_CODES = ("not-a-number", "out-of-range", "not-whole", "wrong-type", "not-a-choice", "hidden-character")
_LAST = 1 << 30


@attrs.frozen
class Wrong:
    """Values of a column of several kinds that a fact cannot have: in words, and as texts in their rows."""

    name: str
    what: str
    texts: Any


@attrs.frozen(eq=False)
class Refusal:
    """One way in which rows cannot be taken: in which words, and where; `sample` is the column it is about.

    `place` puts the refusals of a frame in order.
    """

    code: str
    words: str
    help: str
    test: Truth
    place: tuple[int, int]
    subject: str = ""
    sample: Any = None


@attrs.frozen(eq=False)
class Evaluated:
    """The new columns of a batch, by name, and what was refused in it."""

    rows: Rows
    columns: Mapping[str, Part]
    refusals: Sequence[Refusal]


@attrs.frozen(eq=False)
class Kernel:
    """Evaluates batches of one kind of frame. With `refuse`, rows that cannot be taken get the status `refused`."""

    model: Model
    held: Mapping[str, Held]
    plans: Sequence[Planned]
    constraints: Constraints
    decide: Decide
    remembered: Remembered
    refuse: bool
    stretches: dict[tuple[int, int], Stretch] = attrs.field(factory=dict)
    """The cells that were asked for, by the variable, one of those of the plans, and their bits."""

    def evaluated(self, length: int, arrays: Mapping[str, Any], wrong: Sequence[Wrong] = ()) -> Evaluated:
        """Return the new columns of a batch whose `arrays` have the names of facts, and of choices of sets."""
        rows, facts, refusals = self._read(length, arrays, wrong)
        walker, writer = Walker(facts), Writer(rows, facts.sums)
        found, possible_known = self._impossible(rows, walker)
        refusals += found
        if not self.refuse and refusals:
            return Evaluated(rows, {}, refusals)
        refused = rows.some(refusal.test for refusal in refusals)
        columns: dict[str, Part] = {}
        reasons = [(refusal.test, refusal.words) for refusal in refusals]
        for planned in self.plans:
            batch = Batch(planned.program, facts, walker, writer, Circuits(facts, planned.program))
            own, open_ = self._own(batch, planned, refused, possible_known)
            columns |= self._settled(batch, own, rows.every([open_, rows.negate(refused)]), reasons)
        if self.refuse:
            columns[REFUSED] = _joined(rows, reasons)
        return Evaluated(rows, columns, refusals)

    def _read(
        self, length: int, arrays: Mapping[str, Any], wrong: Sequence[Wrong]
    ) -> tuple[Rows, FactPlanes, list[Refusal]]:
        rows = Rows(length)
        texts = self.constraints.program.texts
        taken = {
            name: fact_values.read(rows, held, arrays, _listed(held.fact, texts)) for name, held in self.held.items()
        }
        facts = FactPlanes(self.model, rows, taken, texts, self.stretches)
        faults = [(place, fault) for place, entry in enumerate(taken.values()) for fault in entry.faults]
        refusals = [
            Refusal(
                fault.code,
                f"`{fault.fact.name}`: {fault.what}",
                advice(fault.fact, fault.code),
                fault.test,
                (place, _CODES.index(fault.code)),
                fault.fact.name,
                fault.sample,
            )
            for place, fault in faults
            if rows.anywhere(fault.test)
        ]
        return rows, facts, [*self._mixed(rows, wrong), *refusals]

    def _mixed(self, rows: Rows, wrong: Sequence[Wrong]) -> list[Refusal]:
        found = []
        for entry in wrong:
            place = places(self.model)[entry.name]
            fact, what = place.fact, f"`{place.choice}` is {entry.what}" if place.choice else entry.what
            words, help_ = f"`{fact.name}`: {what}", advice(fact, "wrong-type")
            test = rows.plane(entry.texts.is_valid().to_numpy(zero_copy_only=False))
            if rows.anywhere(test):
                found.append(Refusal("wrong-type", words, help_, test, (-1, 0), fact.name, entry.texts))
        return found

    def _impossible(self, rows: Rows, walker: Walker) -> tuple[list[Refusal], Truth]:
        """Return the refusals of rows whose facts cannot occur together, and in which rows that is known exactly."""
        asked = self.constraints
        if not asked.native:
            return [], False
        reached = walker.walk(asked.possible)
        never = rows.negate(reached.of((False,)))
        broken: list[Truth] = []
        refusals: list[Refusal] = []
        for entry, question in zip(self.model.constraints, asked.broken, strict=True):
            found = walker.walk(question)
            broken.append(rows.every([found.of((True,)), rows.negate(found.of((False,)))]))
            reason = entry.because or f"See the constraint `{entry.id}`."
            refusals.append(_impossible(reason, broken[-1], len(refusals)))
        rest = rows.every([never, *map(rows.negate, broken)])
        refusals.append(_impossible("No possible patient could have all of them.", rest, len(refusals)))
        known = rows.some([never, *broken, reached.exact])
        return [refusal for refusal in refusals if rows.anywhere(refusal.test)], known

    def _own(
        self, batch: Batch, planned: Planned, refused: Truth, possible_known: Truth
    ) -> tuple[dict[str, Part], Truth]:
        """Return the columns of a decision as far as conditions tell, and in which rows they leave it open."""
        rows, status = batch.rows, batch.name("status")
        if planned.native:
            answered = planned.plan.columns(batch)
            columns, exact = dict(answered.columns), rows.every([answered.exact, possible_known])
        else:
            columns, exact = {name: nothing(kind, rows) for name, kind in types(planned.program).items()}, False
        if not (planned.always_exact and self.constraints.always_exact):
            columns[batch.name("exact")] = Part(TRUTH, rows.some([refused, exact]), True)
        if rows.anywhere(refused):
            kept = rows.negate(refused)
            for name, part in columns.items():
                if name == status:
                    columns[name] = relabelled(part, rows, refused, "refused")
                elif name != batch.name("exact"):
                    columns[name] = part.only(rows, kept)
        return columns, rows.negate(exact)

    def _settled(
        self, batch: Batch, columns: dict[str, Part], open_: Truth, reasons: list[tuple[Truth, str]]
    ) -> dict[str, Part]:
        """Return the columns with the rows that are open as the engine concludes them."""
        rows, program = batch.rows, batch.program
        indexes = rows.indexes(open_)
        if not len(indexes):
            return columns
        programs = [program, self.constraints.program]
        found = distinct(batch.facts, programs, indexes)
        given = frozenset(batch.facts.given)
        names = tuple(name for name in _facts_of(programs) if name in given)

        tell = telling(program)

        def conclude(places: Sequence[int]) -> list[Mapping[str, Any]]:
            return [
                self._concluded(batch, tell, patient)
                for patient in patients(batch.facts, names, found.examples[places])
            ]

        concluded = self.remembered.all((program.decision.name, names), found.keys, conclude)
        for name, part in columns.items():
            columns[name] = replaced(part, rows, indexes, [entry.get(name) for entry in concluded], found.kinds)
        for words in dict.fromkeys(entry[REFUSED] for entry in concluded if REFUSED in entry):
            marked = np.array([entry.get(REFUSED) == words for entry in concluded])
            flags = np.zeros(rows.length, np.bool_)
            flags[indexes[marked[found.kinds]]] = True
            reasons.append((rows.plane(flags), words))
        return columns

    def _concluded(
        self, batch: Batch, tell: Callable[[Outcome], Mapping[str, Any]], patient: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        name = batch.decision.name
        try:
            return tell(self.decide(name, patient))
        except FactError as error:
            if not self.refuse:
                raise
            words = REASONS.join(problem.message for problem in error.problems)
            return {column_name(name, "status"): "refused", column_name(name, "exact"): True, REFUSED: words}


def _listed(fact: Fact, texts: Mapping[str, TextCells]) -> Sequence[str]:
    """Return the texts that it matters whether a fact is."""
    return texts.get(fact.name, EVERY_TEXT).alone if fact.domain.type == "string" else list(fact.domain.choices)


def _facts_of(programs: Sequence[Any]) -> list[str]:
    return sorted({name for program in programs for variable in program.variables for name in variable.facts})


def _impossible(reason: str, test: Truth, place: int) -> Refusal:
    words = f"These facts cannot occur together. {reason}"
    help_ = "Check them again, and leave out any that are not certain."
    return Refusal("impossible-facts", words, help_, test, (_LAST, place))


def _joined(rows: Rows, reasons: Sequence[tuple[Truth, str]]) -> Part:
    """Return the column that says why rows are refused."""
    indexes = rows.indexes(rows.some(test for test, _ in reasons))
    kinds, texts = np.zeros(len(indexes), np.int64), [""]
    for test, words in reasons:
        values, kinds = np.unique(2 * kinds + rows.bytes(test)[indexes], return_inverse=True)
        texts = [REASONS.join(filter(None, [texts[value >> 1], words if value & 1 else ""])) for value in values]
    labels = tuple(dict.fromkeys(texts))
    place = np.array([labels.index(text) for text in texts], np.int64)
    part = nothing(ColumnType("text", labels), rows)
    part.values[indexes] = place[kinds]
    flags = np.zeros(rows.length, np.bool_)
    flags[indexes] = True
    return attrs.evolve(part, valid=rows.plane(flags))
