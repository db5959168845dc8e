"""Generated groups of choices, and rule files that use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.model import Model, tests
from hiprun.testing.pack_generation.choices import Choices

_OF_CHOICES = frozenset({"one_of", "none_of", "includes_any", "includes_all", "includes_none"})

Groups = Mapping[str, tuple[str, ...]]


def generate_groups(choices: Choices, model: Model) -> dict[str, tuple[str, ...]]:
    """Return groups of choices that conditions of a model name together."""
    together = list(dict.fromkeys(_named_together(model)))
    return {f"group_{number}": group for number, group in enumerate(choices.some_of(together, 0, 2), 1)}


def with_groups(content: Any, groups: Groups) -> Any:
    """Return the content of a rule file, with groups wherever it lists exactly their choices."""
    match content:
        case dict():
            entries = {key: _named(key, value, groups) for key, value in content.items()}
            only = list(entries) == ["one_of"] and len(entries["one_of"]) == 1 and entries["one_of"][0] in groups
            return entries["one_of"][0] if only else entries
        case list():
            return [with_groups(item, groups) for item in content]
        case _:
            return content


def _named(key: str, value: Any, groups: Groups) -> Any:
    if key in _OF_CHOICES:
        return next(([name] for name, group in groups.items() if list(group) == value), value)
    return with_groups(value, groups)


def _named_together(model: Model) -> Iterator[tuple[str, ...]]:
    known = {name for fact in model.facts.values() for name in fact.domain.choices}
    known |= {name for entry in model.decisions.values() for output in entry.outputs for name in output.domain.choices}
    for condition in model.conditions():
        for test in tests(condition):
            names = tuple(operand for operand in test.operands if isinstance(operand, str))
            if test.operator in _OF_CHOICES and len(names) > 1 and known.issuperset(names):
                yield names
