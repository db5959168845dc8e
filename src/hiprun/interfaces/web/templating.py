"""Pages from packaged templates in which every text is escaped."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from typing import Any

import jinja2

from hiprun.catalogue import Catalogue, catalogue

_SHARED = "hiprun.interfaces.web"


class Templates:
    """The templates in the folder `templates` of a package, which may extend the `base.html` that all pages share.

    Every value is escaped when it is filled in, and a name that has no value is an error. `text` and `counted` look up
    hiprun's own words, `language` says whose they are.
    """

    def __init__(self, package: str, *, language: str = "en", values: Mapping[str, Any] | None = None) -> None:
        self.words: Catalogue = catalogue(language)
        self._environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(_SHARED)]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "language": self.words.language,
            "text": self.words.text,
            "counted": self.words.counted,
            "inline_style": "",
            "style_address": "/style.css",
        }
        self._environment.globals |= values or {}

    def render(self, name: str, **values: Any) -> str:
        """Return a page from the template called `name`."""
        return self._environment.get_template(name).render(**values)


def stylesheet() -> str:
    """Return the styles of all pages, to be served or to be put into a page that is one file (`inline_style`)."""
    return (importlib.resources.files(_SHARED) / "static" / "style.css").read_text(encoding="utf-8")
