"""A pack as a Python module of types, so that type checkers and editors know its facts, decisions and answers."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import assert_never

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.operators import OPERATORS
from hiprun.model import Decision, Domain
from hiprun.pack import Pack

_HEAD = '''\
"""The types of a pack, for type checkers and editors. Made by `hiprun types`; make it anew instead of editing it."""

# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false
# ruff: noqa

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union, Unpack, cast, overload

import hiprun

Number = Union[int, float, Decimal, Fraction]
Date = Union[datetime.date, str]
Choices = Collection
'''
_LOAD = '''
else:
    Pack, Reading, Assessment = hiprun.Pack, hiprun.Reading, hiprun.Assessment


def load(path: str | os.PathLike[str] | None = None, *, cache: bool = True) -> Pack:
    """Return the pack as `hiprun.load` does, with these types."""
    return cast("Pack", hiprun.load(path, cache=cache))
'''
_TAKEN = (
    "Any Assessment Choices Collection Date Decimal Decision Fact Facts False Fraction Iterable Known Literal Mapping "
    "None Number Pack Parameters Reading Sequence True TypedDict Union Unpack"
)
_IGNORED = "  # type: ignore[override]"


@attrs.define
class _Names:
    """Gives every type a name of its own."""

    taken: set[str] = attrs.field(factory=lambda: set(_TAKEN.split()))

    def new(self, *words: str) -> str:
        name = "".join(part.capitalize() for word in words for part in re.split(r"[^a-z0-9]+", word))
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def python_types(pack: Pack) -> str:
    """Return the text of the module: plain Python, which needs nothing but hiprun when it runs.

    It has the names of the pack and no texts, so it changes only when names, types or choices do.
    """
    return "\n".join(_lines(pack))


def _lines(pack: Pack) -> Iterator[str]:
    names = _Names()
    yield _HEAD
    yield f"Fact = {_literal(pack.facts)}"
    yield f"Decision = {_literal(pack.decisions)}"
    facts: dict[str, str] = {}
    for name, fact in pack.facts.items():
        choices = ""
        if fact.domain.choices:
            choices = names.new(name)
            yield f"{choices} = {_literal(fact.domain.choices)}"
        facts[name] = _fact_type(fact.domain, choices)
    yield from _typed_dict("Facts", facts)
    yield from _typed_dict("Parameters", dict.fromkeys(pack.parameters, "Number"))
    yield "Known = Union[Facts, hiprun.DiaryFacts]\n"
    yield "if TYPE_CHECKING:\n"
    yield "    class Reading(hiprun.Reading):\n        facts: Facts\n"
    outcomes: dict[str, str] = {}
    for decision in pack.decisions.values():
        outcomes[decision.name] = yield from _outcome_lines(decision, names)
    by_name = [(_literal([name]), outcome) for name, outcome in outcomes.items()]
    yield "    class Assessment(hiprun.Assessment):"
    yield from _overloads("__getitem__(self, decision: {})", by_name)
    yield "    class Pack(hiprun.Pack):"
    yield from _overloads("decide(self, decision: {}, facts: Known, *, budget: int = ...)", by_name)
    for signature in (
        "evaluate(self, facts: Known, decisions: Iterable[Decision] | None = None, *, budget: int = 0) -> Assessment",
        "read(self, answers: Mapping[str, Any]) -> Reading",
        "interview(self, decision: Decision) -> hiprun.Interview",
        "with_parameters(self, **values: Unpack[Parameters]) -> Pack",
    ):
        ignored = "" if signature.startswith("read") else _IGNORED
        yield f"        def {signature}: ...{ignored}"
    yield _LOAD


def _literal(names: Iterable[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"Literal[{quoted}]" if quoted else "str"


def _typed_dict(name: str, fields: Mapping[str, str]) -> Iterator[str]:
    yield f'\n{name} = TypedDict(\n    "{name}",\n    {{'
    yield from (f'        "{field}": {kind},' for field, kind in fields.items())
    yield "    },\n    total=False,\n)\n"


def _fact_type(domain: Domain, choices: str) -> str:
    """Return the type of what `decide` takes for a fact: a value, tests of one, or None."""
    match domain.type:
        case "boolean":
            value = "bool"
        case "integer" | "number":
            value = "Number"
        case "choice" | "set":
            value = choices
        case "string":
            value = "str"
        case "date":
            value = "Date"
        case _:
            assert_never(domain.type)
    fitting = [name for name, operator in OPERATORS.items() if operator.fits(domain)]
    operand = f"Mapping[{_literal(fitting)}, Union[{value}, Iterable[{value}]]]"
    return f"Union[{f'Choices[{value}]' if domain.type == 'set' else value}, {operand}, None]"


def _value_type(domain: Domain, choices: str) -> str:
    """Return the type of a value as outcomes have it."""
    match domain.type:
        case "boolean":
            return "bool"
        case "integer":
            return "int"
        case "number":
            return "int | Decimal"
        case "choice":
            return choices
        case "set":
            return f"frozenset[{choices}]"
        case "string":
            return "str"
        case "date":
            return "datetime.date"
        case _:
            assert_never(domain.type)


def _outcome_lines(decision: Decision, names: _Names) -> Generator[str, None, str]:
    """Yield the types of the values, the answer and the outcome of a decision, and return the name of the last."""
    values: list[tuple[str, str]] = []
    for output in decision.outputs:
        choices = ""
        if output.domain.choices:
            choices = names.new(decision.name, output.name)
            yield f"    {choices} = {_literal(output.domain.choices)}"
        values.append((_literal([output.name]), _value_type(output.domain, choices)))
    answer, outcome = names.new(decision.name, "answer"), names.new(decision.name, "outcome")
    outputs = _literal(output.name for output in decision.outputs)
    yield f"\n    class {answer}(hiprun.Answer):"
    yield from _overloads("__getitem__(self, name: {})", values)
    yield f"    class {outcome}(hiprun.Outcome):"
    yield from _overloads("__getitem__(self, output: {})", [(name, _read(decision, kind)) for name, kind in values])
    yield f"        def get(self, output: {outputs}, default: Any = None) -> Any: ...{_IGNORED}"
    yield f"        def label(self, output: {outputs}, value: Any = None) -> str: ...{_IGNORED}"
    yield f"        @property\n        def safest(self) -> {answer}: ...\n"
    return outcome


def _read(decision: Decision, value: str) -> str:
    match HIT_POLICIES[decision.hit].gives:
        case "answer":
            return value
        case "items":
            return f"tuple[{value}, ...]"
        case "limits":
            return "hiprun.Limit"
        case gives:
            assert_never(gives)


def _overloads(signature: str, cases: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a method that returns another type for each literal that it can be given."""
    ignored = _IGNORED
    for taken, returned in cases:
        if len(cases) > 1:
            yield f"        @overload{ignored}"
            ignored = ""
        yield f"        def {signature.format(taken)} -> {returned}: ...{ignored if len(cases) == 1 else ''}"
    if len(cases) > 1:
        yield f"        def {signature.format('Any')} -> Any: ..."
    yield ""
