"""Sentences in which names stand in backquotes, as HTML."""

from __future__ import annotations

import html
import re

_NAME = re.compile(r"`([^`\n]+)`")


class Html(str):
    """Text that is HTML already, so that a template does not escape it."""

    def __html__(self) -> str:
        return self


def marked(sentence: str) -> Html:
    """Return a sentence as HTML: escaped, and with its names marked.

    >>> marked("`a<b` is new & good.")
    '<code>a&lt;b</code> is new &amp; good.'
    """
    return Html(_NAME.sub(r"<code>\1</code>", html.escape(sentence, quote=False)))
