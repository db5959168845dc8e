"""What a pack takes to prepare, bounded: what cannot be prepared is refused when it is loaded, never met later.

Most decisions are prepared in proportion to what they say. Only those in which formulas work with outputs of other
decisions, or which are very large, can grow beyond that, and only these are prepared ahead to see whether they fit.
"""

from __future__ import annotations

from collections.abc import Iterable

from hiprun.errors import Problem, RuleError
from hiprun.inference.grounding import Program, ground
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision, Formula, Literal_, Model, Test, formula_refs, reach, tests

MOST_PARTS_TOGETHER = 2_000_000
"""How many parts the conditions of all decisions of a pack may come to, each with all that it leans on."""

_SURELY_SMALL = 600
"""So many tests come to fewer than `MOST_PARTS` where no formula works with outputs: each stands in each rule once."""


def prepare(model: Model) -> tuple[dict[str, Program], list[Problem]]:
    """Return the programs of the decisions that had to be prepared, and what of the model is too large for that."""
    programs: dict[str, Program] = {}
    problems: list[Problem] = []
    together = 0
    for name, size in _sizes(model).items():
        if size is None:
            try:
                programs[name] = ground(model, model.decisions[name])
                size = programs[name].circuit.joined
            except RuleError as error:
                problems += error.problems
                continue
        together += size
    if not problems and together > MOST_PARTS_TOGETHER:
        problems.append(_too_large_together(together))
    return programs, problems


def _sizes(model: Model) -> dict[str, int | None]:
    """Return for each decision about how many parts it comes to, or None where only preparing it can tell."""
    own: dict[str, int | None] = {name: _own_size(model, decision) for name, decision in model.decisions.items()}
    shared = [_weight(model, test) for entry in model.constraints for test in tests(entry.never)]
    behind: dict[str, frozenset[str]] = {}
    found: dict[str, int | None] = {}
    for name, decision in model.decisions.items():  # each stands behind those it uses
        used = {ref.decision for ref in reach(model, decision.refs()) if ref.kind == "output"}
        behind[name] = frozenset({name}).union(*(behind[other] for other in used))
        sizes = [own[other] for other in behind[name]]
        size = sum(part for part in sizes if part is not None) + sum(shared)
        found[name] = None if None in sizes or size > _SURELY_SMALL else size
    return found


def _own_size(model: Model, decision: Decision) -> int | None:
    derived = [model.derived[ref.name] for ref in reach(model, decision.refs()) if ref.kind == "derived"]
    conditions = [*(rule.condition for rule in decision.rules), *(entry.condition for entry in derived)]
    asked = [test for condition in conditions if condition is not None for test in tests(condition)]
    values = [value for rule in decision.rules for _, value in rule.then]
    values += [value for _, value in decision.otherwise or ()]
    quantities = {ref for _, ref in decision.quantities}
    joined = any(_uses_output(model, [entry.formula]) for entry in derived if entry.formula is not None)
    joined = joined or _uses_output(model, [*values, *quantities]) or any(_compared(model, test) for test in asked)
    if joined or (HIT_POLICIES[decision.hit].may_conflict and any(map(_has_refs, values))):
        return None
    return len(decision.rules) + sum(_weight(model, test) for test in asked)


def _compared(model: Model, test: Test) -> bool:
    """Whether an output is compared with something else than a constant."""
    return any(map(_has_refs, test.operands)) and _uses_output(model, [test.subject, *test.operands])


def _has_refs(value: Formula | Literal_) -> bool:
    return any(True for _ in formula_refs(value))


def _uses_output(model: Model, formulas: Iterable[Formula | Literal_]) -> bool:
    start = [ref for formula in formulas for ref in formula_refs(formula)]
    return any(ref.kind == "output" for ref in reach(model, start))


def _weight(model: Model, test: Test) -> int:
    """Return how much a test comes to at most: of a set one literal for each choice, of a sum all of its facts."""
    fact = model.facts.get(test.subject.name) if test.subject.kind == "fact" else None
    if fact is not None and fact.domain.type == "set":
        return len(fact.domain.choices)
    return sum(
        1 for _ in reach(model, [test.subject, *(ref for value in test.operands for ref in formula_refs(value))])
    )


def _too_large_together(parts: int) -> Problem:
    return Problem(
        "too-large-together",
        f"The decisions of this pack, each with everything it uses, need {parts:,} parts of conditions;"
        f" at most {MOST_PARTS_TOGETHER:,} can be prepared.",
        help="Split the pack in two, or let fewer decisions use each other.",
    )
