"""The trace between statements and rules: what is cited exists, and everything is cited."""

from __future__ import annotations

from collections.abc import Mapping

from hiprun.build.names import Names
from hiprun.build.node import Findings, Node
from hiprun.errors import did_you_mean
from hiprun.model import Statement


def sources(node: Node, names: Names, *, cites: bool = True) -> tuple[str, ...]:
    """Return the statements that `node`, a mapping, cites under `source`. With `cites` that counts as carrying them."""
    source = node.get("source")
    return cited(source, names, cites=cites) if source else ()


def cited(source: Node, names: Names, *, cites: bool = True) -> tuple[str, ...]:
    """Return the statements cited at `source`: an id or a list of them."""
    for item in source.items() if isinstance(source.value, list) else [source]:
        if names.statements is not None and item.value in names.statements:
            if cites:
                source.findings.cited.add(item.value)
        elif not names.may_stand_elsewhere(("guidance",)):
            _unknown(item, names)
    return tuple(source.value) if isinstance(source.value, list) else (source.value,)


def _unknown(item: Node, names: Names) -> None:
    if names.statements is None:
        item.report(
            "unknown-statement",
            f"`{item.value}` is cited, but the pack has no statements.",
            "Add a file that begins with `guidance:` and lists them under `statements`.",
        )
    else:
        item.report(
            "unknown-statement",
            f"No statement is called `{item.value}`.",
            did_you_mean(item.value, names.statements),
        )


def carried(node: Node, names: Names, inherited: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return the statements that a rule, or else its decision, cites; in a pack that has statements it must."""
    found = sources(node, names) or inherited
    if names.statements is not None and not found:
        node.report(
            "cites-nothing",
            f"{what} does not say which statement of the guidance it carries.",
            "Add `source:` with the id of a statement.",
        )
    return found


def check_all_cited(statements: Mapping[str, Statement], nodes: Mapping[str, Node], findings: Findings) -> None:
    """Report every statement that no rule carries."""
    for id in statements:
        if id not in findings.cited:
            nodes[id].report(
                "never-cited",
                f"No rule carries the statement `{id}`.",
                f"Add `source: {id}` to the rule that carries it, write that rule, or delete the statement.",
                key=True,
            )
