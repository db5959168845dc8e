"""Bands meet: the rules of a decision leave out at most one stretch of a number that they cut into bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.intervals import as_tests, is_whole, only
from hiprun.language.export.conditions import condition as written
from hiprun.language.export.yaml_layout import in_line
from hiprun.model import Decision, Domain, Gap, Ref, reach, refs
from hiprun.model.values import public
from hiprun.verification.bands import Band, Stretch, band, groups, stretches, subjects, ways
from hiprun.verification.claims import Claim
from hiprun.verification.completeness import ABSENT
from hiprun.verification.number_encoding import within
from hiprun.verification.solver import SolverAnswer, SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.three_valued_logic import opposite
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import in_file


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield for each number that the rules cut into bands whether the bands meet, and for each gap that is meant.

    Where a decision claims to cover everyone, a gap is a fault of another kind.
    """
    meant: list[Gap] = []
    if not decision.complete and HIT_POLICIES[decision.hit].gives != "limits":
        for subject in subjects(decision):
            domain = scene.terms.domain(subject)
            if domain.is_numeric:
                yield from _Bands(inquiry, scene, decision, subject, domain).claims(meant)
    for gap in decision.gaps:
        yield _as_meant(decision, gap, holds=any(gap is other for other in meant))


def _as_meant(decision: Decision, gap: Gap, *, holds: bool) -> Claim:
    words = in_line(written(gap.condition))
    return Claim(
        "gap-as-meant",
        f"{decision.name}: {words}",
        "proved" if holds else "refuted",
        message=f"`{words}` is no gap between the bands of `{decision.name}`.",
        help="Name the whole of one gap, and with it what else the rules on both sides ask for; or delete it.",
        decision=decision.name,
        place=gap.place,
    )


@attrs.frozen(eq=False)
class _Gap:
    """A stretch that some patients are in to whom no rule applies that asks about the number."""

    stretch: Stretch
    rest: frozenset[Any]
    wanted: Sequence[Term]
    found: SolverAnswer

    def is_in(self, other: _Gap) -> bool:
        """Return whether another one is the same stretch, for at least as many patients."""
        return self.stretch == other.stretch and other.rest <= self.rest


class _Bands:
    """The bands into which one decision cuts one number."""

    def __init__(self, inquiry: Inquiry, scene: Scene, decision: Decision, subject: Ref, domain: Domain) -> None:
        self._inquiry, self._scene, self._decision = inquiry, scene, decision
        self._subject, self._domain = subject, domain
        self._settings = {name: parameter.value for name, parameter in inquiry.model.parameters.items()}

    def claims(self, meant: list[Gap]) -> Iterator[Claim]:
        """Yield one claim that all bands meet, or one for each fault; gaps that are meant are added to `meant`."""
        faults: list[tuple[_Gap, _Gap]] = []
        verdict: SolverVerdict = "no"
        several = False
        for rules in self._together():
            bands = self._bands(rules)
            for group in groups(bands):
                several = True
                found = [self._gap(rules, group.rest, gap) for gap in stretches(group.cover, self._domain)]
                verdict = "unknown" if any(gap.found.verdict == "unknown" for gap in found) else verdict
                left = [gap for gap in found if gap.found.verdict == "yes" and not self._is_meant(gap, meant)]
                if left:
                    widest = max(left, key=lambda gap: gap.stretch.width)
                    faults += [
                        (gap, widest)
                        for gap in left
                        if (gap is not widest or gap.stretch.narrow)
                        and not any(gap.is_in(other) for other, _ in faults)
                    ]
        yield from (self._fault(gap, widest) for gap, widest in faults)
        if several and not faults:
            decision = self._decision
            subject = f"{decision.name}: {self._subject}"
            yield Claim("bands-meet", subject, ABSENT[verdict], decision=decision.name, place=decision.place)

    def _together(self) -> list[tuple[int, ...]]:
        """Return which rules cut bands together: where rules may leave out outputs, those that give the same one."""
        rules = self._decision.rules
        if HIT_POLICIES[self._decision.hit].takes != "ranks":
            return [tuple(range(len(rules)))]
        outputs = [output.name for output in self._decision.outputs]
        found = (tuple(index for index, rule in enumerate(rules) if output in dict(rule.then)) for output in outputs)
        return list(dict.fromkeys(found))

    def _bands(self, rules: Sequence[int]) -> list[Band]:
        found = (
            band(way, self._subject, self._domain, self._settings)
            for index in rules
            for way in ways(self._decision.rules[index].condition) or ()
        )
        return [each for each in found if each is not None and each.region]

    def _gap(self, rules: Sequence[int], rest: frozenset[Any], stretch: Stretch) -> _Gap:
        """Return a stretch with somebody who is in it and to whom no rule applies that asks about the number."""
        terms = self._scene.terms
        nodes = terms.rules(self._decision.name)
        value = terms.number(self._subject)
        conditions = [(terms.condition(test), holds) for test, holds in rest]
        wanted = [
            value.valued,
            within(value.term, stretch.start, stretch.end),
            *(node if holds else opposite(node) for node, holds in conditions),
            *(opposite(nodes[index]) for index in rules if self._asks(index)),
        ]
        return _Gap(stretch, rest, wanted, self._scene.ask_within(wanted))

    def _asks(self, index: int) -> bool:
        asked = reach(self._inquiry.model, refs(self._decision.rules[index].condition))
        return self._subject in set(asked)

    def _is_meant(self, found: _Gap, meant: list[Gap]) -> bool:
        for gap in self._decision.gaps:
            for way in ways(gap.condition) or ():
                said = band(way, self._subject, self._domain, self._settings)
                if said is not None and (said.region, said.rest) == (found.stretch.region, found.rest):
                    meant.append(gap)
                    return True
        return False

    def _fault(self, gap: _Gap, widest: _Gap) -> Claim:
        inquiry, decision = self._inquiry, self._decision
        words = self._words(gap)
        why = (
            "a stretch no wider than one step of its limits"
            if gap is widest
            else f"besides {self._words(widest)}; only one gap can be what is normal"
        )
        inquiry.check_rules(self._scene, decision, gap.found)
        asking = {rule.id for index, rule in enumerate(decision.rules) if self._asks(index)}
        return Claim(
            "bands-meet",
            f"{decision.name}: {words.strip('`')}",
            "refuted",
            message=f"The bands of `{decision.name}` leave out {words}, {why}.",
            help="Move a limit, or add a rule; where the gap is meant, name it under `gaps`, with the reason.",
            decision=decision.name,
            rules=tuple(inquiry.rule(decision, index) for index in self._beside(gap)),
            witnesses=inquiry.witnesses(
                self._scene,
                gap.found,
                gap.wanted,
                lambda people: asking.isdisjoint(inquiry.decide(decision.name, people[0]).fired),
                [decision.name],
                focus=[self._subject.name] if self._subject.kind == "fact" else [],
                title=f"{decision.name}-between-bands".replace("_", "-"),
            ),
            place=decision.place,
        )

    def _beside(self, gap: _Gap) -> Iterator[int]:
        """Yield the rules whose bands end where a gap begins, or begin where it ends."""
        start, end = gap.stretch.start, gap.stretch.end
        for index in range(len(self._decision.rules)):
            edges = {
                cut for each in self._bands([index]) if each.rest <= gap.rest for cuts in each.region for cut in cuts
            }
            if start in edges or end in edges:
                yield index

    def _words(self, gap: _Gap) -> str:
        """Return a gap as the condition that a rule file would have for it."""
        domain, region = self._domain, gap.stretch.region
        single = only(region, whole_numbers=is_whole(domain))
        tests = as_tests(domain, *region[0]) if single is None else public(domain, single)
        rest = [
            part if holds else {"not": part} for part, holds in ((written(test), holds) for test, holds in gap.rest)
        ]
        beside = f" where {in_line(rest)}" if rest else ""
        return f"`{in_file({str(self._subject): tests})}`{beside}"
