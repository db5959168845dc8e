"""From what the prover found to a patient a reader believes: calm and ordinary values wherever these do as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, takewhile

import attrs

from hiprun.inference.interval_sets import Region, intersection, is_whole, of_domain, sample, whole
from hiprun.inference.text_equivalence_classes import EVERY_TEXT, TextCells
from hiprun.model import Constant, Domain, Formula, Literal_, Model, Number, ParameterRef, Ref, tests
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.patient_encoding import Person, is_number
from hiprun.verification.solver import Engine, SolverAnswer, Term
from hiprun.verification.solver_context import Scene

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
        case ParameterRef(name) | Ref("fact", name) if name in model.parameters:
            return model.parameters[name].value
        case int() | Fraction():
            return operand
        case _:
            return None


def candidates(domain: Domain, numbers: Sequence[Number], texts: TextCells) -> list[Literal_]:
    """Return one value for each way in which rules tell values of a fact apart, the calmest first."""
    found: list[Literal_]
    match domain.type:
        case "boolean":
            return [True, False] if domain.worse == "false" else [False, True]
        case "choice":
            found = [*domain.choices]
            return found[::-1] if domain.worse == "earlier" else found
        case "string":
            return [texts.example(cell) for cell in texts.cells]
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
    scene: Scene,
    found: SolverAnswer,
    terms: Iterable[Term],
    numbers: Thresholds,
    people: Sequence[Person],
    focus: Sequence[str] = (),
) -> list[dict[str, Literal_]]:
    """Return the facts of `people` who together meet `terms`, as those found do, but as ordinary as can be.

    Settings are chosen first, so that they are those in the rule files wherever these do; the facts in `focus` are
    chosen last, so that they carry what is unusual.
    """
    engine = scene.engine
    names = [*(name for name in scene.facts if name not in focus and name not in scene.settings), *focus]
    settings = [_slot(scene, numbers, scene.person, name) for name in scene.settings]
    slots = [_slot(scene, numbers, person, name) for name in names for person in _owners(people, name)]
    scene.settle()
    engine.enter()
    try:
        engine.add(terms)
        for block in (settings, slots) if settings else (slots,):
            found, unusual = _mostly_ordinary(engine, block, found)
            for slot in unusual:
                found = _settled(scene, slot, found)
        return [scene.values(found, person) for person in people]
    finally:
        engine.leave()


@attrs.frozen(eq=False)
class _Slot:
    """One fact of one patient, and the values to try for it, each with the term that says it has it."""

    person: Person
    name: str
    values: Sequence[tuple[Literal_, Term]]


def _owners(people: Sequence[Person], name: str) -> Iterable[Person]:
    return dict.fromkeys(person.of(name) for person in people)


def _slot(scene: Scene, numbers: Thresholds, person: Person, name: str) -> _Slot:
    domain, texts = scene.model.facts[name].domain, scene.subject.texts.get(name, EVERY_TEXT)
    if name in scene.settings:
        ends = (scene.model.parameters[name].value, domain.lowest, domain.highest)
        wanted: list[Literal_] = list(dict.fromkeys(end for end in ends if end is not None))
    else:
        wanted = candidates(domain, numbers.get(name, ()), texts)
    return _Slot(person, name, [(value, person.has_value(name, domain, texts, value)) for value in wanted])


def _mostly_ordinary(engine: Engine, slots: Sequence[_Slot], found: SolverAnswer) -> tuple[SolverAnswer, list[_Slot]]:
    """Give as many facts as can be their most ordinary value; return what was found then, and the facts left out."""
    unusual: list[_Slot] = []
    waiting = [slots]
    while waiting:
        block = waiting.pop()
        pins = [slot.values[0][1] for slot in block]
        better = engine.ask_within(pins)
        if better.verdict == "yes":
            found = better
            engine.add(pins)
        elif len(block) == 1:
            unusual.append(block[0])
        else:
            half = len(block) // 2
            waiting += [block[half:], block[:half]]
    return found, unusual


def _settled(scene: Scene, slot: _Slot, found: SolverAnswer) -> SolverAnswer:
    """Fix a fact at the first of its values that still fits, else at what was found."""
    domain, texts = scene.model.facts[slot.name].domain, scene.subject.texts.get(slot.name, EVERY_TEXT)
    current = slot.person.value(slot.name, domain, texts, found.values)
    rounded = [round(current, digits) for digits in range(3)] if isinstance(current, Fraction) else []
    more = [(value, slot.person.has_value(slot.name, domain, texts, value)) for value in [*rounded, current]]
    wanted = list(takewhile(lambda pair: pair[0] != current, [*slot.values[1:], *more]))
    for _, pin in wanted:
        better = scene.engine.ask_within([pin])
        if better.verdict == "yes":
            scene.engine.add([pin])
            return better
    scene.engine.add([more[-1][1]])
    return found
