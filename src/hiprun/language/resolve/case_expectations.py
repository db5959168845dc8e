"""What an example expects of one decision, checked against what that decision can give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import assert_never

import attrs

from hiprun.errors import did_you_mean
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import constant, is_number
from hiprun.language.resolve.names import ANY_DECISION, Names, Signature
from hiprun.model import VERDICT, Decision, Output

_STATUSES = ("decided", "undetermined", "no_match", "conflict")


@attrs.frozen
class Expected:
    """A decision that something is expected of. `ids` are those of its rules."""

    decision: Decision
    signature: Signature
    ids: Collection[str]
    names: Names

    @property
    def outputs(self) -> Mapping[str, Output | None]:
        """Its outputs, as other rules see them."""
        return self.signature.outputs


Check = Callable[[Node, Expected], None]


def expected(decision: Decision, names: Names) -> Expected:
    """Return what can be expected of `decision`."""
    ids = {rule.id: None for rule in decision.rules}
    return Expected(decision, names.decisions[decision.name], ids, names)


def check_expectation(node: Node, of: Expected) -> None:
    """Report everything at `node` that cannot be expected of a decision."""
    fitting = _fitting(of.decision)
    for what, child in node.entries():
        if what in of.outputs:
            _output(child, what, of)
        elif what in fitting:
            fitting[what](child, of)
        else:
            _refuse(child, what, of, fitting)


def _fitting(decision: Decision) -> Mapping[str, Check]:
    """Return what may be expected of `decision` besides its outputs, each with its check."""
    common: dict[str, Check] = {"status": _status, "needs": _needs, "fired": _ids}
    match HIT_POLICIES[decision.hit].gives:
        case "items":
            return {**common, "possible": _ids, "certain": _ids, "excluded": _ids}
        case "limits":
            return common
        case "answer":
            criteria: dict[str, Check] = {"met": _ids, "unmet": _ids, "unknown": _ids}
            answers: dict[str, Check] = {**common, "possible": _possible, "safest": _safest}
            return {**answers, **(criteria if decision.has_criteria else {})}
        case gives:
            assert_never(gives)


def _nothing(node: Node, message: str, help: str) -> None:
    node.report("expects-nothing", message, help, key=True)


def _refuse(node: Node, what: str, of: Expected, fitting: Mapping[str, Check]) -> None:
    if of.names.may_lack(of.signature):
        return
    message = f"`{what}` cannot be expected of `{of.decision.name}`."
    node.report("unknown-expectation", message, did_you_mean(what, [*of.outputs, *fitting]), key=True)


def _output(node: Node, what: str, of: Expected) -> None:
    output = of.outputs[what]
    gives = HIT_POLICIES[of.decision.hit].gives
    if gives == "limits":
        _limit(node)
    elif output:
        for value in _listed(node, "values") if gives == "items" else [node]:
            constant(value, output.domain, what)


def _status(node: Node, of: Expected) -> None:
    if node.value not in _STATUSES:
        node.report(
            "unknown-expectation",
            f"No outcome has the status {message_wording.value(node.value)}.",
            did_you_mean(str(node.value), _STATUSES),
        )


def _listed(node: Node, of: str) -> list[Node]:
    if isinstance(node.value, list):
        return node.items()
    help = f"Write `[{node.value}]`." if isinstance(node.value, str) else "Write a list in square brackets."
    node.report("wrong-type", f"A list of {of} is needed here, not {message_wording.value(node.value)}.", help)
    return []


def _texts(node: Node, of: str) -> list[Node]:
    """Return the items of a list of names; anything else is reported."""
    items = _listed(node, of)
    for item in items:
        if not isinstance(item.value, str):
            item.report("wrong-type", f"A list of {of} is needed here.", "Write names only.")
    return [item for item in items if isinstance(item.value, str)]


def _needs(node: Node, of: Expected) -> None:
    for item in _texts(node, "facts"):
        if item.value not in of.names.facts and not of.names.may_stand_elsewhere(("facts",)):
            item.report(
                "unknown-fact",
                f"There is no fact called `{item.value}`.",
                did_you_mean(item.value, of.names.facts),
                item.value,
            )


def _ids(node: Node, of: Expected) -> None:
    for item in _texts(node, "ids"):
        if item.value not in of.ids and not of.names.may_stand_elsewhere(ANY_DECISION):
            item.report(
                "unknown-rule",
                f"`{of.decision.name}` has no rule called `{item.value}`.",
                did_you_mean(item.value, of.ids),
            )


def _possible(node: Node, of: Expected) -> None:
    for item in _listed(node, "answers"):
        _answer(item, of)
        given = item.value if isinstance(item.value, dict) else of.outputs
        missing = [name for name in of.outputs if name not in given]
        if missing and given.keys() <= of.outputs.keys():
            item.report(
                "missing-output",
                f"An answer has every output; {message_wording.listed(missing)} is missing.",
                f"Add `{missing[0]}: …`.",
            )


def _safest(node: Node, of: Expected) -> None:
    _answer(node, of)
    for name, child in node.entries() if isinstance(node.value, dict) else ():
        output = of.outputs.get(name)
        if output and not output.domain.worse:
            child.report(
                "unordered-output",
                f"Nothing says which value of `{name}` is worse, so none is the safest.",
                "Declare `worse` at the output, or expect `possible` answers.",
                key=True,
            )


def _answer(node: Node, of: Expected) -> None:
    if not isinstance(node.value, dict):
        node.report(
            "wrong-type", f"An answer is needed here, not {message_wording.value(node.value)}.", "Name each output."
        )
        return
    for name, child in node.entries():
        if name in of.outputs:
            _output(child, name, of)
        else:
            child.report(
                "unknown-output",
                f"`{of.decision.name}` has no output called `{name}`.",
                did_you_mean(name, of.outputs),
                key=True,
            )


def _limit(node: Node) -> None:
    help = "Write for instance `{at_most: 11, verdict: within}`."
    if not isinstance(node.value, dict):
        node.report("wrong-type", f"The limits of a quantity are named, not {message_wording.value(node.value)}.", help)
        return
    if not node.value:
        _nothing(node, "Nothing is expected of this quantity.", help)
    for part, child in node.entries():
        if part == "verdict":
            constant(child, VERDICT, part)
        elif part not in ("at_least", "at_most"):
            known = ("at_least", "at_most", "verdict")
            child.report("unknown-expectation", f"A limit has no `{part}`.", did_you_mean(part, known), key=True)
        elif not is_number(child.value):
            child.report(
                "wrong-type", f"A limit is a number, not {message_wording.value(child.value)}.", "Write a number."
            )
