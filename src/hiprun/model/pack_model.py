"""The model of a whole pack, and the references that can be followed through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from hiprun.model.decisions import Decision
from hiprun.model.declarations import Constraint, Derived, Fact, Parameter, Statement
from hiprun.model.diary import Diary
from hiprun.model.digest_marks import LATER, NO_RESULT
from hiprun.model.expressions import Condition, Ref
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject

if TYPE_CHECKING:  # a program that decides needs none of these
    from hiprun.model.cases import Example
    from hiprun.model.properties import Property
    from hiprun.model.record_sources import Record
    from hiprun.model.stages import Stages
    from hiprun.model.units import UnitDefinition


@attrs.frozen
class Translation(ValueObject):
    """A text in another language, empty while there is none, and the text that it translates."""

    original: str
    text: str
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Model(ValueObject):
    """A whole pack. Mappings keep the order of entries as written, file by file in the order of their names.

    A decision comes after those it uses, and a derived fact after those it follows from. `first` names the decision
    whose words come before all others, `starts` those that a person starts from, in their order, with the question
    of each in the person's words. `record` says where facts are found in a patient's record. `text_language` is the
    language of the texts, such as `de`; `translations` has texts in others, by language and path. `untranslated` is
    the model in the language in which it was written, if this one is in another.
    """

    name: str
    version: str
    title: str
    notice: str = ""
    facts: Mapping[str, Fact] = attrs.field(factory=dict, hash=False)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict, hash=False)
    derived: Mapping[str, Derived] = attrs.field(factory=dict, hash=False)
    constraints: tuple[Constraint, ...] = ()
    decisions: Mapping[str, Decision] = attrs.field(factory=dict, hash=False)
    properties: tuple[Property, ...] = attrs.field(default=(), metadata={NO_RESULT: True})
    statements: Mapping[str, Statement] = attrs.field(factory=dict, hash=False)
    examples: tuple[Example, ...] = attrs.field(default=(), metadata={NO_RESULT: True})
    patients: Mapping[str, Mapping[str, object]] = attrs.field(factory=dict, hash=False, metadata={NO_RESULT: True})
    diary: Diary | None = None
    stages: Mapping[str, Stages] = attrs.field(factory=dict, hash=False)
    parameter_constraints: tuple[Constraint, ...] = ()
    language: int = attrs.field(default=1, metadata={LATER: True})
    groups: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, hash=False, metadata={NO_RESULT: True})
    units: Mapping[str, UnitDefinition] = attrs.field(factory=dict, hash=False, metadata={LATER: True})
    first: str = attrs.field(default="", metadata={LATER: True})
    starts: Mapping[str, str] = attrs.field(factory=dict, hash=False, metadata={LATER: True})
    record: Record | None = attrs.field(default=None, metadata={NO_RESULT: True})
    text_language: str = attrs.field(default="en", metadata={NO_RESULT: True})
    translations: Mapping[str, Mapping[str, Translation]] = attrs.field(
        factory=dict, hash=False, repr=False, metadata={NO_RESULT: True}
    )
    untranslated: Model | None = attrs.field(default=None, hash=False, repr=False, metadata={NO_RESULT: True})

    def __repr__(self) -> str:
        return f"<Model {self.name} {self.version}: {len(self.facts)} facts, {len(self.decisions)} decisions>"

    @property
    def offered(self) -> tuple[str, ...]:
        """The decisions to offer: first those that a person starts from; none that only serves other decisions."""
        names = (name for name, decision in self.decisions.items() if decision.audience != "internal")
        return tuple(dict.fromkeys((*self.starts, *names)))

    @property
    def offered_to_person(self) -> tuple[str, ...]:
        """The decisions to offer to the person: those whose answers are not for professionals."""
        return tuple(name for name in self.offered if self.decisions[name].audience != "professional")

    @property
    def as_written(self) -> Model:
        """The same model, with its settings, in the language in which it was written."""
        if self.untranslated is None:
            return self
        values = {name: parameter.value for name, parameter in self.parameters.items()}
        parameters = {
            name: attrs.evolve(parameter, value=values[name])
            for name, parameter in self.untranslated.parameters.items()
        }
        return attrs.evolve(self.untranslated, parameters=parameters)

    def conditions(self) -> Iterator[Condition]:
        """Yield the condition of every derived fact, constraint, rule and property."""
        for derived in self.derived.values():
            if derived.condition is not None:
                yield derived.condition
        for constraint in self.constraints:
            yield constraint.never
        for decision in self.decisions.values():
            for rule in decision.rules:
                yield rule.condition
        for claim in self.properties:
            yield claim.condition
            yield claim.then


def reach(model: Model, start: Iterable[Ref]) -> Iterator[Ref]:
    """Yield the references in `start` and, through derived facts, those they use in turn; each once."""
    waiting = list(start)
    seen: set[Ref] = set()
    for ref in waiting:
        if ref in seen:
            continue
        seen.add(ref)
        yield ref
        if ref.kind == "derived":
            waiting.extend(model.derived[ref.name].refs())
