"""The prover behind the proofs, asked within a budget of work that is the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import MissingExtraError, Problem
from hiprun.model import Number
from hiprun.model.value_conversion import tidy
from hiprun.verification.run_bounds import SolverBudget


class _Missing:
    """Stands where the prover would, and says how to get it as soon as it is needed."""

    def __getattr__(self, name: str) -> Any:
        message = "Proofs need the package z3-solver, which is not installed."
        raise MissingExtraError(
            [Problem("missing-extra", message, help='Install it with: pip install "hiprun[verify]"')]
        )


try:
    import z3 as z3
except ImportError:
    z3 = _Missing()

_TRUTHS = {1: True, -1: False}
"""What the prover's numbers for truths say; 0 is neither."""

_COUNT = "rlimit count"
_CANCELLED = "canceled"

Term: TypeAlias = Any
"""A truth or a number of the prover; a plain `bool` or number where it does not depend on the patient."""

SolverVerdict: TypeAlias = Literal["yes", "no", "unknown"]

BUDGET = 3_000_000
"""How much work one claim may take, in steps of the prover; a step does not depend on the machine."""

RUN_BUDGET = 100_000_000
"""How much work all claims of a run may take together."""

_MOST_REFINEMENTS = 12
_DIGITS_NEAR = (3, 12)
_LEAST = 1000
"""How many steps a question counts as at least: asking takes time as well."""


@attrs.frozen(eq=False)
class SolverAnswer:
    """What a question came to: whether a patient exists, that patient's values, or what speaks against everyone.

    `irrational`: it is unknown since only values were found that are no fractions, not since the budget was too small.
    """

    verdict: SolverVerdict
    values: Any = None
    against: tuple[Term, ...] = ()
    irrational: bool = False


def checked(solver: Any, budget: SolverBudget, assumptions: Sequence[Term] = ()) -> Any:
    """Return what a solver finds within the budget; nothing is known where that is used up.

    The prover takes Ctrl-C for itself and says no more than that it was cancelled, as it does beyond its budget.
    """
    if budget.used_up:
        return z3.unknown
    before = _steps(solver)
    found = solver.check(assumptions)
    steps = _steps(solver) - before
    budget.spend(max(steps, _LEAST))
    if found == z3.unknown and steps < budget.question and solver.reason_unknown() == _CANCELLED:
        raise KeyboardInterrupt
    return found


def true_in(values: Any, term: Term) -> bool:
    """Return whether `term` holds for the values found; said to the prover at its lowest level, which is quicker."""
    if isinstance(term, bool):
        return term
    context, found = term.ctx.ref(), (z3.Ast * 1)()
    z3.Z3_model_eval(context, values.model, term.as_ast(), True, found)
    return bool(z3.Z3_get_bool_value(context, found[0]) == z3.Z3_L_TRUE)


def certain_in(values: Any, term: Term) -> bool | None:
    """Return whether `term` holds for the values found; None where these leave it open, as for what was named later."""
    if isinstance(term, bool):
        return term
    context, found = term.ctx.ref(), (z3.Ast * 1)()
    z3.Z3_model_eval(context, values.model, term.as_ast(), False, found)
    return _TRUTHS.get(z3.Z3_get_bool_value(context, found[0]))


def number_in(values: Any, term: Term) -> Number:
    """Return what a number comes to for the values found."""
    found = values.eval(term, model_completion=True)
    return tidy(Fraction(found.as_string()))


def _fractions_near(value: Any) -> Iterator[Any]:
    """Yield fractions close to a number that is none, first those with few decimals."""
    for digits in _DIGITS_NEAR:
        near = value.approx(digits)
        scaled = Fraction(near.numerator_as_long(), near.denominator_as_long()) * 10**digits
        yield from (z3.RealVal(str(Fraction(round(scaled) + turn, 10**digits)), value.ctx) for turn in (0, 1, -1))


def _steps(solver: Any) -> int:
    # at the lowest level, from the end, where it is: every question asks for it twice
    statistics = solver.statistics()
    context = statistics.ctx.ref()
    indices = reversed(range(len(statistics)))
    found = (index for index in indices if z3.Z3_stats_get_key(context, statistics.stats, index) == _COUNT)
    return next((int(z3.Z3_stats_get_uint_value(context, statistics.stats, index)) for index in found), 0)


class Engine:
    """One solver with definitions that stay and questions that pass. Every engine is a world of its own."""

    def __init__(self, budget: SolverBudget) -> None:
        self.budget = budget
        self.context = z3.Context()
        self._solver = z3.SimpleSolver(ctx=self.context)
        self._solver.set("rlimit", budget.question)
        self._solver.set("random_seed", 0)
        self._solver.set("relevancy", 0)  # rules are looked at without it in about two thirds of the time
        self.refiners: list[Callable[[Any], list[Term] | None]] = []
        """Return what speaks against values that were found, which are too loose then; None where that is not known."""
        self.is_curved = False
        """Whether products or powers of unknowns came in, so that values that meet everything may be no fractions."""
        self._fractions: dict[str, Term] = {}

    def boolean(self, name: str) -> Term:
        """Return the unknown truth called `name`."""
        return z3.Bool(name, self.context)

    def integer(self, name: str) -> Term:
        """Return the unknown whole number called `name`."""
        return z3.Int(name, self.context)

    def number(self, name: str) -> Term:
        """Return the unknown number called `name`, which is a fraction."""
        if name not in self._fractions:
            self._fractions[name] = self.real(name)
        return self._fractions[name]

    def real(self, name: str) -> Term:
        """Return the unknown number called `name`, which may be no fraction, such as a root."""
        return z3.Real(name, self.context)

    def add(self, terms: Iterable[Term]) -> None:
        """Take what holds from now on, or until the level it was added in is left."""
        for term in terms:
            if term is not True:
                self._solver.add(z3.BoolVal(False, self.context) if term is False else term)

    def assertions(self) -> list[Term]:
        """Return everything that was added and still holds."""
        return list(self._solver.assertions())

    def enter(self) -> None:
        """Begin a level: what is added from now on goes with `leave`."""
        self._solver.push()

    def leave(self) -> None:
        """Drop what was added since `enter`."""
        self._solver.pop()

    def ask(self, assumptions: Sequence[Term] = ()) -> SolverAnswer:
        """Return whether values exist that meet everything added and all `assumptions`: names, or their opposites."""
        if any(term is False for term in assumptions):
            return SolverAnswer("no", against=(False,))
        asked = [term for term in assumptions if term is not True]
        found = self._asked(asked)
        return self._with_fractions(found, asked) if self.is_curved and found.verdict == "yes" else found

    def _with_fractions(self, found: SolverAnswer, asked: Sequence[Term]) -> SolverAnswer:
        """Return values close to those found that are fractions where they have to be; unknown where none do."""
        values = ((number, found.values.eval(number)) for number in self._fractions.values())
        number, value = next((pair for pair in values if z3.is_algebraic_value(pair[1])), (None, None))
        if number is None:
            return found
        decided = True
        for close in _fractions_near(value):
            self.enter()
            try:
                self.add([number == close])
                better = self._asked(asked)
                if better.verdict == "yes":
                    return self._with_fractions(better, asked)
                decided = decided and better.verdict == "no"
            finally:
                self.leave()
        return SolverAnswer("unknown", irrational=decided)

    def _asked(self, asked: Sequence[Term]) -> SolverAnswer:
        found = checked(self._solver, self.budget, asked)
        for _ in range(_MOST_REFINEMENTS):
            against = self._refined() if found == z3.sat else []
            if against is None:
                return SolverAnswer("unknown")
            if not against:
                break
            self._solver.add(*against)
            found = checked(self._solver, self.budget, asked)
        else:
            return SolverAnswer("unknown")
        if found == z3.sat:
            return SolverAnswer("yes", self._solver.model())
        if found == z3.unsat:
            return SolverAnswer("no", against=tuple(self._solver.unsat_core()))
        return SolverAnswer("unknown")

    def _refined(self) -> list[Term] | None:
        """Return what speaks against the values that the solver has found, of functions that it knows by bounds."""
        found: list[Term] = []
        for refine in self.refiners:
            more = refine(self._solver.model())
            if more is None:
                return None
            found += more
        return found

    def ask_within(self, terms: Iterable[Term]) -> SolverAnswer:
        """Return whether values exist that also meet `terms`, which may be of any shape."""
        self.enter()
        try:
            self.add(terms)
            return self.ask()
        finally:
            self.leave()
