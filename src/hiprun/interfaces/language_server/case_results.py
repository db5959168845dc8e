"""What comes of the cases of a pack while it is edited: whether each passes, and in how many each rule fires."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from lsprotocol import types

from hiprun.errors import FactError
from hiprun.interfaces.language_server.open_packs import OpenFile
from hiprun.model.cases import Example
from hiprun.pack import Pack
from hiprun.verification.cases import CaseResult, run

RUN_CASE = "hiprun.runCase"
CASES_OF_RULE = "hiprun.casesOfRule"
_MOST_LISTED = 12
_LONGEST_REASON = 80


@attrs.define(eq=False)
class CaseResults:
    """The results for one pack, worked out when they are asked for."""

    pack: Pack
    _results: dict[str, CaseResult] = attrs.field(factory=dict)
    _fired: dict[str, dict[str, list[str]]] = attrs.field(factory=dict)

    def of(self, example: Example) -> CaseResult:
        """Return the result of a case."""
        if example.id not in self._results:
            self._results[example.id] = run(self.pack, example)
        return self._results[example.id]

    def firing(self, decision: str, rule: str) -> list[str]:
        """Return the ids of the cases in which a rule fires."""
        if decision not in self._fired:
            fired: dict[str, list[str]] = {}
            for example in self.pack.model.examples:
                for id_ in _fired(self.pack, example, decision):
                    fired.setdefault(id_, []).append(example.id)
            self._fired[decision] = fired
        return self._fired[decision].get(rule, [])


def _fired(pack: Pack, example: Example, decision: str) -> tuple[str, ...]:
    if example.expect == "refused":
        return ()
    try:
        return tuple(dict.fromkeys(pack.decide(decision, example.facts).fired))
    except FactError:
        return ()


def code_lenses(file: OpenFile, results: CaseResults | None) -> list[types.CodeLens]:
    """Return a lens for each case of a file that says whether it passes, and for each rule in how many it fires."""
    return list(_lenses(file, results))


def _lenses(file: OpenFile, results: CaseResults | None) -> Iterator[types.CodeLens]:
    examples = {example.id: example for example in results.pack.model.examples} if results else {}
    for symbol in file.pack.workspace.declared(file.name):
        declaration = file.pack.workspace.declaration(symbol)
        if declaration is None or symbol.kind not in ("case", "rule"):
            continue
        extent = file.positions.range(file.lines, declaration.start, declaration.end)
        uri = file.pack.uri(file.name)
        if results is None:
            command = types.Command("not run: the pack has mistakes", "")
        elif symbol.kind == "rule":
            count = len(results.firing(symbol.scope, symbol.name))
            title = f"fires in {count} {'case' if count == 1 else 'cases'}"
            command = types.Command(title, CASES_OF_RULE, arguments=[uri, symbol.scope, symbol.name])
        else:
            command = types.Command(_verdict(results.of(examples[symbol.name])), RUN_CASE, arguments=[uri, symbol.name])
        yield types.CodeLens(extent, command)


def _verdict(result: CaseResult) -> str:
    if result.passed:
        return "✓ passes"
    reason = result.failures[0].headline.split("\n")[0]
    return f"✗ fails: {reason if len(reason) <= _LONGEST_REASON else f'{reason[:_LONGEST_REASON]}…'}"


def case_text(results: CaseResults, id_: str) -> str:
    """Return what comes of a case, as `hiprun test` tells it."""
    example = next((example for example in results.pack.model.examples if example.id == id_), None)
    if example is None:
        return f"There is no case called {id_}."
    result = results.of(example)
    return f"{id_} passes." if result.passed else str(result)


def rule_text(results: CaseResults, decision: str, rule: str) -> str:
    """Return the cases in which a rule fires."""
    ids = results.firing(decision, rule)
    if not ids:
        return f"{decision}.{rule} fires in no case."
    more = f" and {len(ids) - _MOST_LISTED} more" if len(ids) > _MOST_LISTED else ""
    return f"{decision}.{rule} fires in {', '.join(ids[:_MOST_LISTED])}{more}."
