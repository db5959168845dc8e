"""Requests and replies as values, so that a page is a function from one to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import attrs

Fields: TypeAlias = Mapping[str, Sequence[str]]
"""What was typed or ticked, by the name of the field; a field may have several values."""


@attrs.frozen
class PageRequest:
    """What a browser sends: `query` from the address, `fields` and uploaded `files` from a form.

    `path` has the variable parts of the address. `body` is what was sent as it is, for handlers that read no form.
    """

    method: str = "GET"
    path: Mapping[str, str] = attrs.field(factory=dict)
    query: Fields = attrs.field(factory=dict)
    fields: Fields = attrs.field(factory=dict)
    files: Mapping[str, bytes] = attrs.field(factory=dict)
    body: bytes = b""

    def field(self, name: str, default: str = "") -> str:
        """Return the first value of a field of the form."""
        return next(iter(self.fields.get(name, ())), default)


@attrs.frozen
class PageReply:
    """What goes back: text or bytes of a media type.

    `download` is the name under which a browser saves the content instead of showing it; `location` is where it goes on
    to, with status 303.
    """

    content: str | bytes = ""
    status: int = 200
    media_type: str = "text/html"
    download: str = ""
    location: str = ""
