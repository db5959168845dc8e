"""Where the facts of a pack are found in a patient's electronic record. No result depends on it."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject

RecordKind: TypeAlias = Literal["observation", "condition", "patient"]
"""An observation, a condition such as a diagnosis, or the data of the patient."""

RECORD_KINDS: tuple[RecordKind, ...] = ("observation", "condition", "patient")


@attrs.frozen
class RecordSource(ValueObject):
    """Where one fact is found. Codes are a system and a code with `|` between them, as in searches of FHIR.

    `codes` are those of the observation or the condition; `component` those of a part of the observation. An
    observation counts for `hours`. A number is taken if it is in `unit`, a UCUM code. `values` maps choices to the
    codes that mean them.
    """

    fact: str
    kind: RecordKind
    codes: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    unit: str = ""
    hours: int = 0
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Record(ValueObject):
    """What a file of sources says: its title, where each fact is found, and for how many hours answers count.

    Without `answer_hours`, the answers that a record has to the questions of the pack are not used.
    """

    title: str
    answer_hours: int = 0
    sources: tuple[RecordSource, ...] = ()
