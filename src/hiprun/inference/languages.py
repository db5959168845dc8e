"""A model in the language that a reader asks for."""

from __future__ import annotations

from hiprun.errors import Problem, UnknownNameError
from hiprun.inference.facts import shown
from hiprun.model import Model
from hiprun.model.translation import translated


def in_language(model: Model, language: str) -> Model:
    """Return a model with its texts in a language, as far as they are translated; raises `UnknownNameError`."""
    written = model.as_written
    if language == model.text_language:
        return model
    if language == written.text_language:
        return written
    if language not in model.translations:
        known = ", ".join(f"`{name}`" for name in (written.text_language, *model.translations))
        message = f"This pack has no texts in {shown(language)}."
        raise UnknownNameError([Problem("unknown-language", message, help=f"It has texts in {known}.")])
    return translated(written, language)
