"""A pack as data for the fixed JavaScript program: its facts, and for each decision the diagrams of all it can say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, assert_never

from hiprun.errors import Problem, RuleError
from hiprun.inference.circuit import TRUE
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.displayed_texts import outcome_texts
from hiprun.inference.grounding import OTHERWISE, Program, Variable, ground, ground_constraints
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Candidate, Ending, Gathered, Result, Step, take_first
from hiprun.inference.linear_forms import Linear
from hiprun.inference.prepared_diagrams import as_truth
from hiprun.inference.reader_texts import ReaderTexts, show_patients
from hiprun.inference.text_equivalence_classes import TextCells, text_cells
from hiprun.interfaces.javascript.formula_data import FormulaData
from hiprun.interfaces.javascript.node_table import FIRST_RESULT, NodeTable
from hiprun.model import Decision, Fact, Model, Number, Output
from hiprun.pack import Pack

FORMAT = 2
MOST_NODES = 100_000
"""How many nodes the diagrams of all decisions may have together."""


def pack_data(pack: Pack, decisions: Sequence[str]) -> dict[str, Any]:
    """Return the data of a module with these decisions, made of lists, texts, numbers and mappings.

    Raises `RuleError` with every decision that a module cannot contain, and why.
    """
    problems: list[Problem] = []
    made: dict[str, Any] = {}
    formulas = FormulaData(pack.model)
    for name in decisions:
        try:
            made[name] = _decision(pack, pack.model.decisions[name], formulas)
        except _CannotBeSaid as reason:
            problems.append(
                Problem(
                    "not-in-javascript",
                    f"`{name}` cannot be written as JavaScript: {reason}.",
                    pack.model.decisions[name].place,
                    "Name the other decisions with --decision to write a module without it.",
                )
            )
    nodes = sum(entry.pop("size") for entry in made.values())
    if nodes > MOST_NODES:
        message = f"The decisions need {nodes:,} nodes of decision diagrams; a module has {MOST_NODES:,} at most."
        problems.append(Problem("not-in-javascript", message, help="Name fewer of them with --decision."))
    if problems:
        raise RuleError(problems)
    return {
        "format": FORMAT,
        "provenance": pack.provenance.to_dict(),
        "title": pack.title,
        "notice": pack.notice,
        "facts": [_fact(pack.model, fact) for fact in pack.facts.values()],
        "possible": _constraints(pack.model, formulas),
        "decisions": made,
        "terms": [[name, term] for name, term in formulas.terms.items()],
    }


class _CannotBeSaid(Exception):  # noqa: N818 - turned into a problem
    """A decision that a module cannot contain; the text says why."""


# facts


def _fact(model: Model, fact: Fact) -> dict[str, Any]:
    domain = fact.domain
    found: dict[str, Any] = {
        "name": fact.name,
        "type": domain.type,
        "ask": fact.ask,
        "because": fact.because,
        "choices": [[name, text] for name, text in domain.choices.items()],
        "unit": domain.unit,
        "lowest": _number(domain.lowest),
        "highest": _number(domain.highest),
    }
    cells = text_cells(model).get(fact.name) if domain.type == "string" else None
    if cells is not None:
        found["texts"] = {
            "alone": list(cells.alone),
            "starts": list(cells.starts),
            "stretches": [_stretch(cells, start) for start in cells.starts],
        }
    return found


def _stretch(cells: TextCells, start: str) -> int:
    """Return the cell of the stretch of texts that begins with `start`; 0 if all its texts are alone."""
    return next((cell for cell in cells.cells if cell < 0 and cells.span(cell)[0] == start), 0)


def _number(number: Number | float | None) -> str | None:
    """Return an exact number as a fraction in lowest terms, an infinity as `inf` or `-inf`."""
    return None if number is None else str(number)


# decisions


def _constraints(model: Model, formulas: FormulaData) -> dict[str, Any]:
    program = ground_constraints(model)
    table = NodeTable(model, program, _as_list)
    try:
        variables = [_variable(variable, formulas) for variable in program.variables]
        root = table.add(take_first, as_truth, [(TRUE, (True,))], conflict=False)
    except OutOfBudget:
        # each decision keeps the constraints on its own facts, so this refuses less than it might and decides the same
        return {"variables": [], "nodes": [], "results": [[True]], "root": FIRST_RESULT}
    return {"variables": variables, "nodes": table.nodes, "results": table.results, "root": root}


def _as_list(result: Result) -> list[Any]:
    assert not isinstance(result, Ending)  # constraints do not conflict
    return list(result)


def _decision(pack: Pack, decision: Decision, formulas: FormulaData) -> dict[str, Any]:
    model, shown = pack.model, pack.decisions[decision.name]
    if show_patients(model, outcome_texts(decision)):
        raise _CannotBeSaid("its texts show values of the patient")
    program = ground(model, decision)
    texts = ReaderTexts(model)
    variables = [_variable(variable, formulas) for variable in program.variables]
    policy = HIT_POLICIES[decision.hit]

    def encode(result: Result) -> Any:
        if isinstance(result, Ending):
            return result.value
        return [_encoded(texts, formulas, value) for value in result]

    table = NodeTable(model, program, encode)
    found: dict[str, Any] = {
        "title": shown.title,
        "kind": decision.kind,
        "gives": policy.gives,
        "outputs": [_output(output) for output in shown.outputs],
        "variables": variables,
        "rules": [
            {"id": rule.id, "title": rule.title, "because": rule.because, "source": list(rule.sources)}
            | ({"unmet": rule.unmet} if decision.has_criteria else {})
            for rule in shown.rules
        ],
    }
    try:
        found["conflict"] = _truth_of(table, program.conflict, conflict=False)
        may_conflict = [True] in table.results_below(found["conflict"])
        found["fired"] = _fired(table, program, conflict=True)
        found["firedInConflict"] = _fired(table, program, conflict=False) if may_conflict else found["fired"]
        found["says"] = "first" if program.policy is not None and policy.says == "first" else "rules"
        match policy.gives:
            case "answer":
                answered = program.policy
                assert answered is not None
                nodes = [program.branches[index].node for index in answered.order]
                found["answer"] = table.add(
                    answered.advance, answered.finish, list(zip(nodes, answered.payloads, strict=True))
                )
            case "items":
                found["worst"] = decision.order == "worst"
                found["items"] = [_item(table, program, index, encode) for index in range(len(decision.rules))]
            case "limits":
                found["quantities"] = [_quantity(pack, formulas, table, output) for output in shown.outputs]
            case _:
                assert_never(policy.gives)
    except OutOfBudget:
        raise _CannotBeSaid("its decision diagrams take too many steps") from None
    return found | {"nodes": table.nodes, "results": table.results, "size": table.size}


def _variable(variable: Variable, formulas: FormulaData) -> dict[str, Any]:
    for term in (*variable.inner, *filter(None, [variable.term])):
        formulas.of_term(term)
    found: dict[str, Any] = {"kind": variable.kind, "cuts": [[_number(number), side] for number, side in variable.cuts]}
    if variable.kind == "sum":
        return found | {"terms": [[name, str(factor)] for name, factor in variable.terms]}
    return found | {"fact": variable.fact} | ({"choice": variable.choice} if variable.kind == "member" else {})


def _output(output: Output) -> dict[str, Any]:
    domain = output.domain
    return {
        "name": output.name,
        "title": output.title,
        "type": domain.type,
        "worse": domain.worse,
        "choices": [[name, text] for name, text in domain.choices.items()],
        "unit": domain.unit,
    }


def _encoded(texts: ReaderTexts, formulas: FormulaData, value: Any) -> Any:
    """Return a value of an output as data: numbers, and dates by their ordinals, as fractions."""
    match value:
        case None | bool():
            return value
        case str():
            return texts.fill(value)
        case frozenset():
            return {"set": sorted(value)}
        case Linear():
            return formulas.of_sum(value)
        case _:
            assert isinstance(value, int | Fraction)
            return {"number": str(value)}


def _truth_of(table: NodeTable, node: int, *, conflict: bool) -> int:
    """Return the diagram of whether a node of the program holds; its results are lists of one truth."""
    return table.add(take_first, as_truth, [(node, (True,))], conflict=conflict)


def _fired(table: NodeTable, program: Program, *, conflict: bool) -> Any:
    """Return the diagrams that say which rules have a say: of the one that does, or of each rule whether it matches."""
    policy = program.policy
    if policy is not None and HIT_POLICIES[program.decision.hit].says == "first":
        turns: list[Candidate] = [
            (program.branches[index].node, (program.branches[index].rule,)) for index in policy.order
        ]
        return table.add(take_first, _rule_or_nothing, turns, conflict=conflict)
    return [_truth_of(table, node, conflict=conflict) for node in program.rules]


def _rule_or_nothing(gathered: Gathered) -> Result:
    return (OTHERWISE,) if gathered is None else gathered


def _row_or_nothing(gathered: Gathered) -> Result:
    return () if gathered is None else gathered


def _item(table: NodeTable, program: Program, index: int, encode: Callable[[Result], Any]) -> dict[str, Any]:
    """Return the diagram of what a rule adds to the list: a row, or an empty one where it does not match."""
    outputs = program.decision.outputs
    given = {name for name, _ in program.decision.rules[index].then}
    own = [branch for branch in program.branches if branch.rule == index]
    rows: list[Candidate] = [
        (branch.node, tuple(branch.values.get(output.name) for output in outputs)) for branch in own
    ]
    return {
        "root": table.add(take_first, _row_or_nothing, rows),
        "rows": [encode(row) for row in dict.fromkeys(row for _, row in rows)],
        "gives": [place for place, output in enumerate(outputs) if output.name in given],
    }


def _quantity(pack: Pack, formulas: FormulaData, table: NodeTable, output: Output) -> dict[str, Any]:
    """Return the diagrams of a limited quantity: which bounds apply on each side, and where the quantity may be."""
    program = table.program
    verdicts: list[Candidate] = [(node, (name,)) for name, node in program.verdicts[output.name].items()]
    return {
        "at_least": _side(table, formulas, output.name, "at_least"),
        "at_most": _side(table, formulas, output.name, "at_most"),
        "verdicts": table.add(take_first, _verdict_or_none, verdicts),
        "title": _quantity_title(pack, program, output.name),
    }


def _verdict_or_none(gathered: Gathered) -> Result:
    return (None,) if gathered is None else gathered


def _quantity_title(pack: Pack, program: Program, quantity: str) -> str:
    ref = dict(program.decision.quantities)[quantity]
    title = pack.model.derived[ref.name].title if ref.kind == "derived" else ""
    return ReaderTexts(pack.model).fill(title) or quantity.replace("_", " ")


def _side(table: NodeTable, formulas: FormulaData, quantity: str, side: str) -> dict[str, Any]:
    """Return the bounds on one side, and a diagram of the numbers of those that apply."""
    program = table.program
    decision = program.decision
    own = [
        branch for branch in program.branches if decision.rules[branch.rule].bound == side and quantity in branch.values
    ]
    bounds: list[Candidate] = [(branch.node, (index,)) for index, branch in enumerate(own)]
    numbers = [branch.values[quantity] for branch in own]
    return {
        "bounds": [
            [branch.rule, formulas.of_sum(number if isinstance(number, Linear) else Linear(number))]
            for branch, number in zip(own, numbers, strict=True)
        ],
        "applying": table.add(_gather_all, lambda gathered: () if gathered is None else gathered, bounds),
        "inConflict": table.add(
            _gather_all, lambda gathered: () if gathered is None else gathered, bounds, conflict=False
        ),
    }


def _gather_all(gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
    """Gather every candidate that holds."""
    assert not isinstance(gathered, Ending)  # bounds do not conflict
    found = [payload[0] for node, payload in candidates if node == TRUE]
    together = tuple(sorted({*(gathered or ()), *found}))
    return together or None, tuple((node, payload) for node, payload in candidates if node > TRUE)
