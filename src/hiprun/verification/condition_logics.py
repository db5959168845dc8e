"""Two ways to read a condition: for a patient of whom everything is known, and row by row with answers missing.

Rules are translated once for both; a logic says what *and*, *or*, *not* and a single test come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import attrs

from hiprun.verification.solver import Term, z3

Node = TypeVar("Node")
Define = Callable[[str, Term], Term]
"""Gives a name to a term, so that it is said once and used often."""


def both(parts: Iterable[Term]) -> Term:
    """Return what holds when every part holds."""
    left: list[Term] = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            left.append(part)
    return joined(z3.Z3_mk_and, left) if left else True


def either(parts: Iterable[Term]) -> Term:
    """Return what holds when at least one part holds."""
    left: list[Term] = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            left.append(part)
    return joined(z3.Z3_mk_or, left) if left else False


def opposite(term: Term) -> Term:
    """Return what holds when `term` does not."""
    if isinstance(term, bool):
        return not term
    if decl_kind(term) == z3.Z3_OP_NOT:
        return term.arg(0)
    return z3.BoolRef(z3.Z3_mk_not(term.ctx.ref(), term.as_ast()), term.ctx)


def decl_kind(term: Term) -> int:
    """Return the kind of a term's operator."""
    context, ast = term.ctx.ref(), term.as_ast()
    return int(z3.Z3_get_decl_kind(context, z3.Z3_get_app_decl(context, ast)))


def joined(make: Callable[..., Any], terms: Sequence[Term]) -> Term:
    """Return what `make` of the prover makes of terms; said at its lowest level, which is many times quicker."""
    if len(terms) == 1:
        return terms[0]
    parts = (z3.Ast * len(terms))(*(term.as_ast() for term in terms))
    context = terms[0].ctx
    return z3.BoolRef(make(context.ref(), len(terms), parts), context)


class Logic(Protocol[Node]):
    """What a translation needs to know of truths."""

    knows_everything: ClassVar[bool]
    """Whether no fact is unknown."""

    def truth(self, value: bool) -> Node:
        """Return what always holds, or never."""

    def every(self, parts: Sequence[Node]) -> Node:
        """And."""

    def some(self, parts: Sequence[Node]) -> Node:
        """Or."""

    def negate(self, part: Node) -> Node:
        """Not."""

    def atom(self, term: Term, known: Term) -> Node:
        """Return one test: whether it holds, and whether the facts it looks at are known."""

    def named(self, node: Node, label: str, define: Define) -> Node:
        """Return `node` under a name."""

    def yes(self, node: Node) -> Term:
        """Return whether `node` certainly holds."""

    def known(self, node: Node) -> Term:
        """Return whether it is certain that `node` holds, or certain that it does not."""


class Plain:
    """Everything is known: a truth is one term."""

    knows_everything: ClassVar[bool] = True

    def truth(self, value: bool) -> Term:
        """Return a truth as it is."""
        return value

    def every(self, parts: Sequence[Term]) -> Term:
        """And."""
        return both(parts)

    def some(self, parts: Sequence[Term]) -> Term:
        """Or."""
        return either(parts)

    def negate(self, part: Term) -> Term:
        """Not."""
        return opposite(part)

    def atom(self, term: Term, known: Term) -> Term:
        """Return the test itself."""
        return term

    def named(self, node: Term, label: str, define: Define) -> Term:
        """Return a name that stands for `node`."""
        return define(label, node)

    def yes(self, node: Term) -> Term:
        """Return `node`."""
        return node

    def known(self, node: Term) -> Term:
        """Return that it is certain."""
        return True


@attrs.frozen(eq=False)
class Pair:
    """A truth with answers missing: whether something certainly holds, and whether it certainly does not."""

    yes: Term
    no: Term


class RowByRow:
    """Kleene's logic: a test on an unknown fact is neither certain to hold nor certain not to."""

    knows_everything: ClassVar[bool] = False

    def truth(self, value: bool) -> Pair:
        """Return what is certain without any fact."""
        return Pair(value, not value)

    def every(self, parts: Sequence[Pair]) -> Pair:
        """And: certain when all are, ruled out when one is."""
        return Pair(both(part.yes for part in parts), either(part.no for part in parts))

    def some(self, parts: Sequence[Pair]) -> Pair:
        """Or: certain when one is, ruled out when all are."""
        return Pair(either(part.yes for part in parts), both(part.no for part in parts))

    def negate(self, part: Pair) -> Pair:
        """Not: certain and ruled out change places."""
        return Pair(part.no, part.yes)

    def atom(self, term: Term, known: Term) -> Pair:
        """Return a test that is open unless its facts are known, or unless it holds or fails for all values."""
        if isinstance(term, bool):
            return self.truth(term)
        return Pair(both((known, term)), both((known, opposite(term))))

    def named(self, node: Pair, label: str, define: Define) -> Pair:
        """Return two names, one for each side."""
        return Pair(define(f"{label}: yes", node.yes), define(f"{label}: no", node.no))

    def yes(self, node: Pair) -> Term:
        """Return whether it is certain."""
        return node.yes

    def known(self, node: Pair) -> Term:
        """Return whether one of the two sides is."""
        return either((node.yes, node.no))


def at_least(logic: Logic[Node], parts: Sequence[Node], number: int) -> Node:
    """Return the node that holds when at least `number` of `parts` do."""
    counts = [logic.truth(True)] + [logic.truth(False)] * max(number, 0)
    for part in parts:
        for size in range(len(counts) - 1, 0, -1):
            counts[size] = logic.some((counts[size], logic.every((part, counts[size - 1]))))
    return counts[max(number, 0)]
