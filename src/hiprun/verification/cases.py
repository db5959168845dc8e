"""What a case is and whether it holds: an example patient run on a pack, compared with what must come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import attrs

from hiprun.errors import FactError, UndecidedError
from hiprun.inference.conclusion import Limit
from hiprun.inference.explanation import ConditionStep, RuleStep
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Example, Model
from hiprun.model.value_conversion import exact, plain
from hiprun.model.value_notation import notation
from hiprun.pack import Pack, texts_of
from hiprun.verification.run_bounds import Interrupted, Progress, silent


@attrs.frozen
class Failure:
    """One expectation that did not come true.

    `what` is the expectation as the case file names it: an output, a quantity, `status`, `needs` and so on; `facts`
    where the facts should have been refused or should not. `expected` and `found` are plain data. `headline` says both,
    `fired` which rules fired and where they stand; `needs` names the unknown facts that leave the outcome open.
    """

    decision: str
    what: str
    expected: Any = attrs.field(hash=False)
    found: Any = attrs.field(hash=False)
    headline: str
    fired: str = ""
    needs: tuple[str, ...] = ()
    outcome: Outcome | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def message(self) -> str:
        """The failure in words, and what helps: what differs, what fired or nearly did, what is open."""
        return "\n".join([self.headline, *(f"  {line}" for line in self.details())])

    def details(self) -> Iterator[str]:
        """Yield what helps to find the cause, line by line."""
        if self.outcome is None:
            return
        yield f"fired: {self.fired or 'no rule'}"
        if not self.fired and not self.needs:
            for step in closest(self.outcome, self.what, self.expected):
                yield f"closest: {step.id} ({step.place})"
                yield f"  {step.reason}"
        if self.needs:
            yield f"not known, and needed: {', '.join(self.needs)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as plain data for JSON."""
        return {
            "decision": self.decision,
            "what": self.what,
            "expected": plain(self.expected),
            "found": plain(self.found),
            "needs": list(self.needs),
            "message": self.message,
        }


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
        for _, group in groupby(self.failures, key=lambda failure: failure.decision):
            failures = list(group)
            lines += [failure.headline for failure in failures]
            # what helps is the same for all that is said of one decision, and said once
            lines += [f"  {line}" for line in max(failures, key=lambda failure: len(failure.needs)).details()]
        return "\n".join([lines[0], *(f"  {line}" for text in lines[1:] for line in text.split("\n"))])

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
    texts = texts_of(pack)
    compared = texts.comparable(example.facts) if any(map(texts.concern, outcomes)) else None
    return CaseResult(example, tuple(judge(pack.model, example, outcomes, compared)))


def run_all(pack: Pack, examples: Sequence[Example], progress: Progress = silent) -> list[CaseResult]:
    """Return what comes of several cases.

    `progress` is told how many have run. Ctrl-C raises `Interrupted`, a `KeyboardInterrupt` with the results so far.
    """
    results: list[CaseResult] = []
    try:
        for example in examples:
            progress(len(results), len(examples))
            results.append(run(pack, example))
        progress(len(results), len(examples))
    except KeyboardInterrupt:
        raise Interrupted(results) from None
    return results


def judge(
    model: Model, example: Example, outcomes: Mapping[str, Outcome], compared: Callable[[Any], Any] | None = None
) -> Iterator[Failure]:
    """Yield a failure for every expectation of `example` that `outcomes` do not meet.

    `compared` gives texts the one form in which they can be compared: that in which they are read.
    """
    if example.expect == "refused":
        yield Failure("", "facts", "refused", "accepted", "these facts should be refused and were accepted.")
        return
    for decision, expectations in example.expect.items():
        outcome = outcomes[decision]
        for what, expected, found, holds in _compare(model, outcome, expectations):
            if not holds and (compared is None or compared(expected) != compared(found)):
                headline = f"{decision}.{what}: expected {notation(expected)}, found {notation(found)}"
                different = _different(expected, found)
                headline += f"\n  {different}" if different else ""
                decided = "status" not in expectations and what not in _OF_WHAT_IS_OPEN
                needs = outcome.needs if decided and outcome.status == "undetermined" else ()
                yield Failure(decision, what, expected, found, headline, _fired(model, outcome), needs, outcome)


def _fired(model: Model, outcome: Outcome) -> str:
    places = {rule.id: rule.place for rule in model.decisions[outcome.decision].rules}
    return ", ".join(f"{id_} ({places[id_]})" for id_ in outcome.fired)


_OF_WHAT_IS_OPEN = frozenset({"possible", "safest", "needs", "unknown"})
"""What is expected only of outcomes that are open anyway."""
_SHORT = 3
"""A list of so many entries is compared by the eye."""
_MOST_CLOSEST = 2


def _different(expected: Any, found: Any) -> str:
    """Return in which entries two long lists differ; empty for anything else."""
    if not (isinstance(expected, list | tuple) and isinstance(found, list | tuple)):
        return ""
    if max(len(expected), len(found)) <= _SHORT:
        return ""
    wanted, there = [notation(entry) for entry in expected], [notation(entry) for entry in found]
    lacks = [entry for entry in wanted if entry not in there]
    more = [entry for entry in there if entry not in wanted]
    said = [f"{word} {', '.join(entries)}" for word, entries in (("lacks", lacks), ("also has", more)) if entries]
    return "; ".join(said)


def closest(outcome: Outcome, what: str, expected: Any) -> list[RuleStep]:
    """Return the rules that did not fire for the fewest of their tests: those that give what is expected, if any do."""
    try:
        steps = [] if outcome.criteria else [step for step in outcome.explain().rules if step.status == "not_fired"]
    except UndecidedError:  # an outcome that was put together by hand has no explanation
        return []
    fitting = [step for step in steps if what in step.outputs and notation(step.outputs[what]) == notation(expected)]
    return sorted(fitting or steps, key=lambda step: _tests_short(step.condition))[:_MOST_CLOSEST]


def _tests_short(step: ConditionStep) -> int:
    """Return how many tests keep a condition from holding."""
    short = [_tests_short(part) for part in step.parts if part.truth is not True]
    if not short:
        return 1
    return sum(short) if step.text == "all of" else min(short)


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
    found = {name: outcome.safest[name] for name in expected if name in outcome.safest}
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
