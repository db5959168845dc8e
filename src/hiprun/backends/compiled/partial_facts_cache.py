"""Decisions about patients of whom something is not known: remembered by what is known.

A generated function turns facts into a key: for each fact its value, or the number of the cell it lies in, or None. A
key that occurred before leads to its conclusion. Behind it is a second one, which says less: which rules are settled,
and the cells of what is open. Only what is new there as well is worked out, by the code that the interpreter uses.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from hiprun.backends.compiled.cache_keys import FactKeys, Key
from hiprun.backends.compiled.conclusion_cache import Group, Remembered, size_of
from hiprun.backends.compiled.input_checks import Take
from hiprun.errors import FactError
from hiprun.inference.cells import cells_left
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.infer import BUDGET, check_possible, concluded, infer
from hiprun.inference.partial_assignment import situation_of
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import PreparedDiagrams
from hiprun.inference.situation_keys import Alike
from hiprun.model import Model


class PartialConcluder:
    """Concludes one decision for facts that are possible together, some of which may be unknown."""

    def __init__(self, model: Model, program: Program, takers: Mapping[str, Take], memory: Remembered) -> None:
        self.model, self.program, self.memory = model, program, memory
        self._takers = takers
        self._made_keys: FactKeys | None = None
        self._alike = Alike(program, memory)
        self._diagrams = PreparedDiagrams(program, memory)
        self._remembered: dict[Key, Conclusion] = {}
        self._groups: dict[Hashable, Group] = {}

    @property
    def _keys(self) -> FactKeys:
        if self._made_keys is None:
            self._made_keys = FactKeys(self.model, self.program, self._takers)
        return self._made_keys

    def conclude(self, facts: dict[str, Any]) -> Conclusion | None:
        """Return what follows from facts, which are taken in on the way; None where one is odd, or terms are open."""
        if self.program.lowered is not None:
            return None
        if not facts:
            return self._remembered.get(()) or self._learned((), facts)
        try:
            key = self._keys.call(facts)
        except Exception:  # a caller's object can do anything when it is looked into
            return None
        return self._remembered.get(key) or self._learned(key, facts)

    def _learned(self, key: Key, facts: Mapping[str, Any]) -> Conclusion:
        exact = self._keys.exact(facts) if key else Facts({})
        masks = self._keys.cells(key, exact) if key else cells_left(self.model, self.program, exact)
        group = self._group(exact, masks)
        self.memory.join(group, self._remembered, key, 1 + len(key) // 16)
        return group.value  # type: ignore[no-any-return]

    def infer(self, facts: Facts) -> Conclusion:
        """Return what follows from facts that were checked, and of which some may be known in part."""
        if self.program.lowered is not None:  # what facts make of terms is more than the cells they lie in
            return infer(self.model, self.program, facts)
        return self._group(facts, cells_left(self.model, self.program, facts)).value  # type: ignore[no-any-return]

    def _group(self, facts: Facts, masks: tuple[int, ...]) -> Group:
        """Return the patients of whom everything that counts is the same, with their conclusion."""
        key, settled = self._alike.key(masks, facts)
        group = self._groups.get(key)
        if group is None:
            there = situation_of(self.program, facts, masks, settled)
            diagrams = self._diagrams if self._diagrams.fit(there) else None
            conclusion = concluded(Patient(self.model, there, BUDGET, diagrams=diagrams))
            group = self.memory.keep_group(self._groups, key, conclusion, size_of(conclusion) + 2 + len(key) // 8)
        return group


class PartlyPossible:
    """Tells whether facts are possible together when some of those that constraints speak of are unknown."""

    def __init__(self, model: Model, program: Program, takers: Mapping[str, Take], memory: Remembered) -> None:
        self.model, self.program, self.memory = model, program, memory
        self._keys = None if program.lowered is not None else FactKeys(model, program, takers)
        self._remembered: dict[Key, bool] = {}

    def __call__(self, facts: dict[str, Any]) -> bool:
        """Return whether facts are possible together; False where one of them is odd, or terms are in constraints."""
        if self._keys is None:
            return False
        try:
            key = self._keys.call(facts)
        except Exception:  # a caller's object can do anything when it is looked into
            return False
        found = self._remembered.get(key)
        if found is None:
            found = self._found(facts)
            self.memory.keep(self._remembered, key, found, 1 + len(key) // 16)
        return found

    def _found(self, facts: Mapping[str, Any]) -> bool:
        assert self._keys is not None  # without keys nothing is asked of it
        try:
            check_possible(self.model, self.program, self._keys.exact(facts))
        except FactError:
            return False
        return True
