"""The texts of a pack in another language for those who translate: a rule file to fill in, and PO through Babel."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from hiprun.errors import FactError, MissingExtraError, Problem
from hiprun.inference.facts import shown
from hiprun.language.export.documents import translation_data
from hiprun.language.export.yaml_layout import yaml
from hiprun.model import Model, Translation
from hiprun.model.reader_text_paths import reader_texts
from hiprun.model.translation import untranslated

MOST_BYTES = 4_000_000
"""The size of a PO file: more than the texts of a rule file of the largest size take."""

_MOST_SHOWN = 3


@attrs.frozen
class DraftEntry:
    """A text of a pack and its translation; empty: not translated, or changed after it was."""

    path: str
    original: str
    text: str = ""


def translation_notes(model: Model) -> Iterator[Problem]:
    """Yield a note for each language in which texts are missing, or are translations of what is said no more."""
    for language in model.translations:
        found = untranslated(model, language)
        for code, paths, words in (
            ("not-translated", found.missing, "no translation"),
            ("translation-stale", found.stale, "a translation of an earlier text, which is not shown"),
        ):
            if paths:
                texts = "1 text has" if len(paths) == 1 else f"{len(paths)} texts have"
                shown = ", ".join(f"`{path}`" for path in paths[:_MOST_SHOWN])
                more = " …" if len(paths) > _MOST_SHOWN else ""
                yield Problem(
                    code,
                    f"In `{language}`, {texts} {words}: {shown}{more}.",
                    help=f"`hiprun texts {language}` prints the file with what is to be translated.",
                )


def draft(model: Model, language: str) -> tuple[DraftEntry, ...]:
    """Return all texts of a model, with their translations as far as these still fit."""
    table = model.translations.get(language, {})
    return tuple(
        DraftEntry(path, text, table[path].text if path in table and table[path].original == text else "")
        for path, text in reader_texts(model).items()
    )


def rule_file(language: str, entries: Sequence[DraftEntry]) -> str:
    """Return the rule file; what is not translated has only the original."""
    return yaml(translation_data(language, {entry.path: Translation(entry.original, entry.text) for entry in entries}))


def to_po(model: Model, language: str, entries: Sequence[DraftEntry]) -> str:
    """Return the texts as a PO file, in which the path is the context. Needs the extra `translate`."""
    catalogue, pofile = _babel()
    found = catalogue(locale=language.replace("-", "_"), project=model.name, version=model.version, fuzzy=False)
    for entry in entries:
        found.add(entry.original, entry.text, context=entry.path)
    buffer = io.BytesIO()
    pofile.write_po(buffer, found, width=0)
    return buffer.getvalue().decode("utf-8")


def from_po(entries: Sequence[DraftEntry], content: bytes) -> tuple[DraftEntry, ...]:
    """Return the texts with the translations of a PO file; those marked as fuzzy are not taken."""
    _, pofile = _babel()
    if len(content) > MOST_BYTES:
        raise FactError(
            [Problem("bad-po", f"This is not a PO file that can be read: it has over {MOST_BYTES:,} bytes.")]
        )
    try:
        found = pofile.read_po(io.BytesIO(content), abort_invalid=True)
    except (pofile.PoFileError, ValueError, LookupError) as error:  # dates, charsets and numbers in its head too
        why = shown(str(error)).strip("`")
        raise FactError([Problem("bad-po", f"This is not a PO file that can be read: {why}.")]) from None
    texts = {(message.context, message.id): message.string for message in found if message.id and not message.fuzzy}
    return tuple(
        attrs.evolve(entry, text=str(texts.get((entry.path, entry.original)) or entry.text)) for entry in entries
    )


def _babel() -> tuple[Any, Any]:
    """Return the class of catalogues, and the module that reads and writes them."""
    try:
        from babel.messages import pofile
        from babel.messages.catalog import Catalog
    except ImportError as error:
        problem = Problem(
            "missing-extra",
            "PO files need the package babel, which is not installed.",
            help='Install it with: pip install "hiprun[translate]"',
        )
        raise MissingExtraError([problem]) from error
    return Catalog, pofile
