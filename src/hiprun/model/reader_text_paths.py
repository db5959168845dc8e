"""The texts of a model for its readers, each with a path that says where it is: to read them, or to replace them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.model.decisions import Decision, Rule
from hiprun.model.expressions import Domain, Test, tests
from hiprun.model.pack_model import Model

Outputs = tuple[tuple[str, Any], ...]
Change = Callable[[str, str], str]
"""Takes the path of a text and the text, and returns what to put in its place."""

_TEXTS = frozenset({"title", "ask", "because", "unmet", "how"})
_TEXTS_BY_NAME = frozenset({"say", "activities", "texts"})
_PARTS = frozenset(
    {"facts", "parameters", "derived", "constraints", "parameter_constraints", "decisions", "diary", "stages"}
    | {"domain", "outputs", "rules", "entries", "fields", "never", "measures", "milestones"}
)
"""Fields that hold parts with texts of their own; conditions, cases, properties and guidance are not for readers."""


def changed_texts(model: Model, change: Change) -> Model:
    """Return a model with other texts for its readers."""
    constants = _compared_texts(model)
    changes: dict[str, Any] = {
        name: _text(getattr(model, name), f"pack.{name}", change) for name in ("title", "notice")
    }
    for name in (field.name for field in attrs.fields(Model) if field.name in _PARTS):
        changes[name] = _changed(getattr(model, name), name, change, constants)
    return attrs.evolve(model, **changes)


def reader_texts(model: Model) -> dict[str, str]:
    """Return the texts of a model for its readers, by path; each once, even if several parts show it."""
    found: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        found[path] = text
        return text

    changed_texts(model, note)
    written = {text for path, text in found.items() if not path.startswith(GENERATED)}
    return {
        path: text
        for path, text in found.items()
        if not path.startswith(GENERATED) or (text not in written and _is_explicit(path))
    }


GENERATED = "protocol."
"""How the paths of texts begin that decisions of a protocol have taken from it, or that hiprun has given them."""


def _is_explicit(path: str) -> bool:
    """Return whether a rule of a protocol has the text from its file, and not from hiprun."""
    where, _, field = path.rpartition(".")
    rule = where.rpartition(".rules.")[2]
    return ".rules." in path and (field == "because" or not rule.startswith(("enter-", "least-")))


def _compared_texts(model: Model) -> frozenset[str]:
    """Return the outputs whose texts conditions compare, so that these texts are names rather than words."""
    return frozenset(
        str(test.subject)
        for condition in model.conditions()
        for test in tests(condition)
        if test.subject.kind == "output" and _compares_text(test)
    )


def _compares_text(test: Test) -> bool:
    return any(isinstance(operand, str) for operand in test.operands)


def _changed(value: Any, path: str, change: Change, constants: frozenset[str]) -> Any:
    match value:
        case Decision():
            return _changed_decision(value, path, change, constants)
        case Domain():
            return _changed_domain(value, path, change)
        case Mapping():
            return {name: _changed(part, f"{path}.{name}", change, constants) for name, part in value.items()}
        case tuple():
            names = [getattr(part, "id", "") or getattr(part, "name", "") or str(n) for n, part in enumerate(value, 1)]
            parts = zip(names, value, strict=True)
            return tuple(_changed(part, f"{path}.{name}", change, constants) for name, part in parts)
    if not attrs.has(type(value)):
        return value
    fields = [field.name for field in attrs.fields(type(value)) if field.init]
    changes = {name: _changed_field(name, getattr(value, name), path, change, constants) for name in fields}
    return attrs.evolve(value, **changes)


def _changed_field(name: str, content: Any, path: str, change: Change, constants: frozenset[str]) -> Any:
    if name in _TEXTS:
        return _text(content, f"{path}.{name}", change)
    if name in _TEXTS_BY_NAME:
        return {key: _text(text, f"{path}.{name}.{key}", change) for key, text in content.items()}
    if name == "unit":
        return _unit(content, change)
    if name == "unit_words":
        return _units(content, change)
    if name == "domain":
        return _changed_domain(content, path, change)
    return _changed(content, f"{path}.{name}", change, constants) if name in _PARTS else content


def _changed_domain(domain: Domain, path: str, change: Change) -> Domain:
    return attrs.evolve(
        domain,
        choices={name: _text(text, f"{path}.choices.{name}", change) for name, text in domain.choices.items()},
        unit=_unit(domain.unit, change),
        unit_words=_units(domain.unit_words, change),
    )


def _changed_decision(decision: Decision, path: str, change: Change, constants: frozenset[str]) -> Decision:
    if decision.kind == "stages":
        path, change = GENERATED + decision.name, _of_protocol(change)
    strings = {output.name for output in decision.outputs if output.domain.type == "string"}
    strings -= {name for name in strings if f"{decision.name}.{name}" in constants}

    def given(pairs: Outputs, where: str) -> Outputs:
        return tuple(
            (name, _text(value, f"{where}.then.{name}", change))
            if name in strings and isinstance(value, str)
            else (name, value)
            for name, value in pairs
        )

    def rule(entry: Rule) -> Rule:
        where = f"{path}.rules.{entry.id}"
        return attrs.evolve(
            entry,
            then=given(entry.then, where),
            title=_text(entry.title, f"{where}.title", change),
            because=_text(entry.because, f"{where}.because", change),
            unmet=_text(entry.unmet, f"{where}.unmet", change),
        )

    return attrs.evolve(
        decision,
        title=_text(decision.title, f"{path}.title", change),
        because=_text(decision.because, f"{path}.because", change),
        outputs=_changed(decision.outputs, f"{path}.outputs", change, constants),
        rules=tuple(map(rule, decision.rules)),
        otherwise=None if decision.otherwise is None else given(decision.otherwise, f"{path}.otherwise"),
    )


def _of_protocol(change: Change) -> Change:
    """Return a change that is told of every text that it is of a decision of a protocol."""
    return lambda path, text: change(path if path.startswith(GENERATED) else GENERATED + path, text)


def _text(text: str, path: str, change: Change) -> str:
    return change(path, text) if text else text


def _unit(unit: str, change: Change) -> str:
    return change(f"units.{unit}", unit) if any(map(str.isalpha, unit)) else unit


def _units(words: tuple[str, ...], change: Change) -> tuple[str, ...]:
    return tuple(_unit(word, change) for word in words)
