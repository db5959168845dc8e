"""What is declared is used, and constraints leave patients: claims about the pack as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.model import Domain, Model, tests
from hiprun.model.places import Place
from hiprun.verification.claims import Claim
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.dead_rules import STATUS
from hiprun.verification.dependency_cones import Cone, Cones
from hiprun.verification.solver import SolverVerdict
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed


def claims(inquiry: Inquiry) -> Iterator[Claim]:
    """Yield what can be said of facts, derived facts, parameters and constraints."""
    yield from _used(inquiry.subject)
    yield from constraints(inquiry)


def _used(subject: Subject) -> Iterator[Claim]:
    model = subject.model
    used = _everything(model, subject.cones)
    elsewhere = set(_words((model.stages, model.diary)))
    for name, fact in model.facts.items():
        yield _use("fact", name, name in used.facts, fact.place)
        if name in used.facts and fact.domain.type == "set":
            named = _members(subject, name)
            for choice in fact.domain.choices:
                yield _use("choice", f"{name}: {choice}", choice in named, fact.place)
    for name, derived in model.derived.items():
        yield _use("derived fact", name, name in used.derived, derived.place)
    for name, parameter in model.parameters.items():
        yield _use("parameter", name, name in used.parameters | elsewhere, parameter.place)


def _everything(model: Model, cones: Cones) -> Cone:
    """Return what decisions and promises lean on; what only constraints speak of decides nothing."""
    found = Cone()
    for name in model.decisions:
        found |= cones.of_decision(name)
    for promise in model.properties:
        found |= cones.of_condition(promise.condition) | cones.of_condition(promise.then)
    return found


def _words(value: Any) -> Iterator[str]:
    """Yield every word in what is no rule and may name a parameter: plans and diaries."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _words([*value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)
    elif attrs.has(type(value)):
        yield from _words([getattr(value, field.name) for field in attrs.fields(type(value))])


def _members(subject: Subject, fact: str) -> set[str]:
    """Return the choices of a set that some test speaks of."""
    domain: Domain = subject.model.facts[fact].domain
    found: set[str] = set()
    for condition in subject.conditions:
        for test in tests(condition):
            if test.subject.kind == "fact" and test.subject.name == fact:
                exactly = isinstance(test.operands[0], frozenset)
                found |= set(domain.choices) if exactly else set(map(str, test.operands))
    return found


def _use(what: str, name: str, used: bool, place: Place) -> Claim:
    return Claim(
        "used",
        name,
        "proved" if used else "refuted",
        message="" if used else f"Nothing uses the {what} `{name}`.",
        help="Delete it, or use it in a rule.",
        place=place,
    )


def constraints(inquiry: Inquiry) -> Iterator[Claim]:
    """Yield whether each constraint leaves patients, together with the others, and rules some out."""
    model = inquiry.model
    for constraint in model.constraints:
        cone = inquiry.cones.of_condition(constraint.never)
        scene = inquiry.scene(cone)
        possible: SolverVerdict = scene.ask().verdict
        message = ""
        if possible == "no":
            others = [other.id for other in scene.constraints if other is not constraint]
            beside = f" together with {listed(others)}" if others else ""
            message = f"`{constraint.id}`{beside} rules out every patient."
        elif possible == "yes":
            possible = _bites(inquiry, constraint.id, cone)
            if possible == "no":
                message = f"`{constraint.id}` rules out nobody: no patient meets its condition anyway."
        yield Claim(
            "constraint-possible",
            constraint.id,
            STATUS[possible],
            message=message,
            help="Correct its condition, or delete it.",
            place=constraint.place,
        )


def _bites(inquiry: Inquiry, id_: str, cone: Cone) -> SolverVerdict:
    """Return whether someone meets the condition of a constraint whom the other constraints allow."""
    scene = inquiry.scene(cone, without=id_)
    never = next(constraint.never for constraint in inquiry.model.constraints if constraint.id == id_)
    return scene.ask_within([scene.terms.condition(never)]).verdict
