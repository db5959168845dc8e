"""Files of properties → properties of the model."""

from __future__ import annotations

from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.names import Names
from hiprun.model import ALWAYS, Property


def properties(node: Node, names: Names) -> list[Property]:
    """Return the properties in a document."""
    return [_property(item, names) for item in node["always"].items()]


def _property(node: Node, names: Names) -> Property:
    if_ = node.get("if")
    return Property(
        node.text("id"),
        condition(node["then"], names),
        condition(if_, names) if if_ else ALWAYS,
        node.text("title"),
        node.text("because"),
        sources(node, names, counts_as_cited=False),
        node.text("interpretation"),
        place=node.place,
    )
