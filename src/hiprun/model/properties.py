"""Properties: what a pack promises about every patient."""

from __future__ import annotations

import attrs

from hiprun.model.expressions import ALWAYS, Condition
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Property(ValueObject):
    """What must hold for every patient: where `condition` holds, `then` holds."""

    id: str
    then: Condition
    condition: Condition = ALWAYS
    title: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
