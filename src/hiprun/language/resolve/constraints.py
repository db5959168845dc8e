"""Combinations of facts that cannot occur, or of parameters that must not be set → constraints of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from hiprun.inference.parameter_constraints import broken_constraints, impossible_setting
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.dependencies import derived_refs
from hiprun.language.resolve.names import NameRegister, Names
from hiprun.model import Constraint, Derived, Domain, Parameter, Ref, refs


@attrs.frozen
class Constraints:
    """The constraints of a pack: those on facts, and those on parameters."""

    of_facts: tuple[Constraint, ...]
    of_parameters: tuple[Constraint, ...]


def constraints(nodes: Sequence[Node], names: Names, ordered_derived: Mapping[str, Derived]) -> Constraints:
    """Return the constraints in some documents. In `ordered_derived`, each derived fact comes after those it uses."""
    register = NameRegister()
    outcomes = _outcome_dependencies(ordered_derived)
    of_facts: list[Constraint] = []
    of_parameters: list[Constraint] = []
    for node in nodes:
        for item in node["constraints"].items():
            register.claim_id(item["id"], "another constraint")
            constraint = _constraint(item, names, outcomes)
            if _parameter_refs(constraint, names):
                of_parameters.append(constraint)
                _check_parameter_constraint(item, constraint, names)
            else:
                of_facts.append(constraint)
    return Constraints(tuple(of_facts), tuple(of_parameters))


def _outcome_dependencies(ordered_derived: Mapping[str, Derived]) -> dict[str, Ref]:
    """Return one output for each derived fact that depends on outputs of decisions."""
    outcomes: dict[str, Ref] = {}
    for name, fact in ordered_derived.items():
        outcome = _outcome(derived_refs(fact), outcomes)
        if outcome:
            outcomes[name] = outcome
    return outcomes


def _constraint(node: Node, names: Names, outcomes: Mapping[str, Ref]) -> Constraint:
    """Return the constraint at `node`; report it if it depends on the outcome of a decision."""
    # Only constraints can test parameters. Ranges are ignored here, because values outside them are reported elsewhere.
    parameter_domains = {name: _domain_without_range(parameter) for name, parameter in names.parameters.items()}
    never = condition(node["never"], attrs.evolve(names, facts={**names.facts, **parameter_domains}))
    outcome = _outcome(refs(never), outcomes)
    if outcome:
        node["never"].report(
            "constraint-on-outcome",
            f"A constraint is about facts, but this one depends on `{outcome}`, the outcome of a decision.",
            "Name the facts that cannot occur together; what must hold for outcomes belongs in `properties`.",
        )
    return Constraint(
        node.text("id"),
        never,
        node.text("because"),
        sources(node, names),
        interpretation=node.text("interpretation"),
        place=node.place,
    )


def _domain_without_range(parameter: Parameter | None) -> Domain | None:
    return None if parameter is None else Domain(parameter.type, unit=parameter.unit)


def _parameter_refs(constraint: Constraint, names: Names) -> list[Ref]:
    return [ref for ref in refs(constraint.never) if ref.kind == "fact" and ref.name in names.parameters]


def _check_parameter_constraint(node: Node, constraint: Constraint, names: Names) -> None:
    """Report a constraint on parameters that also depends on the patient, or that the values in the files violate."""
    parameter = _parameter_refs(constraint, names)[0]
    other_refs = [ref for ref in refs(constraint.never) if ref.kind != "fact" or ref.name not in names.parameters]
    if other_refs:
        node["never"].report(
            "constraint-of-two-kinds",
            "A constraint is about facts or about parameters, not both; "
            f"here `{parameter}` is a parameter and `{other_refs[0]}` is not.",
            f"To compare the two, begin with `{other_refs[0]}`, as in `{other_refs[0]}: {{above: {parameter}}}`.",
        )
        return
    values = {name: value for name, value in names.parameters.items() if value}
    for broken in broken_constraints(values, [constraint]):
        problem = impossible_setting(values, broken)
        node["never"].report(problem.code, problem.message, "Change one of the values, or the constraint.")


def _outcome(used: Iterable[Ref], outcomes: Mapping[str, Ref]) -> Ref | None:
    for ref in used:
        if ref.kind == "output":
            return ref
        if ref.kind == "derived" and ref.name in outcomes:
            return outcomes[ref.name]
    return None
