"""Where an outcome comes from: the pack that drew it, or, after a journey to another process, the same rules there."""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.inference.conclusion import Provenance
from hiprun.inference.facts import Facts, check_facts, facts_of_plain
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome, origin_of
from hiprun.model import Decision, Model
from hiprun.model.value_objects import Entity, ValueObject

if TYPE_CHECKING:
    from hiprun.inference.advice import Advice
    from hiprun.inference.explanation import Explanation, RuleStep


class Pack(Protocol):
    """What an outcome asks of the pack that it comes from."""

    @property
    def name(self) -> str:
        """The pack's own name."""

    @property
    def version(self) -> str:
        """The pack's own version."""

    @property
    def provenance(self) -> Provenance:
        """Which rules these are."""

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """The decisions that can be asked for, by name."""

    model: Model

    def _program(self, decision: str) -> Program:
        """Return the grounded form of a decision."""

    def _remembered_outcome(self, decision: str, facts: Facts, budget: int) -> Outcome:
        """Return the outcome of a decision, its texts as written."""

    def _explain(self, decision: str, facts: Facts, budget: int) -> Explanation:
        """Return how a decision comes to its outcome."""

    def with_parameters(self, **values: Any) -> Pack:
        """Return the pack with other values for some parameters."""


_packs: weakref.WeakSet[Pack] = weakref.WeakSet()
_lock = threading.Lock()


def remember(pack: Pack) -> None:
    """Let outcomes that come from another process find this pack, for as long as somebody holds it."""
    with _lock:
        _packs.add(pack)


@attrs.define(eq=False)
class Shared(Entity):
    """Facts as they were taken in, for several outcomes; looked at once when the first of them is asked about them."""

    taken: Mapping[str, Any]
    facts: Facts | None = None


@attrs.frozen
class Drawn(ValueObject):
    """The origin of an outcome: a pack, and how much work was allowed. `names` are those of facts given as a tuple."""

    pack: Pack
    budget: int
    names: tuple[str, ...] = ()

    def of(self, names: tuple[str, ...]) -> Drawn:
        """Return the origin of outcomes whose facts are given as a tuple, in the order of these names."""
        return Drawn(self.pack, self.budget, names)

    def __reduce__(self) -> tuple[Any, ...]:
        # a pack is large and was loaded on the other side anyway; what says which one it is travels
        return Travelled, (self.provenance, self.budget)

    def __deepcopy__(self, memo: Any) -> Drawn:
        return self

    @property
    def provenance(self) -> Provenance:
        """Which rules gave the result."""
        return self.pack.provenance

    def outputs(self, decision: str) -> Collection[str]:
        """Return the names of the outputs that a decision declares."""
        return [output.name for output in self.pack.model.decisions[decision].outputs]

    def words(self, decision: str, output: str, value: Any) -> str:
        """Return a value of an output as readers see it."""
        from hiprun.inference.reader_texts import output_words

        return output_words(self.pack.model, decision, output, value)

    def because(self, decision: str, given: Any) -> str:
        """Return what a decision says of all its answers, as readers see it."""
        text = self.pack.model.decisions[decision].because
        if "{" not in text:
            return text
        facts = self._facts(given)
        from hiprun.inference.reader_texts import ReaderTexts

        return ReaderTexts(self.pack.model, facts, self._outcomes(facts)).fill(text)

    def text(self, outcome: Outcome) -> str:
        """Return an outcome as text for the reader of a terminal."""
        from hiprun.inference.outcome_text import outcome_text

        return outcome_text(self.pack.decisions[outcome.decision], outcome)

    def facts(self, given: Any) -> Mapping[str, Any]:
        """Return the facts of the patient as callers see values."""
        return self._facts(given).given

    def explain(self, decision: str, given: Any) -> Explanation:
        """Return how the outcome came about."""
        return self.pack._explain(decision, self._facts(given), self.budget)

    def advise(self, outcome: Outcome, given: Any) -> Advice:
        """Return what the outcome says to the person."""
        from hiprun.inference.advice_builder import advise

        facts = self._facts(given)
        return advise(self.pack.model, self._outcomes(facts), outcome, facts)

    def why_not(self, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
        """Return the rules that keep an outcome from being as wanted."""
        from hiprun.inference.counterfactuals import obstacles

        return obstacles(self.pack._program(outcome.decision), outcome, wanted)

    def _outcomes(self, facts: Facts) -> Callable[[str], Outcome]:
        """Return what gives the outcome of any decision for facts, each worked out once."""
        return functools.cache(lambda name: self.pack._remembered_outcome(name, facts, self.budget))

    def _facts(self, given: Any) -> Facts:
        if isinstance(given, Facts):
            return given
        if isinstance(given, tuple):
            given = dict(zip(self.names, given, strict=True))
        if not isinstance(given, Shared):
            return facts_of_plain(self.pack.model, given)
        if given.facts is None:
            given.facts = facts_of_plain(self.pack.model, given.taken)
        return given.facts


@attrs.frozen
class Travelled(ValueObject):
    """The origin of an outcome that was drawn elsewhere: its facts came along, its rules are looked up when needed."""

    provenance: Provenance
    budget: int

    def outputs(self, decision: str) -> Collection[str]:
        """Return the names of the outputs that a decision declares; none where its rules are not loaded."""
        try:
            return Drawn(self.loaded(), self.budget).outputs(decision)
        except HiprunError:
            return ()

    def words(self, decision: str, output: str, value: Any) -> str:
        """Return a value of an output as readers see it; raises `HiprunError` where its rules are not loaded."""
        return Drawn(self.loaded(), self.budget).words(decision, output, value)

    def because(self, decision: str, given: Mapping[str, Any]) -> str:
        """Return what a decision says of all its answers; nothing where its rules are not loaded."""
        try:
            pack = self.loaded()
        except HiprunError:
            return ""
        return Drawn(pack, self.budget).because(decision, check_facts(pack.model, given))

    def text(self, outcome: Outcome) -> str:
        """Return an outcome as text; in short where its rules are not loaded."""
        try:
            return Drawn(self.loaded(), self.budget).text(outcome)
        except HiprunError:
            return outcome.conclusion.summary

    def facts(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts of the patient, which came along as callers see values."""
        return given

    def explain(self, decision: str, given: Mapping[str, Any]) -> Explanation:
        """Return how the outcome came about; raises `HiprunError` where its rules are not loaded."""
        pack = self.loaded()
        return Drawn(pack, self.budget).explain(decision, check_facts(pack.model, given))

    def advise(self, outcome: Outcome, given: Mapping[str, Any]) -> Advice:
        """Return what the outcome says to the person; raises `HiprunError` where its rules are not loaded."""
        pack = self.loaded()
        return Drawn(pack, self.budget).advise(outcome, check_facts(pack.model, given))

    def why_not(self, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
        """Return the rules that keep an outcome from being as wanted; raises `HiprunError` likewise."""
        return Drawn(self.loaded(), self.budget).why_not(outcome, wanted)

    def loaded(self) -> Pack:
        """Return the pack with these rules in this process; raises `HiprunError` if there is none."""
        from_here = self.provenance
        with _lock:
            packs = [pack for pack in _packs if (pack.name, pack.version) == (from_here.pack, from_here.version)]
        for pack in packs:
            if pack.provenance.digest == from_here.digest:
                return pack
        for pack in packs:
            if from_here.settings.keys() <= pack.model.parameters.keys():
                changed = pack.with_parameters(**from_here.settings)
                if changed.provenance.digest == from_here.digest:
                    return changed
        message = (
            f"The rules behind this outcome, {from_here.pack} {from_here.version}, are not loaded in this process."
        )
        help = "Load the same rules with `hiprun.load` and keep the pack; the outcome finds it by its digest."
        raise HiprunError([Problem("pack-not-loaded", message, help=help)])


def pack_behind(outcome: Outcome) -> Pack:
    """Return the pack that an outcome comes from; raises `HiprunError` where its rules are not loaded."""
    origin = origin_of(outcome)
    if isinstance(origin, Drawn):
        return origin.pack
    if isinstance(origin, Travelled):
        return origin.loaded()
    raise HiprunError(
        [Problem("pack-not-loaded", "This outcome was put together by hand: there are no rules behind it.")]
    )
