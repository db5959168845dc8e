"""The shortest ways to another answer: which few facts would have to change, and to what.

The decision is laid out over everything that can change. A set of changes is a way when every path that follows it,
and what stays known, leads to the wanted answer. Since the diagram leaves nothing out, no smaller set exists.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.inference.counterfactuals.blocking_rules import obstacles
from hiprun.inference.counterfactuals.choice_paths import ChoicePaths
from hiprun.inference.counterfactuals.layout import layout_of, too_much
from hiprun.inference.counterfactuals.nearest_values import FactChange, changes_of, size
from hiprun.inference.counterfactuals.search import Search
from hiprun.inference.counterfactuals.target import Wanted, check_wanted, reached
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, ground
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import All, Decision, Domain, Model, Output, Rule
from hiprun.model.value_conversion import plain
from hiprun.model.value_objects import ValueObject

MOST_WORK = 1_000_000
"""How many branches of a layout are looked at for ways through it."""

__all__ = ["FactChange", "Way", "Ways", "obstacles", "ways"]


@attrs.frozen
class Way(ValueObject):
    """A set of changes that leads to the wanted answer, none of them superfluous, and the outcome that it gives."""

    changes: tuple[FactChange, ...]
    outcome: Outcome

    def __repr__(self) -> str:
        changes = ", ".join(f"{change.fact} → {plain(change.to)}" for change in self.changes)
        return f"<Way {changes or 'no change'}: {self.outcome.conclusion.summary}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the way as plain data for JSON."""
        return {"changes": [change.to_dict() for change in self.changes], "outcome": self.outcome.to_dict()}


class Ways(tuple[Way, ...]):
    """Ways to an answer, as a tuple. Each of them leads there.

    `exact`: there are no smaller ones, and no others that are as small beyond those that were asked for. Otherwise,
    what formulas make of numbers left this open, or looking further would have taken too long.
    """

    exact: bool

    def __new__(cls, found: Iterable[Way] = (), *, exact: bool = True) -> Ways:
        """Return ways that were found."""
        self = super().__new__(cls, found)
        self.exact = exact
        return self

    def __reduce__(self) -> Any:
        return functools.partial(Ways, exact=self.exact), (tuple(self),)


def ways(  # noqa: PLR0913 - those of `Pack.ways_to`
    model: Model,
    program: Program,
    facts: Facts,
    wanted: Mapping[str, Any],
    decide: Callable[[Mapping[str, Any]], Outcome],
    *,
    most: int,
    budget: int,
    most_work: int | None = None,
    count: Callable[[int], None] = lambda _: None,
) -> Ways:
    """Return the smallest sets of changes of changeable facts that lead to `wanted`, the fewest changes first.

    `wanted` maps outputs to a value or to tests such as `{"at_most": ...}`. A way leads there whatever the facts turn
    out to be that it leaves unknown. `budget` bounds the steps for the layout, `most_work` those for ways through it,
    by default `MOST_WORK`; `count` is told of both. Raises `HiprunError` where that takes more work than they allow, or
    where nothing is found and it cannot be told that there is nothing.
    """
    is_wanted = check_wanted(program, wanted)
    asked = _asked(model, program, is_wanted)
    layout = layout_of(model, asked, facts, _wanted_of(asked, is_wanted), budget, count)
    search = Search(ChoicePaths(model, asked, facts, layout, MOST_WORK if most_work is None else most_work, count))
    found: list[list[FactChange]] = []
    exact = True

    def outcome_after(changes: list[FactChange]) -> Outcome:
        return decide({**facts.given, **{change.fact: change.to for change in changes}})

    try:
        for choice in search.choices():
            changes = changes_of(model, asked, facts, search.paths, choice)
            if asked.lowered is not None and not reached(program, outcome_after(changes), is_wanted):
                exact = False
                continue
            found.append(changes)
            # some more than asked for, so that among equally few changes the smaller ones come first
            if len(found) == most * 4:
                break
    except OutOfBudget:
        if not found:
            raise too_much(program) from None
        exact = False
    exact = exact and search.is_complete()
    if not found and not exact and asked.lowered is not None:
        raise HiprunError([_not_for_functions(program)])
    found.sort(key=lambda changes: (len(changes), sum(size(model, change) for change in changes)))
    return Ways([Way(tuple(changes), outcome_after(changes)) for changes in found[:most]], exact=exact)


FOUND = "found"


def _not_for_functions(program: Program) -> Problem:
    return Problem(
        "ways-through-functions",
        f"`{program.decision.name}` multiplies or divides facts, rounds, or uses other functions of them,"
        " so that it cannot be told whether any changes lead there.",
        help="Decide again with the facts changed, to see what would come of it.",
    )


def _asked(model: Model, program: Program, is_wanted: Wanted) -> Program:
    """Return the program to search: where outputs have formulas, the question whether they are what is wanted."""
    if not program.formulas or HIT_POLICIES[program.decision.hit].gives == "limits":
        return program
    rule = Rule("wanted", All(is_wanted.tests), ((FOUND, True),))
    outputs = (Output(FOUND, Domain("boolean")),)
    return ground(model, Decision("", "rules", "", outputs, "first", (rule,), otherwise=((FOUND, False),)))


def _wanted_of(asked: Program, is_wanted: Wanted) -> Wanted:
    return is_wanted if asked.decision.name else Wanted({FOUND: bool})
