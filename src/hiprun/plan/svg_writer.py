"""A small writer of SVG: elements, text that is escaped, and how wide text roughly is."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable

_SHARE_OF_SIZE = 0.56


def element(name: str, *children: str, **attributes: str | float) -> str:
    """Return an element; `_` at the end of an attribute's name is taken off, and others become `-`.

    >>> element("text", "a < b", x=1.5, text_anchor="end")
    '<text x="1.5" text-anchor="end">a < b</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"' for key, value in attributes.items()
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text(words: str, x: float, y: float, class_: str = "", **attributes: str | float) -> str:
    """Return a line of text that begins, or is anchored, at a point.

    >>> text("a < b", 1, 2, "small")
    '<text x="1" y="2" class="small">a &lt; b</text>'
    """
    return element("text", html.escape(words, quote=False), x=x, y=y, class_=class_, **attributes)


def width(words: str, size: float) -> float:
    """Return roughly how wide text of a size is."""
    return len(words) * size * _SHARE_OF_SIZE


def fitted(words: str, room: float, size: float, most: int) -> list[str]:
    """Return text as lines that fit into a room; nothing where it takes more than so many lines, or a word is too long.

    >>> fitted("one two three", 45, 10, 3)
    ['one two', 'three']
    """
    columns = int(room / (size * _SHARE_OF_SIZE))
    lines = textwrap.wrap(words, max(1, columns), break_long_words=False, break_on_hyphens=False)
    fits = len(lines) <= most and all(width(line, size) <= room for line in lines)
    return lines if fits else []


def document(wide: float, high: float, style: str, children: Iterable[str], title: str, description: str) -> str:
    """Return a whole picture."""
    return element(
        "svg",
        element("title", html.escape(title, quote=False)),
        element("desc", html.escape(description, quote=False)),
        element("style", style),
        *(f"\n{child}" for child in children),
        "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(wide)} {_number(high)}",
        width=wide,
        height=high,
        role="img",
    )


def _attribute(value: str | float) -> str:
    return html.escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
