"""Every rule can apply, and every rule can matter: there is someone whose answer the other rules would not give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from hiprun.model import Decision
from hiprun.verification.claims import Claim, RuleName, Status
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.every_setting import Existence
from hiprun.verification.number_encoding import compare
from hiprun.verification.settings import Setting
from hiprun.verification.solver import Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.three_valued_logic import both, either, opposite
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed

_UNEQUAL, _AT_LEAST = frozenset({-1, 1}), frozenset({0, 1})
STATUS: dict[str, Status] = {"yes": "proved", "no": "refuted", "unknown": "unproved"}
"""What it means for a claim that somebody is found, or nobody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of each rule of a decision."""
    for index in range(len(decision.rules)):
        fires = inquiry.exists(scene, lambda terms, index=index: [terms.rules(decision.name)[index]])  # type: ignore[misc]
        yield _can_fire(inquiry, decision, index, fires)
        if fires.found is not None:
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
        message=f"`{name.id}` never applies: no patient meets its condition." if fires.verdict == "no" else "",
        help=f"Look at what it says of {listed(facts)}: it contradicts itself, or what cannot occur together.",
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
        message=_shadowed(name, others) if matters.verdict == "no" else "",
        help="Delete it, narrow the others, or let it give something of its own.",
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


@attrs.frozen
class _Chance:
    """A way for a rule to matter: it applies, all of `fixed` holds, and of the other rules none stands in its way.

    `against` says by rule what must hold for it not to stand in the way.
    """

    fixed: Sequence[Term]
    against: Mapping[int, Term]


def _matters(terms: Terms[Term], decision: Decision, index: int) -> list[Term]:
    """Return what holds where a patient's answer hangs on a rule."""
    chances = [[*chance.fixed, *chance.against.values()] for chance in _chances(terms, decision, index)]
    return chances[0] if len(chances) == 1 else [either(map(both, chances))]


def _shadows(scene: Scene, decision: Decision, index: int, setting: Setting) -> list[int]:
    """Return as few other rules as can be behind whom a rule never shows in a setting."""
    chances = _chances(scene.terms, decision, index)
    with scene.in_setting(setting):
        return sorted({other for chance in chances for other in _needed(scene, chance)})


def _needed(scene: Scene, chance: _Chance) -> list[int]:
    fixed, against = chance.fixed, chance.against
    found = scene.ask([*fixed, *against.values()])
    spoke = {term.get_id() for term in found.against if not isinstance(term, bool)}
    needed = [other for other, term in against.items() if isinstance(term, bool) or term.get_id() in spoke]
    for other in list(needed):
        fewer = [kept for kept in needed if kept != other]
        still = scene.ask([*fixed, *(against[kept] for kept in fewer)]).verdict == "no"
        needed = fewer if still else needed
    return needed


def _chances(terms: Terms[Term], decision: Decision, index: int) -> list[_Chance]:
    """Return the ways in which a rule can matter."""
    nodes = terms.rules(decision.name)
    own = nodes[index]
    match decision.hit:
        case "collect" | "count":
            return [_Chance([own], {})]
        case "sum":
            weights = [terms.given(decision, index, output.name).term for output in decision.outputs]
            label = f"{decision.name}: {index} weighs"
            return [_Chance([own, terms.define(label, either(compare(each, _UNEQUAL, 0) for each in weights))], {})]
        case "limits":
            return [_Chance([own], _tightest(terms, decision, index))]
        case "worst" | "min" | "max":
            return list(_wins(terms, decision, index))
        case "first" | "priority":
            return list(_comes_first(terms, decision, index))
        case _:
            others = {other: opposite(node) for other, node in enumerate(nodes) if other != index}
            return [_Chance([own], others)]


def _wins(terms: Terms[Term], decision: Decision, index: int) -> Iterator[_Chance]:
    nodes = terms.rules(decision.name)
    for output in decision.outputs:
        strengths = terms.strengths(decision, output.name)
        if index not in strengths:
            continue
        against: dict[int, Term] = {}
        for other, strength in strengths.items():
            stronger = compare(strength, _AT_LEAST, strengths[index])
            if other != index and stronger is not False:
                label = f"{decision.name}.{output.name}: {index} before {other}"
                against[other] = terms.define(label, opposite(both((nodes[other], stronger))))
        yield _Chance([nodes[index]], against)


def _comes_first(terms: Terms[Term], decision: Decision, index: int) -> Iterator[_Chance]:
    nodes = terms.rules(decision.name)
    order = terms.order(decision)
    if order is None:
        # under `priority` rules that say the same are looked at one after the other, so that none comes between
        against: dict[int, Term] = {}
        for other, node in enumerate(nodes):
            if other != index:
                same = opposite(terms.differ(decision, index, other))
                beaten = both((node, either((terms.precedes(decision, other, index), same))))
                against[other] = terms.define(f"{decision.name}: {index} before {other}", opposite(beaten))
        yield _Chance([nodes[index]], against)
        return
    place = order.index(index)
    before, after = order[:place], order[place + 1 :]
    same_answer = {other: opposite(terms.differ(decision, index, other)) for other in after}
    same = [other for other, term in same_answer.items() if term is not False]
    yield _Chance([nodes[index]], {other: opposite(nodes[other]) for other in (*before, *same)})
    if same:
        # a later rule that says the same stands in for this one, unless another rule comes between
        stands_in: Term = False
        for other in reversed(after):
            here = both((nodes[other], same_answer[other]))
            stands_in = either((here, both((opposite(nodes[other]), stands_in))))
        fixed = [nodes[index], *(opposite(nodes[other]) for other in before), opposite(stands_in)]
        yield _Chance([terms.define(f"{decision.name}: {index} is not stood in for", both(fixed))], {})


def _tightest(terms: Terms[Term], decision: Decision, index: int) -> dict[int, Term]:
    own = decision.rules[index]
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
    return against
