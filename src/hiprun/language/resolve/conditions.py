"""A condition as written → a condition with every name resolved and every test checked against its subject."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from hiprun.inference.operators import OPERATORS, Operator
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.function_calls import ResolvedFormula, WantedFormula
from hiprun.language.resolve.groups import is_group, members
from hiprun.language.resolve.linear_formulas import fitted, names_date, resolved_formula
from hiprun.language.resolve.literals import check_distinct, constant, member_domain
from hiprun.language.resolve.names import Names, resolve_name
from hiprun.language.syntax import infix_hints
from hiprun.model import All, AnyOf, Condition, Count, Domain, Formula, HasValue, Literal_, Not, Number, Ref, Test
from hiprun.model.corrections import Delete, Help, Swap, Wrap, Write, whole_numbers, write_one
from hiprun.model.value_conversion import text

SubjectTest: TypeAlias = Test | HasValue
"""A test of one subject, written under its name."""

_PRESENCE = "has_value"
GROUPS = frozenset({"all", "any", "not", "count"})


def condition(node: Node, names: Names) -> Condition:
    """Return the condition at `node`; after a mistake, which is reported, it must not be used."""
    parts: list[Condition] = []
    for key, child in node.entries():
        if key in GROUPS:
            parts.append(_group(key, child, names))
        else:
            parts += named_tests(key, child, names)
    return parts[0] if len(parts) == 1 else All(tuple(parts), place=node.place)


def named_tests(name: str, node: Node, names: Names) -> list[SubjectTest]:
    """Return the tests at `node`, whose key is the name of a fact, a derived fact or an output."""
    subject = resolve_name(name, names, functools.partial(node.report, key=True))
    return subject_tests(node, *subject, names) if subject else []


def subject_tests(node: Node, ref: Ref, domain: Domain, names: Names) -> list[SubjectTest]:
    """Return the tests at `node`, a plain value or a mapping of tests, for a resolved subject."""
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


def _bounds(node: Node, part_count: int) -> tuple[int, int]:
    """Return the lowest and highest number of parts that may hold, out of `part_count`."""
    lowest, highest = 0, part_count
    for key, child in node.entries():
        low, high = child.value if key == "between" else (child.value, child.value)
        if key in ("at_least", "is", "between", "above"):
            lowest = max(lowest, low + (key == "above"))
        if key in ("at_most", "is", "between", "below"):
            highest = min(highest, high - (key == "below"))
    if lowest > highest:
        message = f"There are {part_count} conditions here, so this never holds."
        node.report("impossible-count", message, f"Ask for a number from 0 to {part_count}.")
    elif (lowest, highest) == (0, part_count):
        message = f"There are {part_count} conditions here, so this always holds."
        node.report("pointless-count", message, "Say how many of them must hold, for example `at_least: 1`.")
    return lowest, highest


def _test(name: str, node: Node, ref: Ref, domain: Domain, names: Names) -> list[SubjectTest]:
    if name == _PRESENCE:
        return _presence(node, ref)
    operator = OPERATORS[name]
    is_plain_value = node.path[-1] != name
    if not operator.fits(domain):
        _report_misfit(operator, node, ref, domain)
        return []
    if is_group(node, domain):
        return _group_test(operator, node, ref, domain, is_plain_value=is_plain_value)
    operands = list(_operands(operator, node, ref, domain, names))
    if None in operands:
        return []
    place = node.place if is_plain_value else node.key_place
    return [Test(ref, name, tuple(operand for operand in operands if operand is not None), place=place)]


_OF_SEVERAL = {"is": "one_of", "is_not": "none_of", "includes": "includes_any"}
"""For tests of one choice, the test of several that says the same of each of them."""


def _group_test(operator: Operator, node: Node, ref: Ref, domain: Domain, *, is_plain_value: bool) -> list[SubjectTest]:
    """Return the test that holds for each choice of the group at `node`."""
    name = "is" if is_plain_value else operator.name
    if name not in _OF_SEVERAL or (domain.type == "set") != (name == "includes"):
        fitting = (
            ["includes", "includes_any", "includes_all", "includes_none"]
            if domain.type == "set"
            else ["is", "is_not", "one_of", "none_of"]
        )
        node.report(
            "test-does-not-fit",
            f"`{node.value}` is a group of choices, which `{name}` cannot compare `{ref}` with.",
            f"Name one choice; the tests that take a group are {message_wording.name_list(fitting)}.",
        )
        return []
    chosen = members(node, domain, str(ref))
    place = node.place if is_plain_value else node.key_place
    return [Test(ref, _OF_SEVERAL[name], chosen, place=place)] if chosen else []


def _presence(node: Node, ref: Ref) -> list[SubjectTest]:
    """Return the test whether an output has a value."""
    if ref.kind == "output":
        return [HasValue(ref, node.value, place=node.key_place)]
    known = "Facts that are not known are asked for" if ref.kind == "fact" else "Derived facts are worked out"
    node.report(
        "test-does-not-fit",
        f"`{_PRESENCE}` asks whether a decision found an answer, but `{ref}` is not an output of a decision.",
        Help(f"{known}, so rules need no test for this: delete it.", Delete()),
        key=True,
    )
    return []


def _report_misfit(operator: Operator, node: Node, ref: Ref, domain: Domain) -> None:
    if operator.needs_order and domain.type == "choice":
        node.report(
            "not-ordered",
            f"`{operator.name}` compares by order, but the choices of `{ref}` have none.",
            "Use `one_of: […]`; or list the choices in order where they are declared, and add `ordered: true` there.",
            key=True,
        )
        return
    fitting = [name for name, other in OPERATORS.items() if other.fits(domain)]
    node.report(
        "test-does-not-fit",
        f"`{operator.name}` cannot be used with `{ref}`, which is {message_wording.TYPE_WORDS[domain.type]}.",
        Help(f"The tests that fit are {message_wording.name_list(fitting, max_names=20)}.", *write_one(fitting)),
        key=True,
    )


def _operands(
    operator: Operator, node: Node, ref: Ref, domain: Domain, names: Names
) -> Iterator[Formula | Literal_ | None]:
    """Yield the operands of a test; None for each that has a mistake."""
    if operator.operands == "one":
        yield _operand(operator, node, ref, domain, names)[0]
        return
    items = node.items()
    if operator.operands == "many" and any(is_group(item, domain) for item in items):
        yield from _choices_and_groups(items, operator, ref, domain, names)
        return
    spans = [_operand(operator, item, ref, domain, names) for item in items]
    yield from (operand for operand, _, _ in spans)
    if operator.operands == "many":
        check_distinct(node)
        return
    (_, low, _), (_, _, high) = spans
    if low is not None and high is not None and low > high:
        node.report(
            "upside-down",
            "Nothing lies between "
            f"{message_wording.value_words(items[0].value)} and {message_wording.value_words(items[1].value)}.",
            Help("Write the lower one first.", Swap()),
        )


def _choices_and_groups(
    items: Sequence[Node], operator: Operator, ref: Ref, domain: Domain, names: Names
) -> Iterator[Formula | Literal_ | None]:
    """Yield the choices in a list of choices and groups, each once."""
    chosen: dict[Formula | Literal_ | None, None] = {}
    for item in items:
        if is_group(item, domain):
            chosen |= dict.fromkeys(members(item, domain, str(ref)) or (None,))
        else:
            chosen[_operand(operator, item, ref, domain, names)[0]] = None
    yield from chosen


def _operand(
    operator: Operator, node: Node, ref: Ref, domain: Domain, names: Names
) -> tuple[Formula | Literal_ | None, Number | None, Number | None]:
    """Return an operand and, if they are known, the lowest and highest value it can have."""
    if _is_misplaced(operator, node, ref, domain):
        return None, None, None
    if domain.is_numeric:
        if _reports_range(node, ref):
            return None, None, None
        amount_or_none = resolved_formula(node, names, str(ref))
        if amount_or_none is None:
            return None, None, None
        return _checked_amount(fitted(node, amount_or_none, domain, str(ref), names), operator, node, ref, domain)
    if domain.type == "date" and names_date(node.value, names):
        formula = resolved_formula(node, names, str(ref), WantedFormula("date"))
        return (formula.formula if formula else None), None, None
    value = constant(node, member_domain(domain) if operator.takes == "member" else domain, str(ref))
    rank: Number | None = None
    if operator.needs_order and value is not None:
        rank = list(domain.choices).index(str(value)) if domain.type == "choice" else value  # type: ignore[assignment]
    return value, rank, rank


def _is_misplaced(operator: Operator, node: Node, ref: Ref, domain: Domain) -> bool:
    """Report a single choice where a set is needed, and a list where a single value is needed."""
    is_set = domain.type == "set" and operator.takes == "value"
    if is_set and isinstance(node.value, str):
        asked, alone = f"{{includes: {node.value}}}", f"[{node.value}]"
        node.report(
            "wrong-type",
            f"`{ref}` can have several choices at once, so it is never just {message_wording.value_words(node.value)}.",
            Help(f"Write `{asked}` to ask for it, or `{alone}` for this one and no other.", Write(asked), Write(alone)),
        )
        return True
    if isinstance(node.value, list) and not is_set:
        node.report(
            "wrong-type",
            f"`{ref}` is compared with one value here, not with a list.",
            Help("Write one value, or `{one_of: […]}` to name several.", Wrap("{one_of: ", "}")),
        )
        return True
    return False


def _reports_range(node: Node, ref: Ref) -> bool:
    """Report a range written with a dash, such as `3-5`, which would be read as a subtraction."""
    ends = infix_hints.range_ends(node.value) if isinstance(node.value, str) else None
    if ends is None:
        return False
    between = f"{{between: [{ends[0]}, {ends[1]}]}}"
    node.report(
        "wrong-type",
        f"`{ref}` is compared with one value here, not with a range such as `{node.value}`.",
        Help(f"Write `{between}`, both ends included.", Write(between)),
    )
    return True


def _checked_amount(
    amount: ResolvedFormula, operator: Operator, node: Node, ref: Ref, domain: Domain
) -> tuple[Formula, Number | None, Number | None]:
    if amount.depends_on_patient:
        return amount.formula, None, None
    if domain.type == "integer" and operator.exact and amount.low == amount.high and amount.low % 1:
        node.report(
            "not-whole",
            f"`{ref}` is a whole number, so it is never {text(amount.low)}.",
            Help("Write a whole number.", *whole_numbers(amount.low)),
        )
    return amount.formula, amount.low, amount.high
