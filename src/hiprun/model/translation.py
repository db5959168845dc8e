"""A model with its texts in another language, as far as they are translated; what it means stays the same."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.model.pack_model import Model, Translation
from hiprun.model.reader_text_paths import GENERATED, changed_texts, reader_texts
from hiprun.model.value_objects import ValueObject

_OF_STAGES = "stages."


@attrs.frozen
class Untranslated(ValueObject):
    """The paths of texts without a translation into a language, and of those that changed after it was made."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]


def untranslated(model: Model, language: str) -> Untranslated:
    """Return which texts of a model lack a translation that fits."""
    table = model.translations[language]
    texts = reader_texts(model)
    return Untranslated(
        tuple(path for path in texts if path not in table or not table[path].text),
        tuple(path for path, text in texts.items() if path in table and table[path].original != text),
    )


def translated(model: Model, language: str) -> Model:
    """Return a model as it was written in another language; a text without a translation that fits stays as it is.

    Raises KeyError if there are no texts in that language.
    """
    table = model.translations[language]
    texts = reader_texts(model)
    fitting = {path: entry.text for path, entry in table.items() if entry.text and texts.get(path) == entry.original}
    generated = _Generated(table, catalogue(model.text_language), catalogue(language))

    def change(path: str, text: str) -> str:
        if path in fitting:
            return fitting[path]
        return generated.text(text) if path.startswith(GENERATED) else text

    changed = changed_texts(model, change)
    return attrs.evolve(changed, text_language=language, untranslated=model)


@attrs.frozen
class _Generated(ValueObject):
    """Translates what decisions of a protocol have taken from it, and what hiprun has put into them."""

    table: Mapping[str, Translation]
    before: Catalogue
    after: Catalogue

    def text(self, text: str) -> str:
        taken = next((entry.text for entry in self.table.values() if entry.original == text), "")
        if taken:
            return taken
        for key, message in self.before.messages.items():
            if not key.startswith(_OF_STAGES):
                continue
            if message == text:
                return self.after.text(key)
            lead = message.removesuffix("{title}")
            if lead != message and text.startswith(lead):
                return self.after.text(key, title=self.text(text.removeprefix(lead)))
        return text
