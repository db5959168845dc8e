"""*Read*: the pack as people read it, with a way to change each thing beside it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench.context import Context
from hiprun.model import Decision, Rule
from hiprun.model.amounts import amount_text
from hiprun.model.value_conversion import public
from hiprun.pack import Pack


@attrs.frozen
class RuleView:
    """A rule, as it is shown: what it gives, in words, each time with the name of the output."""

    rule: Rule
    gives: Sequence[tuple[str, str]]


@attrs.frozen
class DecisionView:
    """A decision with its rules."""

    decision: Decision
    rules: Sequence[RuleView]


def read_page(context: Context, request: PageRequest) -> PageReply:
    """Show everything that the pack says."""
    pack = context.pack
    if pack is None:
        return context.refused(context.state.current.problems, "read")
    return context.page("read.html", "read", decisions=[_decision(pack, name) for name in pack.decisions])


def _decision(pack: Pack, name: str) -> DecisionView:
    decision = pack.decisions[name]
    return DecisionView(decision, [RuleView(rule, _gives(decision, rule)) for rule in decision.rules])


def _gives(decision: Decision, rule: Rule) -> list[tuple[str, str]]:
    outputs = {output.name: output for output in decision.outputs}
    found = []
    for name, value in rule.then:
        if name not in outputs:
            continue
        domain = outputs[name].domain
        if isinstance(value, str):
            words = domain.choices.get(value) or value
        elif isinstance(value, bool | int | frozenset):
            words = amount_text(public(domain, value), domain) if domain.type != "boolean" else str(value).lower()
        else:
            words = "worked out"
        found.append((outputs[name].title or name.replace("_", " "), words))
    return found
