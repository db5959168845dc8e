"""The logic in which the prover speaks of missing answers: what is open is neither certain nor ruled out."""

from __future__ import annotations

from itertools import product

import pytest

from hiprun.verification.condition_logics import Pair, RowByRow, at_least
from hiprun.verification.solver import z3

LOGIC = RowByRow()
TERM, KNOWN = z3.Bools("holds known")
TRUTHS = list(product((True, False), repeat=2))


def table(pair: Pair, true: bool, known: bool) -> tuple[bool, bool]:
    """Return whether something is certain and whether it is ruled out, when a test is so."""
    put = [(TERM, z3.BoolVal(true)), (KNOWN, z3.BoolVal(known))]
    yes, no = (z3.simplify(z3.substitute(z3.And(side, True), *put)) for side in (pair.yes, pair.no))
    return z3.is_true(yes), z3.is_true(no)


@pytest.mark.parametrize(("true", "known"), TRUTHS)
def test_an_unknown_test_is_open(true: bool, known: bool) -> None:
    """Only where its facts are known a test is certain or ruled out, and its opposite the other way round."""
    test = LOGIC.atom(TERM, KNOWN)
    assert table(test, true, known) == (known and true, known and not true)
    assert table(LOGIC.negate(test), true, known) == (known and not true, known and true)


@pytest.mark.parametrize(("true", "known"), TRUTHS)
def test_open_parts_leave_open_what_other_parts_do_not_settle(true: bool, known: bool) -> None:
    """One part that fails rules out `all`, one that holds makes `any` certain, whatever is open beside it."""
    test = LOGIC.atom(TERM, KNOWN)
    certain, ruled_out = LOGIC.truth(True), LOGIC.truth(False)
    assert table(LOGIC.every([test, ruled_out]), true, known) == (False, True)
    assert table(LOGIC.some([test, certain]), true, known) == (True, False)
    assert table(LOGIC.every([test, certain]), true, known) == table(test, true, known)
    assert table(LOGIC.some([test, ruled_out]), true, known) == table(test, true, known)
    assert table(at_least(LOGIC, [test, certain, ruled_out], 2), true, known) == table(test, true, known)
