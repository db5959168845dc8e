"""Questions with their fields, as every page that asks shows them: one alone, or many in one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from hiprun.catalogue import Catalogue
from hiprun.model import Domain
from hiprun.model.value_conversion import text

_NOTHING = "none"
_NOTHING_TOO = "nothing"


@attrs.frozen
class Option:
    """One answer to choose."""

    value: str
    label: str
    chosen: bool = False


@attrs.frozen
class QuestionView:
    """A question with what was typed in answer to it; `name` is that of its field.

    `kind` is `choose` (one of the options), `tick` (any of them), `number`, `date` or `text`. `test` is set if a number
    may be known in part, and has what was chosen. `span` has the lowest and the highest number that are possible.
    """

    name: str
    ask: str
    kind: str
    because: str = ""
    options: Sequence[Option] = ()
    unit: str = ""
    span: tuple[str, str] | None = None
    whole: bool = False
    typed: str = ""
    test: str | None = None
    error: str = ""


def question(
    name: str, ask: str, domain: Domain, words: Catalogue, typed: Sequence[str] = (), *, as_text: bool = False
) -> QuestionView:
    """Return the question for a field of a domain; with `as_text`, the answer is typed, whatever the domain."""
    chosen = frozenset(typed)
    kind = "text" if as_text else _KINDS[domain.type]
    view = QuestionView(name, ask, kind, unit=domain.unit, whole=domain.type == "integer")
    if not as_text and (options := _options(domain, words)):
        return attrs.evolve(view, options=[Option(value, label, value in chosen) for value, label in options.items()])
    span = None
    if domain.is_numeric and domain.lowest is not None and domain.highest is not None:
        span = text(domain.lowest), text(domain.highest)
    return attrs.evolve(view, span=span, typed=next(iter(typed), ""))


_KINDS: Mapping[str, str] = {
    "boolean": "choose",
    "choice": "choose",
    "set": "tick",
    "integer": "number",
    "number": "number",
    "date": "date",
    "string": "text",
}


def _options(domain: Domain, words: Catalogue) -> Mapping[str, str]:
    if domain.type == "boolean":
        return {"true": words.text("page.yes"), "false": words.text("page.no")}
    choices = {name: label or name.replace("_", " ") for name, label in domain.choices.items()}
    if domain.type == "set":
        return {**choices, nothing_of(domain): words.text("form.none_of_these")}
    return choices


def nothing_of(domain: Domain) -> str:
    """Return the value of the box for none of the choices; a choice may have that name itself."""
    return _NOTHING_TOO if _NOTHING in domain.choices else _NOTHING
