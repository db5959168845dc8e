"""Numbers as terms of the prover: exact ones stay numbers as long as no patient comes into them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Generic

import attrs

from hiprun.inference.interval_sets import Cut
from hiprun.model.value_conversion import tidy
from hiprun.verification.condition_logics import Node, both
from hiprun.verification.patient_encoding import lifted
from hiprun.verification.solver import Engine, Term, z3


@attrs.frozen(eq=False)
class Quantity(Generic[Node]):
    """A number: its term, whether the facts behind it are known, and the node that holds when there is a number."""

    term: Term
    known: Term
    valued: Node


def as_quantity(value: Any, always: Node) -> Quantity[Node]:
    """Return a value as a number: a plain one, such as a date that no rule calculates, is known and `always` there."""
    return value if isinstance(value, Quantity) else Quantity(value, True, always)


def bare(value: Any) -> Any:
    """Return the term of a number; a value that is none stays as it is."""
    return value.term if isinstance(value, Quantity) else value


def identity(value: Any) -> Any:
    """Return something that is equal for values that are."""
    term = bare(value)
    return ("term", term.get_id()) if z3.is_expr(term) else (type(term).__name__ == "bool", term)


def compare(left: Term, signs: frozenset[int], right: Term) -> Term:
    """Return whether the sign of `left` - `right` is one of `signs`."""
    if not z3.is_expr(left) and not z3.is_expr(right):
        return ((left > right) - (left < right)) in signs
    if not z3.is_expr(left):
        left, right, signs = right, left, frozenset(-sign for sign in signs)
    if not z3.is_expr(right):
        right = lifted(right, left)
    match sorted(signs):
        case [-1]:
            return left < right
        case [0]:
            return left == right
        case [1]:
            return left > right
        case [-1, 0]:
            return left <= right
        case [0, 1]:
            return left >= right
        case _:
            return left != right


_FROM: Mapping[int, frozenset[int]] = {0: frozenset({0, 1}), 1: frozenset({1})}
_TO: Mapping[int, frozenset[int]] = {0: frozenset({-1}), 1: frozenset({-1, 0})}


def within(term: Term, start: Cut, end: Cut) -> Term:
    """Return whether a number lies between two cuts."""
    sides = [compare(term, signs[cut[1]], cut[0]) for signs, cut in ((_FROM, start), (_TO, end)) if is_cut(cut)]
    return both(sides)


def is_cut(cut: Cut) -> bool:
    """Return whether a cut divides numbers at all, which those before and behind all of them do not."""
    return not isinstance(cut[0], float)


def arithmetic(operator: str, left: Term, right: Term) -> Term:
    """Return two numbers joined; what divides is never 0."""
    if operator == "/":
        return _quotient(left, right)
    if not z3.is_expr(left) and not z3.is_expr(right):
        return tidy(Fraction({"+": left + right, "-": left - right, "*": left * right}[operator]))
    if not z3.is_expr(left):
        left = lifted(left, right)
    elif not z3.is_expr(right):
        right = lifted(right, left)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case _:
            return left * right


def _quotient(left: Term, right: Term) -> Term:
    if not z3.is_expr(right):
        return arithmetic("*", left, Fraction(1) / right)
    if not z3.is_expr(left):
        left = z3.RealVal(str(left), right.ctx)
    return _real(left) / _real(right)  # of two whole numbers the prover would give the whole part


def _real(term: Term) -> Term:
    return z3.ToReal(term) if z3.is_int(term) else term


def chosen(condition: Term, then: Term, rest: Term, engine: Engine) -> Term:
    """Return the number that is `then` where `condition` holds, and else `rest`."""
    if isinstance(condition, bool):
        return then if condition else rest
    terms = [term if z3.is_expr(term) else z3.RealVal(str(term), engine.context) for term in (then, rest)]
    return z3.If(condition, *map(_real, terms))
