"""From what the prover found to a patient a reader believes: calm and ordinary values wherever these do as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from hiprun.model import Constant, Domain, Formula, Literal_, Model, Number, ParameterRef, tests
from hiprun.prove.conditions import Subject
from hiprun.prove.engine import Found, Term
from hiprun.prove.people import Person, another_text, is_number
from hiprun.prove.scene import Scene
from hiprun.region import Region, intersection, is_whole, of_domain, sample, whole

Thresholds = Mapping[str, Sequence[Number]]


def thresholds(subject: Subject) -> dict[str, list[Number]]:
    """Return the numbers that each fact is compared with, as far as they are plain numbers or parameters."""
    model = subject.model
    found: dict[str, set[Number]] = {}
    for condition in subject.conditions:
        for test in tests(condition):
            if test.subject.kind == "fact" and is_number(model.facts[test.subject.name].domain):
                values = [_plain_number(model, operand) for operand in test.operands]
                found.setdefault(test.subject.name, set()).update(value for value in values if value is not None)
    return {name: sorted(values) for name, values in found.items()}


def _plain_number(model: Model, operand: Formula | Literal_) -> Number | None:
    match operand:
        case Constant(value):
            return value
        case ParameterRef(name):
            return model.parameters[name].value
        case int() | Fraction():
            return operand
        case _:
            return None


def candidates(domain: Domain, numbers: Sequence[Number], texts: Sequence[str]) -> list[Literal_]:
    """Return one value for each way in which rules tell values of a fact apart, the calmest first."""
    found: list[Literal_]
    match domain.type:
        case "boolean":
            return [True, False] if domain.worse == "false" else [False, True]
        case "choice":
            found = [*domain.choices]
            return found[::-1] if domain.worse == "earlier" else found
        case "string":
            return [another_text(texts), *texts]
        case "set":
            return [frozenset(), *(frozenset({name}) for name in domain.choices), frozenset(domain.choices)]
        case _:
            found = [*_middles(domain, numbers)]
            return found[::-1] if domain.worse == "lower" else found


def _middles(domain: Domain, numbers: Sequence[Number]) -> Iterator[Literal_]:
    cuts = [cut for number in numbers for cut in ((number, 0), (number, 1))]
    ends = [(float("-inf"), 0), *cuts, (float("inf"), 1)]
    for start, end in pairwise(ends):
        region: Region = intersection(of_domain(domain), ((start, end),))
        if is_whole(domain):
            region = whole(region)
        if region:
            yield sample(region, whole_numbers=is_whole(domain))


def made_ordinary(
    scene: Scene, terms: Iterable[Term], numbers: Thresholds, people: Sequence[Person], focus: Sequence[str]
) -> list[dict[str, Literal_]] | None:
    """Return the facts of `people` who together meet `terms`, as ordinary as can be; None when there are none.

    The facts in `focus` are chosen last, so that they carry what is unusual.
    """
    engine, model = scene.engine, scene.model
    scene.settle()
    engine.enter()
    try:
        engine.add(terms)
        found = engine.ask()
        if found.verdict != "yes":
            return None
        for name in [*(name for name in scene.facts if name not in focus), *focus]:
            domain, texts = model.facts[name].domain, scene.subject.texts.get(name, ())
            wanted = candidates(domain, numbers.get(name, ()), texts)
            for person in dict.fromkeys(person.of(name) for person in people):
                found = _settled(scene, person, name, wanted, found)
        return [scene.values(found, person) for person in people]
    finally:
        engine.leave()


def _settled(scene: Scene, person: Person, name: str, wanted: Sequence[Literal_], found: Found) -> Found:
    """Fix one fact of one patient at the first value of `wanted` that still fits, else at what was found."""
    domain, texts = scene.model.facts[name].domain, scene.subject.texts.get(name, ())
    value = person.value(name, domain, texts, found.values)
    more = [round(value, digits) for digits in range(3)] if isinstance(value, Fraction) else []
    for candidate in [*wanted, *more]:
        pin = person.has_value(name, domain, texts, candidate)
        better = Found("yes", found.values) if candidate == value else scene.engine.ask_within([pin])
        if better.verdict == "yes":
            scene.engine.add([pin])
            return better
    scene.engine.add([person.has_value(name, domain, texts, value)])
    return found
