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
from hiprun.inference.linear_forms import Linear, Term, is_whole_form
from hiprun.inference.text_equivalence_classes import TextCells, text_cells
from hiprun.model import Domain, Fact, Model, Number, Ref, Type

_VARIABLE = 80
"""How many parts of conditions one more sum of facts counts as, for each fact in it."""


class Variables:
    """Gathers the variables that conditions speak of, in the order of first use, and their circuit."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.entries: list[Variable] = []
        self.circuit = Circuit([], intersection, union, _without)
        self.terms: dict[str, Fact] = {}
        """The terms that conditions speak of, as facts with the numbers that they can be, by name."""
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

    def of_ref(self, ref: Ref) -> int:
        """Return the variable of a fact that is a number, or of a term, and see to it that its facts have theirs."""
        if not isinstance(ref, Term):
            return self.fact(ref.name, self.model.facts[ref.name].domain)
        index = self._indexes.get(ref.name)
        if index is None:
            for name in ref.facts:
                self.fact(name, self.model.facts[name].domain)
            domain = self._domain(ref)
            self.terms[ref.name] = Fact(ref.name, domain, "")
            self.circuit.count(_VARIABLE * ref.size)
            variable = Variable("term", ref.name, term=ref, whole=is_whole(domain), domain=of_domain(domain))
            index = self._variable(ref.name, variable)
        return index

    def _domain(self, term: Term) -> Domain:
        """Return the numbers that a term can be."""
        from hiprun.inference.form_ranges import Ranges  # few packs have formulas that are not linear

        domains = {name: self.model.facts[name].domain for name in term.facts}
        whole_facts = frozenset(name for name, domain in domains.items() if is_whole(domain))
        box = {name: hull(of_domain(domain), domain) for name, domain in domains.items()}
        (low, _), (high, _) = Ranges(box, whole_facts).reach(Linear(0, ((term, 1),))).stretch
        kind: Type = "integer" if is_whole_form(term, whole_facts) else "number"
        ends = [None if isinstance(end, float) else end for end in (low, high)]
        return Domain(kind, lowest=ends[0], highest=ends[1])

    def total(self, parts: tuple[tuple[Ref, Number], ...]) -> int:
        """Return the variable of a sum of facts times numbers, and see to it that its facts have theirs."""
        for ref, _ in parts:
            self.of_ref(ref)
        terms = tuple((ref.name, factor) for ref, factor in parts)
        domains = {ref.name: self._domain_of(ref) for ref, _ in parts}
        stretch = bounds(terms, {name: hull(of_domain(domain), domain) for name, domain in domains.items()})
        whole_numbers = all(is_whole(domains[name]) and factor.denominator == 1 for name, factor in terms)
        region: Region = whole((stretch,)) if whole_numbers else (stretch,)
        inner = tuple(ref for ref, _ in parts if isinstance(ref, Term))
        return self._variable(terms, Variable("sum", terms=terms, inner=inner, whole=whole_numbers, domain=region))

    def adopted(self, variable: Variable, terms: Mapping[str, Fact]) -> int:
        """Return the variable that is the same as one of other variables of this model, which have these terms."""
        key: Any = variable.fact
        if variable.kind == "member":
            key = variable.fact, variable.choice
        elif variable.kind == "sum":
            key = variable.terms
        elif variable.kind == "term" and key not in self._indexes:
            self.terms[key] = terms[key]
        return self._variable(key, variable)

    def lowered(self) -> Model | None:
        """Return the model with the terms so far among its facts; None where there are none."""
        return attrs.evolve(self.model, facts={**self.model.facts, **self.terms}) if self.terms else None

    def _domain_of(self, ref: Ref) -> Domain:
        return (self.terms if isinstance(ref, Term) else self.model.facts)[ref.name].domain

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
