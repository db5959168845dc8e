"""Where people come into a pack: the decision that comes first, and those that a person starts from."""

from __future__ import annotations

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.names import ANY_DECISION, Names


def is_decision(node: Node, names: Names, *, key: bool = False) -> bool:
    """Return whether the value at `node`, or its key, names a decision; report it if not."""
    name = str(node.path[-1]) if key else node.value
    if name in names.decisions:
        return True
    if not names.may_be_in_broken_file(ANY_DECISION):
        help = suggestion(name, names.decisions)
        node.report("unknown-decision", f"There is no decision called `{name}`.", help, name, key=key)
    return False


def first_decision(pack: Node, names: Names) -> str:
    """Return the decision that comes first; empty if there is none, or after a mistake."""
    node = pack.get("first")
    if node is None or not is_decision(node, names):
        return ""
    signature = names.decisions[node.value]
    outputs = signature.outputs.values()
    if signature.policy.gives != "answer" or not any(output is None or output.calmest for output in outputs):
        node.report(
            "no-ordered-choice",
            f"`{node.value}` has no choice with a calmest answer, so nothing says when its words have to come first.",
            "Name a decision that gives a choice with `worse: later` or `worse: earlier`.",
        )
    if "first" in names.decisions:
        node.report(
            "reserved-word",
            "In outcomes, `first` is for the words that come first, so no decision of this pack can have that name.",
            "Rename the decision that is called `first`.",
            key=True,
        )
    return str(node.value)


def starting_decisions(pack: Node, names: Names) -> dict[str, str]:
    """Return the decisions that a person starts from, in their order, each with its question in the person's words."""
    node = pack.get("starts")
    entries = node.entries() if node else ()
    return {name: entry.value for name, entry in entries if is_decision(entry, names, key=True)}
