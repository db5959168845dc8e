"""Every name a pack declares, and the way from a name in a rule to what it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from hiprun.build.node import Node
from hiprun.build.wording import listed
from hiprun.errors import did_you_mean, nearest
from hiprun.model import Domain, Output, Parameter, Ref
from hiprun.source import Place

RESERVED = frozenset({"all", "any", "not", "count", "no_match", "conflict"})
RESERVED_OUTPUTS = frozenset(
    {"status", "possible", "safest", "needs", "fired", "certain", "excluded", "met", "unmet", "unknown"}
)
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
DECISION_KINDS = frozenset({"decision", "criteria", "limits"})

Say = Callable[[str, str, str], None]
"""Takes code, message and help of a mistake found in a name."""


@attrs.frozen
class Signature:
    """What the rest of a pack can know of a decision: its outputs, as conditions see them (None: declared wrongly)."""

    hit: str
    outputs: Mapping[str, Output | None]


@attrs.frozen
class Names:
    """Everything a pack declares. A name that leads to None is declared, but wrongly; to say more would be noise.

    `statements` is None where the pack has no guidance. `broken` names the kinds of files that could not be read.
    """

    facts: Mapping[str, Domain | None] = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter | None] = attrs.field(factory=dict)
    derived: Mapping[str, Domain | None] = attrs.field(factory=dict)
    decisions: Mapping[str, Signature] = attrs.field(factory=dict)
    statements: frozenset[str] | None = None
    broken: frozenset[str] = frozenset()

    def may_stand_elsewhere(self, kinds: Iterable[str]) -> bool:
        """Whether a name may be declared in a file that could not be read."""
        return bool(self.broken & {"?", *kinds})

    def references(self) -> Iterator[str]:
        """Yield every name that conditions can ask about."""
        yield from self.facts
        yield from self.derived
        for decision, signature in self.decisions.items():
            if signature.hit != "collect":
                yield from (f"{decision}.{output}" for output in signature.outputs)


def find(name: str, names: Names, say: Say) -> tuple[Ref, Domain] | None:
    """Return what `name` refers to and the values it can have; None after a mistake."""
    if "." in name:
        return _find_output(name, names, say)
    if name in names.facts:
        return _known(Ref("fact", name), names.facts[name])
    if name in names.derived:
        return _known(Ref("derived", name), names.derived[name])
    if name in names.parameters:
        say(
            "not-a-fact",
            f"`{name}` is a parameter; it is the same for every patient.",
            "Ask about a fact, and compare it with the parameter.",
        )
    elif name in names.decisions:
        outputs = names.decisions[name].outputs
        say(
            "not-a-fact",
            f"`{name}` is a decision, not a fact.",
            f"Name one of its outputs: {listed(f'{name}.{output}' for output in outputs)}.",
        )
    elif not names.may_stand_elsewhere(("facts", "derived")):
        say("unknown-name", f"Nothing is called `{name}`.", _suggest(name, names))
    return None


def _known(ref: Ref, domain: Domain | None) -> tuple[Ref, Domain] | None:
    return None if domain is None else (ref, domain)


def _suggest(name: str, names: Names) -> str:
    # An output named alone is the likeliest slip of all.
    outputs = [reference for reference in names.references() if reference.endswith(f".{name}")]
    return f"Did you mean `{outputs[0]}`?" if outputs else did_you_mean(name, names.references())


def _find_output(name: str, names: Names, say: Say) -> tuple[Ref, Domain] | None:
    decision, _, output = name.partition(".")
    signature = names.decisions.get(decision)
    if signature is None:
        if not names.may_stand_elsewhere(DECISION_KINDS):
            guess = nearest(name, names.references())
            help = f"Did you mean `{guess}`?" if guess else did_you_mean(decision, names.decisions)
            say("unknown-decision", f"There is no decision called `{decision}`.", help)
        return None
    if signature.hit == "collect":
        say(
            "collect-in-condition",
            f"`{decision}` collects any number of items, so `{output}` has no single value to ask about.",
            "Ask about the facts behind it, or put the condition both share into a derived fact.",
        )
        return None
    if output not in signature.outputs:
        say(
            "unknown-output",
            f"The decision `{decision}` has no output called `{output}`.",
            did_you_mean(output, signature.outputs),
        )
        return None
    declared = signature.outputs[output]
    return _known(Ref("output", output, decision), declared.domain if declared else None)


@attrs.frozen
class Register:
    """Names given so far, each with what it was given to and where; a second use of a name is a mistake."""

    taken: dict[str, tuple[str, Place]] = attrs.field(factory=dict)
    code: str = "name-clash"

    def claim(self, node: Node, name: str, what: str, *, key: bool) -> bool:
        """Note `name` as given, at the key or the value of `node`; False when it was taken already."""
        if name in self.taken:
            earlier, place = self.taken[name]
            where = (
                f"line {place.line}" if place.file == node.document.source.file else f"{place.file}, line {place.line}"
            )
            node.report(
                self.code,
                f"The name `{name}` is already taken by {earlier} ({where}).",
                "Give one of the two another name, or delete it if they are the same.",
                key=key,
            )
            return False
        self.taken[name] = (what, node.key_place if key else node.place)
        return True


def check_name(node: Node, name: str, *, key: bool, also: frozenset[str] = frozenset()) -> None:
    """Report a name that is malformed or has a meaning of its own."""
    if not NAME.match(name):
        suggestion = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        node.report(
            "bad-name",
            f"`{name}` cannot be a name.",
            "Names are made of lower-case letters, digits and `_`, and begin with a letter"
            + (f": write `{suggestion}`." if NAME.match(suggestion) else "."),
            key=key,
        )
    elif name in RESERVED | also:
        node.report(
            "reserved-word",
            f"The word `{name}` has a meaning of its own in rule files and cannot be a name.",
            f"Choose another name, for instance `{name}_value`.",
            key=key,
        )


def check_id(node: Node, identifier: str) -> None:
    """Report an id that is malformed."""
    if not ID.match(identifier):
        suggestion = re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")
        node.report(
            "bad-name",
            f"`{identifier}` cannot be an id.",
            "Ids are made of lower-case letters and digits, joined by `-`"
            + (f": write `{suggestion}`." if suggestion else "."),
        )
