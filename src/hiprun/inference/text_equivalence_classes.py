"""All texts, parted into finitely many cells which the tests of a pack cannot part any further.

A test compares a text with texts, by the order of their characters. A text that some test asks for exactly is a cell of
its own; where tests ask for what comes before or behind a text, the rest is cut there. Everything that takes a text for
one of finitely many values (circuits, proofs, columns, made-up patients) takes its cell.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import attrs

from hiprun.inference.interval_sets import EVERYTHING, NOTHING, Region, complement, union
from hiprun.inference.operators import Compare, Meaning, holds, leaves, meaning
from hiprun.model import Model, tests
from hiprun.model.value_objects import ValueObject

Cell = int
"""The number of a cell: 0, 1, 2 and so on for texts that are one alone, in rising order; below 0 for stretches."""

_NEXT = "\0"  # no text lies between a text and the same with this behind it


@attrs.frozen(slots=False)
class TextCells(ValueObject):
    """The cells of one fact. `alone` are the texts that are a cell each, `starts` those at which stretches begin.

    Both rise. A stretch goes up to the start of the next one, less what is alone; the first has the empty text.
    """

    alone: tuple[str, ...] = ()
    starts: tuple[str, ...] = ("",)

    @classmethod
    def of_meanings(cls, senses: Iterable[Meaning]) -> TextCells:
        """Return the cells that these tests of texts tell apart."""
        alone: set[str] = set()
        starts = {""}
        for sense in senses:
            for leaf in leaves(sense):
                assert isinstance(leaf, Compare)  # a text has no members
                below, there, above = (sign in leaf.signs for sign in (-1, 0, 1))
                if below is above is not there:
                    alone.add(leaf.operand)
                elif below is not above:
                    starts.add(leaf.operand if there is above else leaf.operand + _NEXT)
        return cls(tuple(sorted(alone)), tuple(sorted(starts)))

    def joined(self, other: TextCells) -> TextCells:
        """Return the cells that either tells apart."""
        return TextCells(tuple(sorted({*self.alone, *other.alone})), tuple(sorted({*self.starts, *other.starts})))

    @cached_property
    def numbers(self) -> Mapping[str, Cell]:
        """The cells of the texts that are one alone."""
        return {text: number for number, text in enumerate(self.alone)}

    @cached_property
    def _stretches(self) -> Sequence[Cell]:
        """The cell of each stretch, 0 where all its texts are alone."""
        found: list[Cell] = []
        last = 0
        for index in range(len(self.starts)):
            inhabited = next(self._inside(index), None) is not None
            last -= inhabited
            found.append(last if inhabited else 0)
        return found

    def _inside(self, index: int) -> Iterator[str]:
        """Yield texts of a stretch that are not alone: all of them if there are few, else without end."""
        text, end = self.starts[index], self._end(index)
        while end is None or text < end:
            if text not in self.numbers:
                yield text
            text += _NEXT

    def _end(self, index: int) -> str | None:
        return self.starts[index + 1] if index + 1 < len(self.starts) else None

    @property
    def rest(self) -> Cell | None:
        """The only stretch, when there is but one."""
        return -1 if len(self.starts) == 1 else None

    @property
    def cells(self) -> range:
        """Every cell."""
        return range(min(self._stretches), len(self.alone))

    def of(self, text: str) -> Cell:
        """Return the cell of a text.

        >>> TextCells(("elm", "oak")).of("oak"), TextCells(("elm", "oak")).of("yew")
        (1, -1)
        """
        found = self.numbers.get(text)
        return self._stretches[bisect.bisect_right(self.starts, text) - 1] if found is None else found

    def example(self, cell: Cell, ordinary: str = "something else", more: str = "!") -> str:
        """Return a text of a cell: `ordinary` if it lies there, else one that begins like it or like the stretch."""
        if cell >= 0:
            return self.alone[cell]
        index = self._stretches.index(cell)
        most = len(self.alone) + 1
        likely = (start + more * times for start in (ordinary, self.starts[index]) for times in range(most))
        return next(text for text in chain(likely, self._inside(index)) if self.of(text) == cell)

    def span(self, cell: Cell) -> tuple[str, str | None, list[str]]:
        """Return where a stretch starts, where it ends if it does, and which texts in it are cells of their own."""
        index = self._stretches.index(cell)
        start, end = self.starts[index], self._end(index)
        return start, end, [text for text in self.alone if start <= text and (end is None or text < end)]

    def meeting(self, leaf: Compare) -> Region:
        """Return the cells whose texts meet a comparison they were made for, as a region of their numbers."""
        below, there, above = (sign in leaf.signs for sign in (-1, 0, 1))
        if below is above:
            if there is above:
                return EVERYTHING if there else NOTHING
            number = self.numbers[leaf.operand]
            region: Region = (((number, 0), (number + 1, 0)),)
            return region if there else complement(region)
        start = leaf.operand if there is above else leaf.operand + _NEXT
        stretches = [(cell, cell + 1) for cell in self._stretches[self.starts.index(start) :] if cell]
        behind = [*stretches, (bisect.bisect_left(self.alone, start), len(self.alone))]
        found = union(tuple(((low, 0), (high, 0)) for low, high in behind if low < high))
        return found if above else complement(found)

    def told_apart(self) -> list[str]:
        """Return the texts that are alone, and where there are several stretches one text of each."""
        stretches = [] if len(self.starts) == 1 else [self.example(cell) for cell in self.cells if cell < 0]
        return [*self.alone, *stretches]


EVERY_TEXT = TextCells()
"""The cells of a fact that no test speaks of: all texts are alike."""


def text_cells(model: Model) -> Mapping[str, TextCells]:
    """Return the cells of each fact that is a text and that rules speak of."""
    texts = {name for name, fact in model.facts.items() if fact.domain.type == "string"}
    if not texts:
        return {}  # most packs have none, and a program asks for few of the decisions that would be searched
    found: dict[str, list[Meaning]] = {}
    for condition in model.conditions():
        for test in tests(condition):
            if test.subject.kind == "fact" and test.subject.name in texts:
                found.setdefault(test.subject.name, []).append(meaning(test.operator, test.operands))
    return {name: TextCells.of_meanings(senses) for name, senses in found.items()}


def listed_texts(senses: Sequence[Meaning]) -> list[str] | None:
    """Return the texts that meet all of `senses`, or None when these leave a whole stretch of texts."""
    found = _met(TextCells.of_meanings(senses), senses)
    return None if any(cell < 0 for cell, _ in found) else [text for _, text in found]


def cells_met(cells: TextCells, senses: Sequence[Meaning]) -> set[Cell]:
    """Return the cells in which some text meets all of `senses`."""
    listed = listed_texts(senses)
    if listed is None:
        listed = [text for _, text in _met(cells.joined(TextCells.of_meanings(senses)), senses)]
    return {cells.of(text) for text in listed}


def _met(cells: TextCells, senses: Sequence[Meaning]) -> list[tuple[Cell, str]]:
    examples = ((cell, cells.example(cell)) for cell in cells.cells)
    return [(cell, text) for cell, text in examples if all(holds(sense, text) for sense in senses)]
