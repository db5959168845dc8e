"""A model in the language that a reader asks for."""

from __future__ import annotations

import attrs

from hiprun.errors import Problem, UnknownNameError
from hiprun.inference.facts import shown
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision, Model
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
    found = translated(written, language)
    decisions = {name: _deciding_alike(entry, found.decisions[name]) for name, entry in written.decisions.items()}
    return attrs.evolve(found, decisions=decisions)


def _deciding_alike(written: Decision, found: Decision) -> Decision:
    """Return a translated decision; its rules give texts as they are written where translations agree otherwise."""
    if HIT_POLICIES[written.hit].says != "some":
        return found
    rules = list(zip(written.rules, found.rules, strict=True))
    pairs = {pair for before, after in rules for pair in zip(before.then, after.then, strict=True)}
    if len({before for before, _ in pairs}) == len(pairs) == len({after for _, after in pairs}):
        return found
    return attrs.evolve(found, rules=tuple(attrs.evolve(after, then=before.then) for before, after in rules))
