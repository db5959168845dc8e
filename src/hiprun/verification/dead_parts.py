"""Every part of a condition can decide: there is someone for whom the whole hangs on it alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

import attrs

from hiprun.language.export.conditions import condition_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import All, AnyOf, Condition, Count, Decision, HasValue, Not, Test
from hiprun.model.places import Place
from hiprun.verification.claims import Claim
from hiprun.verification.condition_logics import Plain, at_least, opposite
from hiprun.verification.dead_rules import STATUS
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.solver import SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry

_MOST_QUOTED = 60
_SIDES = {"All": (False,), "AnyOf": (True,), "Count": (True, False)}
"""How a part of a group can be what decides: it holds, or does not."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield whether the parts of the conditions of the rules of a decision can decide."""
    for index, rule in enumerate(decision.rules):
        name = inquiry.rule(decision, index)
        yield from _Parts(inquiry, scene, f"{decision.name}.{name.id}", decision.name, name.place).claims(
            rule.condition
        )


def claims_of_derived(inquiry: Inquiry) -> Iterator[Claim]:
    """Yield the same of the conditions of derived facts."""
    for name, derived in inquiry.model.derived.items():
        if derived.condition is not None:
            scene = inquiry.scene(inquiry.cones.of_derived(name))
            yield from _Parts(inquiry, scene, name, "", derived.place).claims(derived.condition)


@attrs.frozen
class _Step:
    """A group of conditions and the place of one of its parts."""

    group: All | AnyOf | Count
    place: int


class _Parts:
    """The parts of one condition, each with the patients for whom the condition hangs on it."""

    def __init__(self, inquiry: Inquiry, scene: Scene, subject: str, decision: str, place: Place) -> None:
        self._inquiry = inquiry
        self._scene, self._subject, self._decision, self._place = scene, subject, decision, place
        self._count = 0

    def claims(self, condition: Condition) -> Iterator[Claim]:
        """Yield a claim for each part that cannot decide, or one that all can."""
        if isinstance(condition, Test | HasValue) or not _groups(condition):
            return
        found = list(self._found(condition, (), ()))
        dead = [claim for claim in found if isinstance(claim, Claim)]
        status = STATUS["unknown" if "unknown" in found else "yes"]
        yield from dead or [self._claim(self._subject, "", self._place) if status == "proved" else self._open()]

    def _open(self) -> Claim:
        return Claim("part-can-decide", self._subject, "unproved", decision=self._decision, place=self._place)

    def _claim(self, subject: str, message: str, place: Place) -> Claim:
        return Claim(
            "part-can-decide",
            subject,
            "refuted" if message else "proved",
            message=message,
            help="Delete it, or correct it: a limit may be mistyped, or another fact may be meant.",
            decision=self._decision,
            place=place if place.file else self._place,
        )

    def _found(
        self, condition: Condition, around: tuple[Term, ...], path: tuple[_Step, ...]
    ) -> Iterator[Claim | SolverVerdict]:
        """Yield what came of each part of a condition that counts for those patients who meet `around`.

        `path` says the same: the groups on the way to the condition, each with the place of its part. What all of which
        must hold is looked at by itself: there people say more than they need, to be clear.
        """
        match condition:
            case Test() | HasValue():
                return
            case Not(part):
                yield from self._found(part, around, path)
            case All(parts) | AnyOf(parts) | Count(parts):
                nodes = [self._named(self._scene.terms.condition(part)) for part in parts]
                for index, part in enumerate(parts):
                    beside = [self._named(term) for term in _hangs(condition, [*nodes[:index], *nodes[index + 1 :]])]
                    hangs, way = (*around, *beside), (*path, _Step(condition, index))
                    alone = isinstance(condition, All)
                    verdict = self._can(way[-1:] if alone else way, nodes[index], beside if alone else hangs)
                    if verdict == "no":
                        yield self._dead(condition, index)
                        continue
                    yield verdict
                    yield from self._found(part, hangs, way)
            case _:
                assert_never(condition)

    def _named(self, term: Term) -> Term:
        self._count += 1
        return self._scene.terms.define(f"{self._subject}: part {self._count}", term)

    def _can(self, path: Sequence[_Step], node: Term, hangs: Sequence[Term]) -> SolverVerdict:
        """Return whether a part can be what makes a group true, or false where it takes all parts."""
        found: list[SolverVerdict] = []
        for holds in _SIDES[type(path[-1].group).__name__]:
            wanted = [*hangs, node if holds else opposite(node)]
            is_shown = self._inquiry.is_shown(
                self._scene,
                lambda terms, holds=holds: _met(terms, path, holds=holds),  # type: ignore[misc]
            )
            shown = is_shown or self._scene.found_before(wanted)
            found.append("yes" if shown else self._scene.ask(wanted).verdict)
        return "no" if "no" in found else "unknown" if "unknown" in found else "yes"

    def _dead(self, group: All | AnyOf | Count, index: int) -> Claim:
        part = group.parts[index]
        words = inline_text(condition_data(part))
        rest = inline_text([condition_data(other) for other in (*group.parts[:index], *group.parts[index + 1 :])])
        beside = f"beside {rest}" if len(rest) <= _MOST_QUOTED else "beside the other parts"
        match group:
            case All():
                why = f"{beside} it always holds"
            case AnyOf():
                why = f"{beside} it adds nobody"
            case Count():
                why = f"{beside} it never changes whether the number is reached"
            case _:
                assert_never(group)
        return self._claim(f"{self._subject}: {words}", f"`{words}` never decides: {why}.", part.place)


def _hangs(group: All | AnyOf | Count, others: Sequence[Term]) -> list[Term]:
    """Return what the other parts of a group come to where it hangs on one of them."""
    match group:
        case All():
            return list(others)
        case AnyOf():
            return [opposite(other) for other in others]
        case Count(_, lowest, highest):
            logic = Plain()
            exactly = [
                logic.every((at_least(logic, others, number), opposite(at_least(logic, others, number + 1))))
                for number in (lowest - 1, highest)
            ]
            return [logic.some(exactly[lowest == 0 :])]
        case _:
            assert_never(group)


def _met(terms: Terms[Term], path: Sequence[_Step], *, holds: bool) -> list[Term]:
    """Return what a patient meets for whom all hangs on the part at the end of a path, which holds or does not."""
    found: list[Term] = []
    for step in path:
        nodes = [terms.condition(part) for part in step.group.parts]
        node = nodes.pop(step.place)
        found += _hangs(step.group, nodes)
    return [*found, node if holds else opposite(node)]


def _groups(condition: Condition) -> bool:
    """Return whether a condition has parts."""
    return not isinstance(condition, Test | HasValue) and (
        _groups(condition.part) if isinstance(condition, Not) else bool(condition.parts)
    )
