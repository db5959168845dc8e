"""Prover, interpreter and trying every patient agree on random models, and every claim is right."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.language.export.conditions import condition_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import (
    ALWAYS,
    VERDICTS,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Count,
    Decision,
    HasValue,
    Model,
    Not,
    Property,
    Ref,
    Rule,
    Test,
)
from hiprun.pack import Pack
from hiprun.verification.claims import Claim, Verification
from hiprun.verification.difference import diff
from hiprun.verification.monotonicity import ordered_outputs
from hiprun.verification.number_encoding import Quantity
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver_context import Scene, subject_of
from hiprun.verification.syntactic_monotonicity import SyntacticMonotonicity
from hiprun.verification.verify import verify

from ..examples import examples
from .oracle import Oracle, badness, completions, everything, used, values
from .ordered_models import ordered_model
from .random_models import random_model

SEEDS = st.integers(0, 2**32 - 1)
BUDGET = 3_000_000
MOST_PATIENTS = 400


def everyone(model: Model) -> list[Oracle]:
    """Return an oracle for every patient that can be; none where there are too many to try."""
    found = []
    for patient in completions(model, {}):
        found.append(Oracle(model, patient))
        if len(found) > MOST_PATIENTS:
            return []
    return [oracle for oracle in found if oracle.allowed()]


def with_promises(model: Model, rng: random.Random) -> Model:
    """Return a model that promises things about its rules, true or false."""
    rules = [rule for decision in model.decisions.values() for rule in decision.rules]
    promises = tuple(
        Property(f"promise-{number}", rng.choice(rules).condition, rng.choice([ALWAYS, rng.choice(rules).condition]))
        for number in range(3)
    )
    return attrs.evolve(model, properties=promises)


# what comes out


def said(scene: Scene, decision: Decision, found: Any) -> Any:
    """Return what the prover says comes out, as the oracle says it."""
    terms = scene.terms

    def number(value: Any) -> Any:
        return value if not hasattr(value, "ctx") else evaluated(found, value)

    if scene.holds(terms.conflict(decision.name), found):
        return "conflict"
    if decision.hit == "collect":
        nodes = terms.rules(decision.name)
        applying = [index for index, node in enumerate(nodes) if scene.holds(node, found)]
        return {
            decision.rules[index].id: {
                name: number(value.term) if isinstance(value, Quantity) else value
                for name, _ in decision.rules[index].then
                for value in [terms.given(decision, index, name)]
            }
            for index in applying
        }
    if not scene.holds(terms.answered(decision.name), found):
        return "no_match"
    answer = {}
    for output in decision.outputs:
        if output.domain.is_numeric and decision.hit != "limits":
            quantity = terms.output_number(decision.name, output.name)
            answer[output.name] = number(quantity.term) if scene.holds(quantity.valued, found) else None
        else:
            named = [v for node, v in terms.cases(decision.name, output.name) if scene.holds(node, found)]
            assert len(named) <= 1
            answer[output.name] = named[0] if named else None
    return answer


def evaluated(found: Any, term: Any) -> Any:
    """Return the number that a term is."""
    value = found.values.eval(term, model_completion=True)
    return value.as_fraction() if hasattr(value, "as_fraction") else value.as_long()


def expected(oracle: Oracle, decision: Decision) -> Any:
    """Return what comes out, verdicts only where there are limits."""
    answer = oracle.answer(decision.name)
    if decision.hit == "limits" and isinstance(answer, dict):
        return {name: limit["verdict"] for name, limit in answer.items()}
    return answer


@given(SEEDS)
def test_the_prover_says_what_comes_out(seed: int) -> None:
    """For a patient of whom everything is given the prover finds the rules that apply and the answer."""
    rng = random.Random(seed)
    model = random_model(rng)
    subject = subject_of(model)
    patients = [dict(zip(model.facts, row, strict=True)) for row in sample(rng, model)]
    for decision in model.decisions.values():
        cone = subject.cones.of_decision(decision.name)
        scene = Scene(subject, cone, SolverBudget(BUDGET, 1000 * BUDGET), conflicts=model.decisions)
        for patient in patients:
            oracle = Oracle(model, patient)
            pins = [
                scene.person.has_value(name, model.facts[name].domain, subject.texts.get(name, ()), patient[name])
                for name in scene.facts
            ]
            nodes = scene.terms.rules(decision.name)
            said_beforehand(scene, decision)
            found = scene.ask_within(pins)
            if found.verdict != "yes":
                assert not oracle.allowed()
                continue
            if all(oracle.answer(name) != "conflict" for name in used(model, decision)):
                applying = [oracle.applies(decision, rule) for rule in decision.rules]
                assert [scene.holds(node, found) for node in nodes] == applying
            assert said(scene, decision, found) == expected(oracle, decision)


def said_beforehand(scene: Scene, decision: Decision) -> None:
    """Let the prover know all names that reading an answer needs."""
    scene.terms.conflict(decision.name)
    if decision.hit != "collect":
        scene.terms.answered(decision.name)
        for output in decision.outputs:
            if decision.hit not in ("sum", "count"):
                scene.terms.cases(decision.name, output.name)
            if output.domain.is_numeric and decision.hit != "limits":
                scene.terms.output_number(decision.name, output.name)


def sample(rng: random.Random, model: Model) -> list[list[Any]]:
    """Return a few patients."""
    return [[rng.choice(values(fact.domain)) for fact in model.facts.values()] for _ in range(4)]


# claims


class Judge:
    """Says of each claim whether it is true, by trying everyone."""

    def __init__(self, model: Model, people: list[Oracle]) -> None:
        self.model, self.everyone = model, people

    def people(self, decision: Decision) -> list[Oracle]:
        """Return the patients for whom nothing that a decision leans on is in conflict."""
        upstream = used(self.model, decision)
        return [oracle for oracle in self.everyone if all(oracle.answer(name) != "conflict" for name in upstream)]

    def __call__(self, claim: Claim) -> bool | None:
        """Return whether a claim is true; None where this cannot say."""
        if claim.kind == "property":
            promise = next(promise for promise in self.model.properties if promise.id == claim.subject)
            named = mentioned(self.model, promise)
            people = [one for one in self.everyone if all(one.answer(name) != "conflict" for name in named)]
            meeting = [one for one in people if one.holds(promise.condition)]
            return bool(meeting) and all(one.holds(promise.then) for one in meeting)
        if claim.kind == "constraint-possible":
            return None
        if claim.kind in ("used", "bands-meet"):  # of bands a test of their own
            return None
        if claim.kind == "part-can-decide":
            return self.parts(claim)
        decision = self.model.decisions[claim.decision]
        people = self.people(decision)
        calm = [one for one in people if one.answer(decision.name) != "conflict"]
        match claim.kind:
            case "rule-can-fire" | "rule-can-matter":
                rule = decision.rules[rule_index(decision, claim)]
                applying = [one for one in people if one.applies(decision, rule)]
                if claim.kind == "rule-can-fire":
                    return bool(applying)
                return any(matters(one, decision, rule) for one in applying)
            case "always-an-answer":
                return all(one.answer(decision.name) != "no_match" for one in calm)
            case "no-conflict":
                return len(calm) == len(people)
            case "value-reachable":
                output, _, shown = claim.subject.partition(".")[2].partition(": ")
                return any(comes_out(answer, output, shown) for one in calm for answer in answers(one, decision))
            case "bounds-agree":
                low, high = claim.rules
                pair = [next(rule for rule in decision.rules if rule.id == name.id) for name in (low, high)]
                return not any(
                    all(one.applies(decision, rule) for rule in pair)
                    and one.number(pair[0].then[0][1]) > one.number(pair[1].then[0][1])
                    for one in people
                )
            case "worse-never-calmer":
                names = claim.subject.partition(" along ")[0].partition(".")[2].split("+")
                return not any(calmer(decision, names, *pair) for pair in self.pairs(claim, calm))
            case "no-match-never-calmer":
                other = self.model.decisions[claim.subject.partition(": ")[2]]
                return not any(rests_on_nothing(one, decision, other) for one in calm)
            case "unknown-never-calmer":
                return True
            case _:
                raise NotImplementedError(claim.kind)

    def parts(self, claim: Claim) -> bool:
        """Return whether a part of a condition can decide, or of a whole condition each can."""
        subject, _, words = claim.subject.partition(": ")
        if claim.decision:
            decision = self.model.decisions[claim.decision]
            people = self.people(decision)
            condition = next(rule.condition for rule in decision.rules if subject == f"{decision.name}.{rule.id}")
        else:
            condition = self.model.derived[subject].condition
            behind = mentioned(self.model, Property("", condition))
            people = [one for one in self.everyone if all(one.answer(name) != "conflict" for name in behind)]
        dead = dead_parts(condition, people, [])
        return words not in dead if words else not dead

    def pairs(self, claim: Claim, people: list[Oracle]) -> list[tuple[Oracle, Oracle]]:
        """Return all pairs of patients of whom the second differs from the first in being worse off in one fact."""
        fact = claim.subject.rpartition(" along ")[2]
        domain = self.model.facts[fact].domain

        def place(one: Oracle) -> Any:
            value = one.patient[fact]
            number = list(domain.choices).index(value) if domain.type == "choice" else value
            return -number if domain.worse in ("lower", "earlier", "false") else number

        def rest(one: Oracle) -> Any:
            return tuple(value for name, value in one.patient.items() if name != fact)

        return [(a, b) for a in people for b in people if rest(a) == rest(b) and place(a) < place(b)]


def dead_parts(condition: Condition, people: list[Oracle], around: list[Any]) -> list[str]:
    """Return the parts of a condition on which it hangs for nobody among those who meet `around`."""
    found: list[str] = []
    if isinstance(condition, Not):
        return dead_parts(condition.part, people, around)
    for index, part in enumerate(getattr(condition, "parts", ())):
        others = [*condition.parts[:index], *condition.parts[index + 1 :]]

        def hangs(one: Oracle, others: list[Condition] = others) -> bool:
            return hangs_on_one(condition, [one.holds(other) for other in others])

        wanted = [hangs] if isinstance(condition, All) else [*around, hangs]
        truths = {one.holds(part) for one in people if all(test(one) for test in wanted)}
        needed = {All: {False}, AnyOf: {True}, Count: {False, True}}[type(condition)]
        if needed <= truths:
            found += dead_parts(part, people, [*around, hangs])
        else:
            found.append(inline_text(condition_data(part)))
    return found


def hangs_on_one(group: Condition, others: list[bool]) -> bool:
    """Return whether the truth of a group is that of one more part, the others being as they are."""
    match group:
        case All():
            return all(others)
        case AnyOf():
            return not any(others)
        case Count(_, lowest, highest):
            return (lowest <= sum(others) <= highest) is not (lowest <= sum(others) + 1 <= highest)


class Supposed(Oracle):
    """A patient of whom one decision is told that another one, which found no answer, has given `row`."""

    def __init__(self, one: Oracle, decision: Decision, other: Decision, row: Mapping[str, Any]) -> None:
        super().__init__(one.model, one.patient)
        self.one, self.decision, self.other, self.supposed = one, decision, other, row

    def value(self, ref: Ref) -> Any:
        """Return the value of a name; of an output of the other decision what is supposed."""
        if ref.kind != "output":
            return super().value(ref)
        value = self.one.value(ref)
        return self.supposed.get(ref.name) if ref.decision == self.other.name and value is None else value

    def applies(self, decision: Decision, rule: Rule) -> bool:
        """Whether a rule applies; one that asks for a value knows that there is none."""
        return (
            self.one.applies(decision, rule) if asks(self.model, rule, self.other) else super().applies(decision, rule)
        )

    def answer(self, name: str) -> Any:
        """Return what comes out; of all other decisions what does anyway."""
        return super().answer(name) if name == self.decision.name else self.one.answer(name)


def asks(model: Model, rule: Rule, other: Decision) -> bool:
    """Whether a rule asks if an output of a decision has a value, itself or through derived facts."""
    waiting, seen = [rule.condition, *(value for _, value in rule.then)], set()
    while waiting:
        match waiting.pop():
            case HasValue(subject) if subject.decision == other.name:
                return True
            case Not(part):
                waiting.append(part)
            case All(parts) | AnyOf(parts) | Count(parts):
                waiting += parts
            case Test(subject, _, operands):
                waiting += [subject, *operands]
            case Arithmetic(_, left, right):
                waiting += [left, right]
            case Call(_, arguments):
                waiting += arguments
            case Ref("derived", name) if name not in seen:
                seen.add(name)
                waiting += [model.derived[name].condition, model.derived[name].formula]
    return False


def rests_on_nothing(one: Oracle, decision: Decision, other: Decision) -> bool:
    """Whether an answer is calmer than, or with no order not the same as, it would be with a value that is missing."""
    without = one.answer(decision.name)
    there = one.answer(other.name)
    missing = there == "no_match"
    rows: list[Mapping[str, Any]] = [row(one, other, rule) for rule in other.rules]
    if other.hit == "limits" and isinstance(there, dict):
        missing = any(limit["verdict"] is None for limit in there.values())
        verdicts = itertools.product(VERDICTS, repeat=len(there))
        rows = [dict(zip(there, each, strict=True)) for each in verdicts]
    spoken = any(asks(one.model, rule, other) and one.applies(decision, rule) for rule in decision.rules)
    if not missing or spoken or not isinstance(without, dict):
        return False
    supposed = [Supposed(one, decision, other, each) for each in rows if None not in each.values()]
    return any(rests(one, with_it, decision) for with_it in supposed)


def rests(one: Oracle, with_it: Oracle, decision: Decision) -> bool:
    """Whether what comes out without a value is calmer than, or not the same as, what comes out with one."""
    if decision.hit in ("collect", "limits"):
        return any(with_it.applies(decision, each) and not one.applies(decision, each) for each in decision.rules)
    before, after = with_it.answer(decision.name), one.answer(decision.name)
    if not isinstance(before, dict):
        return False
    ordered = [output for output in decision.outputs if output.domain.worse]
    groups = [ordered] if decision.hit == "priority" else [[output] for output in ordered]
    ranks = [
        [[badness(output, answer[output.name]) for output in group] for answer in (before, after)] for group in groups
    ]
    rest = [output.name for output in decision.outputs if not output.domain.worse]
    return any(now < then for then, now in ranks) or any(before[name] != after[name] for name in rest)


def mentioned(model: Model, promise: Property) -> set[str]:
    """Return the decisions that a promise speaks of, however indirectly."""
    probe = Decision("", "rules", "", (), "collect", (Rule("a", promise.condition), Rule("b", promise.then)))
    found, waiting = set(), [probe]
    while waiting:
        new = used(model, waiting.pop()) - found
        found |= new
        waiting += [model.decisions[name] for name in new]
    return found


def rule_index(decision: Decision, claim: Claim) -> int:
    """Return which rule a claim is about."""
    return [rule.id for rule in decision.rules].index(claim.subject.partition(".")[2])


def answers(one: Oracle, decision: Decision) -> list[Mapping[str, Any]]:
    """Return the outputs that come out, several under `collect`."""
    answer = one.answer(decision.name)
    if not isinstance(answer, dict):
        return []
    return list(answer.values()) if decision.hit == "collect" else [answer]


def comes_out(answer: Mapping[str, Any], output: str, shown: str) -> bool:
    """Whether an output has a value in the notation of rule files, for a set a member, or any value (`given`)."""
    value = answer.get(output)
    if shown == "given":
        return value is not None
    if isinstance(value, frozenset):
        return shown in value
    return shown == (str(value).lower() if isinstance(value, bool) else str(value))


def calmer(decision: Decision, names: list[str], first: Oracle, second: Oracle) -> bool:
    """Whether outputs are calmer for the second patient, the first of them first."""
    before, after = first.answer(decision.name), second.answer(decision.name)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    ordered = [decision.output(name) for name in names]
    ranks = [[badness(output, answer[output.name]) for output in ordered] for answer in (before, after)]
    return ranks[1] < ranks[0]


def matters(one: Oracle, decision: Decision, rule: Rule) -> bool:
    """Whether the other rules that apply would not give this patient the same answer."""
    rows = {other.id: row(one, decision, other) for other in decision.rules if one.applies(decision, other)}
    own = rows.pop(rule.id)
    rivals = list(rows.values())
    match decision.hit:
        case "collect" | "count":
            return True
        case "sum":
            return any(own.values())
        case "unique" | "any":
            return not rivals
        case "limits":
            (name, limit), sides = next(iter(own.items())), {other.id: other.bound for other in decision.rules}
            same = [other[name] for id_, other in rows.items() if name in other and sides[id_] == rule.bound]
            return all(limit < other if rule.bound == "at_most" else limit > other for other in same)
        case "worst" | "min" | "max":
            return any(
                all(
                    strength(decision, name, value) > strength(decision, name, other[name])
                    for other in rivals
                    if name in other
                )
                for name, value in own.items()
            )
        case "first" | "priority":
            return comes_first(one, decision, rule, own)
        case _:
            raise NotImplementedError(f"when a rule matters under {decision.hit}")


def comes_first(one: Oracle, decision: Decision, rule: Rule, own: Mapping[str, Any]) -> bool:
    """Whether a rule is the first to apply, and the next one that does would give something else."""
    order = list(decision.rules)
    if decision.hit == "priority":
        order.sort(
            key=lambda each: [badness(o, row(one, decision, each)[o.name]) for o in decision.outputs], reverse=True
        )
    applying = [each for each in order if one.applies(decision, each)]
    return applying[0] is rule and (len(applying) == 1 or row(one, decision, applying[1]) != own)


def row(one: Oracle, decision: Decision, rule: Rule) -> dict[str, Any]:
    """Return what a rule gives to a patient."""
    return {name: one.number(value) if decision.output(name).domain.is_numeric else value for name, value in rule.then}


def strength(decision: Decision, name: str, value: Any) -> Any:
    """Return a number that is larger for the value that wins."""
    if decision.hit == "worst":
        return badness(decision.output(name), value)
    return value if decision.hit == "max" else -value


def check(model: Model, report: Verification, people: list[Oracle]) -> None:
    """Compare every claim with what trying everyone says."""
    judge = Judge(model, people)
    assert report.faults == ()
    for claim in report.claims:
        truth = judge(claim)
        if truth is None:
            continue
        kind = "numbers" if claim.kind == "rule-can-matter" else claim.kind
        assert claim.holds == truth, (kind, claim)


@given(SEEDS)
def test_claims_are_true_exactly_when_proved(seed: int) -> None:
    """Whatever is proved holds for everyone, and whatever is refuted does not."""
    rng = random.Random(seed)
    model = with_promises(random_model(rng), rng)
    people = everyone(model)
    if people:
        check(model, verify(Pack(model)), people)


def nobody_gets_calmer(model: Model) -> None:
    """Compare what the shape of rules rules out with what happens to every pair of patients."""
    people = everyone(model)
    subject, judge = subject_of(model), Judge(model, people)
    shapes = SyntacticMonotonicity(subject)
    for decision in model.decisions.values():
        calm = [one for one in judge.people(decision) if one.answer(decision.name) != "conflict"]
        for outputs in ordered_outputs(decision):
            names = [output.name for output in outputs]
            calming = shapes.calming(decision, outputs)
            for fact in subject.cones.of_decision(decision.name).facts - calming:
                if model.facts[fact].domain.worse:
                    pairs = judge.pairs(Claim("worse-never-calmer", f"{names} along {fact}", "proved"), calm)
                    assert not any(calmer(decision, names, *pair) for pair in pairs), (decision.name, names, fact)


@given(SEEDS, st.booleans())
def test_what_the_shape_of_rules_rules_out_happens_to_nobody(seed: int, functions: bool) -> None:
    """A fact of which rules show by their shape alone that it never calms an output does so for no pair of patients."""
    nobody_gets_calmer(random_model(random.Random(seed), functions=functions))


def test_in_chains_of_decisions_with_an_order_it_happens_to_nobody_either() -> None:
    """The same holds where each decision leans on numbers of the one before, or on whether there are any."""
    for seed in range(examples(3000)):
        nobody_gets_calmer(ordered_model(random.Random(seed)))


@settings(max_examples=8)
@given(SEEDS)
def test_claims_about_functions_are_never_wrong(seed: int) -> None:
    """Where formulas multiply, round, take roots or count months, a claim may stay open, but what is said holds."""
    rng = random.Random(seed)
    model = with_promises(random_model(rng, functions=True), rng)
    people = everyone(model)
    if not people:
        return
    report, judge = verify(Pack(model)), Judge(model, people)
    assert report.faults == ()
    for claim in report.claims:
        truth = judge(claim)
        assert truth is None or claim.status == "unproved" or claim.holds == truth, claim


# versions


def changed(model: Model, rng: random.Random) -> Model:
    """Return a model of which one rule says something else, or is left out."""
    decision = rng.choice(list(model.decisions.values()))
    rules = list(decision.rules)
    index = rng.randrange(len(rules))
    other = rng.choice(rules)
    kind = rng.random()
    if kind < 0.4:
        rules[index] = attrs.evolve(rules[index], condition=other.condition)
    elif (
        kind < 0.7
        and decision.hit != "limits"
        and {name for name, _ in rules[index].then} == {n for n, _ in other.then}
    ):
        rules[index] = attrs.evolve(rules[index], then=other.then)
    elif kind < 0.85:
        rules[index] = attrs.evolve(rules[index], condition=Not(rules[index].condition))
    else:
        del rules[index]
    return attrs.evolve(model, decisions={**model.decisions, decision.name: attrs.evolve(decision, rules=tuple(rules))})


@given(SEEDS)
def test_versions_are_the_same_exactly_when_said_so(seed: int) -> None:
    """A decision is called equivalent exactly when everyone gets the same answer."""
    rng = random.Random(seed)
    model = random_model(rng)
    people = everyone(model)
    new = changed(model, rng)
    difference = diff(Pack(model), Pack(new))
    assert difference.faults == ()
    for each in difference.decisions:
        if each.decision and people:
            answers = [
                tuple(everything(version, one.patient, each.decision) for version in (model, new)) for one in people
            ]
            same = all(before == after for before, after in answers)
            assert (each.status == "equivalent") == same, each
