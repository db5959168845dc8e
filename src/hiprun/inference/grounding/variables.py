"""The variables of a program while it is being grounded: facts, members of sets, sums of facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from hiprun.inference.circuit import LITERAL, Circuit, Node
from hiprun.inference.grounding.ground_program import Variable
from hiprun.inference.interval_sets import Cut, Region, complement, intersection, is_whole, of_domain, union, whole
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.text_equivalence_classes import TextCells, text_cells
from hiprun.model import Domain, Model, Number

_VARIABLE = 80
"""How many parts of conditions one more sum of facts counts as, for each fact in it."""


class Variables:
    """Gathers the variables that conditions speak of, in the order of first use, and their circuit."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.entries: list[Variable] = []
        self.circuit = Circuit([], intersection, union, _without)
        self._indexes: dict[Any, int] = {}

    @cached_property
    def texts(self) -> Mapping[str, TextCells]:
        """The cells of the facts that are texts."""
        return text_cells(self.model)

    def fact(self, fact: str, domain: Domain) -> int:
        """Return the variable of a fact that has one value."""
        whole_numbers = is_whole(domain) or domain.type == "string"
        region = of_domain(domain)
        if domain.type == "string":
            cells = self.texts[fact].cells
            region = (((cells.start, 0), (cells.stop, 0)),)
        return self._variable(fact, Variable("fact", fact, whole=whole_numbers, domain=region))

    def member(self, fact: str, choice: str) -> int:
        """Return the variable that says whether a set has `choice`."""
        both: Region = (((0, 0), (2, 0)),)
        return self._variable((fact, choice), Variable("member", fact, choice, whole=True, domain=both))

    def total(self, terms: tuple[tuple[str, Number], ...]) -> int:
        """Return the variable of a sum of facts times numbers, and see to it that its facts have theirs."""
        domains = {name: self.model.facts[name].domain for name, _ in terms}
        for name, domain in domains.items():
            self.fact(name, domain)
        stretch = bounds(terms, {name: hull(of_domain(domain), domain) for name, domain in domains.items()})
        whole_numbers = all(is_whole(domains[name]) and factor.denominator == 1 for name, factor in terms)
        region: Region = whole((stretch,)) if whole_numbers else (stretch,)
        return self._variable(terms, Variable("sum", terms=terms, whole=whole_numbers, domain=region))

    def _variable(self, key: Any, variable: Variable) -> int:
        index = self._indexes.get(key)
        if index is None:
            self.circuit.count(_VARIABLE * len(variable.terms))
            index = self._indexes[key] = self.circuit.variable(variable.domain)
            self.entries.append(variable)
        return index

    def facts(self) -> set[str]:
        """Return the facts that the variables so far speak of."""
        return {name for variable in self.entries for name in variable.facts}

    def with_cells(self, circuit: Circuit | None = None) -> tuple[tuple[Variable, ...], dict[Node, int]]:
        """Return the variables cut into cells, and for each literal of the circuit the cells it stands for.

        With `circuit`, a part of their own, they are cut only where this one asks.
        """
        circuit = circuit or self.circuit
        cuts: list[set[Cut]] = [{cut for stretch in variable.domain for cut in stretch} for variable in self.entries]
        literals = [node for node, kind in enumerate(circuit.kinds) if kind == LITERAL]
        for node in literals:
            index, region = circuit.parts[node]
            cuts[index].update(cut for stretch in region for cut in stretch)
        variables = tuple(
            attrs.evolve(variable, cuts=tuple(sorted(found)))
            for variable, found in zip(self.entries, cuts, strict=True)
        )
        masks = {}
        for node in literals:
            index, region = circuit.parts[node]
            masks[node] = variables[index].mask(region)
        return variables, masks


def _without(first: Region, second: Region) -> Region:
    return intersection(first, complement(second))
