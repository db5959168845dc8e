"""Numbers in the texts of rules that are the value of a parameter, and go stale when it is set to another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hiprun.errors import Problem
from hiprun.model import Decision, Model, Ref, Rule, formula_parameters, parameters, reach
from hiprun.model.templates import placeholders
from hiprun.model.value_conversion import text

_NUMBER = re.compile(r"(?<![\w.,])[0-9]+(?:\.[0-9]+)?(?![\w]|[.,][0-9])")


def stale_numbers(model: Model) -> Iterator[Problem]:
    """Yield a note for each number in a text that is what a parameter of the same rule is in the files."""
    for decision in model.decisions.values():
        for rule in decision.rules:
            values = {text(model.parameters[name].value): name for name in _parameters(model, rule)}
            written = [*_written_numbers(model, decision, rule)]
            for number in dict.fromkeys(number for number in written if number in values):
                name = values[number]
                yield Problem(
                    "number-in-text",
                    f"A text of `{rule.id}` says {number}, the value of `{name}`, and is wrong when that is changed.",
                    rule.place,
                    f"Write `{{{name}}}`, or `{{{name}:number}}` without its unit"
                    + (", with `language: 2` in the pack file." if model.language == 1 else "."),
                )


def _parameters(model: Model, rule: Rule) -> Iterator[str]:
    """Yield the parameters that a rule uses, itself or through derived facts."""
    yield from parameters(rule.condition)
    for _, value in rule.then:
        yield from formula_parameters(value)
    for ref in reach(model, rule.refs()):
        if ref.kind == "derived":
            yield from _derived_parameters(model, ref)


def _derived_parameters(model: Model, ref: Ref) -> Iterator[str]:
    derived = model.derived[ref.name]
    if derived.condition is not None:
        yield from parameters(derived.condition)
    if derived.formula is not None:
        yield from formula_parameters(derived.formula)


def _written_numbers(model: Model, decision: Decision, rule: Rule) -> Iterator[str]:
    strings = {output.name for output in decision.outputs if output.domain.type == "string"}
    texts = [rule.title, rule.because, rule.unmet]
    texts += [value for name, value in rule.then if name in strings and isinstance(value, str)]
    for written in texts:
        shown = written
        for placeholder in reversed(placeholders(written) if model.language > 1 else ()):
            shown = shown[: placeholder.start] + shown[placeholder.start + placeholder.width :]
        yield from _NUMBER.findall(shown)
