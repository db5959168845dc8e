"""What differs between two versions of a pack: for each decision nothing, proved, or every change with an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model.value_conversion import plain
from hiprun.verification.claims import RuleName
from hiprun.verification.difference_kinds import DifferenceKind, Direction
from hiprun.verification.run_bounds import Stopped

Equality: TypeAlias = Literal["equivalent", "changed", "added", "removed", "incomparable", "unproved"]


@attrs.frozen
class AnswerChange:
    """Patients who get another answer than before, all of them the same other answer.

    `what` describes the change in one line, from → to. `facts` is one of these patients, `matters` names the facts to
    look at, `before` and `after` are this patient's whole answers. `rules_before` and `rules_after` are the rules
    behind the two that the other version does not apply; `cases` are the existing cases that change in this way.
    `kinds` says which parts of the answer differ; it is empty if the change is in which patients are possible at all.
    """

    what: str
    direction: Direction
    facts: Mapping[str, Any] = attrs.field(hash=False)
    matters: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    rules_before: tuple[RuleName, ...] = ()
    rules_after: tuple[RuleName, ...] = ()
    cases: tuple[str, ...] = ()
    case: str = attrs.field(default="", repr=False)
    kinds: tuple[DifferenceKind, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data for JSON."""
        return {
            "what": self.what,
            "kinds": list(self.kinds),
            "direction": self.direction,
            "facts": {name: plain(value) for name, value in self.facts.items()},
            "matters": list(self.matters),
            "before": self.before,
            "after": self.after,
            "rules_before": [rule.to_dict() for rule in self.rules_before],
            "rules_after": [rule.to_dict() for rule in self.rules_after],
            "cases": list(self.cases),
            "case": self.case,
        }


@attrs.frozen
class TextDifference:
    """A text whose wording differs and nothing else: a text of a decision, or of one of its rules as `decision.id`."""

    subject: str
    part: str
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain data for JSON."""
        return attrs.asdict(self)


@attrs.frozen
class DecisionDifference:
    """How one decision differs; the empty name means which patients are possible at all.

    `equivalent` is proved for every patient. `complete` is False when there are more changes than are listed, or the
    budget did not suffice to find all. `files` are the files that it
    is written in, in either version, by their names inside the pack. `texts` are kept apart from all this: different
    wording changes no answer. `follows` names the changed decisions that it uses, if nothing that it says itself, or
    uses in any other way, is different: then its own changes are their consequences.
    """

    decision: str
    status: Equality
    changes: tuple[AnswerChange, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True
    files: tuple[str, ...] = ()
    texts: tuple[TextDifference, ...] = ()
    follows: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain data for JSON."""
        return {
            "decision": self.decision,
            "status": self.status,
            "complete": self.complete,
            "follows": list(self.follows),
            "notes": list(self.notes),
            "texts": [each.to_dict() for each in self.texts],
            "changes": [change.to_dict() for change in self.changes],
        }


@attrs.frozen
class Difference:
    """Everything that differs between two versions of a pack. `faults` are disagreements inside hiprun itself.

    `stopped` says why the comparison did not come to its end, where it did not: the rest is open then.
    """

    old: str
    new: str
    decisions: tuple[DecisionDifference, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    stopped: Stopped = ""

    def __repr__(self) -> str:
        return f"<Difference {self.old} → {self.new}: {len(self.decisions)} decisions>"

    @property
    def equivalent(self) -> bool:
        """Whether it is proved that every patient gets the same answers as before."""
        return not self.stopped and not self.faults and all(each.status == "equivalent" for each in self.decisions)

    @property
    def may_be_calmer(self) -> bool:
        """Whether somebody gets a calmer answer than before, or it could not be proved that nobody does."""
        open_ = ("removed", "incomparable", "unproved")
        return bool(self.faults or self.stopped) or any(
            each.status in open_
            or not each.complete
            or any(change.direction in ("calmer", "mixed") for change in each.changes)
            for each in self.decisions
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain data for JSON."""
        return {
            "old": self.old,
            "new": self.new,
            "equivalent": self.equivalent,
            "may_be_calmer": self.may_be_calmer,
            "notes": list(self.notes),
            "decisions": [each.to_dict() for each in self.decisions],
            "faults": list(self.faults),
            "stopped": self.stopped,
        }
