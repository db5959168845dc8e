"""Every rule can apply, and every rule can matter: there is someone whose answer the other rules would not give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hiprun.model import Decision
from hiprun.verification.claims import Claim, ClaimStatus, RuleName
from hiprun.verification.condition_logics import both, either
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.existence_claims import FOR_FRACTIONS, Existence, no_fractions
from hiprun.verification.hit_policy_encoding import Chance, form
from hiprun.verification.parameter_settings import Setting
from hiprun.verification.solver import SolverAnswer, SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed

STATUS: dict[SolverVerdict, ClaimStatus] = {"yes": "proved", "no": "refuted", "unknown": "unproved"}
"""What it means for a claim that somebody is found, or nobody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of each rule of a decision."""
    checked: list[SolverAnswer] = []
    for index in range(len(decision.rules)):
        fires = inquiry.exists(scene, lambda terms, index=index: [terms.rules(decision.name)[index]])  # type: ignore[misc]
        yield _can_fire(inquiry, decision, index, fires)
        if fires.found is not None and fires.found not in checked:
            checked.append(fires.found)
            inquiry.check_rules(scene, decision, fires.found)
        if fires.verdict == "yes":
            yield _can_matter(inquiry, scene, decision, index)


def _can_fire(inquiry: Inquiry, decision: Decision, index: int, fires: Existence) -> Claim:
    name = inquiry.rule(decision, index)
    cone = inquiry.cones.of_rule(decision.name, index).facts
    facts = [fact for fact in inquiry.pack.facts if fact in cone]
    return Claim(
        "rule-can-fire",
        f"{decision.name}.{name.id}",
        STATUS[fires.verdict],
        message=f"`{name.id}` never applies: no patient meets its condition."
        if fires.verdict == "no"
        else no_fractions(fires, name.id),
        help=FOR_FRACTIONS
        if fires.irrational
        else f"Look at what it says about {listed(facts)}: it contradicts itself or a constraint.",
        decision=decision.name,
        rules=(name,),
        place=name.place,
        setting=inquiry.setting(fires.setting),
    )


def _can_matter(inquiry: Inquiry, scene: Scene, decision: Decision, index: int) -> Claim:
    name = inquiry.rule(decision, index)
    matters = inquiry.exists(scene, lambda terms: _matters(terms, decision, index))
    shadows: list[int] = []
    if matters.verdict == "no":
        shadows = _shadows(scene, decision, index, matters.setting)
    others = tuple(dict.fromkeys(inquiry.rule(decision, other) for other in shadows))
    return Claim(
        "rule-can-matter",
        f"{decision.name}.{name.id}",
        STATUS[matters.verdict],
        message=_shadowed(name, others) if matters.verdict == "no" else no_fractions(matters, name.id),
        help=FOR_FRACTIONS
        if matters.irrational
        else "Delete it, narrow the others, or let it give an answer of its own.",
        decision=decision.name,
        rules=(name, *others),
        place=name.place,
        setting=inquiry.setting(matters.setting),
    )


def _shadowed(name: RuleName, others: Sequence[RuleName]) -> str:
    if not others:
        return f"`{name.id}` never matters: it adds nothing."
    ids = listed(dict.fromkeys(other.id for other in others))
    settle = "together already settle" if len(others) > 1 else "already settles"
    return f"`{name.id}` never matters: wherever it applies, {ids} {settle} the answer."


def _matters(terms: Terms[Term], decision: Decision, index: int) -> list[Term]:
    """Return what holds where a patient's answer hangs on a rule."""
    chances = form(decision).chances(terms, decision, index)
    ways = [[*chance.fixed, *chance.against.values()] for chance in chances]
    return ways[0] if len(ways) == 1 else [either(map(both, ways))]


def _shadows(scene: Scene, decision: Decision, index: int, setting: Setting) -> list[int]:
    """Return as few other rules as can be behind whom a rule never shows in a setting."""
    chances = form(decision).chances(scene.terms, decision, index)
    with scene.in_setting(setting):
        return sorted({other for chance in chances for other in _needed(scene, chance)})


def _needed(scene: Scene, chance: Chance) -> list[int]:
    fixed, against = chance.fixed, chance.against
    found = scene.ask([*fixed, *against.values()])
    spoke = {term.get_id() for term in found.against if not isinstance(term, bool)}
    needed = [other for other, term in against.items() if isinstance(term, bool) or term.get_id() in spoke]
    for other in list(needed):
        fewer = [kept for kept in needed if kept != other]
        still = scene.ask([*fixed, *(against[kept] for kept in fewer)]).verdict == "no"
        needed = fewer if still else needed
    return needed
