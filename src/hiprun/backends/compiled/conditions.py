"""A program's facts and its circuit as lines of Python."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hiprun.backends.compiled.intake import range_code
from hiprun.backends.compiled.thresholds import inside, stands_for
from hiprun.backends.compiled.writing import Writer
from hiprun.facts import MOST_CHARACTERS, MOST_ENTRIES
from hiprun.kernel.circuit import AND, LITERAL, NOT, OR, TOTAL, TRUE, Circuit, Node
from hiprun.kernel.ground import OTHER_TEXT, Program, Variable
from hiprun.model import Domain, Fact, Number
from hiprun.region import Cut, Region

_DEEPEST = 6
_CLOSE = 1e-12
"""Sums of floats that come closer than this to a limit, relative to their parts, are worked out exactly."""


class Reader:
    """Writes how the facts of a program are read and checked, and knows under which name each then stands."""

    def __init__(self, writer: Writer, facts: Mapping[str, Fact], program: Program, names: Iterable[str]) -> None:
        self.writer = writer
        self.program = program
        self.facts = {name: facts[name] for name in names}
        self._numbers = {name: index for index, name in enumerate(self.facts)}
        self._sums: dict[int, str] = {}

    def local(self, fact: str) -> str:
        """Return the name under which a fact stands."""
        return f"v{self._numbers[fact]}"

    def read(self, fact: str, *, indent: int) -> None:
        """Write how a fact is read and checked; whatever is not as it should be ends the function with None."""
        writer, local, domain = self.writer, self.local(fact), self.facts[fact].domain
        key = writer.bind(fact)

        def write(line: str, more: int = 0) -> None:
            writer.write(line, indent=indent + more)

        def refuse_unless(test: str) -> None:
            write(f"if not {test}:")
            write("return None", 1)

        write(f"{local} = facts[{key}]")
        match domain.type:
            case "boolean":
                write(f"if {local} is not True and {local} is not False:")
                write("return None", 1)
            case "choice":
                refuse_unless(f"type({local}) is str")
                write(f"{local} = {writer.bind(_ranks(domain))}[{local}]")
            case "set":
                write(f"if type({local}) is not frozenset:")
                write(f"facts[{key}] = {local} = {writer.bind(members)}({local})", 1)
                refuse_unless(f"{local} <= {writer.bind(frozenset(domain.choices))}")
            case "string":
                refuse_unless(f"(type({local}) is str and len({local}) <= {MOST_CHARACTERS})")
                codes = self.program.strings.get(fact, {})
                write(f"{local} = {writer.bind(dict(codes))}.get({local}, {OTHER_TEXT})")
            case "date":
                refuse_unless(f"type({local}) is {writer.bind(datetime.date)}")
                write(f"{local} = {local}.toordinal()")
                refuse_unless(range_code(local, domain))
            case "integer":
                whole = f"(type({local}) is int or type({local}) is float and {local}.is_integer())"
                refuse_unless(f"({whole} and {range_code(local, domain)})")
            case _:
                numeric = f"(type({local}) is float or type({local}) is int)"
                refuse_unless(f"({numeric} and {range_code(local, domain)})")

    def subject(self, index: int, *, indent: int) -> str:
        """Return the code of what a variable stands for; writes the sum first where it is one."""
        variable = self.program.variables[index]
        if variable.kind == "member":
            return f"{self.writer.bind(variable.choice)} in {self.local(variable.fact)}"
        if variable.kind == "fact":
            return self.local(variable.fact)
        if index not in self._sums:
            self._sums[index] = self._sum(index, variable, indent)
        return self._sums[index]

    def scale(self, index: int) -> int:
        """Return by how much a sum is multiplied, so that all numbers in it are whole."""
        variable = self.program.variables[index]
        values = [factor for _, factor in variable.terms]
        values += [cut[0] for cut in variable.cuts if not math.isinf(cut[0])]  # type: ignore[misc]
        return math.lcm(*(value.denominator for value in values))

    def _sum(self, index: int, variable: Variable, indent: int) -> str:
        scale = self.scale(index)
        name = f"s{len(self._sums)}"
        factors = [int(factor * scale) for _, factor in variable.terms]
        locals_ = [self.local(fact) for fact, _ in variable.terms]
        parts = [f"{factor} * {local}" for factor, local in zip(factors, locals_, strict=True)]
        self.writer.write(f"{name} = {' + '.join(parts)}", indent=indent)
        edges = sorted({int(cut[0] * scale) for cut in variable.cuts if not math.isinf(cut[0])})
        settled = self.writer.bind(exact_sum(factors, edges))
        self.writer.write(f"if type({name}) is float:", indent=indent)
        self.writer.write(f"{name} = {settled}({name}, {', '.join(locals_)})", indent=indent + 1)
        return name


def exact_sum(factors: Sequence[int], edges: Sequence[int]) -> Callable[..., Number | float]:
    """Return a function that corrects a sum of floats where it comes so close to a limit that rounding could matter."""

    def settled(total: float, *values: float) -> Number | float:
        size = sum(abs(factor * value) for factor, value in zip(factors, values, strict=True))
        if all(abs(total - edge) > _CLOSE * (size + abs(edge)) for edge in edges):
            return total
        return sum(factor * stands_for(value) for factor, value in zip(factors, values, strict=True))

    return settled


def members(value: Any) -> frozenset[Any]:
    """Return a list of choices as a set; a TypeError says that it is none."""
    if type(value) not in (list, tuple, set) or len(value) > MOST_ENTRIES:
        raise TypeError
    found = frozenset(value)
    if any(type(member) is not str for member in found):
        raise TypeError
    return found


def _ranks(domain: Domain) -> dict[str, int]:
    return {name: index for index, name in enumerate(domain.choices)}


class Expressions:
    """The nodes of a program as code. What several speak of is written once, under a name of its own."""

    def __init__(self, reader: Reader, roots: Iterable[Node], *, indent: int = 1) -> None:
        self.reader, self.indent = reader, indent
        self.program, self.writer = reader.program, reader.writer
        self._code: dict[Node, str] = {0: "False", 1: "True"}
        self._depth: dict[Node, int] = {0: 0, 1: 0}
        roots = list(roots)
        uses = Counter(roots)
        for node in reversed(reachable(self.program.circuit, roots)):
            uses.update(parts_of(self.program.circuit, node))
        for node in reachable(self.program.circuit, roots):
            self._write(node, uses[node])

    def __getitem__(self, node: Node) -> str:
        """Return the code that tells whether a node holds, in parentheses where it needs them."""
        return self._code[node]

    def _write(self, node: Node, uses: int) -> None:
        circuit = self.program.circuit
        kind = circuit.kinds[node]
        depth = 1 + max((self._depth[part] for part in parts_of(circuit, node)), default=0)
        if kind == LITERAL:
            code, simple = self._literal(node)
        elif kind == NOT:
            code, simple = f"not {self._code[circuit.parts[node]]}", False
        elif kind in (AND, OR):
            code, simple = (
                (" and " if kind == AND else " or ").join(self._code[part] for part in circuit.parts[node]),
                False,
            )
        else:
            code, simple = self._total(node, *circuit.parts[node]), False
        if simple:
            self._code[node], self._depth[node] = code, 0
        elif uses > 1 or depth > _DEEPEST:
            self.writer.write(f"n{node} = {code}", indent=self.indent)
            self._code[node], self._depth[node] = f"n{node}", 0
        else:
            self._code[node], self._depth[node] = f"({code})", depth

    def _literal(self, node: Node) -> tuple[str, bool]:
        """Return the code of a literal, and whether it is as short as a name."""
        index, region = self.program.circuit.parts[node]
        variable = self.program.variables[index]
        subject = self.reader.subject(index, indent=self.indent)
        holds = region[0][0] == (1, 0)  # matters to what is true or false only
        if variable.kind == "member":
            return (subject if holds else subject.replace(" in ", " not in ")), False
        domain = (variable.domain[0][0], variable.domain[-1][1])
        if variable.kind == "sum":
            scale = self.reader.scale(index)
            region = tuple((_scaled(start, scale), _scaled(end, scale)) for start, end in region)
            domain = (_scaled(domain[0], scale), _scaled(domain[1], scale))
            return inside(subject, region, domain, self.writer.bind), False
        if self.reader.facts[variable.fact].domain.type == "boolean":
            return (subject, True) if holds else (f"not {subject}", False)
        return inside(subject, region, domain, self.writer.bind, whole=variable.whole), False

    def _total(self, node: Node, offset: Number, terms: Sequence[tuple[Number, Node]], wanted: Region) -> str:
        values = [offset, *(weight for weight, _ in terms)]
        values += [cut[0] for stretch in wanted for cut in stretch if not math.isinf(cut[0])]  # type: ignore[misc]
        scale = math.lcm(*(value.denominator for value in values))
        parts = [self._weighted(int(weight * scale), part) for weight, part in terms]
        total = " + ".join([str(int(offset * scale)), *parts] if offset else parts)
        name = f"t{node}"
        self.writer.write(f"{name} = {total}", indent=self.indent)
        region = tuple((_scaled(start, scale), _scaled(end, scale)) for start, end in wanted)
        weights = [int(weight * scale) for weight, _ in terms]
        lowest = int(offset * scale) + sum(weight for weight in weights if weight < 0)
        highest = int(offset * scale) + sum(weight for weight in weights if weight > 0)
        return inside(name, region, ((lowest, 0), (highest, 1)), self.writer.bind)

    def _weighted(self, weight: int, node: Node) -> str:
        code = self._code[node]
        return code if weight == 1 else f"{weight} * {code}"


def _scaled(cut: Cut, scale: int) -> Cut:
    value, side = cut
    return cut if isinstance(value, float) else (int(value * scale), side)


def parts_of(circuit: Circuit, node: Node) -> Sequence[Node]:
    """Return the nodes that a node is made of."""
    kind, parts = circuit.kinds[node], circuit.parts[node]
    if kind == NOT:
        return (parts,)
    if kind in (AND, OR):
        return parts  # type: ignore[no-any-return]
    return [part for _, part in parts[1]] if kind == TOTAL else ()


def reachable(circuit: Circuit, roots: Iterable[Node]) -> list[Node]:
    """Return the nodes that `roots` are made of, with the roots, each behind its parts; constants are left out."""
    found: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node > TRUE and node not in found:
            found.add(node)
            waiting.extend(parts_of(circuit, node))
    return sorted(found)
