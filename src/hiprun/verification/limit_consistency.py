"""Bounds on the same quantity can be kept together: no lower limit lies above an upper one."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision
from hiprun.verification.claims import Claim
from hiprun.verification.completeness_and_consistency import ABSENT
from hiprun.verification.number_encoding import compare
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield a claim for each quantity that has limits on both sides, or for each pair of bounds that fails."""
    if HIT_POLICIES[decision.hit].gives != "limits":
        return
    for quantity, _ in decision.quantities:
        here = [(index, rule.bound) for index, rule in enumerate(decision.rules) if rule.then[0][0] == quantity]
        sides = {side: [index for index, bound in here if bound == side] for side in ("at_least", "at_most")}
        if all(sides.values()):
            yield from _agree(inquiry, scene, decision, quantity, sides)


def _agree(
    inquiry: Inquiry, scene: Scene, decision: Decision, quantity: str, sides: dict[str, list[int]]
) -> Iterator[Claim]:
    terms = scene.terms
    nodes = terms.rules(decision.name)
    for low in sides["at_least"]:
        for high in sides["at_most"]:
            lowest, highest = (terms.given(decision, index, quantity).term for index in (low, high))
            wanted = [nodes[low], nodes[high], compare(lowest, frozenset({1}), highest)]
            found = scene.ask_within(wanted)
            rules = (inquiry.rule(decision, low), inquiry.rule(decision, high))
            witnesses = inquiry.witnesses(
                scene,
                found,
                wanted,
                lambda people: _crossed(inquiry, decision.name, quantity, people[0]),
                [decision.name],
                title=f"{rules[0].id}-against-{rules[1].id}",
            )
            yield Claim(
                "bounds-agree",
                f"{decision.name}.{quantity}: {rules[0].id}, {rules[1].id}",
                ABSENT[found.verdict],
                message=f"For this patient `{rules[0].id}` requires more of `{quantity}` than `{rules[1].id}` allows.",
                help="Change one of the two limits, or the condition under which it applies.",
                decision=decision.name,
                rules=rules,
                witnesses=witnesses,
                place=rules[1].place,
            )


def _crossed(inquiry: Inquiry, decision: str, quantity: str, facts: object) -> bool:
    limit = inquiry.decide(decision, facts)[quantity]  # type: ignore[arg-type]
    return limit.at_least is not None and limit.at_most is not None and limit.at_least > limit.at_most
