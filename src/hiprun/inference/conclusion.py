"""What is concluded, as values: answers, items, criteria, limits, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model import Verdict
from hiprun.model.value_conversion import Value, plain
from hiprun.model.value_objects import ValueObject


def _by_position(value: Any) -> tuple[Any, ...]:
    """Return what makes a value again for pickle: its class and fields, the last ones only if set."""
    fields = attrs.fields(type(value))
    contents = [getattr(value, field.name) for field in fields]
    while contents and contents[-1] == fields[len(contents) - 1].default:
        contents.pop()
    return type(value), tuple(contents)


OutcomeStatus: TypeAlias = Literal["decided", "undetermined", "no_match", "conflict"]
Certainty: TypeAlias = Literal["certain", "possible", "excluded"]
CriterionStatus: TypeAlias = Literal["met", "unmet", "unknown"]


class Answer(Mapping[str, Any]):
    """Values by name, in their order: outputs, facts, or tests; never changes and can be compared with a `dict`."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, Value]) -> None:
        self._pairs = dict(pairs)

    def __getitem__(self, name: str) -> Any:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs.items()))

    def __repr__(self) -> str:
        return f"Answer({self._pairs})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Answer, (self._pairs,)

    def to_dict(self) -> dict[str, Any]:
        """Return the outputs as plain data for JSON."""
        return {name: plain(value) for name, value in self._pairs.items()}


@attrs.frozen
class Item(ValueObject):
    """One rule of a `collect` decision: what it would add, and whether it does."""

    rule: str
    certainty: Certainty
    outputs: Answer
    because: str = ""
    sources: tuple[str, ...] = ()

    __reduce__ = _by_position

    def to_dict(self) -> dict[str, Any]:
        """Return the item as plain data for JSON."""
        return {
            "rule": self.rule,
            "certainty": self.certainty,
            "outputs": self.outputs.to_dict(),
            "because": self.because,
            "source": list(self.sources),
        }


@attrs.frozen
class Criterion(ValueObject):
    """One criterion: whether it is met, and what to do if it is not."""

    id: str
    status: CriterionStatus
    title: str = ""
    unmet: str = ""
    sources: tuple[str, ...] = ()

    __reduce__ = _by_position

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as plain data for JSON."""
        return {
            "id": self.id,
            "status": self.status,
            "title": self.title,
            "unmet": self.unmet,
            "source": list(self.sources),
        }


@attrs.frozen
class Limit(ValueObject):
    """The bounds on one quantity.

    `at_least` and `at_most` are the tightest bounds that certainly apply, in the quantity's unit, `set_by` the ids of
    the bounds that set them, `open` the ids of those that may still apply or whose number is not known yet.
    `safest_at_least` and `safest_at_most` are the tightest that remain possible. `verdict` says where the quantity
    is; None while that is unknown, and `possible_verdicts` then lists all that remain. `title` is the
    quantity in words.
    """

    quantity: str
    at_least: Value | None = None
    at_most: Value | None = None
    set_by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    safest_at_least: Value | None = None
    safest_at_most: Value | None = None
    verdict: Verdict | None = None
    possible_verdicts: tuple[Verdict, ...] = ()
    unit: str = ""
    title: str = ""

    __reduce__ = _by_position

    def to_dict(self) -> dict[str, Any]:
        """Return the limit as plain data for JSON."""
        return {
            field.name: (list(value) if isinstance(value, tuple) else plain(value))
            for field in attrs.fields(Limit)
            if (value := getattr(self, field.name)) is not None
        }


@attrs.frozen
class Provenance(ValueObject):
    """Which rules gave a result: pack, version, content digest, the version of the engine, and the settings.

    `settings` has the parameters that were set to other values than the rules give them.
    """

    pack: str
    version: str
    digest: str
    engine: str
    settings: Mapping[str, int | Decimal] = attrs.field(factory=dict, hash=False)

    __reduce__ = _by_position

    def to_dict(self) -> dict[str, Any]:
        """Return the provenance as plain data for JSON."""
        return {
            "pack": self.pack,
            "version": self.version,
            "digest": self.digest,
            "engine": self.engine,
            "settings": plain(self.settings),
        }


@attrs.frozen(slots=False)  # which makes them, and copies of them, in half the time
class Conclusion(ValueObject):
    """What is concluded, whoever the patient is: the same for all patients whose facts meet the same rules.

    `status` is `decided`, `undetermined` (facts that are missing can still change it), `no_match` or `conflict`.
    `possible` has every answer that remains, calmest first; `may_not_match` and `may_conflict` say whether the
    missing facts can also lead there. `safest` takes for every ordered output the worst value that remains. `needs`
    names the unknown facts that can still change the answer, the most decisive first. `fired` names the rules that
    matched and had a say, whatever the missing facts turn out to be. `exact` is False when the budget of work ran
    out; `possible` and `needs` may then be too wide, never too narrow. `items` is filled for `collect`, `criteria`
    for criteria, `limits` for limits.
    """

    decision: str
    status: OutcomeStatus
    possible: tuple[Answer, ...]
    safest: Answer | None
    needs: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    may_not_match: bool = False
    may_conflict: bool = False
    exact: bool = True
    items: tuple[Item, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    limits: tuple[Limit, ...] = ()

    __reduce__ = _by_position

    def with_fired(self, fired: tuple[str, ...], criteria: tuple[Criterion, ...] = ()) -> Conclusion:
        """Return the same conclusion from other rules that fired, and from other criteria if there are any."""
        fields = self.__dict__.copy()  # and not by `_with`: sums of many rows are quicker by a tenth
        fields["fired"] = fired
        if criteria:
            fields["criteria"] = criteria
        other = _new(Conclusion)
        _set_fields(other, fields)
        return other

    def with_answer(self, answer: Answer) -> Conclusion:
        """Return the same conclusion with another answer in the place of the only one there is."""
        return self._with(possible=(answer,) if self.possible else (), safest=answer)

    def with_items(self, items: tuple[Item, ...]) -> Conclusion:
        """Return the same conclusion with other items."""
        return self._with(items=items)

    def _with(self, **changes: Any) -> Conclusion:
        other = _new(Conclusion)
        _set_fields(other, self.__dict__ | changes)
        return other

    @property
    def summary(self) -> str:
        """What is concluded, in one line."""
        if self.status == "undetermined":
            needs = f"{', '.join(self.needs[:_MOST_SHOWN])}{' …' if len(self.needs) > _MOST_SHOWN else ''}"
            return f"{self.decision}: undetermined, safest {_shown(self.safest)}, needs {needs}"
        if self.status != "decided":
            return f"{self.decision}: {self.status}"
        listed = [item.rule for item in self.items if item.certainty == "certain"]
        parts = [_shown(self.possible[0])] if self.possible else listed
        return f"{self.decision}: decided, {', '.join(parts[:_MOST_SHOWN]) or 'nothing'}"

    def __repr__(self) -> str:
        return f"<Conclusion {self.summary}>"


_new = object.__new__
_set_fields = Conclusion.__dict__["__dict__"].__set__  # goes past what keeps it frozen, as its own `__init__` does

_MOST_SHOWN = 5


def _shown(answer: Answer | None) -> str:
    values = {} if answer is None else answer.to_dict()
    return ", ".join(f"{name}={str(value)[:40]}" for name, value in values.items()) or "unknown"
