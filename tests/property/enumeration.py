"""Everything that an outcome says, held to what trying every completion says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from hiprun.inference.infer import BUDGET
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision
from hiprun.model.value_conversion import public

from .oracle import Oracle, badness, completions, used
from .questions import Question, covers, plain, row
from .random_models import as_given

CERTAINTIES = {(True,): "certain", (False,): "excluded", (False, True): "possible"}
STATUSES = {(True,): "met", (False,): "unmet", (False, True): "unknown"}
ENDINGS = ("no_match", "conflict")


def differences(question: Question) -> list[str]:
    """Return in words where an outcome says something else than its completions."""
    return list(_differences(question))


def _differences(question: Question) -> Iterable[str]:
    outcome, decision = question.outcome, question.decision
    if not outcome.exact:
        yield "not exact"
    conflicts = question.in_conflict
    if conflicts == {True}:
        yield from _told("status", outcome.status, "conflict")
        if any(criterion.status != "unknown" for criterion in outcome.criteria):
            yield "a criterion is known in a conflict"
        if any(item.certainty != "possible" for item in outcome.items):
            yield "an item is known in a conflict"
        return
    match decision.hit:
        case "collect":
            yield from _items(question)
        case "limits":
            yield from _limits(question)
        case _:
            yield from _answers(question)
    if decision.kind == "criteria":
        yield from _criteria(question)
    yield from _fired(question)


def _told(what: str, found: Any, expected: Any) -> Iterable[str]:
    if found != expected:
        yield f"{what} is {found}, should be {expected}"


def needs_for(question: Question, answers: Sequence[Any]) -> set[str]:
    """Return the facts that alone can narrow `answers`, one for each completion, or make two of them differ."""
    names = list(question.pack.facts)
    keys = [tuple(oracle.patient[name] for name in names) for oracle in question.oracles]
    everything = set(answers)
    found: set[str] = set()
    if len(everything) < 2:
        return found
    for index, name in enumerate(names):
        by_value: dict[Any, set[Any]] = {}
        by_rest: dict[Any, set[Any]] = {}
        for key, answer in zip(keys, answers, strict=True):
            by_value.setdefault(key[index], set()).add(answer)
            by_rest.setdefault(key[:index] + key[index + 1 :], set()).add(answer)
        if any(left != everything for left in by_value.values()) or any(len(left) > 1 for left in by_rest.values()):
            found.add(name)
    return found


def _answers(question: Question) -> Iterable[str]:
    outcome = question.outcome
    rows = [row(answer) for answer in question.answers]
    yield from _told("may not match", outcome.may_not_match, "no_match" in rows and len(set(rows)) > 1)
    yield from _told("may conflict", outcome.may_conflict, "conflict" in rows and len(set(rows)) > 1)
    expected = "undetermined" if len(set(rows)) > 1 else rows[0] if rows[0] in ENDINGS else "decided"
    yield from _told("status", outcome.status, expected)
    yield from _told("needs", set(outcome.needs), needs_for(question, rows))
    answers = [dict(answer) for answer in {row(a): a for a in question.answers if not isinstance(a, str)}.values()]
    yield from _possible(outcome, answers)
    if answers:
        yield from _extremes(question, answers)


def _possible(outcome: Outcome, answers: Sequence[dict[str, Any]]) -> Iterable[str]:
    for answer in answers:
        if not any(_covers(said, answer) for said in outcome.possible):
            yield f"{answer} is not among the possible {outcome.possible}"
    for said in outcome.possible:
        covered = [answer for answer in answers if _covers(said, answer)]
        for name, value in said.items():
            ends = [value.get("at_least"), value.get("at_most")] if isinstance(value, Mapping) else [value]
            given = {_plain(answer[name]) for answer in covered}
            for end in ends:
                if _plain(end) not in given:
                    yield f"no answer of {said} has {name} {end}"


def _plain(value: Any) -> Any:
    return None if value is None else plain(value)


def _extremes(question: Question, answers: Sequence[dict[str, Any]]) -> Iterable[str]:
    outcome = question.outcome
    safest: dict[str, Any] = {}
    for output in question.decision.outputs:
        values = [answer[output.name] for answer in answers]
        if output.domain.is_numeric:
            ends = tuple(public(output.domain, end) for end in (min(values), max(values)))
            yield from _told(f"range of {output.name}", outcome.range(output.name), ends)
        if output.domain.worse:
            given = [value for value in values if value is not None]
            safest[output.name] = max(given, key=lambda value, output=output: badness(output, value))
        elif len(set(values)) == 1:
            safest[output.name] = values[0]
    yield from _told("safest", row(outcome.safest), row(safest))


def _covers(said: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    return set(said) == set(answer) and all(covers(said[name], value) for name, value in answer.items())


def _items(question: Question) -> Iterable[str]:
    outcome, decision = question.outcome, question.decision
    conflict = [answer == "conflict" for answer in question.answers]
    yield from _told("may conflict", outcome.may_conflict, len(set(conflict)) > 1)
    needs = needs_for(question, conflict)
    open_ = len(set(conflict)) > 1
    severities: dict[str, Any] = {}
    for rule in decision.rules:
        item = next(item for item in outcome.items if item.rule == rule.id)
        rows = [answer if isinstance(answer, str) else row(answer.get(rule.id, "none")) for answer in question.answers]
        given = [answer[rule.id] for _, answer in question.without_conflict() if rule.id in answer]
        fires = {rule.id in answer for _, answer in question.without_conflict()}
        yield from _told(f"certainty of {rule.id}", item.certainty, CERTAINTIES[tuple(sorted(fires))])
        left = {entry for entry in rows if entry != "conflict"}
        open_ = open_ or len(left) > 1
        needs |= needs_for(question, rows) if len(left) > 1 else set()
        if not given:
            continue
        severity = []
        for output in decision.outputs:
            values = [answer[output.name] for answer in given if output.name in answer]
            if output.domain.worse and values:
                severity.append((True, max(badness(output, value) for value in values)))
            else:
                severity.append((False, 0))
            if not values:
                yield from _told(f"{rule.id} has {output.name}", output.name in item.outputs, False)
                continue
            said = item.outputs[output.name]
            if isinstance(said, Mapping):
                ends = (plain(said["at_least"]), plain(said["at_most"]))
                yield from _told(f"span of {rule.id}", ends, (plain(min(values)), plain(max(values))))
                yield from _told(f"span of {rule.id} is open", len(set(values)) > 1, True)
            else:
                yield from _told(f"{output.name} of {rule.id}", {plain(said)}, set(map(plain, values)))
        severities[rule.id] = severity
    yield from _told("needs", set(outcome.needs), needs)
    yield from _told("status", outcome.status, "undetermined" if open_ else "decided")
    order = [item.rule for item in outcome.items if item.rule in severities]
    if decision.order == "worst":
        sorted_ids = sorted(severities, key=severities.__getitem__, reverse=True)
        yield from _told("order", order, sorted_ids)
    else:
        yield from _told("order", order, list(severities))


def _criteria(question: Question) -> Iterable[str]:
    for criterion, rule in zip(question.outcome.criteria, question.decision.rules, strict=True):
        assert rule.require is not None
        met = {oracle.holds(rule.require) for oracle, _ in question.without_conflict()}
        yield from _told(f"criterion {rule.id}", criterion.status, STATUSES[tuple(sorted(met))])


def _limits(question: Question) -> Iterable[str]:
    outcome = question.outcome
    conflict = [answer == "conflict" for answer in question.answers]
    yield from _told("may conflict", outcome.may_conflict, len(set(conflict)) > 1)
    needs = needs_for(question, conflict)
    undecided = len(set(conflict)) > 1
    for limit in outcome.limits:
        quantity = limit.quantity
        left = question.without_conflict()
        verdicts = {answer[quantity]["verdict"] for _, answer in left} - {None}
        yield from _told(f"verdicts on {quantity}", set(limit.possible_verdicts), verdicts)
        yield from _told(f"verdict on {quantity}", limit.verdict, next(iter(verdicts)) if len(verdicts) == 1 else None)
        set_by: list[str] = []
        open_ids: list[str] = []
        for side, sign in (("at_least", 1), ("at_most", -1)):
            bounds = [answer[quantity][side] for _, answer in left]
            rows = [answer if isinstance(answer, str) else (answer[quantity][side],) for answer in question.answers]
            certain, possible = _applying(question, quantity, side, sign)
            best = max(certain.values(), default=None)
            tightest = max((bound * sign for bound in bounds if bound is not None), default=None)
            if len(set(bounds)) > 1:
                undecided = True
                needs |= needs_for(question, rows)
                open_ids += [id_ for id_, size in possible.items() if best is None or size > best]
                set_by += [id_ for id_, size in certain.items() if size == best]
            else:
                best = tightest
                sure = [id_ for id_, size in certain.items() if size == best]
                set_by += sure or [id_ for id_, size in possible.items() if size == best]
            found = getattr(limit, side), getattr(limit, f"safest_{side}")
            expected = [None if size is None else plain(size * sign) for size in (best, tightest)]
            yield from _told(f"{side} of {quantity}", [None if one is None else plain(one) for one in found], expected)
        yield from _told(f"open for {quantity}", sorted(limit.open), sorted(set(open_ids)))
        yield from _told(f"set by for {quantity}", sorted(limit.set_by), sorted(set(set_by)))
    yield from _told("needs", set(outcome.needs), needs)
    yield from _told("status", outcome.status, "undetermined" if undecided else "decided")


def _applying(question: Question, quantity: str, side: str, sign: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the bounds that certainly apply with one number, and those that may apply, each with its tightest size."""
    decision = question.decision
    certain: dict[str, Any] = {}
    possible: dict[str, Any] = {}
    for rule in decision.rules:
        if rule.bound != side or rule.then[0][0] != quantity:
            continue
        oracles = [oracle for oracle, _ in question.without_conflict()]
        numbers = [
            oracle.row(decision, rule.then)[quantity] * sign if oracle.applies(decision, rule) else None
            for oracle in oracles
        ]
        sizes = {number for number in numbers if number is not None}
        if None not in numbers and len(sizes) == 1:
            certain[rule.id] = sizes.pop()
        elif sizes:
            possible[rule.id] = max(sizes)
    return certain, possible


def _fired(question: Question) -> Iterable[str]:
    outcome, decision = question.outcome, question.decision
    names = used(question.pack.model, decision)
    left = [oracle for oracle in question.oracles if all(oracle.answer(name) != "conflict" for name in names)]
    if left:
        always = set.intersection(*(with_a_say(decision, oracle) for oracle in left))
        expected = tuple(dict.fromkeys(rule.id for rule in decision.rules if rule.id in always))
        if outcome.fired != expected and not (decision.hit == "any" and set(outcome.fired) >= set(expected)):
            yield f"fired is {outcome.fired}, should be {expected}"


def with_a_say(decision: Decision, oracle: Oracle) -> set[str]:
    """Return the rules that match, or under `first` and `priority` the one that has the say."""
    applying = [rule for rule in decision.rules if oracle.applies(decision, rule)]
    if decision.hit == "first":
        applying = applying[:1]
    elif decision.hit == "priority" and applying:
        answer = oracle.answer(decision.name)
        applying = [rule for rule in applying if oracle.row(decision, rule.then) == answer][:1]
    return {rule.id for rule in applying}


# numbers with fractions: of the endless completions some are tried


def dense_differences(question: Question) -> list[str]:
    """Return in words where an outcome leaves out what some completion says, or is wider than those around it."""
    return list(_dense_differences(question))


def _dense_differences(question: Question) -> Iterable[str]:
    outcome, decision = question.outcome, question.decision
    if not outcome.exact:
        yield "not exact"
    rows = [_comparable(decision, answer) for answer in question.answers]
    if len(set(rows)) > 1 and decision.hit not in ("collect", "limits"):
        yield from _told("status", outcome.status, "undetermined")
        if missed := _making_a_difference(question, rows) - set(outcome.needs):
            yield f"needs {outcome.needs} lacks {missed}"
    if "conflict" in question.answers and not (outcome.may_conflict or outcome.status == "conflict"):
        yield "a conflict is left out"
    answers = [answer for _, answer in question.without_conflict()]
    match decision.hit:
        case "collect":
            yield from _items_left_out(outcome, answers)
        case "limits":
            yield from _bounds_left_out(outcome, answers)
        case _:
            yield from _answers_left_out(outcome, answers)


def _answers_left_out(outcome: Outcome, answers: Sequence[Any]) -> Iterable[str]:
    for answer in answers:
        if answer == "no_match":
            if not (outcome.may_not_match or outcome.status == "no_match"):
                yield "no match is left out"
        elif not any(_covers(said, answer) for said in outcome.possible):
            yield f"{answer} is left out of {outcome.possible}"


def _items_left_out(outcome: Outcome, answers: Sequence[Any]) -> Iterable[str]:
    for item in outcome.items:
        fires = {item.rule in answer for answer in answers}
        if (item.certainty, False) in (("certain", all(fires)), ("excluded", not any(fires))):
            yield f"{item.rule} is not always {item.certainty}"
        for given in (answer[item.rule] for answer in answers if item.rule in answer):
            if not _covers(item.outputs, given):
                yield f"{given} is left out of {item}"


def _bounds_left_out(outcome: Outcome, answers: Sequence[Any]) -> Iterable[str]:
    for limit, answer in itertools.product(outcome.limits, answers):
        said = answer[limit.quantity]
        if said["verdict"] not in (None, *limit.possible_verdicts):
            yield f"{said['verdict']} is left out of {limit}"
        for side, sign in (("at_least", 1), ("at_most", -1)):
            certain, safest, number = getattr(limit, side), getattr(limit, f"safest_{side}"), _plain(said[side])
            if certain is not None and (number is None or number * sign < plain(certain) * sign):
                yield f"{side} {number} is looser than what is certain of {limit}"
            if number is not None and (safest is None or number * sign > plain(safest) * sign):
                yield f"{side} {number} is tighter than the safest of {limit}"


def _comparable(decision: Decision, answer: Any) -> Any:
    if isinstance(answer, str):
        return answer
    if decision.hit == "limits":
        return tuple((name, one["at_least"], one["at_most"]) for name, one in answer.items())
    if decision.hit == "collect":
        return tuple((name, row(given)) for name, given in sorted(answer.items()))
    return row(answer)


def _making_a_difference(question: Question, rows: Sequence[Any]) -> set[str]:
    names = list(question.pack.facts)
    found: set[str] = set()
    for index, name in enumerate(names):
        by_rest: dict[Any, set[Any]] = {}
        for oracle, answer in zip(question.oracles, rows, strict=True):
            key = tuple(oracle.patient[other] for other in names)
            by_rest.setdefault(key[:index] + key[index + 1 :], set()).add(answer)
        if any(len(left) > 1 for left in by_rest.values()):
            found.add(name)
    return found


# interviews


def interview_differences(question: Question, rng: random.Random) -> list[str]:
    """Return in words where an interview with one of the completions asks something idle, or ends too early."""
    pack, model, name = question.pack, question.pack.model, question.decision.name
    patient = rng.choice(question.oracles).patient
    not_known = [fact for fact in model.facts if fact not in question.said and rng.random() < 0.2]
    interview, said = pack.interview(name), dict(question.said)
    for _ in range(len(model.facts) + 1):
        step = interview.step(as_given(model, said), not_known=not_known)
        if step.question is None:
            break
        if step.question.fact not in step.outcome.needs or step.question.fact in not_known:
            return [f"{step.question.fact} is asked, which settles nothing"]
        said[step.question.fact] = patient[step.question.fact]
    else:
        return ["the interview does not end"]
    oracles = [Oracle(model, each) for each in completions(model, said)]
    last = Question(pack, question.decision, said, [oracle for oracle in oracles if oracle.allowed()], BUDGET)
    open_ = set(last.outcome.needs) - set(not_known)
    return [*differences(last), *([f"{open_} is not asked for"] if open_ else [])]


# ways to another answer


def expected_ways(question: Question, wanted: Callable[[Any], bool], most: int = 3) -> set[frozenset[str]]:
    """Return the smallest sets of facts of which some values lead to a wanted answer, whatever the others are."""
    model, said = question.pack.model, question.said
    everyone = [Oracle(model, patient) for patient in completions(model, {})]
    everyone = [oracle for oracle in everyone if oracle.allowed()]
    good = [wanted(oracle.answer(question.decision.name)) for oracle in everyone]
    names = list(model.facts)
    free = [name for name in names if model.facts[name].changeable or name not in said or isinstance(said[name], list)]
    fits = {name: _said_values(question, name) for name in names}
    found: set[frozenset[str]] = set()
    for size in range(min(most, len(free)) + 1):
        for chosen in itertools.combinations(free, size):
            if any(smaller <= set(chosen) for smaller in found):
                continue
            outcomes: dict[tuple[Any, ...], bool] = {}
            for oracle, is_good in zip(everyone, good, strict=True):
                patient = oracle.patient
                if any(patient[name] not in fits[name] for name in names if name not in chosen):
                    continue
                if any(patient[name] not in fits[name] for name in chosen if not model.facts[name].changeable):
                    continue
                key = tuple(patient[name] for name in chosen)
                outcomes[key] = outcomes.get(key, True) and is_good
            if any(outcomes.values()):
                found.add(frozenset(chosen))
    return found


def _said_values(question: Question, name: str) -> list[Any]:
    model, said = question.pack.model, question.said
    only = {name: said[name]} if name in said else {}
    rest = {other: _any_value(model, other) for other in model.facts if other != name}
    return [patient[name] for patient in completions(model, {**rest, **only})]


def _any_value(model: Any, name: str) -> Any:
    return next(iter(completions(model, {})))[name]


def ways_differences(question: Question, most: int = 3) -> list[str]:
    """Return in words where the ways to each answer are not the smallest there are.

    Not asked for are numbers without an end as decimals, as what is shown of them is another number.
    """
    decision = question.decision
    everyone = [Oracle(question.pack.model, patient) for patient in completions(question.pack.model, {})]
    answers = [oracle.answer(decision.name) for oracle in everyone if oracle.allowed()]
    found: list[str] = []
    for wanted in [wanted for wanted in _wanted(decision, answers) if not is_cut_short(wanted)][:3]:
        expected = expected_ways(question, lambda answer, wanted=wanted: _gives(answer, wanted), most)
        domains = {output.name: output.domain for output in decision.outputs}
        asked = wanted if decision.hit == "limits" else {name: public(domains[name], v) for name, v in wanted.items()}
        ways = question.pack.ways_to(decision.name, asked, question.facts, most=100)
        named = {frozenset(change.fact for change in way.changes) for way in ways}
        short = {names for names in named if len(names) <= most}
        if short != expected or len(named) != len(ways) or not ways.exact:
            found.append(f"ways to {asked}: {sorted(map(sorted, named))}, should be {sorted(map(sorted, expected))}")
    return found


def is_cut_short(answer: Any) -> bool:
    """Whether a number of an answer is no decimal, so that asking for what is shown asks for another one."""
    numbers = [value for value in answer.values() if isinstance(value, Fraction)] if isinstance(answer, dict) else []
    return any(10**9 % number.denominator for number in numbers)


def _wanted(decision: Decision, answers: Sequence[Any]) -> list[dict[str, Any]]:
    if decision.hit == "limits":
        quantity = decision.quantities[0][0]
        verdicts = {answer[quantity]["verdict"] for answer in answers if answer != "conflict"} - {None}
        return [{quantity: verdict} for verdict in sorted(verdicts)]
    unique = {repr(sorted(answer.items(), key=str)): answer for answer in answers if isinstance(answer, dict)}
    found = [unique[key] for key in sorted(unique)]
    return [{name: value for name, value in answer.items() if value is not None} for answer in found]


def _gives(answer: Any, wanted: Mapping[str, Any]) -> bool:
    if not isinstance(answer, dict):
        return False
    return all(
        name in answer and (answer[name]["verdict"] if isinstance(answer[name], dict) else answer[name]) == value
        for name, value in wanted.items()
    )
