"""The names that a pack declares, and the resolution of names in rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import attrs

from hiprun.errors import nearest, suggestion
from hiprun.inference.hit_policies import HitPolicy
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.message_wording import name_list
from hiprun.language.syntax import infix_hints
from hiprun.model import Domain, Output, Parameter, Ref
from hiprun.model.corrections import AnyHelp, Delete, Help, Wrap, Write, write_one
from hiprun.model.places import Place

RESERVED = frozenset({"all", "any", "not", "count", "no_match", "conflict"})
RESERVED_OUTPUTS = frozenset(
    {"status", "possible", "safest", "needs", "fired", "certain", "excluded", "met", "unmet", "unknown"}
)
ANY_DECISION = ("any decision",)
"""Among kinds of files that could not be read, this says that one of them may declare any decision."""

ReportName = Callable[[str, str, AnyHelp, str], None]
"""Called with the code, message and help of a mistake in a name, and the name."""


@attrs.frozen
class Signature:
    """What other rules know about a decision: its policy, and its outputs as conditions see them (None: invalid)."""

    policy: HitPolicy
    outputs: Mapping[str, Output | None]


@attrs.frozen
class Names:
    """Everything that a pack declares. None marks a name whose declaration has a mistake, which is reported there.

    `statements` is None if the pack has no guidance. `broken` names the kinds of files that could not be read;
    `ANY_DECISION` among them means that they may declare decisions.
    """

    facts: Mapping[str, Domain | None] = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter | None] = attrs.field(factory=dict)
    derived: Mapping[str, Domain | None] = attrs.field(factory=dict)
    decisions: Mapping[str, Signature] = attrs.field(factory=dict)
    statements: Collection[str] | None = None
    broken: Collection[str] = frozenset()

    def may_be_in_broken_file(self, kinds: Iterable[str]) -> bool:
        """Whether a name may be declared in a file that could not be read."""
        return any(kind in self.broken for kind in ("?", *kinds))

    def may_lack_outputs(self, signature: Signature) -> bool:
        """Whether a decision may have outputs that could not be read: limits have one for each quantity."""
        return signature.policy.gives == "limits" and self.may_be_in_broken_file(("limits",))

    def references(self) -> Iterator[str]:
        """Yield every name that conditions can test."""
        yield from self.facts
        yield from self.derived
        yield from (f"{decision}.{output}" for decision, output, _ in self._outputs())

    def has_reference(self, name: str) -> bool:
        """Whether conditions can test `name`."""
        decision, _, output = name.partition(".")
        signature = self.decisions.get(decision) if output else None
        if signature is None:
            return name in self.facts or name in self.derived
        return signature.policy.gives != "items" and output in signature.outputs

    def numbers(self) -> Iterator[str]:
        """Yield every name of a number that depends on the patient."""
        for declared in (self.facts, self.derived):
            yield from (name for name, domain in declared.items() if domain and domain.is_numeric)
        for decision, name, output in self._outputs():
            if output and output.domain.is_numeric:
                yield f"{decision}.{name}"

    def _outputs(self) -> Iterator[tuple[str, str, Output | None]]:
        for decision, signature in self.decisions.items():
            if signature.policy.gives != "items":
                yield from ((decision, name, output) for name, output in signature.outputs.items())


def resolve_name(name: str, names: Names, report: ReportName) -> tuple[Ref, Domain] | None:
    """Return what `name` refers to, with its domain; None after a mistake."""
    if "." in name:
        return _resolve_output(name, names, report)
    if name in names.facts:
        return _with_domain(Ref("fact", name), names.facts[name])
    if name in names.derived:
        return _with_domain(Ref("derived", name), names.derived[name])
    if name in names.parameters:
        report(
            "not-a-fact",
            f"`{name}` is a parameter; it is the same for every patient.",
            "Ask about a fact, and compare it with the parameter.",
            name,
        )
    elif name in names.decisions:
        outputs = [f"{name}.{output}" for output in names.decisions[name].outputs]
        report(
            "not-a-fact",
            f"`{name}` is a decision, not a fact.",
            Help(f"Name one of its outputs: {name_list(outputs)}.", *write_one(outputs)),
            name,
        )
    elif not names.may_be_in_broken_file(("facts", "derived")):
        report("unknown-name", f"There is nothing called `{name}`.", _suggest(name, names), name)
    return None


def _with_domain(ref: Ref, domain: Domain | None) -> tuple[Ref, Domain] | None:
    return None if domain is None else (ref, domain)


def _suggest(name: str, names: Names) -> Help:
    if name.lower() in infix_hints.GROUP_FOR:
        return infix_hints.group_help(name)
    # The most likely mistake is to name an output without its decision.
    outputs = [reference for reference in names.references() if reference.endswith(f".{name}")]
    return suggestion(outputs[0], outputs) if outputs else suggestion(name, names.references())


def _resolve_output(name: str, names: Names, report: ReportName) -> tuple[Ref, Domain] | None:
    decision, _, output = name.partition(".")
    signature = names.decisions.get(decision)
    if signature is None:
        if not names.may_be_in_broken_file(ANY_DECISION):
            guess = nearest(name, names.references())
            help = suggestion(guess, [guess]) if guess else suggestion(decision, names.decisions, after=f".{output}")
            report("unknown-decision", f"There is no decision called `{decision}`.", help, decision)
        return None
    if signature.policy.gives == "items":
        report(
            "collect-in-condition",
            f"`{decision}` collects any number of items, so `{output}` has no single value to ask about.",
            "Ask about the facts behind it, or put the condition both share into a derived fact.",
            name,
        )
        return None
    if output not in signature.outputs:
        if not names.may_lack_outputs(signature):
            report(
                "unknown-output",
                f"The decision `{decision}` has no output called `{output}`.",
                suggestion(output, signature.outputs, before=f"{decision}."),
                name,
            )
        return None
    declared = signature.outputs[output]
    return _with_domain(Ref("output", output, decision), declared.domain if declared else None)


@attrs.frozen
class NameRegister:
    """The names or ids in use, each with its owner and place; using one twice is a mistake."""

    claimed: dict[str, tuple[str, Place]] = attrs.field(factory=dict)

    def claim(self, node: Node, name: str, owner: str) -> bool:
        """Register `name` for `node`, whose key it is; False, after a report, if it is already taken."""
        return self._claim(node, name, owner, "name", key=True)

    def claim_id(self, node: Node, owner: str, noun: str = "id") -> bool:
        """Register the id or name at `node`; False, after a report, if it is already taken."""
        return self._claim(node, node.value, owner, noun, key=False)

    def _claim(self, node: Node, name: str, owner: str, noun: str, *, key: bool) -> bool:
        if name in self.claimed:
            earlier, place = self.claimed[name]
            location = (
                f"line {place.line}" if place.file == node.document.source.file else f"{place.file}, line {place.line}"
            )
            node.report(
                f"duplicate-{noun}",
                f"The {noun} `{name}` is already taken by {earlier} ({location}).",
                _another(name, noun),
                key=key,
            )
            return False
        self.claimed[name] = (owner, node.key_place if key else node.place)
        return True


def _another(name: str, noun: str) -> Help:
    words = f"Give one of the two another {noun}, or delete it if they are the same."
    if noun == "id":
        return Help(words, Wrap(after="-2"), Delete("owner"))
    return Help(words, Delete())


def check_not_reserved(node: Node, name: str, *, key: bool, more_reserved: frozenset[str] = frozenset()) -> None:
    """Report a name that is a reserved word."""
    if name in RESERVED | more_reserved:
        node.report(
            "reserved-word",
            f"The word `{name}` has a meaning of its own in rule files and cannot be a name.",
            Help(f"Choose another name, for example `{name}_value`.", Write(f"{name}_value")),
            key=key,
        )
