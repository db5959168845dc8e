"""What holds for every pack and every patient, tried on made-up ones through the public interface."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hiprun.errors import FactError
from hiprun.inference.explanation import Explanation
from hiprun.inference.facts import check_facts
from hiprun.inference.outcome import Outcome
from hiprun.model import (
    All,
    AnyOf,
    Condition,
    Constant,
    Decision,
    Domain,
    Model,
    Not,
    Property,
    Ref,
    Test,
    reach,
    refs,
)
from hiprun.pack import Pack
from hiprun.testing.strategies import packs, partial_patients, patients
from hiprun.testing.strategies.packs import model_of
from hiprun.testing.strategies.rule_thresholds import rule_thresholds
from hiprun.testing.strategies.values import as_typed, special_values
from hiprun.verification.verify import verify

from ..examples import examples
from .oracle import Oracle, meets

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
LAWS = settings(max_examples=examples(20), deadline=None, derandomize=True, suppress_health_check=SLOW)
ONE_ANSWER = ("unique", "any", "first", "priority", "worst", "sum", "min", "max", "count", "criteria")
ORDER_FREE = ("unique", "any", "priority", "worst", "sum", "min", "max", "count", "criteria", "limits")
MOST_COMPLETIONS = 300


def plain(value: Any) -> Any:
    """Return a value in the one form in which callers', the model's and the oracle's values compare.

    What no decimal number is, such as a third, reaches callers rounded far behind the point.
    """
    if isinstance(value, Mapping):
        return tuple(sorted((name, plain(part)) for name, part in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    if isinstance(value, bool | str | frozenset | None):
        return type(value).__name__, str(sorted(value)) if isinstance(value, frozenset) else value
    return "number", round(Fraction(value if isinstance(value, int | Decimal | Fraction) else value.toordinal()), 30)


def answer(outcome: Outcome) -> Any:
    """Return what came out for a patient of whom everything is known, whatever the kind of decision."""
    if outcome.status in ("no_match", "conflict"):
        return outcome.status
    assert outcome.status == "decided"
    if outcome.limits:
        return plain(
            {
                limit.quantity: {"verdict": limit.verdict, "at_most": limit.at_most, "at_least": limit.at_least}
                for limit in outcome.limits
            }
        )
    if outcome.possible:
        return plain(outcome.possible[0])
    return plain({item.rule: item.outputs for item in outcome.items if item.certainty == "certain"})


def alternatives(pack: Pack, facts: Mapping[str, Any], name: str) -> list[Any]:
    """Return values of one fact that a patient may have: all of them, or one for each way that matters."""
    domain = pack.facts[name].domain
    checked = check_facts(pack.model, facts)
    if name in checked.known:
        return [checked.known[name]]
    tests = checked.partial[name].tests if name in checked.partial else ()
    found = rule_thresholds(pack, pack.decisions)
    said = [operand for _, operands in tests for operand in operands]
    match domain.type:
        case "set":
            sizes = range(len(domain.choices) + 1)
            values: list[Any] = [
                frozenset(part) for size in sizes for part in itertools.combinations(domain.choices, size)
            ]
        case "string":
            values = [*special_values(domain, (), [*found.texts.get(name, ()), *said]), "a text that nobody names"]
        case "boolean" | "choice":
            values = special_values(domain)
        case _:
            values = special_values(domain, [*found.numbers.get(name, ()), *said])
            if domain.type != "number" and domain.lowest is not None and domain.highest is not None:
                values = list(range(int(domain.lowest), int(domain.highest) + 1))
    return [value for value in values if all(meets(domain, operator, list(given), value) for operator, given in tests)]


def completions(pack: Pack, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the patients, as callers name their facts, who may stand behind what is known of one."""
    columns = [alternatives(pack, facts, name) for name in pack.facts]
    size = 1
    for column in columns:
        size *= len(column)
    assume(size <= MOST_COMPLETIONS)
    found = [dict(zip(pack.facts, chosen, strict=True)) for chosen in itertools.product(*columns)]
    return [
        {name: as_typed(pack.facts[name].domain, value) for name, value in patient.items()}
        for patient in found
        if Oracle(pack.model, patient).allowed()
    ]


def every_value_was_tried(pack: Pack, decision: str) -> bool:
    """Whether `completions` leave nothing out: where numbers are added up, each of them must have an end."""
    summed = {name for entry in rule_thresholds(pack, [decision]).sums for name, _ in entry.terms}
    domains = [pack.facts[name].domain for name in summed]
    worked_out = any(
        isinstance(value, Ref) or hasattr(value, "left")
        for rule in pack.decisions[decision].rules
        for _, value in rule.then
    )
    return not worked_out and all(domain.type == "integer" and domain.lowest is not None for domain in domains)


def possibilities(outcome: Outcome) -> set[Any]:
    """Return everything that an outcome with one answer leaves open."""
    found = {plain(one) for one in outcome.possible}
    if outcome.may_not_match or outcome.status == "no_match":
        found.add("no_match")
    if outcome.may_conflict or outcome.status == "conflict":
        found.add("conflict")
    return found


@st.composite
def packs_with(draw: st.DrawFn, patient: Any, **sizes: Any) -> tuple[Pack, dict[str, Any]]:
    """Return a strategy for a pack of decisions and one of its patients."""
    pack = draw(packs(**{"diary": False, "stages": False} | sizes))
    return pack, draw(patient(pack))


@LAWS
@given(packs_with(patients, stages=None))
def test_of_a_known_patient_the_engine_says_what_the_rules_say(drawn: tuple[Pack, dict[str, Any]]) -> None:
    """Reading the rules literally, one after the other, gives the same answers."""
    pack, facts = drawn
    known = check_facts(pack.model, facts).known
    oracle = Oracle(pack.model, known)
    assert oracle.allowed()
    for name, outcome in pack.evaluate(facts).items():
        expected = oracle.answer(name)
        assert answer(outcome) == (expected if isinstance(expected, str) else plain(expected))


@LAWS
@given(packs_with(partial_patients, max_facts=3, policies=ONE_ANSWER))
def test_what_is_possible_is_what_can_come_out(drawn: tuple[Pack, dict[str, Any]]) -> None:
    """Every way to fill in what is unknown leads to an answer that was said to be possible, and all of those occur."""
    pack, facts = drawn
    people = completions(pack, facts)
    for name in pack.decisions:
        outcome = pack.decide(name, facts)
        found = {answer(pack.decide(name, person)) for person in people}
        if every_value_was_tried(pack, name):
            assert possibilities(outcome) == found
            assert (outcome.status == "undetermined") == (len(found) > 1)
        elif not any(isinstance(value, Mapping) for one in outcome.possible for value in one.values()):
            assert possibilities(outcome) >= found


def certain(outcome: Outcome, hit: str) -> dict[str, Any]:
    """Return what is certain of an outcome, part by part."""
    found: dict[str, Any] = {}
    found |= {f"item {item.rule}": item.certainty for item in outcome.items if item.certainty != "possible"}
    found |= {f"criterion {entry.id}": entry.status for entry in outcome.criteria if entry.status != "unknown"}
    found |= {f"verdict {limit.quantity}": limit.verdict for limit in outcome.limits if limit.verdict}
    if outcome.status != "undetermined" and hit not in ("collect", "limits"):
        found["answer"] = possibilities(outcome)
    if hit not in ("first", "priority"):
        found |= dict.fromkeys(outcome.fired, "fired")
    return found


@LAWS
@given(packs_with(patients), st.data())
def test_knowing_more_never_takes_back_what_was_certain(
    drawn: tuple[Pack, dict[str, Any]], data: st.DataObject
) -> None:
    """Facts become known one after the other: what was certain stays so, what was impossible stays impossible."""
    pack, facts = drawn
    order = data.draw(st.permutations(list(facts)))
    for name, decision in pack.decisions.items():
        before = pack.decide(name, {})
        for known in range(1, len(order) + 1):
            after = pack.decide(name, {fact: facts[fact] for fact in order[:known]})
            if after.status != "conflict":
                sure = certain(after, decision.hit)
                assert {part: sure.get(part) for part in certain(before, decision.hit)} == certain(before, decision.hit)
            if not any(isinstance(value, Mapping) for one in before.possible for value in one.values()):
                assert possibilities(after) <= possibilities(before) or decision.hit in ("collect", "limits")
            before = after


def reordered(pack: Pack, permutations: Mapping[str, list[int]]) -> Pack:
    """Return a pack with the rules of each decision in another order."""
    decisions = {
        name: attrs.evolve(decision, rules=tuple(decision.rules[index] for index in permutations[name]))
        for name, decision in pack.decisions.items()
    }
    return Pack(attrs.evolve(pack.model, decisions=decisions))


def unordered(outcome: Outcome) -> Any:
    """Return what an outcome says, without the order in which it says it."""
    return (
        outcome.status,
        possibilities(outcome),
        plain(outcome.safest),
        set(outcome.needs),
        {(entry.id, entry.status) for entry in outcome.criteria},
        {(entry.quantity, entry.verdict, plain(entry.at_most), plain(entry.at_least)) for entry in outcome.limits},
    )


@LAWS
@given(packs_with(partial_patients, policies=ORDER_FREE), st.data())
def test_the_order_of_rules_says_nothing(drawn: tuple[Pack, dict[str, Any]], data: st.DataObject) -> None:
    """Under every policy but those that name the order, rules may stand in any order."""
    pack, facts = drawn
    other = reordered(
        pack,
        {name: data.draw(st.permutations(range(len(decision.rules)))) for name, decision in pack.decisions.items()},
    )
    for name in pack.decisions:
        assert unordered(pack.decide(name, facts)) == unordered(other.decide(name, facts))


def named_in(explanation: Explanation) -> Iterator[str]:
    """Yield the facts that an explanation names, those behind other decisions included."""
    yield from (fact.name for fact in explanation.facts)
    for other in explanation.decisions:
        yield from named_in(other)


def with_ties(pack: Pack, names: set[str]) -> set[str]:
    """Return facts and those that constraints tie to them, from which something about them may follow."""
    ties = [
        {ref.name for ref in reach(pack.model, refs(entry.never)) if ref.kind == "fact"}
        for entry in pack.model.constraints
    ]
    for _ in ties:
        names = names.union(*(tie for tie in ties if tie & names))
    return names


@LAWS
@given(packs_with(partial_patients))
def test_an_explanation_holds_all_that_is_needed_to_come_to_the_same(drawn: tuple[Pack, dict[str, Any]]) -> None:
    """The facts that an explanation names, with those that constraints tie to them, give the same outcome alone."""
    pack, facts = drawn
    for name in pack.decisions:
        outcome = pack.decide(name, facts)
        explanation = outcome.explain()
        named = with_ties(pack, set(named_in(explanation)))
        again = pack.decide(name, {fact: value for fact, value in outcome.facts.items() if fact in named})
        assert unordered(again) == unordered(outcome)
        assert again.fired == outcome.fired
        assert explanation.status == outcome.status
        assert json.loads(json.dumps(explanation.to_dict()))["decision"] == name
        assert {step.id for step in explanation.rules if step.status == "fired"} == set(outcome.fired)


@LAWS
@given(packs_with(partial_patients))
def test_an_outcome_can_be_replayed(drawn: tuple[Pack, dict[str, Any]]) -> None:
    """What an outcome notes of the patient gives the same outcome once more, on a pack made anew from its model."""
    pack, facts = drawn
    for name in pack.decisions:
        outcome = pack.decide(name, facts)
        assert Pack(pack.model).decide(name, outcome.facts) == outcome


def exactly(pack: Pack, facts: Mapping[str, Any]) -> Condition:
    """Return the condition that holds for this patient alone."""
    known = check_facts(pack.model, facts).known
    return All(tuple(_is(Ref("fact", name), pack.facts[name].domain, value) for name, value in known.items()))


def _is(ref: Ref, domain: Domain, value: Any) -> Test:
    return Test(ref, "is", (Constant(value) if domain.is_numeric else value,))


def as_told(model: Model, decision: Decision, told: Any) -> Condition:
    """Return the condition that an answer of the oracle is what comes out."""
    refs = {output.name: Ref("output", output.name, decision.name) for output in decision.outputs}
    if told == "no_match":
        some = [_is(refs[output.name], output.domain, _any(output.domain)) for output in decision.outputs]
        return Not(AnyOf(tuple(part for one in some for part in (one, attrs.evolve(one, operator="is_not")))))
    return All(tuple(_is(refs[name], decision.output(name).domain, value) for name, value in told.items()))


def _any(domain: Domain) -> Any:
    return {"set": frozenset(), "string": "", "boolean": True, "choice": next(iter(domain.choices), "")}.get(
        domain.type, 1
    )


@settings(LAWS, max_examples=examples(10))
@given(packs_with(patients, max_decisions=2, max_rules=3, policies=ONE_ANSWER))
def test_the_prover_says_what_the_rules_say(drawn: tuple[Pack, dict[str, Any]]) -> None:
    """That exactly this comes out for exactly this patient is proved, and that anything else does is refuted."""
    pack, facts = drawn
    oracle = Oracle(pack.model, check_facts(pack.model, facts).known)
    told = {name: oracle.answer(name) for name in pack.decisions}
    assume("conflict" not in told.values())
    condition = exactly(pack, facts)
    promises = []
    for name, decision in pack.decisions.items():
        claim = as_told(pack.model, decision, told[name])
        promises += [Property(f"{name}-is", claim, condition), Property(f"{name}-is-not", Not(claim), condition)]
    fixed = {name: attrs.evolve(entry, lowest=None, highest=None) for name, entry in pack.parameters.items()}
    model = attrs.evolve(pack.model, parameters=fixed, properties=tuple(promises))
    report = verify(Pack(model))
    statuses = {claim.subject: claim.status for claim in report.claims if claim.kind == "property"}
    assert statuses == {promise.id: "refuted" if promise.id.endswith("-not") else "proved" for promise in promises}
    assert not report.faults


def test_a_constraint_that_nobody_can_keep_refuses_everyone() -> None:
    """A constraint is one also where the facts in it cancel out; found by the law on what is possible."""
    model = model_of(
        {
            "pack.yaml": "{pack: nobody, language: 1, version: 1.0.0, title: Nobody}",
            "facts.yaml": "facts: {steps: {ask: How many?, type: integer}}",
            "derived.yaml": "derived: {nothing: {formula: steps - steps}}",
            "constraints.yaml": "constraints: [{id: never-nothing, never: {nothing: 0}}]",
            "walk.yaml": "{decision: walk, outputs: {far: {type: boolean}}, rules: [{id: all, then: {far: true}}]}",
        }
    )
    with pytest.raises(FactError, match="never-nothing"):
        Pack(model).decide("walk", {})


def test_the_prover_keeps_to_the_calendar() -> None:
    """A date without a range is still a day of the calendar; found by the law on the prover."""
    model = model_of(
        {
            "pack.yaml": "{pack: days, language: 1, version: 1.0.0, title: Days}",
            "facts.yaml": "facts: {day: {ask: Which day?, type: date}, wet: {ask: Wet?, type: boolean}}",
            "walk.yaml": "decision: walk\noutputs: {far: {type: boolean, worse: true}}\n"
            "table:\n  - [day, wet, far]\n  - [{below: 2026-03-01}, true, true]\notherwise: no_match",
        }
    )
    assert {claim.status for claim in verify(Pack(model)).claims} <= {"proved", "refuted"}
