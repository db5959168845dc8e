"""Where one fact gets worse and all else stays the same, no ordered output gets calmer: proofs over pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import rank
from hiprun.inference.operators import code
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Output
from hiprun.model.value_notation import notation
from hiprun.verification.claims import Claim, RuleName, Witness
from hiprun.verification.completeness_and_consistency import ABSENT
from hiprun.verification.condition_logics import Plain, both, either, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.number_encoding import compare
from hiprun.verification.patient_encoding import Person
from hiprun.verification.solver import SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry

_HIGHER = frozenset({1})
_LOWER = frozenset({-1})


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield for each ordered output and each fact with a worse direction whether the two agree.

    The prover is asked about those pairs for which the shape of the rules leaves it open.
    """
    calming = {outputs: inquiry.monotonicity.calming(decision, outputs) for outputs in ordered_outputs(decision)}
    cone = inquiry.cones.of_decision(decision.name).facts
    for fact in scene.facts:
        if fact in cone and inquiry.model.facts[fact].domain.worse:
            open_ = [outputs for outputs, facts in calming.items() if fact in facts]
            asked = dict(zip(open_, _for_fact(inquiry, scene, decision, open_, fact), strict=True)) if open_ else {}
            for outputs in calming:
                yield asked.get(outputs) or _claim(inquiry, decision, outputs, fact, "no", ())


def ordered_outputs(decision: Decision) -> list[tuple[Output, ...]]:
    """Return what can get calmer or worse: each ordered output, or where rows are ranked all of them as one."""
    policy = HIT_POLICIES[decision.hit]
    if policy.gives != "answer":
        return []
    ordered = [output for output in decision.outputs if output.domain.worse]
    return [tuple(ordered)] if policy.ranks and policy.takes == "values" else [(output,) for output in ordered]


def _for_fact(
    inquiry: Inquiry, scene: Scene, decision: Decision, outputs: list[tuple[Output, ...]], fact: str
) -> Iterator[Claim]:
    engine = scene.engine
    shared = {name: scene.person for name in scene.facts if name != fact}
    worse = Person(engine, f"worse {fact}: ", shared)
    terms = Terms(scene.subject, Plain(), worse, like=scene.terms, changed=frozenset({fact}), mark=worse.mark)
    domain = scene.model.facts[fact].domain
    gets_calmer = [calmer(scene.terms, terms, decision, together) for together in outputs]
    setting = [
        *scene.allowed(worse, terms, [fact]),
        *(opposite(each.conflict(decision.name)) for each in (scene.terms, terms)),
        worse.is_worse(fact, domain, scene.person),
    ]
    scene.settle()
    engine.enter()
    try:
        engine.add(terms.drain())
        engine.add(setting)
        for together, claim in zip(outputs, gets_calmer, strict=True):
            found = engine.ask_within([claim])
            witnesses = inquiry.witnesses(
                scene,
                found,
                [claim],
                lambda people, together=together: _is_calmer(inquiry, decision, together, people),  # type: ignore[misc]
                [decision.name],
                people=(scene.person, worse),
                focus=[fact],
                expect=lambda outcomes: _expected(decision, outcomes),
                title=f"{decision.name}-when-{fact}-gets-worse".replace("_", "-"),
            )
            yield _claim(inquiry, decision, together, fact, found.verdict, witnesses)
    finally:
        engine.leave()


def calmer(terms: Terms[Term], worse: Terms[Term], decision: Decision, together: Sequence[Output]) -> Term:
    """Return whether the answer of the patient who is worse off is calmer."""
    found: list[Term] = []
    same: list[Term] = []
    for output in together:
        lower, equal = _lower(terms, worse, decision, output)
        found.append(both((*same, lower)))
        same.append(equal)
    return either(found)


def _lower(terms: Terms[Term], worse: Terms[Term], decision: Decision, output: Output) -> tuple[Term, Term]:
    if decision.is_number(output.name):
        first, second = (each.output_number(decision.name, output.name) for each in (terms, worse))
        valued = both((first.valued, second.valued))
        signs = _LOWER if output.domain.is_worse_upwards else _HIGHER
        lower = compare(second.term, signs, first.term)
        return both((valued, lower)), both((valued, compare(second.term, frozenset({0}), first.term)))
    before, after = (_by_rank(each, decision, output) for each in (terms, worse))
    lower = either(
        both((node, either(other for number, other in after.items() if number < place)))
        for place, node in before.items()
    )
    return lower, either(both((node, after[place])) for place, node in before.items() if place in after)


def _by_rank(terms: Terms[Term], decision: Decision, output: Output) -> Mapping[Any, Term]:
    found: dict[Any, list[Term]] = {}
    for node, value in terms.cases(decision.name, output.name):
        found.setdefault(rank(output.domain, value), []).append(node)
    return {place: either(nodes) for place, nodes in found.items()}


def _is_calmer(
    inquiry: Inquiry, decision: Decision, together: Sequence[Output], people: Sequence[Mapping[str, Any]]
) -> bool:
    ranks = []
    for facts in people:
        outcome = inquiry.decide(decision.name, facts)
        if outcome.status != "decided":
            return False
        ranks.append([badness(output, outcome[output.name]) for output in together])
    return ranks[1] < ranks[0]


def badness(output: Output, value: Any) -> Any:
    """Return how bad a value that came out is; larger is worse."""
    number = value.toordinal() if isinstance(value, date) else code(output.domain, value)
    return number if output.domain.is_worse_upwards else -number


def _expected(decision: Decision, outcomes: Sequence[Mapping[str, Outcome]]) -> list[Mapping[str, Any]]:
    before = outcomes[0][decision.name].possible[0]
    return [{decision.name: dict(before)}] * 2


def _claim(
    inquiry: Inquiry,
    decision: Decision,
    together: Sequence[Output],
    fact: str,
    verdict: SolverVerdict,
    witnesses: Sequence[Witness],
) -> Claim:
    names = " and ".join(f"`{output.name}`" for output in together)
    message = ""
    rules: tuple[RuleName, ...] = ()
    if witnesses:
        first, second = witnesses
        values = [notation(witness.facts[fact]) for witness in witnesses]
        message = (
            f"{names} of `{decision.name}` gets calmer as `{fact}` gets worse: "
            f"{values[0]} gives {first.answers[decision.name]}; {values[1]} gives {second.answers[decision.name]}."
        )
        fired = inquiry.decide(decision.name, {**first.facts, **first.setting}).fired
        rules = tuple(inquiry.rule(decision, index) for index, rule in enumerate(decision.rules) if rule.id in fired)
    return Claim(
        "worse-never-calmer",
        f"{decision.name}.{'+'.join(output.name for output in together)} along {fact}",
        ABSENT[verdict],
        message=message,
        help="Let a rule also cover the worse value, or correct the direction in which one of the two gets worse.",
        decision=decision.name,
        rules=rules,
        witnesses=tuple(witnesses),
        place=rules[0].place if rules else decision.place,
    )
