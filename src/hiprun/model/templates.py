"""Texts for readers with placeholders: `Stop at {pain_stop_level}.` Doubled braces are braces.

In a model, texts are as they were written; they are filled in when they are shown. Packs for version 1 of the language
have no placeholders: a brace is a brace.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from hiprun.model.value_objects import ValueObject

if TYPE_CHECKING:  # only whoever makes mistakes needs their corrections
    from hiprun.model.corrections import Help

Form: TypeAlias = Literal["amount", "number"]

SAYS_VALUE = "value"
"""The placeholder of the value itself in what is said of it, and the key of the text for every value."""

SAYS_NOTHING = "none"
"""The key of what is said of an empty set, or of 0."""

_MOST_KEPT = 10_000
_PIECE = re.compile(r"\{\{|\}\}|\{(?P<inside>[^{}\n]*)\}|[{}]")
_INSIDE = re.compile(r"\s*(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\s*(?::\s*(?P<form>\w+)\s*)?\Z")


@attrs.frozen
class Placeholder(ValueObject):
    """The name of a value, and how it is written: an amount with its unit, or only the number."""

    name: str
    form: Form
    start: int
    width: int


class TemplateError(Exception):
    """A text has a brace that is neither doubled nor part of a placeholder: what is wrong, and where."""

    def __init__(self, message: str, help: Help, start: int, width: int) -> None:
        super().__init__(message)
        self.message, self.help, self.start, self.width = message, help, start, width


Template: TypeAlias = tuple[str | Placeholder, ...]
"""The parts of a text."""


@functools.lru_cache(_MOST_KEPT)
def parse(text: str) -> Template:
    """Return the parts of a text, or raise `TemplateError`.

    >>> [part if isinstance(part, str) else part.name for part in parse("At {level} {{or so}}.")]
    ['At ', 'level', ' {or so}.']
    """
    parts: list[str | Placeholder] = [""]
    position = 0
    for match in _PIECE.finditer(text):
        literal = text[position : match.start()]
        position = match.end()
        if match["inside"] is None:
            if len(match[0]) == 1:
                raise _mistake(match)
            parts[-1] = f"{parts[-1]}{literal}{match[0][0]}"
            continue
        parts[-1] = f"{parts[-1]}{literal}"
        parts += [_placeholder(match), ""]
    parts[-1] = f"{parts[-1]}{text[position:]}"
    return tuple(part for part in parts if part != "")


def filled(text: str, value: Callable[[Placeholder], str]) -> str:
    """Return a text with `value` in place of each placeholder.

    >>> filled("At {level}.", lambda placeholder: "4")
    'At 4.'
    """
    if "{" not in text and "}" not in text:
        return text
    return "".join(part if isinstance(part, str) else value(part) for part in parse(text))


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Return the placeholders of a text that has been checked, in their order."""
    return tuple(part for part in parse(text) if isinstance(part, Placeholder)) if "{" in text else ()


def _placeholder(match: re.Match[str]) -> Placeholder:
    inside = _INSIDE.match(match["inside"])
    form = "" if inside is None else inside["form"] or "amount"
    if inside is None or form not in ("amount", "number"):
        raise _mistake(match)
    return Placeholder(inside["name"], form, match.start(), len(match[0]))  # type: ignore[arg-type]


def _mistake(match: re.Match[str]) -> TemplateError:
    """Return what is wrong with a single brace, or with what is in braces."""
    from hiprun.model.corrections import Help, Write

    inside = None if match["inside"] is None else _INSIDE.match(match["inside"])
    if match["inside"] is None:
        message = f"This `{match[0]}` belongs to no placeholder."
        help = Help(
            f"Write `{match[0] * 2}` for the character itself, or a name in braces, such as `{{name}}`.",
            Write(match[0] * 2, title="Write the brace twice"),
        )
    elif inside is None:
        message = f"`{match[0]}` is not a placeholder."
        help = Help(
            "Put the name of a parameter, a fact, a derived number or an output in braces; write `{{` for a brace.",
            Write(f"{{{match[0]}}}", title="Write the brace twice"),
        )
    else:
        plain, bare = f"{{{inside['name']}}}", f"{{{inside['name']}:number}}"
        message = f"A value cannot be shown as `{inside['form']}`."
        help = Help(f"Write `{plain}`, or `{bare}` to leave out the unit.", Write(plain), Write(bare))
    return TemplateError(message, help, match.start(), len(match[0]))
