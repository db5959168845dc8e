"""Facts as a key: what a program tells apart of them, unknown ones included, by a generated function."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.fact_access import Reader, formula_facts, scale_of, scaled
from hiprun.backends.compiled.floating_point_thresholds import edge, stands_for
from hiprun.backends.compiled.input_checks import Take, plain_code
from hiprun.inference.cells import all_cells, cell_of, cells_left
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.operators import code
from hiprun.model import Model

Key: TypeAlias = tuple[Any, ...]

_Cells: TypeAlias = Callable[[Any], int]


class FactKeys:
    """The keys of a program's facts. `call` returns that of a patient, and raises where a fact is odd.

    It takes facts in on the way: what is not plain is replaced by what is.
    """

    def __init__(self, model: Model, program: Program, takers: Mapping[str, Take]) -> None:
        self.model, self.program, self._takers = model, program, takers
        formulas = formula_facts(program)
        names = [name for variable in program.variables for name in variable.facts]
        self.facts = tuple(dict.fromkeys([*names, *formulas]))
        kinds = {name: model.facts[name].domain.type for name in self.facts}
        self._measured = {name for name, kind in kinds.items() if kind in ("integer", "number", "date")}
        self._own = {variable.fact: variable for variable in program.variables if variable.kind == "fact"}
        self._writer = Writer()
        self._reader = Reader(self._writer, model.facts, program, self.facts)
        self._writer.write("get = facts.get")
        parts = [self._fact(name) for name in self.facts]
        sums = [index for index, variable in enumerate(program.variables) if variable.kind == "sum"]
        parts += [self._sum(index) for index in sums]
        parts += [self._reader.local(name) for name in formulas]
        self._writer.write(f"return ({''.join(f'{part}, ' for part in parts)})")
        self.call: Callable[[dict[str, Any]], Key] = self._writer.function("key", "facts", "hiprun-compiled-key").call
        place = {name: index for index, name in enumerate(self.facts)}
        self._tables = (
            None if sums else [(place[variable.fact], self._table(variable)) for variable in program.variables]
        )

    def cells(self, key: Key, facts: Facts) -> tuple[int, ...]:
        """Return the cells that each variable may lie in, for a key and its facts."""
        if self._tables is None:  # what a sum may come to depends on more than the cells of its facts
            return cells_left(self.model, self.program, facts)
        return tuple(cells(key[place]) for place, cells in self._tables)

    def exact(self, facts: Mapping[str, Any]) -> Facts:
        """Return facts that were taken in as the core has them."""
        known = {name: facts[name] for name in self.facts if name in facts and facts[name] is not None}
        for name in self._measured & known.keys():
            known[name] = exact_value(known[name])
        return Facts(known)

    def _fact(self, name: str) -> str:
        """Write how a fact is read, and return what stands for it in the key."""
        domain, local, write = self.model.facts[name].domain, self._reader.local(name), self._writer.write
        key = self._writer.bind(name)
        taken = f"{local} = facts[{key}] = {self._writer.bind(self._takers[name])}({local})"
        write(f"{local} = get({key})")
        plain = plain_code(local, domain, self._writer.bind)
        match domain.type:
            case "boolean" | "choice" | "set":
                write(f"if not ({plain}) and {local} is not None: {taken}")
                return local
            case "string":
                place = f"{self._writer.bind(self.program.texts[name].of)}({local})"
            case "date":
                place = self._place(name, f"{local}.toordinal()")
            case _:
                place = self._place(name, local)
        write(f"c{local} = None")
        write(f"if {local} is not None:")
        write(f"if not ({plain}): {taken}", indent=2)
        write(f"c{local} = {place}", indent=2)
        return f"c{local}"

    def _place(self, name: str, number: str) -> str:
        """Return the code of the cell that a number lies in, counted from the lowest one."""
        edges = [edge(cut) for cut in self._own[name].cuts[1:-1]]
        return f"{self._writer.bind(bisect.bisect_right)}({self._writer.bind(edges)}, {number})" if edges else "0"

    def _sum(self, index: int) -> str:
        """Write which cell a sum lies in where that is known, else what is known of its facts."""
        variable, writer = self.program.variables[index], self._writer
        locals_ = [self._reader.local(name) for name in variable.facts]
        part = f"cs{index}"
        writer.write(f"if {' or '.join(f'{local} is None' for local in locals_)}: {part} = ({', '.join(locals_)},)")
        writer.write("else:")
        total = self._reader.subject(index, indent=2)
        scale = scale_of(variable)
        cuts = writer.bind([scaled(cut, scale) for cut in variable.cuts[1:-1]])
        writer.write(f"{part} = {writer.bind(bisect.bisect_left)}({cuts}, ({total}, 1))", indent=2)
        return part

    def _table(self, variable: Variable) -> _Cells:
        """Return the way from what stands for a fact in a key to the cells of a variable."""
        domain, unknown = self.model.facts[variable.fact].domain, all_cells(variable)
        if variable.kind == "member":
            with_, without = cell_of(variable, 1), cell_of(variable, 0)
            return lambda value: unknown if value is None else with_ if variable.choice in value else without
        values: dict[Any, int] = {None: unknown}
        match domain.type:
            case "boolean" | "choice":
                for value in domain.choices or (False, True):
                    values[value] = cell_of(variable, code(domain, value))
            case "string":
                return lambda value: unknown if value is None else cell_of(variable, value)
            case _:
                values |= {place: 1 << place for place in range(len(variable.cuts) - 1)}
        return values.__getitem__


def exact_value(value: Any) -> Any:
    """Return a value that was taken in as the core has it."""
    if type(value) is int or type(value) is float:
        return stands_for(value)
    return value.toordinal() if isinstance(value, datetime.date) else value
