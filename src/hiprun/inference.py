"""The core: a grounded decision and a patient's facts in, an outcome out. Pure; reads no file, keeps no state.

What the known facts settle row by row is settled so. Only where unknown facts leave rules open is the exact set of
what can still come out searched for, and beyond the budget of that search the row-by-row bounds stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.circuit import FALSE, TRUE, Node
from hiprun.diagram import Diagram, OutOfBudget, explore
from hiprun.errors import FactError, Problem
from hiprun.explanation import Explanation
from hiprun.facts import Facts
from hiprun.ground import Program
from hiprun.linear import Linear, bounds, hull
from hiprun.model import Model, Number, Output
from hiprun.operators import Truth, code
from hiprun.policy import ADVANCE, Candidate, Ending, Gathered, Payload, Result, rank, unrank, worst_first
from hiprun.region import of_domain
from hiprun.result import Answer, Certainty, Criterion, CriterionStatus, Item, Limit, Outcome, Provenance, Verdict
from hiprun.situation import Residual, Situation, residual, situation
from hiprun.values import public, tidy

BUDGET = 200_000
"""How many steps the search for the exact set of outcomes may take; a step looks at one rule for one value of one fact."""

_CERTAINTY: Mapping[Truth, Certainty] = {True: "certain", False: "excluded", None: "possible"}
_CRITERION: Mapping[Truth, CriterionStatus] = {True: "unmet", False: "met", None: "unknown"}


def infer(
    model: Model,
    program: Program,
    facts: Facts,
    *,
    budget: int = BUDGET,
    provenance: Provenance | None = None,
    explainer: Callable[[], Explanation] | None = None,
) -> Outcome:
    """Return the outcome of one decision for one patient, exact for unknown facts within `budget` steps."""
    patient = _Patient(model, situation(model, program, facts), budget)
    if program.decision.hit == "collect":
        outcome = patient.collected()
    elif program.decision.hit == "limits":
        outcome = patient.limited()
    else:
        outcome = patient.answered()
    return attrs.evolve(outcome, facts=facts.given, provenance=provenance, explainer=explainer)


def check_possible(model: Model, program: Program, facts: Facts, *, budget: int = BUDGET) -> None:
    """Raise `FactError` when these facts contradict a constraint; `program` is that of the constraints."""
    there = situation(model, program, facts)
    if there.truths[program.allowed]:
        return
    broken = [
        constraint for constraint in model.constraints if there.truths[program.conditions[constraint.never]] is True
    ]
    if broken:
        raise FactError(
            [Problem("impossible-facts", f"These facts cannot occur together: {constraint.because or constraint.id}",
                     help="Look at them again, or leave out what is not known.") for constraint in broken]
        )  # fmt: skip
    left = residual(model, there)
    try:
        diagram = explore(
            left.circuit, ADVANCE["first"], _as_truth, (), allowed=left.allowed, ties=left.ties, budget=budget
        )
    except OutOfBudget:
        return
    if not diagram.possible():
        raise FactError([Problem("impossible-facts", "No patient can have all of these facts at once.",
                                 help="Look at them again, or leave out what is not known.")])  # fmt: skip


def _as_truth(gathered: Gathered) -> Result:
    return gathered if isinstance(gathered, Ending) else (gathered is not None,)


class _Patient:
    """One patient in front of one program; made for one inference and dropped."""

    def __init__(self, model: Model, there: Situation, budget: int) -> None:
        self.model, self.there, self.budget = model, there, budget
        self.program = there.program
        self.decision = there.program.decision
        self.facts = there.facts
        self.exact = True
        self.scores: dict[str, int] = {}
        self._residual: Residual | None = None

    @property
    def residual(self) -> Residual:
        if self._residual is None:
            self._residual = residual(self.model, self.there)
        return self._residual

    # one answer: unique, any, first, priority, worst, sum, min, max, count

    def answered(self) -> Outcome:
        policy = self.program.policy
        assert policy is not None
        payloads = [tuple(map(self.resolved, payload)) for payload in policy.payloads]
        policy = attrs.evolve(policy, payloads=tuple(payloads), otherwise=self.resolved_row(policy.otherwise))
        rules = [self.program.rules[index] for index in policy.order]
        settled = self.settled(policy.advance, list(zip(rules, payloads, strict=True)))
        if settled is not _OPEN:
            results = [policy.finish(settled)]
            return self.outcome(results, ())
        candidates = [(self.node(node), payload) for node, payload in zip(rules, payloads, strict=True)]
        try:
            diagram = self.explore(policy.advance, policy.finish, candidates)
        except OutOfBudget:
            return self.bounded(candidates)
        self.note_needs(diagram)
        return self.outcome(diagram.possible(), self.needs())

    def settled(self, advance: Any, rules: Sequence[tuple[Node, Payload]]) -> Any:
        """Return what is gathered when the facts settle every rule that matters, else `_OPEN`."""
        truths = self.there.truths
        conflict = truths[self.program.conflict]
        if conflict is True:
            return Ending.CONFLICT
        candidates: list[Candidate] = []
        for number, (node, payload) in enumerate(rules, TRUE + 1):
            truth = truths[node]
            candidates.append((number if truth is None else int(truth), payload))
        gathered, left = advance(None, candidates)
        return _OPEN if left or conflict is None else gathered

    def node(self, node: Node) -> Node:
        return self.residual.nodes[node]

    def explore(self, advance: Any, finish: Any, candidates: Sequence[Candidate], *, conflict: bool = True) -> Diagram:
        left = self.residual
        return explore(
            left.circuit,
            advance,
            finish,
            candidates,
            conflict=left.nodes[self.program.conflict] if conflict else FALSE,
            allowed=left.allowed,
            ties=left.ties,
            budget=self.budget,
        )

    def outcome(self, results: Sequence[Result], needs: tuple[str, ...]) -> Outcome:
        answers = [result for result in results if not isinstance(result, Ending)]
        open_numbers = sorted(
            {name for answer in answers for value in answer if isinstance(value, Linear) for name in _names(value)}
        )
        for name in open_numbers:
            self.scores.setdefault(name, 0)
        if not results:
            raise FactError([Problem("impossible-facts", "No patient can have all of these facts at once.")])
        decided = len(results) == 1 and not open_numbers
        endings = {result for result in results if isinstance(result, Ending)}
        status: Any = "undetermined"
        if decided:
            status = next(iter(endings)).value if endings else "decided"
        return Outcome(
            decision=self.decision.name,
            status=status,
            possible=tuple(self.answer(answer) for answer in sorted(answers, key=self.calmness)),
            safest=self.safest(answers),
            needs=needs if not open_numbers else self.needs(),
            fired=self.fired(),
            may_not_match=not decided and Ending.NO_MATCH in endings,
            may_conflict=not decided and Ending.CONFLICT in endings,
            exact=self.exact,
            criteria=self.criteria(),
        )

    def answer(self, payload: Payload) -> Answer:
        return Answer(
            {
                output.name: self.value(output, value)
                for output, value in zip(self.decision.outputs, payload, strict=True)
            }
        )

    def value(self, output: Output, value: Any) -> Any:
        if isinstance(value, Linear):
            (low, _), (high, _) = self.span(value)
            value = {"at_least": low, "at_most": high}
            return {name: public(output.domain, end) for name, end in value.items() if not isinstance(end, float)}
        return public(output.domain, value)

    def span(self, value: Linear) -> Any:
        hulls = {name: hull(of_domain(self.model.facts[name].domain)) for name in _names(value)}
        for name, partial in self.facts.partial.items():
            if name in hulls and partial.region is not None:
                hulls[name] = hull(partial.region)
        terms = [(ref.name, factor) for ref, factor in value.terms]
        (low, low_side), (high, high_side) = bounds(terms, hulls)
        return (tidy_end(low + value.constant), low_side), (tidy_end(high + value.constant), high_side)

    def calmness(self, payload: Payload) -> tuple[Any, ...]:
        key: list[Any] = []
        for output, value in zip(self.decision.outputs, payload, strict=True):
            if isinstance(value, Linear):
                key.append((1, str(value)))
            elif output.domain.worse:
                key.append((0, rank(output.domain, value)))
            elif isinstance(value, frozenset):
                key.append((0, sorted(value)))
            else:
                key.append((0, code(output.domain, value)))
        return tuple(key)

    def safest(self, answers: Sequence[Payload]) -> Answer | None:
        if not answers:
            return None
        found: dict[str, Any] = {}
        for index, output in enumerate(self.decision.outputs):
            values = {answer[index] for answer in answers}
            if len(values) == 1:
                found[output.name] = self.value(output, values.pop())
            elif output.domain.worse:
                ranks = [self.worst_rank(output, value) for value in values]
                worst = max(ranks)
                if not isinstance(worst, float):
                    found[output.name] = public(output.domain, unrank(output.domain, worst))
        return Answer(found)

    def worst_rank(self, output: Output, value: Any) -> Any:
        if not isinstance(value, Linear):
            return rank(output.domain, value)
        (low, _), (high, _) = self.span(value)
        return max(rank(output.domain, low), rank(output.domain, high))

    def fired(self) -> tuple[str, ...]:
        truths, rules = self.there.truths, self.decision.rules
        policy = self.program.policy
        if policy is not None and policy.hit in ("first", "priority"):
            for index in policy.order:
                truth = truths[self.program.rules[index]]
                if truth is not False:
                    return (rules[index].id,) if truth else ()
            return ()
        ids = (rule.id for rule, node in zip(rules, self.program.rules, strict=True) if truths[node])
        return tuple(dict.fromkeys(ids))

    def criteria(self) -> tuple[Criterion, ...]:
        if self.decision.kind != "criteria":
            return ()
        return tuple(
            Criterion(rule.id, _CRITERION[self.certainty(node)], rule.title, rule.unmet, rule.sources)
            for rule, node in zip(self.decision.rules, self.program.rules, strict=True)
        )

    # what the search left open

    def resolved(self, value: Any) -> Any:
        if not isinstance(value, Linear):
            return value
        for ref, _ in value.terms:
            number: Any = self.facts.known.get(ref.name)
            if number is not None:
                value = value.put(ref, Linear(number))
        return value if value.terms else value.constant

    def resolved_row(self, payload: Payload | None) -> Payload | None:
        return None if payload is None else tuple(map(self.resolved, payload))

    def note_needs(self, diagram: Diagram) -> None:
        variables = self.program.variables
        for index, score in diagram.decisive().items():
            if index >= len(variables):
                continue
            variable = variables[index]
            names = [name for name, _ in variable.terms] if variable.kind == "sum" else [variable.fact]
            for name in names:
                if name not in self.facts.known:
                    self.scores[name] = min(score, self.scores.get(name, score))

    def note_open(self, nodes: Iterable[Node]) -> None:
        support = 0
        for node in nodes:
            support |= self.residual.circuit.support[node]
        for index, variable in enumerate(self.program.variables):
            if support >> index & 1:
                names = [name for name, _ in variable.terms] if variable.kind == "sum" else [variable.fact]
                for name in names:
                    if name not in self.facts.known:
                        self.scores.setdefault(name, 0)

    def needs(self) -> tuple[str, ...]:
        place = {name: index for index, name in enumerate(self.model.facts)}
        return tuple(sorted(self.scores, key=lambda name: (self.scores[name], place[name])))

    def certainty(self, node: Node, *, needed: bool = False) -> Truth:
        """Return whether `node` holds for every completion, for none, or only for some (None)."""
        truth = self.there.truths[node]
        if truth is not None:
            return truth
        try:
            diagram = self.explore(ADVANCE["first"], _as_truth, [(self.node(node), (True,))], conflict=False)
        except OutOfBudget:
            self.exact = False
            if needed:
                self.note_open([self.node(node)])
            return None
        results = diagram.possible()
        if len(results) == 1:
            return results[0] == (True,)
        if needed:
            self.note_needs(diagram)
        return None

    def bounded(self, candidates: Sequence[Candidate]) -> Outcome:
        """Return the outcome that the row-by-row bounds allow: too wide perhaps, never too narrow."""
        policy = self.program.policy
        assert policy is not None
        self.exact = False
        gathered, left = policy.advance(None, candidates)
        self.note_open([*(node for node, _ in left), self.residual.nodes[self.program.conflict]])
        outputs = self.decision.outputs
        sure = None if isinstance(gathered, Ending) else gathered
        base = policy.finish(sure)
        may_conflict = isinstance(gathered, Ending) or self.residual.nodes[self.program.conflict] != FALSE
        columns: list[set[Any]] = []
        rows: list[Payload] = []
        if policy.hit in ("sum", "count"):
            start = sure if sure is not None else tuple(0 for _ in outputs)
            for index in range(len(outputs)):
                weights = [payload[index] for _, payload in left]
                low = start[index] + sum(weight for weight in weights if weight < 0)
                high = start[index] + sum(weight for weight in weights if weight > 0)
                columns.append({low, high})
        elif policy.hit in ("worst", "min", "max"):
            for index in range(len(outputs)):
                numbers = {payload[index] for _, payload in left if payload[index] is not None}
                if sure is not None and sure[index] is not None:
                    numbers = {number for number in numbers if number >= sure[index]} | {sure[index]}
                values = {policy.finish(tuple(number for _ in outputs))[index] for number in numbers}  # type: ignore[index]
                if not isinstance(base, Ending):
                    values.add(base[index])
                columns.append(values)
        else:
            rows = list(dict.fromkeys(payload for node, payload in left))
            if not isinstance(base, Ending):
                rows.append(base)
            may_conflict = may_conflict or policy.hit in ("unique", "any")
        possible: tuple[Answer, ...]
        if columns:
            score = policy.hit in ("sum", "count")
            possible = (
                Answer(
                    {
                        output.name: self.spread(output, values, score)
                        for output, values in zip(outputs, columns, strict=True)
                    }
                ),
            )
            rows = [tuple(column) for column in zip(*_padded(columns), strict=True)]
        else:
            possible = tuple(self.answer(row) for row in sorted(dict.fromkeys(rows), key=self.calmness))
        return Outcome(
            decision=self.decision.name,
            status="undetermined",
            possible=possible,
            safest=self.safest(rows),
            needs=self.needs(),
            fired=self.fired(),
            may_not_match=base is Ending.NO_MATCH,
            may_conflict=may_conflict,
            exact=False,
            criteria=self.criteria(),
        )

    def spread(self, output: Output, values: set[Any], score: bool) -> Any:
        if len(values) == 1:
            return self.value(output, next(iter(values)))
        ordered = sorted(values, key=lambda value: code(output.domain, value))
        if score:
            return {"at_least": self.value(output, ordered[0]), "at_most": self.value(output, ordered[-1])}
        return {"one_of": tuple(self.value(output, value) for value in ordered)}

    # collect

    def collected(self) -> Outcome:
        rules, values = self.decision.rules, self.program.values
        order = range(len(rules)) if self.decision.order == "file" else worst_first(self.decision, values)
        conflict = self.certainty(self.program.conflict, needed=True)
        items: list[Item] = []
        for index in order:
            rule = rules[index]
            certainty = _CERTAINTY[self.certainty(self.program.rules[index], needed=True)]
            outputs = {
                output.name: self.resolved(values[index][output.name])
                for output in self.decision.outputs
                if output.name in values[index]
            }
            if certainty != "excluded":
                for value in outputs.values():
                    if isinstance(value, Linear):
                        self.scores.update({name: 0 for name in _names(value)})
            shown = Answer({name: self.value(self.decision.output(name), value) for name, value in outputs.items()})
            items.append(Item(rule.id, certainty, shown, rule.because, rule.sources))
        needs = self.needs()
        return Outcome(
            decision=self.decision.name,
            status="conflict" if conflict else "undetermined" if needs else "decided",
            possible=(),
            safest=None,
            needs=() if conflict else needs,
            fired=self.fired(),
            may_conflict=conflict is None,
            exact=self.exact,
            items=tuple(items),
        )

    # limits

    def limited(self) -> Outcome:
        conflict = self.certainty(self.program.conflict, needed=True)
        limits = tuple(self.limit(output) for output in self.decision.outputs)
        decided = not conflict and not self.scores
        safest = {
            limit.quantity: {
                side: value
                for side, value in (("at_least", limit.safest_at_least), ("at_most", limit.safest_at_most))
                if value is not None
            }
            for limit in limits
        }
        answer = Answer({name: sides for name, sides in safest.items() if sides})
        return Outcome(
            decision=self.decision.name,
            status="conflict" if conflict else "decided" if decided else "undetermined",
            possible=(answer,) if decided else (),
            safest=answer,
            needs=() if conflict else self.needs(),
            fired=self.fired(),
            may_conflict=conflict is None,
            exact=self.exact,
            limits=limits,
        )

    def limit(self, output: Output) -> Limit:
        sides: dict[str, Any] = {}
        set_by: list[str] = []
        still_open: list[str] = []
        for side in ("at_least", "at_most"):
            certain, safest, ids, waiting = self.side(output.name, side)
            set_by += ids
            still_open += waiting
            for name, number in ((side, certain), (f"safest_{side}", safest)):
                sides[name] = None if number is None else public(output.domain, number)
        verdicts = self.verdicts(output.name)
        return Limit(
            quantity=output.name,
            set_by=tuple(dict.fromkeys(set_by)),
            open=tuple(dict.fromkeys(still_open)),
            verdict=verdicts[0] if len(verdicts) == 1 else None,
            possible_verdicts=verdicts,
            unit=output.domain.unit,
            **sides,
        )

    def side(self, quantity: str, side: str) -> tuple[Number | None, Number | None, list[str], list[str]]:
        """Return the tightest certain bound, the tightest possible one, the ids that set the first, and the open ids."""
        tighter = max if side == "at_least" else min
        certain: list[tuple[Number, str]] = []
        uncertain: list[tuple[Any, str, Node, Any]] = []
        for rule, node, values in zip(self.decision.rules, self.program.rules, self.program.values, strict=True):
            if rule.bound != side or quantity not in values:
                continue
            truth = self.certainty(node)
            number = self.resolved(values[quantity])
            if truth and not isinstance(number, Linear):
                certain.append((number, rule.id))
            elif truth is not False:
                uncertain.append((self.tightest(number, side), rule.id, node, number))
        best = tighter((number for number, _ in certain), default=None)
        still = [
            entry for entry in uncertain if best is None or (entry[0] > best if side == "at_least" else entry[0] < best)
        ]
        if still and not any(isinstance(number, Linear) for _, _, _, number in still):
            return self.searched_side(side, best, certain, still)
        for _, _, node, number in still:
            self.certainty(node, needed=True)
            if isinstance(number, Linear):
                for name in _names(number):
                    self.scores.setdefault(name, 0)
        ends = [entry[0] for entry in still if not isinstance(entry[0], float)]
        safest = tighter([*ends, *([] if best is None else [best])], default=None)
        return best, safest, [id_ for number, id_ in certain if number == best], [entry[1] for entry in still]

    def searched_side(
        self, side: str, best: Number | None, certain: list[tuple[Number, str]], still: list[Any]
    ) -> tuple[Number | None, Number | None, list[str], list[str]]:
        """Do the same exactly, where every bound that is open has a known number."""
        sign = 1 if side == "at_least" else -1
        candidates = [(self.node(node), (number * sign,)) for _, _, node, number in still]
        start = [] if best is None else [(TRUE, (best * sign,))]
        try:
            diagram = self.explore(ADVANCE["max"], _as_number, [*start, *candidates], conflict=False)
        except OutOfBudget:
            self.exact = False
            self.note_open([node for node, _ in candidates])
            tightest = max(payload[0] for _, payload in [*start, *candidates])
            return (
                best,
                tightest * sign,
                [id_ for number, id_ in certain if number == best],
                [entry[1] for entry in still],
            )
        found = [result[0] for result in diagram.possible() if not isinstance(result, Ending)]
        tightest = (
            max(number for number in found if number is not None) * sign if any(n is not None for n in found) else None
        )
        if len(found) == 1:
            ids = [id_ for number, id_ in certain if number == tightest]
            return tightest, tightest, ids + [entry[1] for entry in still if entry[0] == tightest], []
        self.note_needs(diagram)
        return best, tightest, [id_ for number, id_ in certain if number == best], [entry[1] for entry in still]

    def tightest(self, number: Any, side: str) -> Any:
        if not isinstance(number, Linear):
            return number
        (low, _), (high, _) = self.span(number)
        return high if side == "at_least" else low

    def verdicts(self, quantity: str) -> tuple[Verdict, ...]:
        above, below = self.program.verdicts[quantity]
        named: list[tuple[Node, Payload]] = [(above, ("above",)), (below, ("below",))]
        settled = self.settled(ADVANCE["first"], named)
        if settled is not _OPEN:
            return (settled[0] if settled is not None else "within",)
        try:
            diagram = self.explore(
                ADVANCE["first"],
                lambda gathered: ("within",) if gathered is None else gathered,
                [(self.node(node), payload) for node, payload in named],
            )
        except OutOfBudget:
            self.exact = False
            return ("below", "within", "above")
        found = {result[0] for result in diagram.possible() if not isinstance(result, Ending)}
        return tuple(verdict for verdict in _VERDICTS if verdict in found)


def _as_number(gathered: Gathered) -> Result:
    return (None,) if gathered is None else gathered


_VERDICTS: tuple[Verdict, ...] = ("below", "within", "above")
_OPEN: Any = object()


def _names(value: Linear) -> list[str]:
    return [ref.name for ref, _ in value.terms]


def tidy_end(number: Any) -> Any:
    """Return an end of a stretch as `int` where it is whole; infinities unchanged."""
    return number if isinstance(number, float) else tidy(number)


def _padded(columns: Sequence[set[Any]]) -> list[list[Any]]:
    longest = max(len(column) for column in columns)
    return [(list(column) * longest)[:longest] for column in columns]
