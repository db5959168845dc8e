"""A program's facts as lines of Python that read and check them."""

from __future__ import annotations

import copy
import datetime
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.floating_point_thresholds import stands_for
from hiprun.backends.compiled.input_checks import number_code, range_code
from hiprun.inference.facts import MOST_CHARACTERS, MOST_ENTRIES
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import Cut
from hiprun.inference.linear_forms import Linear, facts_of
from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.model import Domain, Fact, Number, Ref
from hiprun.model.hidden_characters import first_hidden_character

_CLOSE = 1e-12
"""Sums of floats that come closer than this to a limit, relative to their parts, are worked out exactly."""


class Reader:
    """Writes how the facts of a program are read and checked, and knows under which name each then stands.

    With `kept` the facts are to be remembered, as `values`: what only plays a text is refused, and lists among them are
    replaced by sets, which nobody can change.
    Facts that were taken in already need no `checking`.
    """

    def __init__(
        self,
        writer: Writer,
        facts: Mapping[str, Fact],
        program: Program,
        names: Iterable[str],
        *,
        kept: bool = False,
        checking: bool = True,
    ) -> None:
        self.writer, self.kept, self.checking = writer, kept, checking
        self.program = program
        self.facts = {name: facts[name] for name in names}
        self._numbers = {name: index for index, name in enumerate(self.facts)}
        self._sums: dict[int, str] = {}

    def forked(self) -> Reader:
        """Return a reader for lines that are not always run: what is read there is not known elsewhere."""
        other = copy.copy(self)
        other._sums = dict(self._sums)
        return other

    def local(self, fact: str) -> str:
        """Return the name under which a fact stands."""
        return f"v{self._numbers[fact]}"

    def read_all(self, *, indent: int) -> None:
        """Write how all facts are read; those that are `kept` at once, as nothing else may come between."""
        if self.kept:
            self.writer.write(f"values = {self._values()}", indent=indent)
        for fact in self.facts:
            self.read(fact, indent=indent)

    def _values(self) -> str:
        """Return the code that reads all facts, under their names and together."""
        names = [sys.intern(name) for name in self.facts]  # as they are in programs: the same text is found sooner
        if len(names) > 1:
            return f"{', '.join(map(self.local, names))} = {self.writer.bind(itemgetter(*names))}(facts)"
        return f"({self.local(names[0])} := facts[{self.writer.bind(names[0])}],)" if names else "()"

    def read(self, fact: str, *, indent: int) -> None:
        """Write how a fact is read and, where that is still to be done, checked; a wrong one ends the function."""
        writer, local, domain = self.writer, self.local(fact), self.facts[fact].domain
        read = local if self.kept else f"facts[{writer.bind(fact)}]"
        if self.checking:
            if not self.kept:
                writer.write(f"{local} = {read}", indent=indent)
            self._check(fact, indent)
            read = local
        match domain.type:
            case "choice":
                read = f"{writer.bind(_ranks(domain))}[{read}]"
            case "string":
                cells = self.program.texts.get(fact, EVERY_TEXT)
                if cells.rest is None:
                    read = f"{writer.bind(cells.of)}({read})"
                else:
                    read = f"{writer.bind(dict(cells.numbers))}.get({read}, {cells.rest})"
            case "date":
                read = f"{read}.toordinal()"
        if read != local:
            writer.write(f"{local} = {read}", indent=indent)

    def _check(self, fact: str, indent: int) -> None:
        writer, local, domain = self.writer, self.local(fact), self.facts[fact].domain

        def refuse_if(test: str) -> None:
            writer.write(f"if {test}:", indent=indent)
            writer.write("return None", indent=indent + 1)

        match domain.type:
            case "boolean":
                refuse_if(f"{local} is not False and {local} is not True")
            case "choice" if not self.kept:
                pass  # looking up its rank tells whether it is one of the choices, or plays one
            case "choice":
                refuse_if(f"type({local}) is not str")
            case "set":
                writer.write(f"if type({local}) is not frozenset:", indent=indent)
                writer.write(f"{local} = {writer.bind(members)}({local})", indent=indent + 1)
                if self.kept:
                    place = self._numbers[fact]
                    writer.write(f"values = (*values[:{place}], {local}, *values[{place + 1}:])", indent=indent + 1)
                refuse_if(f"not {local} <= {writer.bind(frozenset(domain.choices))}")
            case "string":
                refuse_if(f"type({local}) is not str or len({local}) > {MOST_CHARACTERS}")
                refuse_if(f"{writer.bind(first_hidden_character)}({local})")
            case "date":
                day = f"{range_code(f'{local}.toordinal()', domain)}"
                refuse_if(f"type({local}) is not {writer.bind(datetime.date)} or not {day}")
            case _:
                refuse_if(f"not {number_code(local, domain)}")

    def subject(self, index: int, *, indent: int) -> str:
        """Return the code of what a variable stands for; writes the sum first where it is one.

        Where terms are in it, that is the number of its cell.
        """
        variable = self.program.variables[index]
        if variable.kind == "member":
            return f"{self.writer.bind(variable.choice)} in {self.local(variable.fact)}"
        if variable.kind == "fact":
            return self.local(variable.fact)
        if index not in self._sums:
            write = self._cell if variable.term is not None or variable.inner else self._sum
            self._sums[index] = write(variable, indent)
        return self._sums[index]

    def _cell(self, variable: Variable, indent: int) -> str:
        """Write in which cell of a variable that terms are in a patient lies, and return the name of that."""
        from hiprun.backends.compiled.floating_point_filter import cell_finder  # few packs have terms

        name, facts = f"s{len(self._sums)}", variable.base_facts
        form = form_of(variable)
        find = cell_finder(self.facts, facts, form, variable.cuts[1:-1], exact_value(form, facts))
        self.writer.write(f"{name} = {self.writer.bind(find)}({', '.join(map(self.local, facts))})", indent=indent)
        return name

    def _sum(self, variable: Variable, indent: int) -> str:
        scale = scale_of(variable)
        name = f"s{len(self._sums)}"
        factors = [int(factor * scale) for _, factor in variable.terms]
        locals_ = [self.local(fact) for fact, _ in variable.terms]
        parts = [f"{factor} * {local}" for factor, local in zip(factors, locals_, strict=True)]
        self.writer.write(f"{name} = {' + '.join(parts)}", indent=indent)
        edges = sorted({int(cut[0] * scale) for cut in variable.cuts if not isinstance(cut[0], float)})
        settled = self.writer.bind(exact_sum(factors, edges))
        self.writer.write(f"if type({name}) is float:", indent=indent)
        self.writer.write(f"{name} = {settled}({name}, {', '.join(locals_)})", indent=indent + 1)
        return name


def form_of(variable: Variable) -> Linear:
    """Return what a variable that terms are in stands for, as a sum of facts and terms."""
    if variable.term is not None:
        return Linear(0, ((variable.term, 1),))
    terms = {term.name: term for term in variable.inner}
    return Linear(0, tuple((terms.get(name) or Ref("fact", name), factor) for name, factor in variable.terms))


def exact_value(form: Linear, facts: Sequence[str]) -> Callable[..., Number]:
    """Return the function that works out a sum from numbers of facts, given in order."""

    def value(*numbers: float) -> Number:
        return form.at(dict(zip(facts, map(stands_for, numbers), strict=True)))

    return value


def exact_sum(factors: Sequence[int], edges: Sequence[int]) -> Callable[..., Number | float]:
    """Return a function that corrects a sum of floats where it comes so close to a limit that rounding could matter."""

    def settled(total: float, *values: float) -> Number | float:
        size = sum(abs(factor * value) for factor, value in zip(factors, values, strict=True))
        if all(abs(total - edge) > _CLOSE * (size + abs(edge)) for edge in edges):
            return total
        return sum(factor * stands_for(value) for factor, value in zip(factors, values, strict=True))

    return settled


def formula_facts(program: Program) -> list[str]:
    """Return the facts that the outputs of a decision are worked out from."""
    values = [value for branch in program.branches for value in branch.values.values()]
    values += program.policy.otherwise or () if program.policy is not None else ()
    return linear_facts(values)


def linear_facts(values: Iterable[Any]) -> list[str]:
    """Return the facts that outputs are worked out from."""
    found = [name for value in values if isinstance(value, Linear) for ref, _ in value.terms for name in facts_of(ref)]
    return list(dict.fromkeys(found))


def members(value: Any) -> frozenset[Any]:
    """Return a list of choices as a set; a TypeError says that it is none."""
    if type(value) not in (list, tuple, set) or len(value) > MOST_ENTRIES:
        raise TypeError
    found = frozenset(value)
    if any(type(member) is not str for member in found):
        raise TypeError
    return found


def _ranks(domain: Domain) -> dict[str, int]:
    return {sys.intern(name): index for index, name in enumerate(domain.choices)}


def scale_of(variable: Variable) -> int:
    """Return by how much a sum is multiplied, so that all numbers in it are whole."""
    values = [factor for _, factor in variable.terms]
    values += [cut[0] for cut in variable.cuts if not isinstance(cut[0], float)]
    return math.lcm(*(value.denominator for value in values))


def scaled(cut: Cut, scale: int) -> Cut:
    """Return a cut in numbers that are multiplied by `scale`, where it becomes whole."""
    value, side = cut
    return cut if isinstance(value, float) else (int(value * scale), side)
