"""A condition as written → a condition with every name resolved and every test checked against its subject."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TypeAlias

from hiprun.inference.operators import OPERATORS, Operator
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.linear_formulas import Amount, amount, check_fit
from hiprun.language.resolve.literals import check_distinct, constant, member
from hiprun.language.resolve.names import Names, find
from hiprun.language.syntax import infix
from hiprun.model import All, AnyOf, Condition, Count, Domain, Formula, HasValue, Literal_, Not, Number, Ref, Test
from hiprun.model.value_conversion import text

Asked: TypeAlias = Test | HasValue
"""What can stand under the name of something."""

_PRESENCE = "has_value"
GROUPS = frozenset({"all", "any", "not", "count"})


def condition(node: Node, names: Names) -> Condition:
    """Return the condition at `node`; after a mistake, which is reported, one that must not be used."""
    parts: list[Condition] = []
    for key, child in node.entries():
        if key in GROUPS:
            parts.append(_group(key, child, names))
        else:
            parts += entry(key, child, names)
    return parts[0] if len(parts) == 1 else All(tuple(parts), place=node.place)


def entry(name: str, node: Node, names: Names) -> list[Asked]:
    """Return the tests that stand at `node` under the name of a fact, a derived fact or an output."""
    found = find(name, names, functools.partial(node.report, key=True))
    return subject_tests(node, *found, names) if found else []


def subject_tests(node: Node, ref: Ref, domain: Domain, names: Names) -> list[Asked]:
    """Return the tests at `node`, a plain value or a mapping of tests, of a subject that is known."""
    if not isinstance(node.value, dict):
        return _test("is", node, ref, domain, names)
    return [test for key, child in node.entries() for test in _test(key, child, ref, domain, names)]


def _group(key: str, node: Node, names: Names) -> Condition:
    match key:
        case "not":
            return Not(condition(node, names), place=node.key_place)
        case "all":
            return All(_parts(node, names), place=node.key_place)
        case "any":
            return AnyOf(_parts(node, names), place=node.key_place)
        case _:
            parts = _parts(node["of"], names)
            lowest, highest = _bounds(node, len(parts))
            return Count(parts, lowest, highest, place=node.key_place)


def _parts(node: Node, names: Names) -> tuple[Condition, ...]:
    return tuple(condition(item, names) for item in node.items())


def _bounds(node: Node, most: int) -> tuple[int, int]:
    """Return the lowest and highest number of parts that may hold, of `most`."""
    lowest, highest = 0, most
    for key, child in node.entries():
        low, high = child.value if key == "between" else (child.value, child.value)
        if key in ("at_least", "is", "between", "above"):
            lowest = max(lowest, low + (key == "above"))
        if key in ("at_most", "is", "between", "below"):
            highest = min(highest, high - (key == "below"))
    if lowest > highest:
        message = f"There are {most} conditions here, so this never holds."
        node.report("impossible-count", message, f"Ask for a number from 0 to {most}.")
    elif (lowest, highest) == (0, most):
        message = f"There are {most} conditions here, so this always holds."
        node.report("pointless-count", message, "Say how many of them must hold, for instance `at_least: 1`.")
    return lowest, highest


def _test(name: str, node: Node, ref: Ref, domain: Domain, names: Names) -> list[Asked]:
    if name == _PRESENCE:
        return _presence(node, ref)
    operator = OPERATORS[name]
    plain = node.path[-1] != name
    if not operator.fits(domain):
        _refuse(operator, node, ref, domain)
        return []
    operands = list(_operands(operator, node, ref, domain, names))
    if None in operands:
        return []
    place = node.place if plain else node.key_place
    return [Test(ref, name, tuple(operand for operand in operands if operand is not None), place=place)]


def _presence(node: Node, ref: Ref) -> list[Asked]:
    """Return the question whether an output has a value."""
    if ref.kind == "output":
        return [HasValue(ref, node.value, place=node.key_place)]
    known = "A fact that is not known is asked for" if ref.kind == "fact" else "What follows from facts is worked out"
    node.report(
        "test-does-not-fit",
        f"`{_PRESENCE}` asks whether a decision found an answer; `{ref}` is no output of a decision.",
        f"{known}, so rules need no test for that: delete this one.",
        key=True,
    )
    return []


def _refuse(operator: Operator, node: Node, ref: Ref, domain: Domain) -> None:
    if operator.needs_order and domain.type == "choice":
        node.report(
            "not-ordered",
            f"`{operator.name}` compares by order, but the choices of `{ref}` have none.",
            "Use `one_of: […]`; or list the choices in order where they are declared, and add `ordered: true` there.",
            key=True,
        )
        return
    fitting = message_wording.listed((name for name, known in OPERATORS.items() if known.fits(domain)), most=20)
    node.report(
        "test-does-not-fit",
        f"`{operator.name}` cannot be asked of `{ref}`, which is {message_wording.TYPES[domain.type]}.",
        f"Tests that fit are {fitting}.",
        key=True,
    )


def _operands(
    operator: Operator, node: Node, ref: Ref, domain: Domain, names: Names
) -> Iterator[Formula | Literal_ | None]:
    """Yield the values a test compares with; None for each that is wrong."""
    if operator.operands == "one":
        yield _operand(operator, node, ref, domain, names)[0]
        return
    items = node.items()
    given = [_operand(operator, item, ref, domain, names) for item in items]
    yield from (operand for operand, _, _ in given)
    if operator.operands == "many":
        check_distinct(node)
        return
    (_, low, _), (_, _, high) = given
    if low is not None and high is not None and low > high:
        node.report(
            "upside-down",
            "Nothing lies between "
            f"{message_wording.value(items[0].value)} and {message_wording.value(items[1].value)}.",
            "Write the lower one first.",
        )


def _operand(
    operator: Operator, node: Node, ref: Ref, domain: Domain, names: Names
) -> tuple[Formula | Literal_ | None, Number | None, Number | None]:
    """Return a value to compare with, and the least and greatest it can be as far as that is known."""
    if _is_misplaced(operator, node, ref, domain):
        return None, None, None
    if domain.is_numeric:
        if _reported_span(node, ref):
            return None, None, None
        found = amount(node, names, str(ref))
        if found is None:
            return None, None, None
        return _checked(found, operator, node, ref, domain)
    held = constant(node, member(domain) if operator.takes == "member" else domain, str(ref))
    rank: Number | None = None
    if operator.needs_order and held is not None:
        rank = list(domain.choices).index(str(held)) if domain.type == "choice" else held  # type: ignore[assignment]
    return held, rank, rank


def _is_misplaced(operator: Operator, node: Node, ref: Ref, domain: Domain) -> bool:
    """Report one choice where a set of them is compared, and a list where one value is."""
    is_set = domain.type == "set" and operator.takes == "value"
    if is_set and isinstance(node.value, str):
        node.report(
            "wrong-type",
            f"`{ref}` can have several choices at once, so it is never just {message_wording.value(node.value)}.",
            f"Write `{{includes: {node.value}}}` to ask for it, or `[{node.value}]` for this one and no other.",
        )
        return True
    if isinstance(node.value, list) and not is_set:
        node.report(
            "wrong-type",
            f"`{ref}` is compared with one value here, not with a list.",
            "Write one value, or `{one_of: […]}` to name several.",
        )
        return True
    return False


def _reported_span(node: Node, ref: Ref) -> bool:
    """Report a range written with a dash, such as `3-5`, which would be read as a subtraction."""
    ends = infix.span(node.value) if isinstance(node.value, str) else None
    if ends is None:
        return False
    node.report(
        "wrong-type",
        f"`{ref}` is compared with one value here, not with a range such as `{node.value}`.",
        f"Write `{{between: [{ends[0]}, {ends[1]}]}}`, both ends included.",
    )
    return True


def _checked(
    found: Amount, operator: Operator, node: Node, ref: Ref, domain: Domain
) -> tuple[Formula, Number | None, Number | None]:
    check_fit(node, found, domain, str(ref))
    if found.patient:
        return found.formula, None, None
    if domain.type == "integer" and operator.exact and found.low == found.high and found.low % 1:
        node.report(
            "not-whole",
            f"`{ref}` is a whole number and never {text(found.low)}.",
            "Write a whole number.",
        )
    return found.formula, found.low, found.high
