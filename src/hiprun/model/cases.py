"""Cases: example patients, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class NamedPatient(ValueObject):
    """A patient that several cases start from: its name, and the place where its facts are written."""

    name: str
    place: Place


@attrs.frozen
class Example(ValueObject):
    """An example patient of a case file, and the answers that are expected.

    `facts` are complete, including those of the named patient, as plain values in the notation of rule files with exact
    numbers. `expect` maps each decision to its expectations by name, or is the word `refused`. `patient` is the named
    patient whose facts the case starts from, `unknown` the facts that the case leaves out whoever gives them.
    """

    id: str
    facts: Mapping[str, object] = attrs.field(hash=False)
    expect: Mapping[str, Mapping[str, object]] | Literal["refused"] = attrs.field(hash=False)
    title: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    patient: NamedPatient | None = attrs.field(default=None, eq=False, repr=False, kw_only=True)
    unknown: tuple[str, ...] = attrs.field(default=(), eq=False, repr=False, kw_only=True)
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
