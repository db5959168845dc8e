"""Groups of choices: names that stand for several choices at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import check_distinct
from hiprun.language.resolve.message_wording import name_list
from hiprun.language.resolve.names import NameRegister, check_not_reserved
from hiprun.model import Domain

Groups = Mapping[str, tuple[str, ...]]


def groups(nodes: Sequence[Node]) -> Groups:
    """Return the groups that the files at `nodes` declare."""
    register = NameRegister()
    declared: dict[str, tuple[str, ...]] = {}
    for file in nodes:
        for name, node in file["groups"].entries():
            check_not_reserved(node, name, key=True)
            check_distinct(node)
            if register.claim(node, name, "another group"):
                declared[name] = tuple(dict.fromkeys(node.value))
    return declared


def check_groups(nodes: Sequence[Node], domains: Iterable[Domain], *, complete: bool) -> None:
    """Report groups that are called like a choice, or whose choices nothing has; not where `complete` is False."""
    choices = dict.fromkeys(choice for domain in domains for choice in domain.choices)
    for file in nodes if complete else ():
        for name, node in file["groups"].entries():
            if name in choices:
                node.report(
                    "duplicate-name",
                    f"`{name}` is a choice, so it cannot also be a group.",
                    "Give the group another name.",
                    key=True,
                )
            for item in node.items():
                if item.value not in choices:
                    item.report(
                        "not-a-choice",
                        f"No fact and no output has a choice called `{item.value}`.",
                        suggestion(item.value, choices),
                    )


def is_group(node: Node, domain: Domain) -> bool:
    """Whether the value at `node` is the name of a group, where a choice of `domain` may be."""
    return isinstance(node.value, str) and node.value in node.groups and node.value not in domain.choices


def members(node: Node, domain: Domain, name: str) -> tuple[str, ...] | None:
    """Return the choices of the group at `node`; None, after a report, if `name` does not have them all."""
    chosen = node.groups[node.value]
    missing = [choice for choice in chosen if choice not in domain.choices]
    if not missing:
        return chosen
    node.report(
        "not-a-choice",
        f"`{node.value}` is a group with choices that `{name}` does not have: {name_list(missing)}.",
        "Name the choices themselves, or declare another group.",
    )
    return None
