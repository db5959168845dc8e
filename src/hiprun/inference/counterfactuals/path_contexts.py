"""What a path through a layout leaves to facts that sums and functions tie together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import attrs

from hiprun.inference.counterfactuals.layout import Path
from hiprun.inference.decision_diagram import ChosenCell, Context, cells_of
from hiprun.inference.interval_sets import Region
from hiprun.inference.linked_facts import Ties


def between(ties: Ties, regions: Mapping[str, Region]) -> Ties:
    """Return what ties facts together where they lie in other regions."""
    terms = None if ties.terms is None else attrs.evolve(ties.terms, regions=regions)
    return Ties(ties.tied, ties.summed, ties.groups, ties.variables, ties.own, regions, ties.whole, terms)


def left(name: str, path: Path, ties: Ties) -> Iterator[Region]:
    """Yield what a fact can be on a path, for each combination of the cells on it."""
    for context in contexts(path, ties):
        if ties.fits(context):
            yield ties.span(((name, 1),), context)


def contexts(path: Path, ties: Ties) -> Iterator[Context]:
    """Yield each combination of the cells that a path leaves to facts which sums tie together."""
    levels = [(level, cells_of(cells)) for level, cells in path if ties.summed >> level & 1]
    for cells in itertools.product(*(each for _, each in levels)):
        yield tuple(ChosenCell(level, cell.bit_length() - 1) for (level, _), cell in zip(levels, cells, strict=True))
