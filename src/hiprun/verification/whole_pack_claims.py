"""What is declared is used, and constraints leave patients: claims about the pack as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.inference.reader_texts import shown_names
from hiprun.model import Constraint, Domain, Model, Ref, formula_parameters, reach, tests
from hiprun.model.places import Place
from hiprun.verification.claims import Claim
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.dead_rules import STATUS
from hiprun.verification.dependency_cones import Cone, Cones
from hiprun.verification.existence_claims import Existence
from hiprun.verification.solver_context import subject_of
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed


def claims(inquiry: Inquiry) -> Iterator[Claim]:
    """Yield what can be said of facts, derived facts, parameters and constraints."""
    yield from _used(subject_of(inquiry.pack.model))
    yield from constraints(inquiry)


def _used(subject: Subject) -> Iterator[Claim]:
    model = subject.model
    used = _everything(model, subject.cones)
    in_texts = shown_names(model)
    behind = [*reach(model, (Ref("derived", name) for name in in_texts & model.derived.keys()))]
    shown = in_texts | {ref.name for ref in behind}
    formulas = [model.derived[ref.name].formula for ref in behind if ref.kind == "derived"]
    elsewhere = {*_words((model.stages, model.diary)), *in_texts}
    elsewhere.update(name for formula in formulas if formula is not None for name in formula_parameters(formula))
    for name, fact in model.facts.items():
        yield _use("fact", name, name in used.facts | shown, fact.place)
        if name in used.facts and fact.domain.type == "set":
            named = _members(subject, name)
            for choice in fact.domain.choices:
                yield _use("choice", f"{name}: {choice}", choice in named, fact.place)
    for name, derived in model.derived.items():
        yield _use("derived fact", name, name in used.derived | shown, derived.place)
    for name, parameter in model.parameters.items():
        yield _use("parameter", name, name in used.parameters | elsewhere, parameter.place)


def _everything(model: Model, cones: Cones) -> Cone:
    """Return what decisions and promises lean on, themselves or through constraints.

    What a constraint ties to a fact that decides can decide as well; what only constraints speak of decides nothing.
    """
    found = Cone()
    for name in model.decisions:
        found |= cones.of_decision(name)
    for promise in model.properties:
        found |= cones.of_condition(promise.condition) | cones.of_condition(promise.then)
    waiting = [cones.of_condition(constraint.never) for constraint in model.constraints]
    while tied := [cone for cone in waiting if cone.facts & found.facts]:
        waiting = [cone for cone in waiting if cone not in tied]
        for cone in tied:
            found |= cone
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
    """Yield whether each constraint leaves patients, together with the others, and rules some out.

    One over parameters leaves the setting in the rule files, or it would not have been loaded.
    """
    for constraint in inquiry.pack.model.constraints:
        cone = inquiry.cones.of_condition(_opened(inquiry, constraint).never)
        scene = inquiry.scene(cone)
        possible = inquiry.exists(scene, lambda terms: [])
        message = ""
        if possible.verdict == "no":
            others = [
                other.id for other in scene.constraints if other.id != constraint.id and not scene.is_of_settings(other)
            ]
            beside = f" together with {listed(others)}" if others else ""
            message = f"`{constraint.id}`{beside} rules out every patient."
        elif possible.verdict == "yes":
            possible = _bites(inquiry, constraint, cone)
            if possible.verdict == "no":
                message = f"`{constraint.id}` rules out nobody: no patient meets its condition anyway."
        yield _claim(inquiry, constraint, possible, message)
    for constraint in inquiry.pack.model.parameter_constraints if inquiry.settable else ():
        never = _opened(inquiry, constraint).never
        scene = inquiry.scene(inquiry.cones.of_condition(never), without=constraint.id)
        bites = scene.ask_within([scene.terms.condition(never)]).verdict
        message = f"`{constraint.id}` rules out no setting: the ranges already satisfy it." if bites == "no" else ""
        yield _claim(inquiry, constraint, Existence(bites), message)


def _claim(inquiry: Inquiry, constraint: Constraint, possible: Existence, message: str) -> Claim:
    return Claim(
        "constraint-possible",
        constraint.id,
        STATUS[possible.verdict],
        message=message,
        help="Correct its condition, or delete it.",
        place=constraint.place,
        setting=inquiry.setting(possible.setting),
    )


def _opened(inquiry: Inquiry, constraint: Constraint) -> Constraint:
    return next(entry for entry in inquiry.model.constraints if entry.id == constraint.id)


def _bites(inquiry: Inquiry, constraint: Constraint, cone: Cone) -> Existence:
    """Return whether someone meets the condition of a constraint whom the other constraints allow."""
    scene = inquiry.scene(cone, without=constraint.id)
    never = _opened(inquiry, constraint).never
    return inquiry.exists(scene, lambda terms: [terms.condition(never)])
