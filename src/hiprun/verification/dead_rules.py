"""Every rule can apply, and every rule can matter: there is someone whose answer the other rules would not give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hiprun.model import Decision
from hiprun.verification.claims import Claim, ClaimStatus, RuleName
from hiprun.verification.number_encoding import compare, identity
from hiprun.verification.solver import SolverAnswer, SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.three_valued_logic import both, either, opposite
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed

STATUS: dict[SolverVerdict, ClaimStatus] = {"yes": "proved", "no": "refuted", "unknown": "unproved"}
"""What it means for a claim that somebody is found, or nobody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of each rule of a decision."""
    nodes = scene.terms.rules(decision.name)
    for index, node in enumerate(nodes):
        found = scene.ask([node])
        yield _can_fire(inquiry, decision, index, found)
        if found.verdict == "yes":
            inquiry.check_rules(scene, decision, found)
            yield _can_matter(inquiry, scene, decision, index)


def _can_fire(inquiry: Inquiry, decision: Decision, index: int, found: SolverAnswer) -> Claim:
    name = inquiry.rule(decision, index)
    facts = [fact for fact in inquiry.model.facts if fact in inquiry.cones.of_rule(decision.name, index).facts]
    return Claim(
        "rule-can-fire",
        f"{decision.name}.{name.id}",
        STATUS[found.verdict],
        message=f"`{name.id}` never applies: no patient meets its condition." if found.verdict == "no" else "",
        help=f"Look at what it says of {listed(facts)}: it contradicts itself, or what cannot occur together.",
        decision=decision.name,
        rules=(name,),
        place=name.place,
    )


def _can_matter(inquiry: Inquiry, scene: Scene, decision: Decision, index: int) -> Claim:
    name = inquiry.rule(decision, index)
    found, shadows = _matter(scene, decision, index)
    others = tuple(dict.fromkeys(inquiry.rule(decision, other) for other in shadows))
    return Claim(
        "rule-can-matter",
        f"{decision.name}.{name.id}",
        STATUS[found],
        message=_shadowed(name, others) if found == "no" else "",
        help="Delete it, narrow the others, or let it give something of its own.",
        decision=decision.name,
        rules=(name, *others),
        place=name.place,
    )


def _shadowed(name: RuleName, others: Sequence[RuleName]) -> str:
    if not others:
        return f"`{name.id}` never matters: it adds nothing."
    ids = listed(dict.fromkeys(other.id for other in others))
    settle = "together already settle" if len(others) > 1 else "already settles"
    return f"`{name.id}` never matters: wherever it applies, {ids} {settle} the answer."


def _matter(scene: Scene, decision: Decision, index: int) -> tuple[SolverVerdict, list[int]]:
    """Return whether someone's answer hangs on a rule, and if not, the other rules behind whom it never shows."""
    match decision.hit:
        case "collect":
            return "yes", []
        case "count":
            return "yes", []
        case "sum":
            weights = [scene.terms.given(decision, index, output.name).term for output in decision.outputs]
            return ("yes" if any(weights) else "no"), []
        case "limits":
            return _tightest(scene, decision, index)
        case "worst" | "min" | "max":
            return _wins(scene, decision, index)
        case "first" | "priority":
            return _comes_first(scene, decision, index)
        case _:
            return _alone(scene, index, decision, [other for other in range(len(decision.rules)) if other != index])


def _alone(scene: Scene, index: int, decision: Decision, others: Sequence[int]) -> tuple[SolverVerdict, list[int]]:
    """Ask for someone to whom a rule applies and none of `others`; else name as few of these as see to it."""
    nodes = scene.terms.rules(decision.name)
    return _without(scene, [nodes[index]], {other: opposite(nodes[other]) for other in others})


def _without(scene: Scene, fixed: Sequence[Term], against: dict[int, Term]) -> tuple[SolverVerdict, list[int]]:
    found = scene.ask([*fixed, *against.values()])
    if found.verdict != "no":
        return found.verdict, []
    spoke = {term.get_id() for term in found.against if not isinstance(term, bool)}
    needed = [other for other, term in against.items() if isinstance(term, bool) or term.get_id() in spoke]
    for other in list(needed):
        fewer = [kept for kept in needed if kept != other]
        still = scene.ask([*fixed, *(against[kept] for kept in fewer)]).verdict == "no"
        needed = fewer if still else needed
    return "no", needed


def _wins(scene: Scene, decision: Decision, index: int) -> tuple[SolverVerdict, list[int]]:
    terms = scene.terms
    shadows: list[int] = []
    verdict: SolverVerdict = "no"
    for output in decision.outputs:
        own = terms.given(decision, index, output.name)
        if own is None:
            continue
        strength = terms.strength(decision, output.name, own)
        rivals = [
            other
            for other in range(len(decision.rules))
            if other != index
            and (value := terms.given(decision, other, output.name)) is not None
            and terms.strength(decision, output.name, value) >= strength
        ]
        found, by = _alone(scene, index, decision, rivals)
        if found == "yes":
            return found, []
        verdict = "unknown" if found == "unknown" else verdict
        shadows += [other for other in by if other not in shadows]
    return verdict, sorted(shadows)


def _comes_first(scene: Scene, decision: Decision, index: int) -> tuple[SolverVerdict, list[int]]:
    terms = scene.terms
    order = list(terms.order(decision))
    place = order.index(index)
    before, after = order[:place], order[place + 1 :]
    same = [other for other in after if _same_answer(scene, decision, index, other)]
    found, by = _alone(scene, index, decision, [*before, *same])
    if found != "no" or not set(by) & set(same):
        return found, by
    # a later rule that says the same stands in for this one, unless another rule comes between
    nodes = terms.rules(decision.name)
    stands_in: Term = False
    for other in reversed(after):
        stands_in = either((nodes[other], stands_in)) if other in same else both((opposite(nodes[other]), stands_in))
    wanted = [nodes[index], *(opposite(nodes[other]) for other in before), opposite(stands_in)]
    return scene.ask_within(wanted).verdict, by


def _same_answer(scene: Scene, decision: Decision, first: int, second: int) -> bool:
    terms = scene.terms
    return all(map(_same, terms.answer(decision, first), terms.answer(decision, second)))


def _same(first: object, second: object) -> bool:
    return bool(identity(first) == identity(second))


def _tightest(scene: Scene, decision: Decision, index: int) -> tuple[SolverVerdict, list[int]]:
    terms, own = scene.terms, decision.rules[index]
    nodes = terms.rules(decision.name)
    quantity = own.then[0][0]
    limit = terms.given(decision, index, quantity)
    tighter = frozenset({-1 if own.bound == "at_most" else 1})
    against: dict[int, Term] = {}
    for other, rule in enumerate(decision.rules):
        if other == index or rule.bound != own.bound or rule.then[0][0] != quantity:
            continue
        beaten = compare(limit.term, tighter, terms.given(decision, other, quantity).term)
        label = f"{decision.name}: {index} before {other}"
        against[other] = terms.define(label, either((opposite(nodes[other]), beaten)))
    return _without(scene, [nodes[index]], against)
