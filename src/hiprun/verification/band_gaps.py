"""Bands meet: the rules of a decision leave out at most one stretch of a number that they cut into bands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.interval_sets import as_tests, is_whole, of_domain, only
from hiprun.inference.operators import Compare, Leaf, expressed, meaning
from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.language.export.conditions import condition_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import Decision, Domain, Gap, Number, Ref, Test, formula_refs, reach, refs
from hiprun.model.value_conversion import public
from hiprun.verification.bands import (
    Band,
    Group,
    Said,
    Stretch,
    SymbolicBand,
    band,
    groups,
    stretches,
    subjects,
    symbolic_band,
    ways,
)
from hiprun.verification.claims import Claim, ClaimStatus
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.existence_claims import setting_in
from hiprun.verification.number_encoding import compare, within
from hiprun.verification.patient_encoding import lifted
from hiprun.verification.solver import SolverAnswer, Term, number_in
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import in_file


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield for each number that the rules cut into bands whether the bands meet, and for each gap that is meant.

    Where a decision claims to cover everyone, a gap is a fault of another kind.
    """
    meant: list[Gap] = []
    if not decision.complete:
        for subject in subjects(decision):
            domain = scene.terms.domain(subject)
            if domain.is_numeric or domain.type == "date":
                yield from _Bands(inquiry, scene, decision, subject, domain).claims(meant)
    for gap in decision.gaps:
        yield _as_meant(decision, gap, holds=any(gap is other for other in meant))


def _as_meant(decision: Decision, gap: Gap, *, holds: bool) -> Claim:
    words = inline_text(condition_data(gap.condition))
    return Claim(
        "gap-as-meant",
        f"{decision.name}: {words}",
        "proved" if holds else "refuted",
        message=f"`{words}` is not a gap between the bands of `{decision.name}`.",
        help="Name one whole gap, and anything else that the rules on both sides require; or delete it.",
        decision=decision.name,
        place=gap.place,
    )


@attrs.frozen(eq=False)
class _Gap:
    """A stretch that some patients are in to whom no rule applies that asks about the number."""

    rules: Sequence[int]
    stretch: Stretch
    rest: frozenset[Said]
    setting: Mapping[str, Number]
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
        parameters = inquiry.model.parameters
        self._default: dict[str, Number] = {name: parameter.value for name, parameter in parameters.items()}
        self._open = False

    def claims(self, meant: list[Gap]) -> Iterator[Claim]:
        """Yield one claim that all bands meet, or one for each fault; gaps that are meant are added to `meant`."""
        several = False
        faults: list[tuple[_Gap, _Gap]] = []
        for rules in self._together():
            for group in groups(self._bands(rules, self._default)):
                several = True
                found = self._faults(rules, group, self._default, meant)
                faults += [pair for pair in found if not any(pair[0].is_in(other) for other, _ in faults)]
        yield from (self._fault(gap, widest) for gap, widest in faults)
        if several and not faults:
            faults = self._in_other_settings()
            yield from (self._fault(gap, widest) for gap, widest in faults)
        for rules in self._together():
            for bands_here, rest in self._symbolic(rules, self._compares_facts):
                several = True
                if not faults:
                    fault = self._for_some_patient(rules, bands_here, rest)
                    faults += [] if fault is None else [fault]
                    yield from (self._fault(gap, widest) for gap, widest in faults)
        if several and not faults:
            subject = f"{self._decision.name}: {self._subject}"
            status: ClaimStatus = "unproved" if self._open else "proved"
            yield Claim("bands-meet", subject, status, decision=self._decision.name, place=self._decision.place)

    def _faults(
        self, rules: Sequence[int], group: Group, setting: Mapping[str, Number], meant: list[Gap]
    ) -> list[tuple[_Gap, _Gap]]:
        """Return the gaps of a group in one setting that must not be, each with the one that may."""
        found = [self._gap(rules, group.rest, gap, setting) for gap in stretches(group.cover, self._domain)]
        self._open = self._open or any(gap.found.verdict == "unknown" for gap in found)
        left = [gap for gap in found if gap.found.verdict == "yes" and not self._is_meant(gap, meant)]
        widest = max(left, key=lambda gap: gap.stretch.width, default=None)
        if not left:
            return []
        widest = max(left, key=lambda gap: gap.stretch.width)
        narrow = setting is self._default  # elsewhere a clinic may have set limits close to each other on purpose
        return [(gap, widest) for gap in left if gap is not widest or (gap.stretch.narrow and narrow)]

    def _in_other_settings(self) -> list[tuple[_Gap, _Gap]]:
        """Return the faults of some setting in which bands that depend on parameters leave out a second stretch."""
        for rules in self._together():
            for here, rest in self._symbolic(rules, self._depends):
                faults = self._in_some_setting(rules, here, rest)
                if faults:
                    return faults
        return []

    def _symbolic(
        self, rules: Sequence[int], sought: Callable[[Test], bool]
    ) -> Iterator[tuple[list[SymbolicBand], frozenset[Said]]]:
        """Yield the bands, also gaps that are meant, of all who meet the same, where a test is `sought`."""
        conditions = [self._decision.rules[index].condition for index in rules]
        conditions += [gap.condition for gap in self._decision.gaps]
        found = [symbolic_band(way, self._subject) for condition in conditions for way in ways(condition) or ()]
        symbolic = [each for each in found if each is not None]
        for rest in dict.fromkeys(each.rest for each in symbolic):
            here = [each for each in symbolic if each.rest <= rest]
            if any(sought(test) for each in here for test, _ in each.own):
                yield here, rest

    def _limit_facts(self, test: Test) -> list[str]:
        """Return the facts, parameters among them, that a number is compared with."""
        compared = reach(self._inquiry.model, (ref for operand in test.operands for ref in formula_refs(operand)))
        return [ref.name for ref in compared if ref.kind == "fact" and ref != self._subject]

    def _depends(self, test: Test) -> bool:
        return any(name in self._scene.settings for name in self._limit_facts(test))

    def _compares_facts(self, test: Test) -> bool:
        return any(name not in self._scene.settings for name in self._limit_facts(test))

    def _pattern(self, bands: Sequence[SymbolicBand]) -> tuple[list[Term], list[Term]]:
        """Return five rising numbers, of which the second and the fourth lie in no band, and what makes them so."""
        terms = self._scene.terms
        make = terms.engine.integer if is_whole(self._domain) else terms.engine.number
        points = [make(f"{self._decision.name} {self._subject} band {number}") for number in range(5)]
        wanted = [within(point, *of_domain(self._domain)[0]) for point in points]
        wanted += [one < other for one, other in pairwise(points)]
        for number, point in enumerate(points):
            covered = either(both(self._met(point, test, holds) for test, holds in each.own) for each in bands)
            wanted.append(opposite(covered) if number % 2 else covered)
        return points, wanted

    def _for_some_patient(
        self, rules: Sequence[int], bands: Sequence[SymbolicBand], rest: frozenset[Said]
    ) -> tuple[_Gap, _Gap] | None:
        """Return two gaps between bands whose limits depend on the facts of a patient, for one who is in the second."""
        scene, terms = self._scene, self._scene.terms
        points, pattern = self._pattern(bands)
        value = terms.number(self._subject)
        uncovered = [opposite(terms.rules(self._decision.name)[index]) for index in rules if self._asks(index)]
        here = [
            term if holds else opposite(term)
            for term, holds in ((terms.condition(test), holds) for test, holds in rest)
        ]
        wanted = [scene.default, value.valued, *pattern, *here, *uncovered]
        found = [scene.ask_within([*wanted, value.term == points[1]])]
        if found[0].verdict == "yes":
            names = dict.fromkeys(name for each in bands for test, _ in each.own for name in self._limit_facts(test))
            facts = scene.values(found[0])
            same = [
                scene.person.has_value(name, scene.model.facts[name].domain, EVERY_TEXT, facts[name]) for name in names
            ]
            found.append(scene.ask_within([*wanted, *same, value.term == points[3]]))
        self._open = self._open or found[-1].verdict == "unknown"
        if found[-1].verdict != "yes":
            return None
        gaps = []
        for answer in found:
            number = number_in(answer.values, value.term)
            end = (number + 1, 0) if is_whole(self._domain) else (number, 1)
            stretch = Stretch((number, 0), end, narrow=False)
            at = [*wanted, value.term == lifted(number, value.term)]
            gaps.append(_Gap(rules, stretch, rest, self._default, at, answer))
        return gaps[1], gaps[0]

    def _in_some_setting(
        self, rules: Sequence[int], bands: Sequence[SymbolicBand], rest: frozenset[Said]
    ) -> list[tuple[_Gap, _Gap]]:
        _, wanted = self._pattern(bands)
        found = self._scene.ask_within(wanted)
        self._open = self._open or found.verdict == "unknown"
        if found.verdict != "yes":
            return []
        setting = {**self._default, **setting_in(self._scene, self._scene.person, found)}
        for group in groups(self._bands(rules, setting)):
            faults = self._faults(rules, group, setting, [])
            if faults and group.rest == rest:
                return faults
        self._open = True  # other rules fill the gaps in this setting, and maybe not in others
        return []

    def _met(self, point: Term, test: Test, holds: bool) -> Term:
        """Return whether a number meets a test, or fails it."""
        numbers = self._scene.terms.number
        operands = [each if isinstance(each, int) else numbers(each).term for each in test.operands]  # type: ignore[arg-type]

        def leaf(part: Leaf) -> Term:
            assert isinstance(part, Compare)  # numbers have no members
            return compare(point, part.signs, part.operand)

        met = expressed(meaning(test.operator, operands), leaf, both, either, opposite)
        return met if holds else opposite(met)

    def _together(self) -> list[tuple[int, ...]]:
        """Return which rules cut bands together.

        Where rules may leave out outputs, these are those that give the same one; of limits, those that bound the same
        quantity on the same side.
        """
        rules = self._decision.rules
        if HIT_POLICIES[self._decision.hit].gives == "limits":
            bounds = dict.fromkeys((rule.bound, rule.then[0][0]) for rule in rules)
            return [
                tuple(index for index, rule in enumerate(rules) if (rule.bound, rule.then[0][0]) == bound)
                for bound in bounds
            ]
        if HIT_POLICIES[self._decision.hit].takes != "ranks":
            return [tuple(range(len(rules)))]
        outputs = [output.name for output in self._decision.outputs]
        found = (tuple(index for index, rule in enumerate(rules) if output in dict(rule.then)) for output in outputs)
        return list(dict.fromkeys(found))

    def _bands(self, rules: Sequence[int], setting: Mapping[str, Number]) -> list[Band]:
        found = (
            band(way, self._subject, self._domain, setting)
            for index in rules
            for way in ways(self._decision.rules[index].condition) or ()
        )
        return [each for each in found if each is not None and each.region]

    def _gap(
        self, rules: Sequence[int], rest: frozenset[Said], stretch: Stretch, setting: Mapping[str, Number]
    ) -> _Gap:
        """Return a stretch with somebody who is in it and to whom no rule applies that asks about the number."""
        terms = self._scene.terms
        nodes = terms.rules(self._decision.name)
        value = terms.number(self._subject)
        conditions = [(terms.condition(test), holds) for test, holds in rest]
        wanted = [
            *self._scene.at(setting),
            value.valued,
            within(value.term, stretch.start, stretch.end),
            *(node if holds else opposite(node) for node, holds in conditions),
            *(opposite(nodes[index]) for index in rules if self._asks(index)),
        ]
        return _Gap(rules, stretch, rest, setting, wanted, self._scene.ask_within(wanted))

    def _asks(self, index: int) -> bool:
        asked = reach(self._inquiry.model, refs(self._decision.rules[index].condition))
        return self._subject in set(asked)

    def _is_meant(self, found: _Gap, meant: list[Gap]) -> bool:
        for gap in self._decision.gaps:
            for way in ways(gap.condition) or ():
                said = band(way, self._subject, self._domain, found.setting)
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
            else f"besides {self._words(widest)}; only one gap can be the normal band"
        )
        inquiry.check_rules(self._scene, decision, gap.found)
        asking = {decision.rules[index].id for index in gap.rules if self._asks(index)}
        return Claim(
            "bands-meet",
            f"{decision.name}: {words.strip('`')}",
            "refuted",
            message=f"The bands of `{decision.name}` leave out {words}, {why}.",
            help="Move a limit, or add a bound."
            if HIT_POLICIES[decision.hit].gives == "limits"
            else "Move a limit, or add a rule; if the gap is intended, name it under `gaps`, with the reason.",
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
                cut
                for each in self._bands([index], gap.setting)
                if each.rest <= gap.rest
                for cuts in each.region
                for cut in cuts
            }
            if start in edges or end in edges:
                yield index

    def _words(self, gap: _Gap) -> str:
        """Return a gap as the condition that a rule file would have for it."""
        domain, region = self._domain, gap.stretch.region
        single = only(region, whole_numbers=is_whole(domain))
        tests = as_tests(domain, *region[0]) if single is None else public(domain, single)
        rest = [
            part if holds else {"not": part}
            for part, holds in ((condition_data(test), holds) for test, holds in gap.rest)
        ]
        beside = f" where {inline_text(rest)}" if rest else ""
        return f"`{in_file({str(self._subject): tests})}`{beside}"
