"""What an operation of the service is, and what it is called with."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.inference.outcome import Outcome
from hiprun.interfaces.service.messages import JSON, Data, Reply
from hiprun.interfaces.service.published_pack import PublishedPack

OUTCOME: Data = {"$ref": "#/components/schemas/outcome"}


@attrs.frozen
class Call:
    """One request: the pack it is about, the names in its path, its body, and when it came."""

    published: PublishedPack
    path: Mapping[str, str]
    body: Any
    now: datetime.datetime

    def decide(self, facts: Mapping[str, Any]) -> Outcome:
        """Return the outcome of the decision in the path."""
        return self.published.pack.decide(self.path["decision"], facts)


@attrs.frozen
class Operation:
    """One thing that can be asked.

    `path` follows that of the pack; `{decision}`, `{stages}` and `{service}` in it are names. `body` returns the schema
    of the body for one of these names, None if there is none; `reply` is the schema of the reply.
    """

    name: str
    summary: str
    path: str
    answer: Callable[[Call], Reply]
    body: Callable[[PublishedPack, str], Data] | None = None
    reply: Data = attrs.field(factory=lambda: {"type": "object"})
    media_type: str = JSON

    @property
    def method(self) -> str:
        """`POST` if there is a body, else `GET`."""
        return "POST" if self.body else "GET"
