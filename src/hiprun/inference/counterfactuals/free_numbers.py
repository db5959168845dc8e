"""Numbers for real facts that sums tie together: of all that lead to the wanted answer, those that move least.

What leads there is made of pieces that limits on sums bound: those of the paths to the wanted answer, less those of
the paths elsewhere. Facts that stay unknown are eliminated from both, so that what is left holds whatever they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from hiprun.inference.counterfactuals.choice_paths import Choice, ChoicePaths
from hiprun.inference.counterfactuals.convex_regions import NearestFirst, Piece, Start, TooMany, Workings, without
from hiprun.inference.counterfactuals.layout import Path
from hiprun.inference.counterfactuals.path_contexts import contexts
from hiprun.inference.interval_sets import of_domain
from hiprun.inference.linear_constraints import Inequality, with_number


class TooLarge(Exception):  # noqa: N818 - not an error, a turn in the search
    """The pieces were too many to tell; the `paths` are those of which one has to be left."""

    def __init__(self, paths: list[Path]) -> None:
        """Keep the paths."""
        super().__init__()
        self.paths = paths


def can_be_free(paths: ChoicePaths, choice: Choice, name: str) -> bool:
    """Return whether numbers of a fact follow from sums of real facts alone; whole numbers among them must be fixed."""
    ties = paths.layout.residual.ties
    assert ties is not None
    if name in ties.whole:
        return False
    group = next(group for group in ties.groups if group >> ties.own[name] & 1)
    members = [variable for index, variable in enumerate(ties.variables) if group >> index & 1]
    return not any(variable.term is not None or variable.inner for variable in members) and all(
        other not in ties.whole or paths.number(other, choice) is not None for other in paths.tied_with(name)
    )


def settled_numbers(paths: ChoicePaths, choice: Choice) -> tuple[Choice | None, list[Path]]:
    """Return a choice with numbers for the facts that are free so that every path leads to the wanted answer.

    If there are none, return the paths of which every way has to leave one. Raises `TooLarge`, and `OutOfBudget`.
    """
    elsewhere: list[Path] = []
    workings = Workings(paths.step)
    try:
        wanted = [piece for path in _wanted_paths(paths, choice) for piece in _pieces(paths, choice, path, workings)]
        left = _nearest_first(paths, choice, workings)
        left.add(wanted)
        while left:
            numbers = left.point()
            settled = attrs.evolve(choice, numbers=choice.numbers | numbers.items(), free=frozenset())
            path = paths.astray(settled)
            if path is None:
                return settled, []
            elsewhere.append(path)
            for piece in _pieces(paths, choice, path, workings):
                left.remove(piece)
            paths.step()
        rest: Sequence[Piece] = [()]
        for piece in wanted:
            rest = list(without(rest, piece, workings))
        if rest:
            elsewhere.append(paths.blocked(choice))
    except TooMany:
        raise TooLarge([*elsewhere, paths.blocked(choice)]) from None
    return None, elsewhere


def _wanted_paths(paths: ChoicePaths, choice: Choice) -> Iterator[Path]:
    """Yield what the paths to the wanted answer say of facts that sums tie together, and of sets known in part."""
    masks = paths.masks(choice)
    variables = paths.program.variables

    def cost(level: int, cells: int) -> float:
        return 0 if masks.get(level, paths.now[level]) & cells else math.inf

    kept = [
        level
        for level in paths.layout.variables
        if not paths.tied.isdisjoint(paths.speaking[level])
        or (
            level < len(variables)
            and variables[level].kind == "member"
            and variables[level].fact in paths.facts.partial
        )
    ]
    paths.step()
    found = paths.layout.partial_paths(cost, kept, wanted=True)
    if found is None:
        raise TooMany
    for path in sorted(found):
        if paths.sets_fit(path, choice):
            yield path


def _pieces(paths: ChoicePaths, choice: Choice, path: Path, workings: Workings) -> Iterator[Piece]:
    """Yield where the facts that are free can lie so that a path is open, for some value of those that are unknown."""
    ties = paths.ties(choice)
    bits = 0
    for group in ties.groups:
        bits |= group if any(group >> ties.own[name] & 1 for name in choice.free) else 0
    for context in contexts(path, ties):
        chosen = [cell for cell in context if bits >> cell.variable & 1]
        if not ties.fits(tuple(cell for cell in context if not bits >> cell.variable & 1)):
            continue
        for system in ties.systems(chosen, choice.free):
            rows: list[Inequality] = system
            others = {name for factors, _, _ in rows for name in factors} - choice.free
            for name in sorted(others):
                number = paths.number(name, choice)
                if number is not None:
                    rows = with_number(rows, name, number)
                    others = others - {name}
            left = workings.eliminated(rows, sorted(others))
            if not ties.exact:
                raise TooMany
            if workings.is_possible(left):
                yield tuple(left)
    paths.step(ties.work)


def _nearest_first(paths: ChoicePaths, choice: Choice, workings: Workings) -> NearestFirst:
    """Return an empty order of pieces, nearest to what the facts that are free are now."""
    starts: dict[str, Start] = {}
    preferred = {}
    for name in sorted(choice.free):
        domain = paths.model.facts[name].domain
        now = paths.number(name, Choice())
        if now is not None:
            (low, _), (high, _) = of_domain(domain)[0]
            width = 1 if isinstance(low, float) or isinstance(high, float) else high - low
            starts[name] = Start(now, Fraction(1) / (width or 1))
        elif name in paths.facts.partial:
            preferred[name] = paths.region(name)
    return NearestFirst(tuple(sorted(choice.free)), starts, preferred, workings)
