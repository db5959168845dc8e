"""Text as HTML, for notebooks."""

from __future__ import annotations


def preformatted(text: str) -> str:
    """Return a text as HTML that shows it as it is, every character escaped.

    >>> preformatted("a < b")
    '<pre style="line-height: 1.3">a &lt; b</pre>'
    """
    import html  # only notebooks need it

    return f'<pre style="line-height: 1.3">{html.escape(text)}</pre>'
