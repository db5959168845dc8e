"""Citations of statements: every cited statement exists, and every statement is cited."""

from __future__ import annotations

from collections.abc import Mapping

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Findings, Node
from hiprun.language.resolve.names import Names
from hiprun.model import Statement


def sources(node: Node, names: Names, *, counts_as_cited: bool = True) -> tuple[str, ...]:
    """Return the statements that `node`, a mapping, cites under `source`.

    With `counts_as_cited`, they need no other citation.
    """
    source = node.get("source")
    return _cited_statements(source, names, counts_as_cited=counts_as_cited) if source else ()


def _cited_statements(source: Node, names: Names, *, counts_as_cited: bool) -> tuple[str, ...]:
    is_list = isinstance(source.value, list)
    items = source.items() if is_list else [source]
    for item in items:
        if not isinstance(item.value, str):
            item.report("wrong-type", "`source` is the id of a statement, or a list of them.", "Write its id.")
        elif names.statements is not None and item.value in names.statements:
            if counts_as_cited:
                source.findings.cited.add(item.value)
        elif not names.may_be_in_broken_file(("guidance",)):
            _report_unknown_statement(item, names)
    return tuple(item.value for item in items)


def _report_unknown_statement(item: Node, names: Names) -> None:
    if names.statements is None:
        item.report(
            "unknown-statement",
            f"`{item.value}` is cited, but the pack has no statements.",
            "Add a file that begins with `guidance:` and lists them under `statements`.",
            item.value,
        )
    else:
        item.report(
            "unknown-statement",
            f"There is no statement called `{item.value}`.",
            suggestion(item.value, names.statements),
            item.value,
        )


def required_sources(
    node: Node, source: Node | None, names: Names, inherited: tuple[str, ...], subject: str
) -> tuple[str, ...]:
    """Return the statements that a rule cites or inherits; if the pack has statements, report a rule without any."""
    statements = _cited_statements(source, names, counts_as_cited=True) if source else inherited
    if names.statements is not None and not statements:
        node.report(
            "cites-nothing",
            f"{subject} does not say which statement of the guidance it is based on.",
            "Add `source:` with the id of a statement.",
        )
    return statements


def check_all_cited(statements: Mapping[str, Statement], nodes: Mapping[str, Node], findings: Findings) -> None:
    """Report every statement that no rule cites, unless a citation of an unknown statement may be meant for it."""
    if any(problem.code == "unknown-statement" for problem in findings.problems):
        return
    for id in statements:
        if id not in findings.cited:
            nodes[id].report(
                "never-cited",
                f"No rule cites the statement `{id}`.",
                f"Add `source: {id}` to the rule that is based on it, write such a rule, or delete the statement.",
                key=True,
            )
