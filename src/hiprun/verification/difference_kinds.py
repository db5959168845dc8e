"""What can differ between two answers to one patient: each kind of difference is a value of its own.

A difference says itself in words, says where it leads, and whether two outcomes show it. Whom it concerns is asked in
`comparison`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

import attrs

from hiprun.inference.conclusion import CriterionStatus
from hiprun.inference.hit_policy import rank
from hiprun.inference.outcome import Outcome
from hiprun.model import BoundSide, Domain, Output, Verdict
from hiprun.model.value_conversion import public
from hiprun.model.value_notation import notation
from hiprun.verification.witness_text import answer_text, in_file

Direction: TypeAlias = Literal["stricter", "calmer", "mixed", "different"]
DifferenceKind: TypeAlias = Literal["ending", "output", "text", "criterion", "item", "verdict", "bound"]
"""What of an answer differs; `text` is an output that is free text, in an answer or an item."""
EndingKind: TypeAlias = Literal["decided", "no_match", "conflict"]

_ENDINGS: dict[EndingKind, str] = {"decided": "an answer", "no_match": "no answer", "conflict": "a conflict"}


@attrs.frozen
class _WholeAnswer:
    """A difference that is looked at in the whole answer."""

    def shown(self, outcome: Outcome) -> str:
        """Return the part of an outcome that is to be looked at."""
        return answer_text(outcome)


@attrs.frozen
class EndingDiffers(_WholeAnswer):
    """A decision ends otherwise: with an answer, without one, or in a conflict."""

    kind: ClassVar[DifferenceKind] = "ending"
    before: EndingKind
    after: EndingKind

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{_ENDINGS[self.before]} → {_ENDINGS[self.after]}"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        return "different"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        return (before.status, after.status) == (self.before, self.after)


@attrs.frozen
class ValueDiffers(_WholeAnswer):
    """An output has another value, out of those that the rules name."""

    old: Output
    new: Output
    before: Any
    after: Any

    @property
    def kind(self) -> DifferenceKind:
        """What of the answer differs."""
        return "text" if self.new.domain.type == "string" else "output"

    @property
    def what(self) -> str:
        """The difference in words."""
        before, after = (in_file(value) for value in self._public())
        return f"{self.new.name}: {before} → {after}"

    @property
    def direction(self) -> Direction:
        """Where it leads, by the order of the new version, or of the old one for what only that has."""
        for domain in (self.new.domain, self.old.domain):
            if domain.worse and self._has_both(domain):
                return "stricter" if rank(domain, self.after) > rank(domain, self.before) else "calmer"
        return "different"

    def _has_both(self, domain: Domain) -> bool:
        return domain.type != "choice" or {self.before, self.after} <= set(domain.choices)

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        return (before.get(self.new.name), after.get(self.new.name)) == self._public()

    def _public(self) -> tuple[Any, Any]:
        return public(self.old.domain, self.before), public(self.new.domain, self.after)


@attrs.frozen
class NumberDiffers(_WholeAnswer):
    """An output that is worked out is more than before, or less."""

    kind: ClassVar[DifferenceKind] = "output"
    output: Output
    more: bool

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.output.name}: {'more' if self.more else 'less'} than before"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        if not self.output.domain.worse:
            return "different"
        return "stricter" if self.more == self.output.domain.is_worse_upwards else "calmer"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        was, now = (outcome.get(self.output.name) for outcome in (before, after))
        return was is not None and now is not None and bool(now > was if self.more else now < was)


@attrs.frozen
class CriterionDiffers:
    """A criterion is met where it was not, or the other way round; None where a version does not have it."""

    kind: ClassVar[DifferenceKind] = "criterion"
    id: str
    before: CriterionStatus | None
    after: CriterionStatus | None

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.id}: {self.before or 'no criterion'} → {self.after or 'no criterion'}"

    @property
    def direction(self) -> Direction:
        """Where it leads: a criterion that is not met is stricter."""
        return "stricter" if self.after == "unmet" else "calmer"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        return (self._status(before), self._status(after)) == (self.before, self.after)

    def shown(self, outcome: Outcome) -> str:
        """Return the part of an outcome that is to be looked at."""
        return f"{answer_text(outcome)}, {self.id} {self._status(outcome) or 'is no criterion'}"

    def _status(self, outcome: Outcome) -> CriterionStatus | None:
        return {criterion.id: criterion.status for criterion in outcome.criteria}.get(self.id)


@attrs.frozen
class _OneItem:
    """A difference that is looked at in one item of a list."""

    id: str

    def shown(self, outcome: Outcome) -> str:
        """Return the part of an outcome that is to be looked at."""
        said = self._said(outcome)
        return f"{self.id} {notation(said[0])}" if said else f"{self.id} is not listed"

    def _said(self, outcome: Outcome) -> list[Any]:
        return [item.outputs for item in outcome.items if item.rule == self.id and item.certainty == "certain"]


@attrs.frozen
class ItemComesOrGoes(_OneItem):
    """An item is listed where it was not, or the other way round."""

    kind: ClassVar[DifferenceKind] = "item"
    comes: bool

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.id}: {'not listed → listed' if self.comes else 'listed → not listed'}"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        return "different"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        return (self.id in before.fired, self.id in after.fired) == (not self.comes, self.comes)


@attrs.frozen
class ItemSaysElse(_OneItem):
    """An item is listed both times, and gives something else for one of these outputs; with `text` only in words."""

    outputs: tuple[str, ...]
    text: bool = False

    @property
    def kind(self) -> DifferenceKind:
        """What of the answer differs."""
        return "text" if self.text else "item"

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.id}: {'says it in other words' if self.text else 'says something else'}"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        return "different"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        was, now = (
            [[said.get(name) for name in self.outputs] for said in self._said(each)] for each in (before, after)
        )
        return was != now


@attrs.frozen
class VerdictDiffers(_WholeAnswer):
    """A quantity lies on another side of its limits; None where it has no value."""

    kind: ClassVar[DifferenceKind] = "verdict"
    quantity: str
    before: Verdict | None
    after: Verdict | None

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.quantity}: {self.before or 'no value'} → {self.after or 'no value'}"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        return "different"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        return (before[self.quantity].verdict, after[self.quantity].verdict) == (self.before, self.after)


@attrs.frozen
class BoundMoves(_WholeAnswer):
    """A quantity has a tighter or a looser bound on one side; none is the loosest."""

    kind: ClassVar[DifferenceKind] = "bound"
    quantity: str
    side: BoundSide
    tighter: bool

    @property
    def what(self) -> str:
        """The difference in words."""
        return f"{self.quantity}, {self.side.replace('_', ' ')}: {'tighter' if self.tighter else 'looser'}"

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        return "stricter" if self.tighter else "calmer"

    def seen(self, before: Outcome, after: Outcome) -> bool:
        """Return whether two outcomes differ so."""
        loose, tight = (getattr(outcome[self.quantity], self.side) for outcome in (before, after))
        if not self.tighter:
            loose, tight = tight, loose
        if tight is None or loose is None:
            return loose is None and tight is not None
        return bool(tight < loose if self.side == "at_most" else tight > loose)


AnswerDifference: TypeAlias = (
    EndingDiffers
    | ValueDiffers
    | NumberDiffers
    | CriterionDiffers
    | ItemComesOrGoes
    | ItemSaysElse
    | VerdictDiffers
    | BoundMoves
)
"""One difference between two answers, of any kind."""
