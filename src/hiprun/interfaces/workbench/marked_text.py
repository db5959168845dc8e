"""Sentences in which names stand in backquotes, as HTML."""

from __future__ import annotations

import html
import re

from markupsafe import Markup

_NAME = re.compile(r"`([^`\n]+)`")


def marked(sentence: str) -> Markup:
    """Return a sentence as HTML: escaped, and with its names marked.

    >>> marked("`a<b` is new & good.")
    Markup('<code>a&lt;b</code> is new &amp; good.')
    """
    return Markup(_NAME.sub(r"<code>\1</code>", html.escape(sentence, quote=False)))
