"""What differs between two versions in words that need no proof: facts, parameters, outputs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from hiprun.inference.change_impact import Uses
from hiprun.model import Decision, Model, Rule, reach
from hiprun.model.value_conversion import text
from hiprun.verification.difference_result import TextDifference

_OF_DECISION = ("title", "because", "interpretation", "sources")
_OF_RULE = ("title", "because", "unmet", "interpretation", "sources")


def notes(old: Model, new: Model) -> Iterator[str]:
    """Yield what is new, gone or set otherwise."""
    for name in dict.fromkeys([*old.facts, *new.facts]):
        if name not in new.facts:
            yield f"The fact `{name}` is gone."
        elif name not in old.facts:
            yield f"The fact `{name}` is new."
        elif old.facts[name].domain != new.facts[name].domain:
            yield f"The fact `{name}` has other values or another order; only patients that fit both are compared."
    for name in dict.fromkeys([*old.parameters, *new.parameters]):
        if name not in new.parameters:
            yield f"The parameter `{name}` is gone."
        elif name not in old.parameters:
            yield f"The parameter `{name}` is new."
        elif old.parameters[name].value != new.parameters[name].value:
            before, after = (text(model.parameters[name].value) for model in (old, new))
            yield f"The parameter `{name}` was {before} and is now {after}."


def followed(old: Model, new: Model, name: str, changed: Container[str]) -> tuple[str, ...]:
    """Return the `changed` decisions that a decision uses, if nothing else that it says or uses is different."""
    sides = [_said(model, name) for model in (old, new)]
    if sides[0] != sides[1]:
        return ()
    used = dict.fromkeys(ref.decision for ref in reach(new, new.decisions[name].refs()) if ref.kind == "output")
    return tuple(other for other in used if other in changed)


def _said(model: Model, name: str) -> list[Any]:
    """Return everything that a decision says and uses, other decisions aside."""
    decision = model.decisions[name]
    names = [ref.name for ref in reach(model, decision.refs()) if ref.kind == "derived"]
    derived = {other: model.derived[other] for other in names}
    facts = {ref.name: model.facts[ref.name].domain for ref in reach(model, decision.refs()) if ref.kind == "fact"}
    uses = Uses(model)
    values = {other: each.value for other, each in model.parameters.items() if name in uses.of_parameter(other)}
    return [decision, derived, facts, values]


def output_notes(old: Decision, new: Decision) -> Iterator[str]:
    """Yield what a decision gives now that it did not give before, and the other way round."""
    before, after = ([output.name for output in decision.outputs] for decision in (old, new))
    for name in before:
        if name not in after:
            yield f"It no longer gives `{name}`."
    for name in after:
        if name not in before:
            yield f"It now gives `{name}`."


def text_differences(old: Decision, new: Decision) -> Iterator[TextDifference]:
    """Yield what a decision, its outputs and its rules say in other words; a rule is the same if its id is."""
    yield from _of_parts(new.name, old, new, _OF_DECISION)
    after = {output.name: output for output in new.outputs}
    for output in old.outputs:
        if output.name in after:
            subject, other = f"{new.name}.{output.name}", after[output.name]
            yield from _of_parts(subject, output, other, ("title",))
            for choice, words in output.domain.choices.items():
                yield from _of_text(subject, choice, words, other.domain.choices.get(choice, words))
    rules, rules_now = ({rule.id: rule for rule in decision.rules} for decision in (old, new))
    for id_, rule in rules.items():
        if id_ in rules_now:
            yield from _of_parts(f"{new.name}.{id_}", rule, rules_now[id_], _OF_RULE)
    if "criteria" in (old.kind, new.kind):  # an outcome names all of them, also those that everyone meets
        for id_ in {**rules, **rules_now}:
            if id_ not in rules or id_ not in rules_now:
                named = (_named(entries.get(id_)) for entries in (rules, rules_now))
                yield from _of_text(f"{new.name}.{id_}", "criterion", *named)


def _named(criterion: Rule | None) -> str:
    return "" if criterion is None else criterion.title or criterion.id


def _of_parts(subject: str, old: object, new: object, parts: Iterable[str]) -> Iterator[TextDifference]:
    for part in parts:
        yield from _of_text(subject, part, *(_words(getattr(each, part)) for each in (old, new)))


def _of_text(subject: str, part: str, before: str, after: str) -> Iterator[TextDifference]:
    if before != after:
        yield TextDifference(subject, part, before, after)


def _words(said: str | tuple[str, ...]) -> str:
    return said if isinstance(said, str) else ", ".join(said)
