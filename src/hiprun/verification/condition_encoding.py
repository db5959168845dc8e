"""Conditions and formulas → terms of the prover, for one patient and in one logic.

This reads the model itself, not the engine's grounded form of it, so that the two check one another.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, assert_never

import attrs

from hiprun.inference.formula_domains import FormulaDomains
from hiprun.inference.functions import ROUNDINGS
from hiprun.inference.linear_forms import facts_of
from hiprun.inference.operators import Compare, Leaf, Meaning, code, expressed, holds, meaning
from hiprun.inference.text_equivalence_classes import EVERY_TEXT, TextCells
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Domain,
    Formula,
    HasValue,
    Model,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
    as_formula,
    is_formula,
)
from hiprun.verification.condition_logics import Logic, Node, at_least, both, decl_kind, opposite
from hiprun.verification.dependency_cones import Cones
from hiprun.verification.function_encoding import FunctionTerms
from hiprun.verification.number_encoding import Quantity, arithmetic, as_quantity, compare
from hiprun.verification.patient_encoding import KnownPerson, Person, is_number
from hiprun.verification.solver import Engine, Term, z3

Made = TypeVar("Made")


def is_literal(term: Term) -> bool:
    """Return whether a truth is a name, the opposite of one, or plain."""
    if isinstance(term, bool):
        return True
    context, ast = term.ctx.ref(), term.as_ast()
    if z3.Z3_get_app_num_args(context, ast) == 0:
        return True
    if decl_kind(term) != z3.Z3_OP_NOT:
        return False
    return bool(z3.Z3_get_app_num_args(context, z3.Z3_get_app_arg(context, ast, 0)) == 0)


@attrs.frozen(eq=False, slots=False)
class Subject:
    """A model with what is worked out about it once: what leans on what, and which texts rules tell apart.

    `settings` are those of its facts that are parameters: known of everyone, and the same for everyone.
    """

    model: Model
    cones: Cones
    texts: Mapping[str, TextCells]
    conditions: Sequence[Condition]
    settings: frozenset[str] = frozenset()

    @functools.cached_property
    def domains(self) -> FormulaDomains:
        """What the formulas of the model can come to."""
        return FormulaDomains(self.model)


class Conditions(ABC, Generic[Node]):
    """The conditions of one model for one patient. What does not lean on facts `changed` is that of `like`."""

    def __init__(
        self, subject: Subject, logic: Logic[Node], person: Person, like: Any, changed: frozenset[str], mark: str
    ) -> None:
        self.subject, self.logic, self.person = subject, logic, person
        self._like, self._changed, self._mark = like, changed, mark
        self._definitions: list[Term] = []
        self._names: dict[int, tuple[Term, Term]] = {} if like is None else dict(like._names)
        self._meanings: dict[int, Term] = {}
        self._memo: dict[tuple[Any, ...], Any] = {}
        self.functions: FunctionTerms = like.functions if like is not None else FunctionTerms(self.engine)

    @abstractmethod
    def cases(self, decision: str, output: str) -> list[tuple[Node, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it."""

    @abstractmethod
    def output_number(self, decision: str, output: str) -> Quantity[Node]:
        """Return a number output of a decision."""

    @property
    def model(self) -> Model:
        """The model."""
        return self.subject.model

    @property
    def cones(self) -> Cones:
        """What leans on what."""
        return self.subject.cones

    @property
    def engine(self) -> Engine:
        """The engine whose terms these are."""
        return self.person.engine

    def known(self, fact: str) -> Term:
        """Return whether a fact is known; a setting always is."""
        return self.logic.knows_everything or fact in self.subject.settings or self.person.known(fact)

    def define(self, label: str, term: Term) -> Term:
        """Return a name for `term`, always the same for the same."""
        if is_literal(term):
            return term
        found = self._names.get(term.get_id())
        if found is None:
            # one label may be given to several terms, one name may not
            name = self.engine.boolean(f"{self._mark}{label} ({len(self._names)})")
            self._definitions.append(name == term)
            found = self._names[term.get_id()] = (name, term)  # the term is kept, or its id would be given again
            self._meanings[name.get_id()] = term
        return found[0]

    def meaning(self, literal: Term) -> Term:
        """Return what a name or the opposite of one stands for; something else as it is."""
        name = opposite(literal) if decl_kind(literal) == z3.Z3_OP_NOT else literal
        term = self._meanings.get(name.get_id())
        return literal if term is None else term if name is literal else opposite(term)

    def drain(self) -> list[Term]:
        """Return the definitions of names given since this was last asked."""
        found, self._definitions = self._definitions, []
        return [*self.functions.drain(), *found]

    def named(self, label: str, node: Node) -> Node:
        """Return `node` under a name."""
        return self.logic.named(node, label, self.define)

    def once(self, key: tuple[Any, ...], facts: frozenset[str], make: Callable[[], Made]) -> Made:
        """Return what `make` makes of something that leans on `facts`, made once."""
        if key not in self._memo:
            if self._like is not None and facts.isdisjoint(self._changed) and key in self._like._memo:
                self._memo[key] = self._like._memo[key]
            else:
                self._memo[key] = make()
        return self._memo[key]  # type: ignore[no-any-return]

    # conditions

    def condition(self, condition: Condition) -> Node:
        """Return the node that holds when `condition` does."""
        logic = self.logic
        match condition:
            case All(parts):
                return logic.every([self.condition(part) for part in parts])
            case AnyOf(parts):
                return logic.some([self.condition(part) for part in parts])
            case Not(part):
                return logic.negate(self.condition(part))
            case Count(parts, lowest, highest):
                nodes = [self.condition(part) for part in parts]
                too_many = at_least(logic, nodes, highest + 1)
                return logic.every((at_least(logic, nodes, lowest), logic.negate(too_many)))
            case HasValue(ref, held):
                valued = self._valued(ref)
                return valued if held else logic.negate(valued)
            case Test():
                return self._test(condition)
            case _:
                assert_never(condition)

    def _has_formula(self, test: Test) -> bool:
        """Return whether a test of a date works with a formula."""
        subject = test.subject
        if subject.kind == "output" and self.model.decisions[subject.decision].is_number(subject.name):
            return True
        return subject.kind == "derived" or any(map(is_formula, test.operands))

    def _valued(self, ref: Ref) -> Node:
        """Return the node that holds when an output has a value."""
        if self.model.decisions[ref.decision].is_number(ref.name) and self.domain(ref).type != "choice":
            return self.output_number(ref.decision, ref.name).valued
        return self.logic.some([node for node, _ in self.cases(ref.decision, ref.name)])

    def _test(self, test: Test) -> Node:
        subject, operands = test.subject, test.operands
        domain = self.domain(subject)
        if domain.is_numeric or (domain.type == "date" and self._has_formula(test)):
            numbers = [self.number(as_formula(operand)) for operand in (subject, *operands)]
            compared = self._compared(meaning(test.operator, numbers[1:]), numbers[0])
            return self.logic.every([compared, *(number.valued for number in numbers)])
        if subject.kind == "derived":
            return self._of_truth(test, self.derived(subject.name))
        coded = [code(domain, operand) if domain.type in ("choice", "boolean") else operand for operand in operands]
        sense = meaning(test.operator, coded, domain.choices)
        if subject.kind == "fact":
            return self._of_fact(subject.name, domain, sense)
        cases = self.cases(subject.decision, subject.name)
        return self.logic.some([node for node, value in cases if holds(sense, code(domain, value))])

    def domain(self, ref: Ref) -> Domain:
        """Return the values that a fact, derived fact or output can have."""
        match ref.kind:
            case "fact":
                return self.model.facts[ref.name].domain
            case "derived":
                return self.model.derived[ref.name].domain
            case _:
                return self.model.decisions[ref.decision].condition_domain(ref.name)

    def _of_fact(self, fact: str, domain: Domain, sense: Meaning) -> Node:
        known = self.known(fact)
        if is_number(domain):
            return self._compared(sense, Quantity(self.person.number(fact, domain), known, self.logic.truth(True)))
        return self.logic.atom(self.person.test(fact, domain, sense, self.subject.texts.get(fact, EVERY_TEXT)), known)

    def _of_truth(self, test: Test, node: Node) -> Node:
        """Return the node that holds when a truth, that of `node`, meets a test."""
        sense = meaning(test.operator, list(map(int, test.operands)))  # type: ignore[arg-type]
        sides = ((1, node), (0, self.logic.negate(node)))
        return self.logic.some([side for value, side in sides if holds(sense, value)])

    def _compared(self, sense: Meaning, left: Quantity[Node]) -> Node:
        def leaf(part: Leaf) -> Node:
            assert isinstance(part, Compare)  # only sets have members
            right = as_quantity(part.operand, self.logic.truth(True))
            return self.logic.atom(compare(left.term, part.signs, right.term), both((left.known, right.known)))

        return expressed(sense, leaf, self.logic.every, self.logic.some, self.logic.negate)

    def derived(self, name: str) -> Node:
        """Return the node that holds when a derived fact is true."""
        condition = self.model.derived[name].condition
        assert condition is not None
        facts = self.cones.of_derived(name).facts
        return self.once(("derived", name), facts, lambda: self.named(name, self.condition(condition)))

    # numbers

    def number(self, formula: Formula) -> Quantity[Node]:
        """Return what a formula comes to."""
        always = self.logic.truth(True)
        match formula:
            case Constant(value):
                return Quantity(value, True, always)
            case ParameterRef(name):
                return Quantity(self.model.parameters[name].value, True, always)
            case Ref("fact", name):
                domain = self.model.facts[name].domain
                return Quantity(self.person.number(name, domain), self.known(name), always)
            case Ref("derived", name):
                definition = self.model.derived[name].formula
                assert definition is not None
                return self.number(definition)
            case Ref(_, name, decision):
                return self.output_number(decision, name)
            case Call():
                return self._called(formula)
            case Arithmetic():
                return self._joined(formula)
            case _:
                assert_never(formula)

    def _called(self, formula: Call) -> Quantity[Node]:
        if formula.function in ROUNDINGS and (value := self._worked_out(formula)) is not None:
            return Quantity(value, True, self.logic.truth(True))
        domains = self.subject.domains
        arguments = [self.number(argument) for argument in formula.arguments]
        if formula.function == "power":
            arguments[1] = as_quantity(domains.form(formula.arguments[1]).constant, self.logic.truth(True))
        ranges = [domains.ends(domains.form(argument)) for argument in formula.arguments]
        term = self.functions.called(formula.function, [part.term for part in arguments], formula.option, ranges)
        valued = self.logic.every([part.valued for part in arguments])
        return Quantity(term, both([part.known for part in arguments]), valued)

    def _worked_out(self, formula: Call) -> Number | None:
        """Return what something rounded comes to, right also where it is made of roots; None for unknowns."""
        if not isinstance(self.person, KnownPerson):
            return None
        form = self.subject.domains.form(formula)
        values = self.person.values_of([name for ref, _ in form.terms for name in facts_of(ref)])
        return None if values is None else form.at(values)

    def _joined(self, formula: Arithmetic) -> Quantity[Node]:
        first, second = self.number(formula.left), self.number(formula.right)
        term = arithmetic(formula.operator, first.term, second.term)
        if formula.operator in "*/" and z3.is_expr(second.term):
            self.engine.is_curved = True
        valued = self.logic.every((first.valued, second.valued))
        return Quantity(term, both((first.known, second.known)), valued)
