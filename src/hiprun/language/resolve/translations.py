"""Files of texts in another language → the translations of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.reuse import resolved
from hiprun.model import Model, Translation
from hiprun.model.corrections import Delete, Help
from hiprun.model.reader_text_paths import reader_texts
from hiprun.model.templates import Template, TemplateError, parse


def translations(nodes: Sequence[Node], model: Model, *, complete: bool) -> Model:
    """Return the model with its texts in other languages; `complete`: nothing else of the pack has a mistake."""
    found: dict[str, dict[str, Translation]] = {}
    known = reader_texts(model) if nodes and complete else {}
    for node in nodes:
        language = node.text("texts")
        if language == model.text_language:
            node["texts"].report(
                "same-word",
                f"The pack itself is written in `{language}`.",
                "Name another language.",
            )
        table = found.setdefault(language, {})
        for path, translation in resolved(_translations, node["of"]).items():
            if path in table:
                node["of"][path].report(
                    "duplicate-name",
                    f"`{path}` is in another file of `{language}` already.",
                    Help("Delete one.", Delete()),
                    key=True,
                )
            if complete and path not in known:
                node["of"][path].report(
                    "unknown-text",
                    f"The pack has no text at `{path}`.",
                    suggestion(path, known) if known else f"`hiprun texts {language}` writes the file anew.",
                    path,
                    key=True,
                )
            table[path] = translation
    return attrs.evolve(model, translations=found)


def _translations(node: Node) -> dict[str, Translation]:
    """Return the translations of a file, each checked against the text that it translates."""
    found = {}
    for path, entry in node.entries():
        _check_placeholders(entry)
        found[path] = Translation(entry.text("from"), entry.text("to"), place=entry.key_place)
    return found


def _check_placeholders(entry: Node) -> None:
    """Report a translation that does not show the same values as the original."""
    if entry.language == 1 or "to" not in entry.value:
        return
    original, text = _placeholders(entry["from"]), _placeholders(entry["to"], report=True)
    if original is not None and text is not None and original != text:
        lacking, added = original - text, text - original
        words = [f"lacks `{name}`" for name in lacking] + [f"has `{name}` too many" for name in added]
        entry["to"].report(
            "placeholder-differs",
            f"This translation {' and '.join(words)}.",
            "Show the same values as the text that it translates.",
        )


def _placeholders(node: Node, *, report: bool = False) -> Counter[str] | None:
    """Return what a text shows, each with how often; None if its braces are wrong."""
    try:
        return _shown(parse(node.value))
    except TemplateError as error:
        if report:
            node.report_within(error.start, error.width, "bad-placeholder", error.message, error.help)
        return None


def _shown(template: Template) -> Counter[str]:
    forms = {"amount": "", "number": ":number"}
    parts = (part for part in template if not isinstance(part, str))
    return Counter(f"{{{part.name}{forms[part.form]}}}" for part in parts)
