"""A small SVG writer: elements, escaped text, and an estimate of the width of text."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable

_CHARACTER_WIDTH = 0.56


def element(name: str, *children: str, **attributes: str | float) -> str:
    """Return an element; in names of attributes, a `_` at the end is removed and others become `-`.

    >>> element("text", "a < b", x=1.5, text_anchor="end")
    '<text x="1.5" text-anchor="end">a < b</text>'
    """
    attribute_text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"' for key, value in attributes.items()
    )
    content = "".join(children)
    return f"<{name}{attribute_text}>{content}</{name}>" if content else f"<{name}{attribute_text}/>"


def text(content: str, x: float, y: float, class_: str = "", **attributes: str | float) -> str:
    """Return a line of text that starts, or is anchored, at a point.

    >>> text("a < b", 1, 2, "small")
    '<text x="1" y="2" class="small">a &lt; b</text>'
    """
    return element("text", html.escape(content, quote=False), x=x, y=y, class_=class_, **attributes)


def text_width(content: str, size: float) -> float:
    """Return an estimate of the width of text in a font size."""
    return len(content) * size * _CHARACTER_WIDTH


def fitted_lines(content: str, available_width: float, size: float, max_lines: int) -> list[str]:
    """Return text as lines of at most a width; nothing if it needs more than `max_lines`, or a word is too long.

    >>> fitted_lines("one two three", 45, 10, 3)
    ['one two', 'three']
    """
    columns = int(available_width / (size * _CHARACTER_WIDTH))
    lines = textwrap.wrap(content, max(1, columns), break_long_words=False, break_on_hyphens=False)
    fits = len(lines) <= max_lines and all(text_width(line, size) <= available_width for line in lines)
    return lines if fits else []


def document(width: float, height: float, style: str, children: Iterable[str], title: str, description: str) -> str:
    """Return a whole SVG document."""
    return element(
        "svg",
        element("title", html.escape(title, quote=False)),
        element("desc", html.escape(description, quote=False)),
        element("style", style),
        *(f"\n{child}" for child in children),
        "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        width=width,
        height=height,
        role="img",
    )


def _attribute(value: str | float) -> str:
    return html.escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
