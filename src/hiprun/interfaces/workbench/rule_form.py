"""A rule as the fields of a form and back: lines of a condition, what follows, and why.

Conditions that are more than a list of lines, all or any of which have to hold, have no form; they are edited as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import FactError
from hiprun.inference.operators import OPERATORS
from hiprun.language.export.yaml_layout import inline_text
from hiprun.language.reader.fact_files import read_value

Join: TypeAlias = Literal["all", "any"]
GROUPS = frozenset({"all", "any", "not", "count"})
TEXTS = ("because", "interpretation")

TESTS = (
    "is",
    "is_not",
    "at_least",
    "at_most",
    "above",
    "below",
    "between",
    "one_of",
    "none_of",
    "includes",
    "includes_any",
    "includes_all",
    "includes_none",
    "has_value",
)
"""The tests of the language, in the order of a form."""


@attrs.frozen
class ConditionLine:
    """One test of a condition: what it is about, which test it is, and with what it compares, as in a rule file."""

    subject: str
    test: str
    value: str


@attrs.frozen
class RuleForm:
    """The fields of a rule. `then` has the value of each output as text, empty where the rule does not give it."""

    id: str = ""
    join: Join = "all"
    lines: tuple[ConditionLine, ...] = ()
    then: Mapping[str, str] = attrs.field(factory=dict)
    because: str = ""
    interpretation: str = ""
    source: str = ""


def rule_form(data: Mapping[str, Any]) -> RuleForm | None:
    """Return the fields of a rule that is written as `data`; None if its condition is more than a list of lines."""
    read = _lines(data.get("when", {}))
    if read is None:
        return None
    join, lines = read
    source = data.get("source", ())
    return RuleForm(
        data.get("id", ""),
        join,
        tuple(lines),
        {name: value_text(value) for name, value in data.get("then", {}).items()},
        data.get("because", ""),
        data.get("interpretation", ""),
        source if isinstance(source, str) else ", ".join(source),
    )


def rule_data(form: RuleForm) -> dict[str, Any]:
    """Return the entries of a rule with these fields, as data; those that are empty are left out."""
    source = [part.strip() for part in form.source.split(",") if part.strip()]
    data: dict[str, Any] = {
        "id": form.id.strip(),
        "when": _condition(form),
        "then": {name: read_text(text) for name, text in form.then.items() if text.strip()},
        "because": " ".join(form.because.split()),
        "source": source[0] if len(source) == 1 else source,
        "interpretation": " ".join(form.interpretation.split()),
    }
    return {name: value for name, value in data.items() if value not in ("", [], {})}


def value_text(value: Any) -> str:
    """Return a value as a form shows it: texts without quotes, all else as in a rule file."""
    return value if isinstance(value, str) else inline_text(value)


def read_text(text: str) -> Any:
    """Return the value that somebody typed; what cannot be read stays text, and is then reported at its place.

    >>> read_text("4"), read_text("true"), read_text("[a, b]"), read_text("1.1 * distance")
    (4, True, ['a', 'b'], '1.1 * distance')
    """
    try:
        return read_value(text.strip())
    except FactError:
        return text.strip()


def _lines(when: Any) -> tuple[Join, list[ConditionLine]] | None:
    if not isinstance(when, dict):
        return None
    if list(when) == ["any"] and isinstance(when["any"], list):
        parts, join = when["any"], "any"
        if any(not isinstance(part, dict) or len(part) != 1 for part in parts):
            return None
    elif list(when) == ["all"] and isinstance(when["all"], list):
        parts, join = when["all"], "all"
    else:
        parts, join = [when], "all"
    lines: list[ConditionLine] = []
    for part in parts:
        if not isinstance(part, dict) or not GROUPS.isdisjoint(part):
            return None
        for subject, value in part.items():
            found = list(_tests(subject, value))
            if not found or (join == "any" and len(found) > 1):
                return None
            lines += found
    return ("any" if join == "any" else "all"), lines


def _tests(subject: str, value: Any) -> Iterator[ConditionLine]:
    if not isinstance(value, dict):
        yield ConditionLine(subject, "is", value_text(value))
    elif all(name in TESTS for name in value):
        for name, operand in value.items():
            yield ConditionLine(subject, name, value_text(operand))


def _condition(form: RuleForm) -> dict[str, Any]:
    lines = [line for line in form.lines if line.subject]
    if form.join == "any" and len(lines) > 1:
        return {"any": [{line.subject: _tested([line])} for line in lines]}
    subjects = dict.fromkeys(line.subject for line in lines)
    groups = {subject: [line for line in lines if line.subject == subject] for subject in subjects}
    if any(len({line.test for line in group}) < len(group) for group in groups.values()):
        return {"all": [{line.subject: _tested([line])} for line in lines]}
    return {subject: _tested(group) for subject, group in groups.items()}


def _tested(lines: Sequence[ConditionLine]) -> Any:
    if len(lines) == 1 and lines[0].test == "is":
        return read_text(lines[0].value)
    return {line.test: read_text(line.value) for line in lines}


assert set(OPERATORS) <= set(TESTS)
