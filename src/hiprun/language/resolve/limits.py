"""A list of bounds → a decision on the limits of quantities."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.inference.hit_policies import LIMITS
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.citations import required_sources, sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.linear_formulas import ResolvedFormula, fitted, resolved_formula
from hiprun.language.resolve.names import RESERVED_OUTPUTS, NameRegister, Names, Signature, resolve_name
from hiprun.model import ALWAYS, VERDICT, Condition, Decision, Domain, Output, Ref, Rule

_SIDES = ("at_least", "at_most")


def signature(node: Node) -> Signature:
    """Return the signature of the limits at `node`: for other rules, each quantity is a verdict."""
    quantities = (_output_name(bound.text("quantity")) for bound in node["bounds"].items())
    return Signature(LIMITS, {name: Output(name, VERDICT) for name in quantities})


def limits(node: Node, _: Signature, names: Names) -> Decision:
    """Return the decision for the limits at `node`."""
    cites = sources(node, names)
    register = NameRegister()
    quantities: dict[str, tuple[Ref, Domain]] = {}
    rules = [rule for item in node["bounds"].items() for rule in _bound_rules(item, quantities, register, names, cites)]
    return Decision(
        node.text("limits"),
        "limits",
        node.text("title"),
        tuple(Output(name, domain) for name, (_, domain) in quantities.items()),
        LIMITS.name,
        tuple(rules),
        quantities=tuple((name, ref) for name, (ref, _) in quantities.items()),
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        place=node["limits"].place,
    )


def _output_name(quantity: str) -> str:
    return quantity.rpartition(".")[2]


def _bound_rules(
    node: Node,
    quantities: dict[str, tuple[Ref, Domain]],
    register: NameRegister,
    names: Names,
    inherited: tuple[str, ...],
) -> Iterator[Rule]:
    """Yield a rule for each side of the bound at `node`."""
    register.claim_id(node["id"], "another bound")
    cites = required_sources(node, node.get("source"), names, inherited, "This bound")
    when = node.get("when")
    holds: Condition = condition(when, names) if when else ALWAYS
    quantity = _quantity(node["quantity"], quantities, names)
    sides = {side: resolved_formula(node[side], names, node.text("quantity")) for side in _SIDES if side in node.value}
    for side, limit in sides.items():
        if limit and quantity:
            limit = sides[side] = fitted(node[side], limit, quantity[1], quantity[0], names)
        yield Rule(
            node.text("id"),
            holds,
            ((quantity[0], limit.formula),) if limit and quantity else (),
            title=node.text("title"),
            because=node.text("because"),
            sources=cites,
            interpretation=node.text("interpretation"),
            bound=side,  # type: ignore[arg-type]
            place=node.place,
        )
    _check_bounds_order(node, sides)


def _quantity(node: Node, quantities: dict[str, tuple[Ref, Domain]], names: Names) -> tuple[str, Domain] | None:
    name = _output_name(node.value)
    if name in RESERVED_OUTPUTS:
        node.report(
            "reserved-word",
            f"The word `{name}` has a meaning of its own in outcomes and cannot be the name of a quantity.",
            "Give the fact another name.",
        )
    subject = resolve_name(node.value, names, node.report)
    if subject is None:
        return None
    ref, domain = subject
    if not domain.is_numeric:
        node.report(
            "needs-number",
            f"Only numbers can be limited, and `{ref}` is {message_wording.TYPE_WORDS[domain.type]}.",
            "Name a number fact, a derived number or a number output.",
        )
        return None
    if quantities.setdefault(name, subject)[0] != ref:
        node.report(
            "duplicate-name",
            f"`{quantities[name][0]}` and `{ref}` would both be called `{name}` in the outcome.",
            "Limit one of them under another name, in a file of its own.",
        )
    return name, domain


def _check_bounds_order(node: Node, sides: dict[str, ResolvedFormula | None]) -> None:
    low, high = sides.get("at_least"), sides.get("at_most")
    if low and high and not low.depends_on_patient and not high.depends_on_patient and low.low > high.high:
        node["at_most"].report(
            "upside-down",
            "The upper limit is below the lower one, so no value can meet both.",
            "Put the lower one under `at_least`.",
        )
