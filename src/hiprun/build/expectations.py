"""What an example expects of one decision, checked against what that decision can give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hiprun.build import wording
from hiprun.build.constants import constant, is_number
from hiprun.build.names import Names
from hiprun.build.node import Node
from hiprun.errors import did_you_mean
from hiprun.model import Decision

STATUSES = ("decided", "undetermined", "no_match", "conflict")
VERDICTS = ("below", "within", "above")

Check = Callable[[Node, Decision, Names], None]


def expectation(node: Node, decision: Decision, names: Names) -> None:
    """Report everything at `node` that cannot be expected of `decision`."""
    fitting = _fitting(decision)
    outputs = {} if decision.hit == "collect" else {output.name: output for output in decision.outputs}
    if not node.value:
        node.report(
            "expects-nothing", f"Nothing is expected of `{decision.name}`.", "Name an output and its value.", key=True
        )
    for what, child in node.entries():
        if what in outputs and decision.kind == "limits":
            _limit(child)
        elif what in outputs:
            constant(child, outputs[what].domain, what)
        elif what in fitting:
            fitting[what](child, decision, names)
        else:
            _refuse(child, what, decision, [*outputs, *fitting])


def _fitting(decision: Decision) -> Mapping[str, Check]:
    """Return what may be expected of `decision` besides its outputs, each with its check."""
    common: dict[str, Check] = {"status": _status, "needs": _needs, "fired": _some_ids}
    if decision.hit == "collect":
        return {**common, "possible": _ids, "certain": _some_ids, "excluded": _some_ids}
    if decision.kind == "limits":
        return common
    answers: dict[str, Check] = {**common, "possible": _possible, "safest": _safest}
    if decision.kind == "criteria":
        answers |= {"met": _ids, "unmet": _ids, "unknown": _ids}
    return answers


def _refuse(node: Node, what: str, decision: Decision, fitting: list[str]) -> None:
    if decision.hit == "collect" and what in {output.name for output in decision.outputs}:
        message = f"`{decision.name}` collects any number of items, so `{what}` has no single value."
        help = "Expect ids of items: `certain: […]`, `excluded: […]` or `possible: […]`."
    else:
        message = f"`{what}` cannot be expected of `{decision.name}`."
        help = did_you_mean(what, fitting)
    node.report("unknown-expectation", message, help, key=True)


def _status(node: Node, decision: Decision, names: Names) -> None:
    if node.value not in STATUSES:
        node.report(
            "unknown-expectation",
            f"No outcome has the status {wording.value(node.value)}.",
            did_you_mean(str(node.value), STATUSES),
        )


def _listed(node: Node, of: str) -> list[Node]:
    if isinstance(node.value, list):
        return node.items()
    node.report(
        "wrong-type",
        f"A list of {of} is needed here.",
        f"Write `[{node.value}]`." if isinstance(node.value, str) else "",
    )
    return []


def _needs(node: Node, decision: Decision, names: Names) -> None:
    for item in _listed(node, "facts"):
        if item.value not in names.facts and not names.may_stand_elsewhere(("facts",)):
            item.report(
                "unknown-fact",
                f"There is no fact called {wording.value(item.value)}.",
                did_you_mean(str(item.value), names.facts),
            )


def _ids(node: Node, decision: Decision, names: Names) -> None:
    known = [rule.id for rule in decision.rules]
    for item in _listed(node, "ids"):
        if item.value not in known:
            item.report(
                "unknown-rule",
                f"`{decision.name}` has no rule called {wording.value(item.value)}.",
                did_you_mean(str(item.value), known),
            )


def _some_ids(node: Node, decision: Decision, names: Names) -> None:
    _ids(node, decision, names)
    if node.value == []:
        node.report(
            "expects-nothing",
            "An empty list expects nothing here, as there may be others.",
            "Name at least one id.",
            key=True,
        )


def _possible(node: Node, decision: Decision, names: Names) -> None:
    for item in _listed(node, "answers"):
        _answer(item, decision, ordered=False)


def _safest(node: Node, decision: Decision, names: Names) -> None:
    _answer(node, decision, ordered=True)


def _answer(node: Node, decision: Decision, *, ordered: bool) -> None:
    if not isinstance(node.value, dict):
        node.report(
            "wrong-type", f"An answer is needed here, not {wording.value(node.value)}.", "Write `{output: value}`."
        )
        return
    outputs = {output.name: output for output in decision.outputs}
    for name, child in node.entries():
        if name not in outputs:
            child.report(
                "unknown-output",
                f"`{decision.name}` has no output called `{name}`.",
                did_you_mean(name, outputs),
                key=True,
            )
        elif ordered and not outputs[name].domain.worse:
            child.report(
                "unordered-output",
                f"Nothing says which value of `{name}` is worse, so none is the safest.",
                "Declare `worse` at the output, or expect `possible` answers.",
                key=True,
            )
        else:
            constant(child, outputs[name].domain, name)
    missing = [] if ordered else [name for name in outputs if name not in node.value]
    if missing:
        node.report(
            "missing-output",
            f"An answer has every output; {wording.listed(missing)} is missing.",
            f"Add `{missing[0]}: …`.",
        )


def _limit(node: Node) -> None:
    if not isinstance(node.value, dict) or not node.value:
        node.report(
            "wrong-type",
            "The limits of a quantity are expected by name.",
            "Write for instance `{at_most: 11, verdict: within}`.",
        )
        return
    for part, child in node.entries():
        if part == "verdict":
            if child.value not in VERDICTS:
                child.report(
                    "not-a-choice",
                    f"{wording.value(child.value)} is no verdict.",
                    did_you_mean(str(child.value), VERDICTS),
                )
        elif part not in ("at_least", "at_most"):
            child.report(
                "unknown-expectation",
                f"A limit has no `{part}`.",
                did_you_mean(part, ("at_least", "at_most", "verdict")),
                key=True,
            )
        elif not is_number(child.value):
            child.report("wrong-type", f"A limit is a number, not {wording.value(child.value)}.", "Write a number.")
