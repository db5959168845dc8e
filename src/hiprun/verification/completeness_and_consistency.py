"""Everyone gets an answer, rules do not contradict each other, and whatever is declared can come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import ALWAYS, Decision, Output
from hiprun.verification.claims import Claim, ClaimStatus
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.dead_rules import STATUS
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.existence_claims import FOR_FRACTIONS, no_fractions
from hiprun.verification.solver import SolverAnswer, SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import in_file

_MOST_CONFLICTS = 10
ABSENT: Mapping[SolverVerdict, ClaimStatus] = {"yes": "refuted", "no": "proved", "unknown": "unproved"}
"""What it means for a claim that nobody is found, or somebody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of the answers of a decision."""
    policy = HIT_POLICIES[decision.hit]
    if not policy.always_answers and not _declares_no_match(decision):
        yield _always_an_answer(inquiry, scene, decision)
    if policy.may_conflict:
        yield from _no_conflict(inquiry, scene, decision)
    if policy.gives != "limits":
        for output in decision.outputs:
            yield from _reachable(inquiry, scene, decision, output)


def _declares_no_match(decision: Decision) -> bool:
    unconditional = any(rule.condition == ALWAYS for rule in decision.rules)
    return decision.otherwise is None and not decision.complete and not unconditional


def _always_an_answer(inquiry: Inquiry, scene: Scene, decision: Decision) -> Claim:
    wanted = [opposite(scene.terms.answered(decision.name)), opposite(scene.terms.own_conflict(decision))]
    found = scene.ask_within(wanted)
    witnesses = inquiry.witnesses(
        scene,
        found,
        wanted,
        lambda people: inquiry.decide(decision.name, people[0]).status == "no_match",
        [decision.name],
        expect=lambda _: [{decision.name: {"status": "decided"}}],
        title=f"{decision.name}-has-an-answer".replace("_", "-"),
    )
    return Claim(
        "always-an-answer",
        decision.name,
        ABSENT[found.verdict],
        message=f"`{decision.name}` has no answer for this patient.",
        help="Add a rule for such patients, or write `otherwise: no_match`.",
        decision=decision.name,
        witnesses=witnesses,
        place=decision.place,
    )


def _no_conflict(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    terms = scene.terms
    nodes = terms.rules(decision.name)
    apart: list[Term] = []
    found = SolverAnswer("unknown")
    only_one = HIT_POLICIES[decision.hit].says == "one"
    for number in range(_MOST_CONFLICTS):
        wanted = [terms.own_conflict(decision), *apart]
        found = scene.ask_within(wanted)
        if found.verdict != "yes":
            break
        first, second = _at_odds(scene, decision, found)
        pair = [nodes[first], nodes[second]]
        if not only_one:
            pair.append(terms.differ(decision, first, second))
        rules = tuple(inquiry.rule(decision, index) for index in (first, second))
        yield Claim(
            "no-conflict",
            decision.name,
            "refuted",
            message=f"`{rules[0].id}` and `{rules[1].id}` both apply to this patient"
            + ("." if only_one else ", and give different answers."),
            help="Narrow one of them, or choose another `hit`.",
            decision=decision.name,
            rules=rules,
            witnesses=inquiry.witnesses(
                scene,
                found,
                pair,
                lambda people: inquiry.decide(decision.name, people[0]).status == "conflict",
                [decision.name],
                expect=lambda _: [{decision.name: {"status": "decided"}}],
                title=f"{decision.name}-without-conflict-{number + 1}".replace("_", "-"),
            ),
            place=rules[1].place,
        )
        apart.append(opposite(both(pair)))
    if not apart or found.verdict == "unknown":
        yield Claim("no-conflict", decision.name, ABSENT[found.verdict], decision=decision.name, place=decision.place)


def _at_odds(scene: Scene, decision: Decision, found: SolverAnswer) -> tuple[int, int]:
    """Return two rules that contradict each other in what was found."""
    nodes = scene.terms.rules(decision.name)
    applying = [index for index, node in enumerate(nodes) if scene.holds(node, found)]
    if HIT_POLICIES[decision.hit].says == "one":
        return applying[0], applying[1]
    pairs = combinations(applying, 2)
    return next(pair for pair in pairs if scene.holds(scene.terms.differ(decision, *pair), found))


def _reachable(inquiry: Inquiry, scene: Scene, decision: Decision, output: Output) -> Iterator[Claim]:
    for index, (value, _) in enumerate(_values(scene.terms, decision, output)):
        reached = inquiry.exists(
            scene,
            lambda terms, index=index: [  # type: ignore[misc]
                list(_values(terms, decision, output))[index][1],
                opposite(terms.own_conflict(decision)),
            ],
        )
        shown = in_file(value)
        yield Claim(
            "value-reachable",
            f"{decision.name}.{output.name}: {shown}",
            STATUS[reached.verdict],
            message=f"`{output.name}` is never `{shown}`, for any patient."
            if reached.verdict == "no"
            else no_fractions(reached, f"{output.name}: {shown}"),
            help=FOR_FRACTIONS if reached.irrational else "Delete the choice, or write the rule that gives it.",
            decision=decision.name,
            place=decision.place,
            setting=inquiry.setting(reached.setting),
        )


def _values(terms: Terms[Term], decision: Decision, output: Output) -> Iterator[tuple[Any, Term]]:
    """Yield what an output can have by its declaration, each with the node that holds when it has it."""
    domain = output.domain
    cases: list[tuple[Term, Any]]
    if HIT_POLICIES[decision.hit].gives == "items":
        nodes = terms.rules(decision.name)
        cases = [(node, terms.given(decision, index, output.name)) for index, node in enumerate(nodes)]
        if output.optional and not domain.choices:
            yield "given", either(node for node, value in cases if value is not None)
    elif domain.choices or domain.type == "boolean":
        cases = terms.cases(decision.name, output.name)
    if domain.type == "set":
        for choice in domain.choices:
            yield choice, either(node for node, value in cases if value is not None and choice in value)
    elif domain.type in ("choice", "boolean"):
        for declared in domain.choices or (False, True):
            yield declared, either(node for node, value in cases if value == declared)
