"""What comes out: an outcome for each decision, as values that explain themselves and turn into JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import Problem, UndecidedError, UnknownNameError, did_you_mean
from hiprun.explanation import Explanation
from hiprun.values import Value, plain

Status: TypeAlias = Literal["decided", "undetermined", "no_match", "conflict"]
Certainty: TypeAlias = Literal["certain", "possible", "excluded"]
CriterionStatus: TypeAlias = Literal["met", "unmet", "unknown"]
Verdict: TypeAlias = Literal["within", "above", "below"]


class Answer(Mapping[str, Value]):
    """Outputs by name, in the order of the decision; never changes and can be compared with a `dict`."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, Value]) -> None:
        self._pairs = dict(pairs)

    def __getitem__(self, name: str) -> Value:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(tuple(sorted((name, repr(value)) for name, value in self._pairs.items())))

    def __repr__(self) -> str:
        return f"Answer({self._pairs})"

    def to_dict(self) -> dict[str, Any]:
        """Return the outputs as plain data for JSON."""
        return {name: plain(value) for name, value in self._pairs.items()}


@attrs.frozen
class Item:
    """One rule of a `collect` decision: what it would add, and whether it does."""

    rule: str
    certainty: Certainty
    outputs: Answer
    because: str = ""
    sources: tuple[str, ...] = ()

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
class Criterion:
    """One criterion: whether it is met, and what to do when it is not."""

    id: str
    status: CriterionStatus
    title: str = ""
    unmet: str = ""
    sources: tuple[str, ...] = ()

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
class Limit:
    """The bounds on one quantity.

    `at_least` and `at_most` are the tightest bounds that certainly apply, in the quantity's unit, `set_by` the ids of
    the bounds that set them, `open` the ids of those that may still apply or whose number is not known yet.
    `safest_at_least` and `safest_at_most` are the tightest that remain possible. `verdict` says where the quantity
    lies; None while that is unknown, and `possible_verdicts` then has all that remain.
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

    def to_dict(self) -> dict[str, Any]:
        """Return the limit as plain data for JSON."""
        return {
            field.name: (list(value) if isinstance(value, tuple) else plain(value))
            for field in attrs.fields(Limit)
            if (value := getattr(self, field.name)) is not None
        }


@attrs.frozen
class Provenance:
    """Which rules gave a result: pack, version, content digest, and the version of the engine."""

    pack: str
    version: str
    digest: str
    engine: str


@attrs.frozen
class Outcome:
    """The answer of one decision for one patient.

    `status` is `decided`, `undetermined` (facts that are missing can still change it), `no_match` or `conflict`.
    `possible` has every answer that remains, calmest first; `may_not_match` and `may_conflict` say whether the missing
    facts can also lead there. `safest` takes for every ordered output the worst value that remains. `needs` names the
    unknown facts that can still change the answer, the most decisive first. `fired` names the rules that certainly
    matched and had a say. `exact` is False when the budget of work ran out; `possible` and `needs` may then be too
    wide, never too narrow. `items` is filled for `collect`, `criteria` for criteria, `limits` for limits.
    """

    decision: str
    status: Status
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
    facts: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    provenance: Provenance | None = attrs.field(default=None, repr=False)
    _explain: Callable[[], Explanation] | None = attrs.field(default=None, eq=False, repr=False, alias="explainer")

    def __getitem__(self, output: str) -> Any:
        """Return the value of an output that is certain.

        For `collect` this is a tuple, one value for each certain item that has this output; for limits a `Limit`.
        Raises `UndecidedError` when several values remain or there is none, `UnknownNameError` for an unknown name.
        """
        if self.limits:
            for limit in self.limits:
                if limit.quantity == output:
                    return limit
            raise self._unknown_output(output, [limit.quantity for limit in self.limits])
        if self.items or (not self.possible and self.status == "decided"):
            return self._collected(output)
        values = {answer[output]: None for answer in self.possible if output in answer}
        if len(values) == 1 and not self.may_not_match and not self.may_conflict:
            value = next(iter(values))
            if not isinstance(value, Mapping):
                return value
        names = list(self.possible[0]) if self.possible else []
        if names and output not in names:
            raise self._unknown_output(output, names)
        raise self._undecided(output, [str(plain(value)) for value in values])

    def get(self, output: str, default: Any = None) -> Any:
        """Return the value of an output that is certain, else `default`."""
        try:
            return self[output]
        except UndecidedError:
            return default

    def range(self, output: str) -> tuple[Value, Value]:
        """Return the lowest and the highest value of a number output that remain possible, both included."""
        values: list[Any] = []
        for answer in self.possible:
            value = answer[output]
            values += [value["at_least"], value["at_most"]] if isinstance(value, Mapping) else [value]
        if not values:
            raise self._undecided(output, [])
        return min(values), max(values)

    def explain(self) -> Explanation:
        """Return how this came about; `str()` of it is text, its `to_dict()` data. Made only when asked for."""
        if self._explain is None:
            raise self._undecided("explanation", [])
        return self._explain()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain data, as the published schema `outcome.schema.json` describes it."""
        data: dict[str, Any] = {
            "decision": self.decision,
            "status": self.status,
            "exact": self.exact,
            "possible": [answer.to_dict() for answer in self.possible],
            "may_not_match": self.may_not_match,
            "may_conflict": self.may_conflict,
            "safest": self.safest.to_dict() if self.safest is not None else None,
            "needs": list(self.needs),
            "fired": list(self.fired),
        }
        if self.items:
            data["items"] = [item.to_dict() for item in self.items]
        if self.criteria:
            data["criteria"] = [criterion.to_dict() for criterion in self.criteria]
        if self.limits:
            data["limits"] = [limit.to_dict() for limit in self.limits]
        data["facts"] = {name: plain(value) for name, value in self.facts.items()}
        if self.provenance is not None:
            data["provenance"] = attrs.asdict(self.provenance)
        return data

    def _collected(self, output: str) -> tuple[Any, ...]:
        if self.status != "decided":
            raise self._undecided(output, [])
        return tuple(
            item.outputs[output] for item in self.items if item.certainty == "certain" and output in item.outputs
        )

    def _unknown_output(self, output: str, known: list[str]) -> UnknownNameError:
        message = f"`{output}` is not an output of `{self.decision}`."
        return UnknownNameError([Problem("unknown-output", message, help=did_you_mean(output, known))])

    def _undecided(self, output: str, values: list[str]) -> UndecidedError:
        listed = f" It may still be {', '.join(values)}." if values else ""
        needed = f"Ask for {', '.join(self.needs[:5])}." if self.needs else "Look at `status` first."
        message = f"`{self.decision}.{output}` has no single value: the outcome is {self.status}.{listed}"
        return UndecidedError([Problem("undecided", message, help=needed)])


@attrs.frozen
class Assessment(Mapping[str, Outcome]):
    """The outcomes of all decisions for one patient, by the name of the decision, in the order of the pack."""

    outcomes: Mapping[str, Outcome] = attrs.field(hash=False)

    def __getitem__(self, decision: str) -> Outcome:
        try:
            return self.outcomes[decision]
        except KeyError:
            message = f"`{decision}` is not a decision of this pack."
            raise UnknownNameError(
                [Problem("unknown-decision", message, help=did_you_mean(decision, self.outcomes))]
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __contains__(self, decision: object) -> bool:
        return decision in self.outcomes

    def to_dict(self) -> dict[str, Any]:
        """Return all outcomes as plain data, by the name of the decision."""
        return {name: outcome.to_dict() for name, outcome in self.outcomes.items()}


__all__ = [
    "Answer",
    "Assessment",
    "Criterion",
    "Item",
    "Limit",
    "Outcome",
    "Provenance",
]
