"""Under which addresses, and for which release of FHIR, the contents of a pack are published."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.pack import Pack

Release: TypeAlias = Literal["R4", "R5"]
Resource: TypeAlias = dict[str, Any]
"""A resource or a part of one, as plain data for JSON."""

BASE = "https://hiprun.dev/fhir"
_DIGITS = 12
_LONGEST_ID = 64


@attrs.frozen
class Publication:
    """A pack as it is published in FHIR: its canonical addresses begin with `base`, its resources are of `release`.

    The version of everything is that of the pack, with the beginning of its digest, so a response that was given to
    other rules, or with other settings, is told apart.
    """

    pack: Pack
    base: str = BASE
    release: Release = "R4"

    @property
    def version(self) -> str:
        """The version of everything that is made from the pack."""
        return f"{self.pack.version}+{self.pack.digest[:_DIGITS]}"

    def resource_id(self, name: str) -> str:
        """Return the id of a resource that belongs to a decision or a protocol of the pack."""
        return f"{self.pack.name}.{name.replace('_', '-')}"[:_LONGEST_ID]

    def address(self, kind: str, name: str) -> str:
        """Return the canonical address of something of the pack, without its version."""
        return f"{self.base}/{kind}/{self.pack.name}/{name}"

    def canonical(self, kind: str, name: str) -> str:
        """Return the canonical address of something of the pack, with its version."""
        return f"{self.address(kind, name)}|{self.version}"

    def identifiers(self) -> list[Resource]:
        """Return the digest of the pack as an identifier."""
        return [{"system": f"{self.base}/digest", "value": self.pack.digest}]

    def computable_name(self, name: str) -> str:
        """Return a name as programs use it: `GreenhouseWatering` for the decision `watering` of `greenhouse`."""
        return "".join(part.capitalize() for part in re.split(r"[-_]", f"{self.pack.name}-{name}"))


def extension(url: str, value: str, content: Any) -> Resource:
    """Return an extension; `value` is the name of its value, such as `valueBoolean`."""
    return {"url": url, value: content}
