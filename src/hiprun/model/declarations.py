"""What a pack declares before anything is decided: statements of the guidance, facts, parameters, constraints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import attrs

from hiprun.model.digest_marks import LATER, NO_RESULT
from hiprun.model.expressions import Condition, Domain, Formula, Number, Ref, formula_refs, refs
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Statement(ValueObject):
    """One statement of the guidance that rules cite."""

    id: str
    text: str
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Fact(ValueObject):
    """Something that can be known about a patient, and the question that asks for it.

    `changeable` is False if no action can change it, such as the time that has passed; `opens` is False if an interview
    should not begin with it. `say` has what is said of a value to the person: by choice, for `true` and `false`, or
    for every value, in which `{value}` is the value.
    """

    name: str
    domain: Domain
    ask: str
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    changeable: bool = True
    opens: bool = attrs.field(default=True, kw_only=True, metadata={LATER: True})
    say: Mapping[str, str] = attrs.field(factory=dict, hash=False, kw_only=True, metadata={LATER: True})
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Parameter(ValueObject):
    """A number that several rules share. A clinic may set it within its range; without a range it is fixed."""

    name: str
    value: Number
    type: Literal["integer", "number"] = "number"
    lowest: Number | None = None
    highest: Number | None = None
    unit: str = ""
    title: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    decimals: int | None = attrs.field(default=None, kw_only=True, metadata={LATER: True})
    unit_words: tuple[str, ...] = attrs.field(default=(), kw_only=True, metadata={LATER: True})
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    @property
    def is_fixed(self) -> bool:
        """Whether it has no range, so that it cannot be set."""
        return self.lowest is None and self.highest is None

    @property
    def domain(self) -> Domain:
        """The values it can be set to."""
        return _declared_domain(self)


@attrs.frozen
class Derived(ValueObject):
    """A fact that follows from others: either a condition (boolean) or a formula (of `type`).

    A formula keeps between `lowest` and `highest` (None: not declared), which was checked.
    """

    name: str
    title: str
    condition: Condition | None = None
    formula: Formula | None = None
    unit: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    type: Literal["number", "integer", "date"] = attrs.field(default="number", metadata={NO_RESULT: True})
    lowest: Number | None = attrs.field(default=None, metadata={NO_RESULT: True})
    highest: Number | None = attrs.field(default=None, metadata={NO_RESULT: True})
    decimals: int | None = attrs.field(default=None, kw_only=True, metadata={LATER: True})
    unit_words: tuple[str, ...] = attrs.field(default=(), kw_only=True, metadata={LATER: True})
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    @property
    def domain(self) -> Domain:
        """The values it can have, as far as they are declared."""
        if self.condition is not None:
            return Domain("boolean")
        return _declared_domain(self)

    def refs(self) -> Iterator[Ref]:
        """Yield every fact, derived fact and decision output that it follows from."""
        if self.condition is not None:
            yield from refs(self.condition)
        if self.formula is not None:
            yield from formula_refs(self.formula)


@attrs.frozen
class Constraint(ValueObject):
    """A combination of facts that cannot occur, or of values of parameters that must not be set.

    A constraint on parameters refers to each of them by a `Ref` of the kind `fact`.
    """

    id: str
    never: Condition
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = attrs.field(default="", kw_only=True, metadata={LATER: True})
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


def _declared_domain(declared: Parameter | Derived) -> Domain:
    """Return the domain of a number, or of a date, as it is declared."""
    return Domain(
        declared.type,
        lowest=declared.lowest,
        highest=declared.highest,
        unit=declared.unit,
        decimals=declared.decimals,
        unit_words=declared.unit_words,
    )
