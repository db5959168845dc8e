"""Everyone whom no rule covers, in boxes: values of some facts at which no rule applies, whatever the others are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

import attrs

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.inference.interval_sets import Cut, as_tests, is_whole, of_domain, only, whole
from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.model import Decision, Domain, Literal_
from hiprun.model.value_conversion import plain, public
from hiprun.pack import Pack
from hiprun.verification.claims import Witness
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.number_encoding import within
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver import BUDGET, RUN_BUDGET, Term
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_simplification import made_ordinary

MOST = 10
"""How many boxes of a decision are shown."""

Part: TypeAlias = tuple[str, str]
"""A fact, or one member of a set; for others than sets the second name is empty."""


@attrs.frozen
class Stretch:
    """Numbers between two cuts."""

    start: Cut
    end: Cut


Side: TypeAlias = Stretch | frozenset[str] | bool | str
"""What one part may be in a box: a stretch of numbers, some of the choices, a truth (of a member: it is in), a text."""


@attrs.frozen
class Box:
    """Patients whom no rule covers: all whose facts are as `when` says, whatever their other facts are.

    `when` is what a rule for them would ask. `share` is how much of all values that is, as far as ranges say.
    """

    when: Mapping[str, Any] = attrs.field(hash=False)
    share: Fraction
    witness: Witness

    def to_dict(self) -> dict[str, Any]:
        """Return the box as plain data for JSON."""
        return {"when": plain(self.when), "share": float(self.share), "witness": self.witness.to_dict()}


@attrs.frozen
class Uncovered:
    """Whom no rule of one decision covers. `whole`: there is nobody outside the boxes."""

    decision: str
    boxes: tuple[Box, ...]
    whole: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the boxes as plain data for JSON."""
        return {"decision": self.decision, "whole": self.whole, "boxes": [box.to_dict() for box in self.boxes]}


def uncovered(
    pack: Pack, decisions: Iterable[str] | None = None, *, budget: int = BUDGET, most: int = MOST
) -> tuple[Uncovered, ...]:
    """Return for each decision whom no rule covers, the largest boxes first; at most `most` for each.

    `budget` is how much work each question may take, in steps of the prover.
    """
    names = list(pack.decisions) if decisions is None else list(dict.fromkeys(decisions))
    for name in names:
        if name not in pack.decisions:
            message = f"`{name}` is not a decision of this pack."
            raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, pack.decisions))])
    inquiry = Inquiry(pack, SolverBudget(budget, RUN_BUDGET), every_setting=False)
    return tuple(_Search(inquiry, inquiry.model.decisions[name]).uncovered(most) for name in names)


class _Search:
    """The search for the boxes of one decision."""

    def __init__(self, inquiry: Inquiry, decision: Decision) -> None:
        self._inquiry, self._decision = inquiry, decision
        self._scene = inquiry.scene(inquiry.cones.of_decision(decision.name), conflicts=[decision.name])
        self._covered = either(self._scene.terms.rules(decision.name))

    def uncovered(self, most: int) -> Uncovered:
        """Return the boxes, each of which holds somebody who is in none before it."""
        scene = self._scene
        found: list[Box] = []
        left = [opposite(self._covered)]
        answer = scene.ask_within(left)
        while answer.verdict == "yes" and len(found) < most:
            (facts,) = made_ordinary(scene, answer, left, self._inquiry.numbers, (scene.person,))
            sides = self._grown(facts)
            here = both(self._term(part, side) for part, side in sides.items())
            found += self._box(sides, [*left, here], len(found) + 1)
            left.append(opposite(here))
            answer = scene.ask_within(left)
        found.sort(key=lambda box: box.share, reverse=True)
        return Uncovered(self._decision.name, tuple(found), whole=answer.verdict == "no")

    def _box(self, sides: Mapping[Part, Side], wanted: Sequence[Term], number: int) -> Iterator[Box]:
        decision = self._decision
        for witness in self._inquiry.witnesses(
            self._scene,
            self._scene.ask_within(wanted),
            wanted,
            lambda people: not self._inquiry.decide(decision.name, people[0]).fired,
            [decision.name],
            title=f"{decision.name}-covered-by-no-rule-{number}".replace("_", "-"),
        ):
            share = Fraction(1)
            for (name, _), side in sides.items():
                share *= _share(self._domain(name), side)
            yield Box(self._when(sides), share, witness)

    def _domain(self, name: str) -> Domain:
        return self._scene.model.facts[name].domain

    def _when(self, sides: Mapping[Part, Side]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for (name, member), side in sides.items():
            if member:
                found.setdefault(name, {}).setdefault("includes_all" if side else "includes_none", []).append(member)
            else:
                found[name] = self._text(name, side) if isinstance(side, str) else _said(self._domain(name), side)
        return found

    def _text(self, name: str, side: str) -> Any:
        """Return a text as it is named in rules, or those named of which it is none."""
        texts = self._scene.subject.texts[name]
        cell = texts.of(side)
        if cell != texts.cells[0]:
            return side
        return {"none_of": [texts.example(other) for other in texts.cells[1:]]}

    # growing

    def _grown(self, facts: Mapping[str, Literal_]) -> dict[Part, Side]:
        """Return a box around a patient that cannot be made larger without somebody in it being covered."""
        sides = {part: side for name in self._scene.facts for part, side in self._cells(name, facts[name])}
        if not self._is_uncovered(sides):  # limits that depend on other facts run across these cells
            sides |= {part: _point(facts[part[0]]) for part, side in sides.items() if isinstance(side, Stretch)}
        sides = self._needed(sides)
        for part in list(sides):
            sides[part] = self._widened(part, sides)
        return self._needed(sides)

    def _cells(self, name: str, value: Any) -> Iterator[tuple[Part, Side]]:
        domain = self._domain(name)
        match domain.type:
            case "set":
                yield from (((name, choice), choice in value) for choice in domain.choices)
            case "choice":
                yield (name, ""), frozenset({value})
            case "boolean" | "string":
                yield (name, ""), value
            case "integer" | "number" | "date":
                cuts = self._cuts(name)
                start = max(cut for cut in cuts if cut <= (value, 0))
                yield (name, ""), Stretch(start, min(cut for cut in cuts if cut > (value, 0)))
            case _:
                assert_never(domain.type)

    def _cuts(self, name: str) -> list[Cut]:
        """Return where rules divide the values of a number, and the ends of its range."""
        domain = self._domain(name)
        everything = of_domain(domain)
        numbers = self._inquiry.numbers.get(name, ())
        cuts: set[Cut] = {
            cut
            for number in numbers
            for cut in ((number, 0), (number, 1))
            if everything[0][0] < cut < everything[-1][1]
        }
        if is_whole(domain):
            cuts = {start for cut in cuts for start, _ in whole(((cut, everything[-1][1]),))}
        return sorted({everything[0][0], *cuts, everything[-1][1]})

    def _widened(self, part: Part, sides: Mapping[Part, Side]) -> Side:
        """Return a side as wide as it can be without somebody in the box being covered."""
        name, _ = part
        side = sides[part]
        match side:
            case Stretch(start, end):
                cuts = self._cuts(name)
                starts = (cut for cut in cuts if cut < start)
                start = next((cut for cut in starts if self._fits(part, Stretch(cut, end), sides)), start)
                ends = (cut for cut in reversed(cuts) if cut > end)
                end = next((cut for cut in ends if self._fits(part, Stretch(start, cut), sides)), end)
                return Stretch(start, end)
            case frozenset():
                for choice in self._domain(name).choices:
                    side = side | {choice} if self._fits(part, side | {choice}, sides) else side
                return side
            case _:
                return side

    def _fits(self, part: Part, side: Side, sides: Mapping[Part, Side]) -> bool:
        return self._is_uncovered({**sides, part: side})

    def _needed(self, sides: dict[Part, Side]) -> dict[Part, Side]:
        """Return the sides without which somebody in the box would be covered."""
        for part in list(sides):
            fewer = {other: side for other, side in sides.items() if other != part}
            sides = fewer if self._is_uncovered(fewer) else sides
        return sides

    def _is_uncovered(self, sides: Mapping[Part, Side]) -> bool:
        terms = [self._term(part, side) for part, side in sides.items()]
        return self._scene.ask_within([self._covered, *terms]).verdict == "no"

    def _term(self, part: Part, side: Side) -> Term:
        """Return whether a patient is on this side."""
        name, member = part
        person, domain = self._scene.person, self._domain(name)
        match side:
            case Stretch(start, end):
                return within(person.number(name, domain), start, end)
            case frozenset():
                return either(person.has(name, choice) for choice in side)
            case bool() if member:
                return person.has(name, member) if side else opposite(person.has(name, member))
            case _:
                texts = self._scene.subject.texts.get(name, EVERY_TEXT)
                return person.has_value(name, domain, texts, side)


def _point(value: Any) -> Side:
    return Stretch((value, 0), (value, 1))


def _said(domain: Domain, side: Stretch | frozenset[str] | bool) -> Any:
    """Return a side as what stands behind a fact in a condition."""
    match side:
        case Stretch(start, end):
            single = only(((start, end),), whole_numbers=is_whole(domain))
            return as_tests(domain, start, end) if single is None else public(domain, single)
        case frozenset():
            choices = [choice for choice in domain.choices if choice in side]
            return choices[0] if len(choices) == 1 else {"one_of": choices}
        case bool():
            return side
        case _:
            assert_never(side)


def _share(domain: Domain, side: Side) -> Fraction:
    """Return how much of all values of a fact a side takes; half where that cannot be told."""
    match side:
        case Stretch(start, end):
            ends = of_domain(domain)
            low, high = ends[0][0][0], ends[-1][1][0]
            if isinstance(low, float) or isinstance(high, float) or low == high:
                return Fraction(1, 2)
            return (Fraction(end[0]) - Fraction(start[0])) / (high - low)
        case frozenset():
            return Fraction(len(side), len(domain.choices))
        case _:
            return Fraction(1, 2)
