"""The expectations of a case for one decision, checked against what that decision can give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

import attrs

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import constant, is_number
from hiprun.language.resolve.names import ANY_DECISION, Names, Signature
from hiprun.model import VERDICT, Decision, Output
from hiprun.model.corrections import Help, Write

_STATUSES = ("decided", "undetermined", "no_match", "conflict")


@attrs.frozen
class ExpectableDecision:
    """A decision that cases can have expectations for. `ids` are those of its rules.

    `names` are those of the pack, for the time that an expectation is checked.
    """

    name: str
    has_criteria: bool
    signature: Signature
    ids: tuple[str, ...]
    names: Names = attrs.field(factory=Names, eq=False, repr=False)

    @property
    def outputs(self) -> Mapping[str, Output | None]:
        """Its outputs as other rules see them."""
        return self.signature.outputs


Check = Callable[[Node, ExpectableDecision], None]


def expectable_decision(decision: Decision, names: Names) -> ExpectableDecision:
    """Return what can be expected of `decision`."""
    ids = tuple(dict.fromkeys(rule.id for rule in decision.rules))
    return ExpectableDecision(decision.name, decision.has_criteria, names.decisions[decision.name], ids)


def check_expectation(node: Node, expectable: ExpectableDecision, names: Names) -> None:
    """Report every expectation at `node` that a decision cannot meet in any case."""
    decision = attrs.evolve(expectable, names=names)
    checks = _other_checks(decision)
    for name, child in node.entries():
        if name in decision.outputs:
            _check_output(child, name, decision)
        elif name in checks:
            checks[name](child, decision)
        else:
            _report_unknown_expectation(child, name, decision, checks)


def _other_checks(decision: ExpectableDecision) -> Mapping[str, Check]:
    """Return what else can be expected of `decision` besides its outputs, each with its check."""
    common: dict[str, Check] = {"status": _check_status, "needs": _check_needs, "fired": _check_ids}
    match decision.signature.policy.gives:
        case "items":
            return {**common, "possible": _check_ids, "certain": _check_ids, "excluded": _check_ids}
        case "limits":
            return common
        case "answer":
            criteria: dict[str, Check] = {"met": _check_ids, "unmet": _check_ids, "unknown": _check_ids}
            answers: dict[str, Check] = {**common, "possible": _check_possible, "safest": _check_safest}
            return {**answers, **(criteria if decision.has_criteria else {})}
        case gives:
            assert_never(gives)


def _report_nothing_expected(node: Node, message: str, help: str) -> None:
    node.report("expects-nothing", message, help, key=True)


def _report_unknown_expectation(
    node: Node, name: str, decision: ExpectableDecision, checks: Mapping[str, Check]
) -> None:
    if decision.names.may_lack_outputs(decision.signature):
        return
    message = f"`{name}` cannot be expected of `{decision.name}`."
    node.report("unknown-expectation", message, suggestion(name, [*decision.outputs, *checks]), key=True)


def _check_output(node: Node, name: str, decision: ExpectableDecision) -> None:
    output = decision.outputs[name]
    gives = decision.signature.policy.gives
    if gives == "limits":
        _check_limit(node)
    elif output:
        for value in _list_items(node, "values") if gives == "items" else [node]:
            constant(value, output.domain, name)


def _check_status(node: Node, decision: ExpectableDecision) -> None:
    if node.value not in _STATUSES:
        node.report(
            "unknown-expectation",
            f"No outcome has the status {message_wording.value_words(node.value)}.",
            suggestion(str(node.value), _STATUSES),
        )


def _list_items(node: Node, noun: str) -> list[Node]:
    if isinstance(node.value, list):
        return node.items()
    listed = f"[{node.value}]"
    help = (
        Help(f"Write `{listed}`.", Write(listed))
        if isinstance(node.value, str)
        else Help("Write a list in square brackets.")
    )
    node.report("wrong-type", f"A list of {noun} is needed here, not {message_wording.value_words(node.value)}.", help)
    return []


def _text_items(node: Node, noun: str) -> list[Node]:
    """Return the items of a list of names; report anything else."""
    items = _list_items(node, noun)
    for item in items:
        if not isinstance(item.value, str):
            item.report("wrong-type", f"A list of {noun} is needed here.", "Write only names.")
    return [item for item in items if isinstance(item.value, str)]


def _check_needs(node: Node, decision: ExpectableDecision) -> None:
    for item in _text_items(node, "facts"):
        if item.value not in decision.names.facts and not decision.names.may_be_in_broken_file(("facts",)):
            item.report(
                "unknown-fact",
                f"There is no fact called `{item.value}`.",
                suggestion(item.value, decision.names.facts),
                item.value,
            )


def _check_ids(node: Node, decision: ExpectableDecision) -> None:
    for item in _text_items(node, "ids"):
        if item.value not in decision.ids and not decision.names.may_be_in_broken_file(ANY_DECISION):
            item.report(
                "unknown-rule",
                f"`{decision.name}` has no rule called `{item.value}`.",
                suggestion(item.value, decision.ids),
            )


def _check_possible(node: Node, decision: ExpectableDecision) -> None:
    for item in _list_items(node, "answers"):
        _check_answer(item, decision)
        names = item.value if isinstance(item.value, dict) else decision.outputs
        missing = [name for name in decision.outputs if name not in names]
        if missing and names.keys() <= decision.outputs.keys():
            item.report(
                "missing-output",
                f"An answer needs a value for every output; {message_wording.name_list(missing)} is missing.",
                f"Add `{missing[0]}: …`.",
            )


def _check_safest(node: Node, decision: ExpectableDecision) -> None:
    _check_answer(node, decision)
    for name, child in node.entries() if isinstance(node.value, dict) else ():
        output = decision.outputs.get(name)
        if output and not output.domain.worse:
            child.report(
                "unordered-output",
                f"`{name}` does not declare which values are worse, so none of them is the safest.",
                "Declare `worse` for the output, or expect `possible` answers.",
                key=True,
            )


def _check_answer(node: Node, decision: ExpectableDecision) -> None:
    if not isinstance(node.value, dict):
        node.report(
            "wrong-type",
            f"An answer is needed here, not {message_wording.value_words(node.value)}.",
            "Name each output.",
        )
        return
    for name, child in node.entries():
        if name in decision.outputs:
            _check_output(child, name, decision)
        else:
            child.report(
                "unknown-output",
                f"`{decision.name}` has no output called `{name}`.",
                suggestion(name, decision.outputs),
                key=True,
            )


def _check_limit(node: Node) -> None:
    help = "Write, for example, `{at_most: 11, verdict: within}`."
    if not isinstance(node.value, dict):
        node.report(
            "wrong-type", f"The limits of a quantity need names, not {message_wording.value_words(node.value)}.", help
        )
        return
    if not node.value:
        _report_nothing_expected(node, "Nothing is expected of this quantity.", help)
    for part, child in node.entries():
        if part == "verdict":
            constant(child, VERDICT, part)
        elif part not in ("at_least", "at_most"):
            known = ("at_least", "at_most", "verdict")
            child.report("unknown-expectation", f"A limit has no `{part}`.", suggestion(part, known), key=True)
        elif not is_number(child.value):
            child.report(
                "wrong-type", f"A limit is a number, not {message_wording.value_words(child.value)}.", "Write a number."
            )
