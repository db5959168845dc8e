"""The nodes of a program's circuit as Python expressions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hiprun.backends.compiled.fact_access import Reader, scale_of, scaled
from hiprun.backends.compiled.floating_point_thresholds import inside
from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TOTAL, TRUE, Circuit, Node

_DEEPEST = 6
_MOST_ADDED = 100


class Expressions:
    """The nodes of a program as code. What several speak of is written once, under a name of its own."""

    def __init__(self, reader: Reader, roots: Iterable[Node], *, indent: int = 1) -> None:
        self.reader, self.indent = reader, indent
        self.program, self.writer = reader.program, reader.writer
        self._code: dict[Node, str] = {0: "False", 1: "True"}
        self._depth: dict[Node, int] = {0: 0, 1: 0}
        self._totals: dict[Any, str] = {}
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
            code, simple = self._total(node), False
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
        if variable.term is not None or variable.inner:
            return _in_cells(subject, variable.mask(region)), False
        domain = (variable.domain[0][0], variable.domain[-1][1])
        if variable.kind == "sum":
            scale = scale_of(variable)
            region = tuple((scaled(start, scale), scaled(end, scale)) for start, end in region)
            domain = (scaled(domain[0], scale), scaled(domain[1], scale))
            return inside(subject, region, domain, self.writer.bind), False
        if self.reader.facts[variable.fact].domain.type == "boolean":
            return (subject, True) if holds else (f"not {subject}", False)
        return inside(subject, region, domain, self.writer.bind, whole=variable.whole), False

    def _total(self, node: Node) -> str:
        """Return the code that tells whether a weighted count is as wanted; the count itself is written once."""
        offset, terms, wanted = self.program.circuit.parts[node]
        numbers = [offset, *(weight for weight, _ in terms)]
        numbers += [cut[0] for stretch in wanted for cut in stretch if not isinstance(cut[0], float)]
        scale = math.lcm(*(number.denominator for number in numbers))
        name = self._totals.get((offset, terms, scale))
        if name is None:
            name = self._totals[offset, terms, scale] = f"t{node}"
            parts = [self._weighted(int(weight * scale), part) for weight, part in terms]
            parts = [str(int(offset * scale)), *parts] if offset else parts
            # in several lines, since Python goes one level deeper for each sign in a line
            for start in range(0, len(parts), _MOST_ADDED):
                total = " + ".join(parts[start : start + _MOST_ADDED])
                self.writer.write(f"{name} {'+=' if start else '='} {total}", indent=self.indent)
        lowest = offset + sum(weight for weight, _ in terms if weight < 0)
        highest = offset + sum(weight for weight, _ in terms if weight > 0)
        region = tuple((scaled(start, scale), scaled(end, scale)) for start, end in wanted)
        return inside(name, region, (scaled((lowest, 0), scale), scaled((highest, 1), scale)), self.writer.bind)

    def _weighted(self, weight: int, node: Node) -> str:
        code = self._code[node]
        return code if weight == 1 else f"{weight} * {code}"


def _in_cells(name: str, cells: int) -> str:
    """Return the code that tells whether a cell is one of some, given as bits.

    >>> _in_cells("s0", 0b1100), _in_cells("s0", 0b1011)
    ('2 <= s0 < 4', '11 >> s0 & 1')
    """
    first, end = (cells & -cells).bit_length() - 1, cells.bit_length()
    if cells != (1 << end) - (1 << max(first, 0)):
        return f"{cells} >> {name} & 1"
    return f"{first} <= {name} < {end}" if first > 0 else f"{name} < {end}"


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
