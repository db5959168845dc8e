"""Which entries of a book use which: facts, derived facts, parameters and decisions, and who cites a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from hiprun.inference.rule_words import RuleWords
from hiprun.interfaces.book.contents import Kind, Link
from hiprun.model import Condition, Formula, Literal_, Model, Ref, formula_parameters, parameters, refs
from hiprun.model.citations import Citation, citations

_KINDS: Mapping[str, Kind] = {
    "fact": "fact",
    "parameter": "parameter",
    "derived fact": "derived",
    "constraint": "constraint",
    "decision": "decision",
    "rule": "rule",
    "fact of the diary": "fact",
    "property": "property",
    "case": "case",
}


@attrs.frozen
class Uses:
    """What one entry uses."""

    link: Link
    refs: frozenset[Ref]
    parameters: frozenset[str]


@attrs.frozen
class Index:
    """All uses and citations of a model."""

    words: RuleWords
    uses: tuple[Uses, ...]

    def users_of(self, kind: str, name: str) -> tuple[Link, ...]:
        """Return what uses a fact, derived fact, parameter or decision."""
        if kind == "parameter":
            return tuple(use.link for use in self.uses if name in use.parameters)
        if kind == "decision":
            found = (use.link for use in self.uses if any(ref.decision == name for ref in use.refs))
            return tuple(link for link in found if (link.kind, link.name) != ("decision", name))
        return tuple(use.link for use in self.uses if Ref(kind, name) in use.refs)  # type: ignore[arg-type]

    def used_by(self, kind: Kind, name: str) -> tuple[Link, ...]:
        """Return the derived facts and decisions that one entry uses."""
        found: dict[Link, None] = {}
        for use in self.uses:
            if (use.link.kind, use.link.name) == (kind, name):
                for ref in sorted(use.refs, key=str):
                    if ref.kind == "derived" and ref.name != name:
                        found[self.link("derived", ref.name)] = None
                    elif ref.kind == "output" and ref.decision != name:
                        found[self.link("decision", ref.decision)] = None
        return tuple(found)

    def link(self, kind: Kind, name: str) -> Link:
        """Return the link to an entry, with what readers call it."""
        return Link(kind, name, self._label(kind, name))

    def _label(self, kind: Kind, name: str) -> str:
        model, fill = self.words.model, self.words.texts.fill
        match kind:
            case "fact":
                return fill(model.facts[name].ask)
            case "derived":
                return self.words.derived_title(name)
            case "parameter":
                return self.words.parameter_title(name)
            case "decision":
                return self.words.decision_title(model.decisions[name])
            case "rule":
                decision, _, rule_id = name.partition(".")
                rule = next(rule for rule in model.decisions[decision].rules if rule.id == rule_id)
                title = fill(rule.title) or titled(rule_id)
                return f"{self.words.decision_title(model.decisions[decision])}: {title}"
            case _:
                return titled(name)

    def cited(self) -> Iterator[tuple[Link, Citation]]:
        """Yield everything that rests on statements or has an interpretation, with a link to it."""
        for citation in citations(self.words.model):
            name = citation.name.removeprefix("diary.") if citation.kind == "fact of the diary" else citation.name
            yield self.link(_KINDS[citation.kind], name), citation


def make_index(words: RuleWords) -> Index:
    """Return the index of a model."""
    index = Index(words, ())
    return attrs.evolve(index, uses=tuple(_uses(words.model, index)))


def _uses(model: Model, index: Index) -> Iterator[Uses]:
    for derived in model.derived.values():
        conditions = [derived.condition] if derived.condition is not None else []
        values = [derived.formula] if derived.formula is not None else []
        yield _use(index.link("derived", derived.name), derived.refs(), conditions, values)
    for decision in model.decisions.values():
        values_of = [value for rule in decision.rules for _, value in rule.then]
        values_of += [value for _, value in decision.otherwise or ()]
        link = index.link("decision", decision.name)
        yield _use(link, decision.refs(), [rule.condition for rule in decision.rules], values_of)
    for constraint in model.constraints:
        yield _use(index.link("constraint", constraint.id), refs(constraint.never), [constraint.never], [])
    for constraint in model.parameter_constraints:
        named = frozenset(ref.name for ref in refs(constraint.never))
        yield Uses(index.link("constraint", constraint.id), frozenset(), named | {*parameters(constraint.never)})
    for claim in model.properties:
        both = [claim.condition, claim.then]
        yield _use(index.link("property", claim.id), (ref for each in both for ref in refs(each)), both, [])


def _use(link: Link, used: Iterable[Ref], conditions: list[Condition], values: Iterable[Formula | Literal_]) -> Uses:
    named = {name for condition in conditions for name in parameters(condition)}
    named |= {name for value in values for name in formula_parameters(value)}
    return Uses(link, frozenset(used), frozenset(named))


def titled(name: str) -> str:
    """Return a name as readable words that begin with a capital letter.

    >>> titled("dry-soil")
    'Dry soil'
    """
    said = name.replace("_", " ").replace("-", " ")
    return f"{said[:1].upper()}{said[1:]}"
