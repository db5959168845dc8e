"""Everyone gets an answer, rules do not contradict each other, and whatever is declared can come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hiprun.model import ALWAYS, Decision, Output
from hiprun.prove.claims import Claim, Status, Witness
from hiprun.prove.engine import Found, Term
from hiprun.prove.inquiry import Inquiry
from hiprun.prove.logic import both, either, opposite
from hiprun.prove.rules import STATUS, answer_of
from hiprun.prove.scene import Scene
from hiprun.prove.wording import in_file

_NO_GAPS = frozenset({"collect", "sum", "count", "limits"})
_MOST_CONFLICTS = 10
ABSENT: Mapping[str, Status] = {"yes": "refuted", "no": "proved", "unknown": "unproved"}
"""What it means for a claim that nobody is found, or somebody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of the answers of a decision."""
    if decision.hit not in _NO_GAPS and not _declares_no_match(decision):
        yield _always_an_answer(inquiry, scene, decision)
    if decision.hit in ("unique", "any"):
        yield from _no_conflict(inquiry, scene, decision)
    if decision.hit != "limits":
        for output in decision.outputs:
            yield from _reachable(inquiry, scene, decision, output)


def _declares_no_match(decision: Decision) -> bool:
    return decision.otherwise is None and all(rule.condition != ALWAYS for rule in decision.rules)


def _always_an_answer(inquiry: Inquiry, scene: Scene, decision: Decision) -> Claim:
    wanted = [opposite(scene.terms.answered(decision.name)), opposite(scene.terms.own_conflict(decision))]
    found = scene.ask_within(wanted)
    witnesses: tuple[Witness, ...] = ()
    if found.verdict == "yes":
        witnesses = inquiry.witnesses(
            scene,
            wanted,
            lambda people: inquiry.pack.decide(decision.name, people[0]).status == "no_match",
            [decision.name],
            expect=lambda _: [{decision.name: {"status": "decided"}}],
            title=f"{decision.name}-has-an-answer".replace("_", "-"),
        )
    return Claim(
        "always-an-answer",
        decision.name,
        ABSENT[found.verdict],
        message=f"`{decision.name}` has no answer for this patient.",
        help="Add a rule for such patients, or say `otherwise: no_match`.",
        decision=decision.name,
        witnesses=witnesses,
        place=decision.place,
    )


def _no_conflict(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    terms = scene.terms
    nodes = terms.rules(decision.name)
    apart: list[Term] = []
    found = Found("unknown")
    for number in range(_MOST_CONFLICTS):
        wanted = [terms.own_conflict(decision), *apart]
        found = scene.ask_within(wanted)
        if found.verdict != "yes":
            break
        first, second = _at_odds(scene, decision, found)
        pair = [nodes[first], nodes[second]]
        rules = tuple(inquiry.rule(decision, index) for index in (first, second))
        yield Claim(
            "no-conflict",
            decision.name,
            "refuted",
            message=f"`{rules[0].id}` and `{rules[1].id}` both apply to this patient"
            + ("." if decision.hit == "unique" else ", and say different things."),
            help="Narrow one of them, or choose another `hit`.",
            decision=decision.name,
            rules=rules,
            witnesses=inquiry.witnesses(
                scene,
                [*pair, terms.own_conflict(decision)],
                lambda people: inquiry.pack.decide(decision.name, people[0]).status == "conflict",
                [decision.name],
                expect=lambda _: [{decision.name: {"status": "decided"}}],
                title=f"{decision.name}-without-conflict-{number + 1}".replace("_", "-"),
            ),
            place=rules[1].place,
        )
        apart.append(opposite(both(pair)))
    if not apart or found.verdict == "unknown":
        yield Claim("no-conflict", decision.name, ABSENT[found.verdict], decision=decision.name, place=decision.place)


def _at_odds(scene: Scene, decision: Decision, found: Found) -> tuple[int, int]:
    """Return two rules that contradict each other in what was found."""
    applying = [index for index, node in enumerate(scene.terms.rules(decision.name)) if scene.holds(node, found)]
    first = applying[0]
    if decision.hit == "unique":
        return first, applying[1]
    for other in applying[1:]:
        if answer_of(scene, decision, other) != answer_of(scene, decision, first):
            return first, other
    raise AssertionError(applying)


def _reachable(inquiry: Inquiry, scene: Scene, decision: Decision, output: Output) -> Iterator[Claim]:
    for value, node in _values(scene, decision, output):
        found = scene.ask_within([node])
        shown = in_file(value)
        yield Claim(
            "value-reachable",
            f"{decision.name}.{output.name}: {shown}",
            STATUS[found.verdict],
            message=f"`{output.name}` is never `{shown}`, whoever the patient is." if found.verdict == "no" else "",
            help="Delete the choice, or write the rule that gives it.",
            decision=decision.name,
            place=decision.place,
        )


def _values(scene: Scene, decision: Decision, output: Output) -> Iterator[tuple[Any, Term]]:
    domain = output.domain
    nodes = scene.terms.rules(decision.name)
    given = [scene.terms.given(decision, index, output.name) for index in range(len(nodes))]
    if domain.type == "set":
        rest = dict(decision.otherwise or ()).get(output.name, frozenset())
        for choice in domain.choices:
            yield choice, either(choice in (value or ()) for value in [*given, rest])
    elif domain.type in ("choice", "boolean"):
        wanted: Sequence[Any] = list(domain.choices) if domain.type == "choice" else [False, True]
        if decision.hit == "collect":
            cases = list(zip(nodes, given, strict=True))
        else:
            cases = scene.terms.cases(decision.name, output.name)
        for value in wanted:
            yield value, either(node for node, other in cases if other == value)
    elif output.optional:
        yield "given", any(value is not None for value in given)
