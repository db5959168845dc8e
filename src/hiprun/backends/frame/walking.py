"""All rows walk a decision diagram at once: in which rows each of its results can come out."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from hiprun.backends.frame.facts import Facts
from hiprun.backends.frame.questions import Question
from hiprun.backends.frame.sheet import Sheet, Truth
from hiprun.kernel.diagram import Diagram
from hiprun.kernel.ground import Program, Variable
from hiprun.kernel.policy import Ending, Result


@attrs.frozen
class Reached:
    """In which rows each result of a question can come out, and in which rows that is exactly so.

    Elsewhere some result may be held possible that is not: what is known of several numbers is looked at one by one.
    """

    results: Mapping[Result, Truth]
    exact: Truth

    def of(self, result: Result) -> Truth:
        """Return where a result can come out."""
        return self.results.get(result, False)


_NOTHING = Reached({Ending.NO_MATCH: False, Ending.CONFLICT: False}, False)


class Walker:
    """Walks the diagrams of questions on one frame."""

    def __init__(self, sheet: Sheet, facts: Facts) -> None:
        self.sheet, self.facts = sheet, facts
        self._walked: dict[int, tuple[Question, Reached]] = {}

    def walk(self, question: Question) -> Reached:
        """Return in which rows which results can come out; nothing is known of that without a diagram."""
        if question.diagram is None:
            return _NOTHING
        if id(question) not in self._walked:
            reached = Reached(self._results(question, question.diagram), self._exact(question))
            self._walked[id(question)] = (question, reached)
        return self._walked[id(question)][1]

    def _results(self, question: Question, diagram: Diagram) -> dict[Result, Truth]:
        sheet = self.sheet
        arriving: dict[int, list[Truth]] = {diagram.root: [True]}
        for node in reversed(range(len(diagram.levels))):
            here = sheet.some(arriving.pop(node, []))
            if here is False:
                continue
            index = diagram.levels[node]
            variable = question.program.variables[index]
            for cells, place in diagram.branches[node]:
                edge = self.facts.may(question.program, variable, cells)
                arriving.setdefault(place, []).append(sheet.every([here, edge]))
        return {result: sheet.some(arriving.get(-2 - number, [])) for number, result in enumerate(diagram.results)}

    def _exact(self, question: Question) -> Truth:
        return self.sheet.every(self._fits(question.program, question.tied(group)) for group in question.groups)

    def _fits(self, program: Program, group: list[Variable]) -> Truth:
        """Return where whatever cells the variables of a group may lie in, they can lie in together.

        That is so where nothing of them is known, and where no unknown fact has a part in two of them, while each
        sum with an unknown fact takes every value between its ends. Sums must not be left open by rounding either.
        """
        sheet, facts = self.sheet, self.facts
        names = sorted({name for variable in group for name in variable.facts})
        unknown = {name: facts.value(name).unknown for name in names}
        free = sheet.every(sheet.negate(unknown[name]) for name in names if self._binds(name, group))
        nothing = sheet.every(unknown.values())
        clear = [
            sheet.some([sheet.negate(facts.sums.rough(variable)), self._settled(program, variable)])
            for variable in group
            if variable.kind == "sum"
        ]
        return sheet.every([sheet.some([nothing, free]), *clear])

    def _settled(self, program: Program, variable: Variable) -> Truth:
        return self.sheet.some(self.facts.must(program, variable, 1 << cell) for cell in range(len(variable.cells)))

    def _binds(self, name: str, group: list[Variable]) -> bool:
        """Whether variables depend on one another, or skip values, while a fact in them is unknown."""
        with_it = [variable for variable in group if name in variable.facts]
        if len(with_it) > 1:
            return True
        whole_steps = with_it[0].kind == "sum" and self.facts.fact(name).domain.type == "integer"
        return whole_steps and not (with_it[0].whole and abs(dict(with_it[0].terms)[name]) == 1)
