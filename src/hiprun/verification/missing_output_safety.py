"""An output without a value never makes an answer calmer than a value would, unless a rule says so with `has_value`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import VERDICTS, Decision, Model, Output, Rule, presences, reach
from hiprun.verification.claims import Claim
from hiprun.verification.completeness_and_consistency import ABSENT
from hiprun.verification.condition_logics import Plain, both, either, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.monotonicity import calmer, ordered_outputs
from hiprun.verification.number_encoding import Quantity, bare, chosen, compare
from hiprun.verification.solver import Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed

_UNEQUAL = frozenset({-1, 1})


def claims(inquiry: Inquiry, decision: Decision) -> Iterator[Claim]:
    """Yield for each decision that this one uses whether it is safe that it has no value for some patients.

    Such a patient is compared with the same one for whom the other decision gives what any of its rules gives. An
    answer that is calmer than one of those, or where there is no order another one, rests on what is not there.
    """
    read = _read(inquiry.model, decision)
    if not read:
        return
    scene = inquiry.scene(inquiry.cones.of_decision(decision.name))
    for name, outputs in read.items():
        used = inquiry.model.decisions[name]
        hole = either(_without_value(scene.terms, used, output) for output in outputs)
        if hole is not False and scene.ask_within([hole]).verdict != "no":
            yield _claim(inquiry, scene, decision, used, outputs, hole)


def _read(model: Model, decision: Decision) -> dict[str, list[str]]:
    """Return the outputs that a decision uses itself or through derived facts, by the decision they belong to."""
    found: dict[str, list[str]] = {}
    for ref in reach(model, decision.refs()):
        if ref.kind == "output":
            found.setdefault(ref.decision, []).append(ref.name)
    return found


def _without_value(terms: Terms[Term], used: Decision, output: str) -> Term:
    if HIT_POLICIES[used.hit].gives == "limits":
        return opposite(either(node for node, _ in terms.cases(used.name, output)))
    return opposite(terms.answered(used.name))


def _claim(
    inquiry: Inquiry, scene: Scene, decision: Decision, used: Decision, outputs: Sequence[str], hole: Term
) -> Claim:
    supposed = _Supposed(scene.terms, decision, used)
    spoken = [index for index, rule in enumerate(decision.rules) if asks_for_value(inquiry.model, rule, used.name)]
    nodes = scene.terms.rules(decision.name)
    wanted = [
        hole,
        *(opposite(nodes[index]) for index in spoken),
        opposite(supposed.own_conflict(decision)),
        _rests(scene.terms, supposed, decision),
    ]
    scene.engine.add(supposed.drain())
    found = scene.ask_within(wanted)
    witnesses = inquiry.witnesses(
        scene,
        found,
        wanted,
        lambda people: _answers_all_the_same(inquiry, decision, used, outputs, people[0]),
        [used.name, decision.name],
        title=f"{decision.name}-without-{used.name}".replace("_", "-"),
    )
    names = listed(f"{used.name}.{output}" for output in outputs)
    has = "has" if len(outputs) == 1 else "have"
    return Claim(
        "no-match-never-calmer",
        f"{decision.name}: {used.name}",
        ABSENT[found.verdict],
        message=f"For this patient {names} {has} no value, and `{decision.name}` answers as if that meant something; "
        "with a value, another answer could be right.",
        help=f"Add a rule to `{decision.name}` for `{used.name}.{outputs[0]}: {{has_value: false}}`, or let "
        f"`{used.name}` answer everyone.",
        decision=decision.name,
        rules=tuple(inquiry.rule(decision, index) for index in _rules_that_read(inquiry.model, decision, used)),
        witnesses=witnesses,
        place=decision.place,
    )


def _rules_that_read(model: Model, decision: Decision, used: Decision) -> Iterator[int]:
    for index, rule in enumerate(decision.rules):
        if any(ref.decision == used.name for ref in reach(model, rule.refs())):
            yield index


def asks_for_value(model: Model, rule: Rule, decision: str) -> bool:
    """Return whether a rule asks, itself or through derived facts, if an output of `decision` has a value."""
    derived = (model.derived[ref.name] for ref in reach(model, rule.refs()) if ref.kind == "derived")
    conditions = [rule.condition, *(entry.condition for entry in derived if entry.condition is not None)]
    return any(part.subject.decision == decision for condition in conditions for part in presences(condition))


def _rests(terms: Terms[Term], supposed: Terms[Term], decision: Decision) -> Term:
    """Return whether what comes out without a value is calmer than, or not the same as, what comes out with one."""
    if HIT_POLICIES[decision.hit].gives != "answer":
        pairs = zip(terms.rules(decision.name), supposed.rules(decision.name), strict=True)
        return either(both((opposite(without), with_it)) for without, with_it in pairs)
    ordered = ordered_outputs(decision)
    found = [calmer(supposed, terms, decision, together) for together in ordered]
    known = {output.name for together in ordered for output in together}
    found += [_other(terms, supposed, decision, output) for output in decision.outputs if output.name not in known]
    return either(found)


def _other(terms: Terms[Term], supposed: Terms[Term], decision: Decision, output: Output) -> Term:
    if decision.is_number(output.name):
        first, second = (each.output_number(decision.name, output.name) for each in (terms, supposed))
        return both((first.valued, second.valued, compare(first.term, _UNEQUAL, second.term)))
    return either(
        both((node, other))
        for node, value in terms.cases(decision.name, output.name)
        for other, different in supposed.cases(decision.name, output.name)
        if value != different
    )


def _answers_all_the_same(
    inquiry: Inquiry, decision: Decision, used: Decision, outputs: Sequence[str], facts: Mapping[str, Any]
) -> bool:
    there = inquiry.decide(used.name, facts)
    if HIT_POLICIES[used.hit].gives == "limits":
        return any(there[output].verdict is None for output in outputs)
    return there.status == "no_match" and inquiry.decide(decision.name, facts).status == "decided"


class _Supposed(Terms[Term]):
    """What comes of a decision where another one that has no value is supposed to give what one of its rules gives.

    Rules that ask whether there is a value are as they are: there is none. So are all other decisions.
    """

    def __init__(self, terms: Terms[Term], decision: Decision, used: Decision) -> None:
        mark = f"with {used.name}: "
        super().__init__(terms.subject, Plain(), terms.person, mark=mark)
        self._terms, self._decision, self._used = terms, decision, used
        self._free: dict[str, list[Term]] = {}

    def cases(self, decision: str, output: str) -> list[tuple[Term, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it."""
        if decision == self._decision.name:
            return super().cases(decision, output)
        cases = self._terms.cases(decision, output)
        return [*cases, *self._supposed(output)] if decision == self._used.name else cases

    def output_number(self, decision: str, output: str) -> Quantity[Term]:
        """Return a number output of a decision."""
        if decision == self._decision.name:
            return super().output_number(decision, output)
        number = self._terms.output_number(decision, output)
        if decision != self._used.name:
            return number
        term, valued = number.term, [number.valued]
        for node, value in self._supposed(output):
            term = chosen(node, bare(value), term, self.engine)
            valued.append(node)
        return Quantity(term, True, either(valued))

    def _rule(self, decision: Decision, index: int) -> Term:
        if asks_for_value(self.model, decision.rules[index], self._used.name):
            return self._terms.rules(decision.name)[index]
        return super()._rule(decision, index)

    def _supposed(self, output: str) -> Iterator[tuple[Term, Any]]:
        """Yield what an output without a value may be supposed to be, in each case with what supposes it."""
        used = self._used
        limits = HIT_POLICIES[used.hit].gives == "limits"
        values: list[Any] = [*VERDICTS]
        if not limits:
            values = [self._terms.given(used, index, output) for index in range(len(used.rules))]
        free = self._free.get(output if limits else "")
        if free is None:
            label = f"{self._mark}{output if limits else 'rule'} "
            free = [self.engine.boolean(f"{label}{number}") for number in range(len(values))]
            self._free[output if limits else ""] = free
        rest = _without_value(self._terms, used, output)
        for number, (node, value) in enumerate(zip(free, values, strict=True)):
            valued = True if limits else self._is_given(number)
            yield both((rest, node, valued)), value
            rest = self.define(f"{used.name}.{output}: none of {number + 1}", both((rest, opposite(node))))

    def _is_given(self, index: int) -> Term:
        """Return whether a rule could give its answer at all: one of whose numbers there is none gives none of it."""
        values = (self._terms.given(self._used, index, output) for output, _ in self._used.rules[index].then)
        return both(value.valued for value in values if isinstance(value, Quantity))
