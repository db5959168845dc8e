"""What a case is and whether it holds: an example patient run on a pack, compared with what must come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.errors import FactError, UndecidedError
from hiprun.inference.conclusion import Limit
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Example, Model
from hiprun.model.notation import notation
from hiprun.model.values import exact, plain
from hiprun.pack import Pack


@attrs.frozen
class Failure:
    """One expectation that did not come true.

    `what` is the expectation as the case file names it: an output, a quantity, `status`, `needs` and so on; `facts`
    where the facts should have been refused or should not. `expected` and `found` are plain data.
    """

    decision: str
    what: str
    expected: Any = attrs.field(hash=False)
    found: Any = attrs.field(hash=False)
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as plain data for JSON."""
        return {**attrs.asdict(self), "expected": plain(self.expected), "found": plain(self.found)}


@attrs.frozen
class CaseResult:
    """What came of one case; `str()` says it to a reader."""

    example: Example
    failures: tuple[Failure, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.failures

    def __str__(self) -> str:
        title = f" ({self.example.title})" if self.example.title else ""
        lines = [f"{self.example.place}: {self.example.id}{title}"]
        return "\n".join([*lines, *(f"  {line}" for failure in self.failures for line in failure.message.split("\n"))])

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data for JSON."""
        return {
            "id": self.example.id,
            "title": self.example.title,
            "place": str(self.example.place),
            "passed": self.passed,
            "failures": [failure.to_dict() for failure in self.failures],
        }


Evaluate = Callable[[Mapping[str, object], Iterable[str]], Mapping[str, Outcome]]
"""Something that turns facts into the outcomes of the decisions named."""


def run(pack: Pack, example: Example, evaluate: Evaluate | None = None) -> CaseResult:
    """Return what comes of `example` on `pack`, or on another `evaluate` that should answer as the pack does."""
    wanted = () if example.expect == "refused" else tuple(example.expect)
    try:
        outcomes = (evaluate or pack.evaluate)(example.facts, wanted)
    except FactError as error:
        if example.expect == "refused":
            return CaseResult(example)
        refusals = [problem.message for problem in error.problems]
        message = "\n".join(["these facts were refused:", *(f"  {refusal}" for refusal in refusals)])
        return CaseResult(example, (Failure("", "facts", "accepted", refusals, message),))
    return CaseResult(example, tuple(judge(pack.model, example, outcomes)))


def judge(model: Model, example: Example, outcomes: Mapping[str, Outcome]) -> Iterator[Failure]:
    """Yield a failure for every expectation of `example` that `outcomes` do not meet."""
    if example.expect == "refused":
        yield Failure("", "facts", "refused", "accepted", "these facts should be refused and were accepted.")
        return
    for decision, expectations in example.expect.items():
        outcome = outcomes[decision]
        for what, expected, found, holds in _compare(model, outcome, expectations):
            if not holds:
                message = (
                    f"{decision}.{what}: expected {notation(expected)}, found {notation(found)}\n"
                    f"  fired: {_fired(model, outcome)}"
                )
                yield Failure(decision, what, expected, found, message)


def _fired(model: Model, outcome: Outcome) -> str:
    places = {rule.id: rule.place for rule in model.decisions[outcome.decision].rules}
    return ", ".join(f"{id_} ({places[id_]})" for id_ in outcome.fired) or "no rule"


Comparison = tuple[str, Any, Any, bool]
"""What is expected by which name, what was found, and whether it is as expected."""


def _compare(model: Model, outcome: Outcome, expectations: Mapping[str, object]) -> Iterator[Comparison]:
    decision = model.decisions[outcome.decision]
    names = {output.name for output in decision.outputs}
    bounded = HIT_POLICIES[decision.hit].gives == "limits"
    if not bounded and "status" not in expectations and not names.isdisjoint(expectations):
        yield _same("status", "decided", outcome.status)
    for what, expected in expectations.items():
        if what not in names:
            yield KEYWORDS[what](what, expected, outcome, decision)
        elif bounded:
            yield from _limit(outcome[what], expected)
        else:
            yield _output(outcome, what, expected, decision.output(what).domain)


def _same(what: str, expected: Any, found: Any) -> Comparison:
    return what, expected, found, expected == found


def _output(outcome: Outcome, name: str, expected: Any, domain: Domain) -> Comparison:
    try:
        found = outcome[name]
    except UndecidedError:
        remaining = list(dict.fromkeys(answer[name] for answer in outcome.possible))
        return name, expected, {"one_of": remaining} if remaining else outcome.status, False
    if isinstance(found, tuple):
        same = [canonical(domain, value) for value in expected] == [canonical(domain, value) for value in found]
    else:
        same = canonical(domain, expected) == canonical(domain, found)
    return name, expected, found, same


def _limit(limit: Limit, expected: Any) -> Iterator[Comparison]:
    number = Domain("number")
    for part, value in expected.items():
        found = getattr(limit, part)
        holds = value == found if part == "verdict" else canonical(number, value) == canonical(number, found)
        yield f"{limit.quantity}.{part}", value, found, holds


def _status(what: str, expected: Any, outcome: Outcome, _: Decision) -> Comparison:
    return _same(what, expected, outcome.status)


def _possible(what: str, expected: Any, outcome: Outcome, decision: Decision) -> Comparison:
    if HIT_POLICIES[decision.hit].gives == "items":
        return _exactly(what, expected, [item.rule for item in outcome.items if item.certainty == "possible"])
    missing = [_answer(decision, answer) for answer in expected]
    for answer in outcome.possible:
        found = _answer(decision, answer)
        if found in missing:
            missing.remove(found)
    return what, expected, list(outcome.possible), not missing and len(outcome.possible) == len(expected)


def _safest(what: str, expected: Any, outcome: Outcome, decision: Decision) -> Comparison:
    safest: Mapping[str, Any] = outcome.safest or {}
    found = {name: safest[name] for name in expected if name in safest}
    return what, expected, found, _answer(decision, expected) == _answer(decision, found)


def _needs(what: str, expected: Any, outcome: Outcome, _: Decision) -> Comparison:
    return _exactly(what, expected, outcome.needs)


def _among_fired(what: str, expected: Any, outcome: Outcome, _: Decision) -> Comparison:
    return _among(what, expected, outcome.fired)


def _items(what: str, expected: Any, outcome: Outcome, _: Decision) -> Comparison:
    return _among(what, expected, [item.rule for item in outcome.items if item.certainty == what])


def _criteria(what: str, expected: Any, outcome: Outcome, _: Decision) -> Comparison:
    return _exactly(what, expected, [criterion.id for criterion in outcome.criteria if criterion.status == what])


def _exactly(what: str, expected: Any, found: Iterable[str]) -> Comparison:
    listed = list(found)
    return what, expected, listed, set(expected) == set(listed)


def _among(what: str, expected: Any, found: Iterable[str]) -> Comparison:
    listed = list(found)
    # an empty list would hold of everything, so it says that there are none
    return what, expected, listed, set(expected) <= set(listed) if expected else not listed


KEYWORDS: Mapping[str, Callable[[str, Any, Outcome, Decision], Comparison]] = {
    "status": _status,
    "possible": _possible,
    "safest": _safest,
    "needs": _needs,
    "fired": _among_fired,
    "certain": _items,
    "excluded": _items,
    "met": _criteria,
    "unmet": _criteria,
    "unknown": _criteria,
}
"""What may be expected of a decision besides its outputs and quantities."""


def _answer(decision: Decision, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: canonical(decision.output(name).domain, value) for name, value in answer.items()}


def canonical(domain: Domain, value: Any) -> Any:
    """Return a value of a case file, or one that came out, in the one form in which the two can be compared.

    >>> canonical(Domain("set"), ["red", "blue"]) == canonical(Domain("set"), frozenset({"blue", "red"}))
    True
    """
    if isinstance(value, Mapping):
        return {name: canonical(domain, part) for name, part in value.items()}
    match domain.type:
        case "set":
            return frozenset(value)
        case "integer" | "number":
            return None if value is None else exact(value)
        case "date":
            return str(value)
        case _:
            return value
