"""Placeholders in texts for readers: each names something whose value can be shown where the text is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hiprun.errors import suggestion
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.message_wording import TYPE_WORDS
from hiprun.language.resolve.names import Names, resolve_name
from hiprun.language.resolve.reuse import resolved
from hiprun.model.corrections import AnyHelp, Help, Write, of_part
from hiprun.model.templates import SAYS_VALUE, Placeholder, TemplateError, parse

TEXT_KEYS = frozenset({"because", "ask", "title", "unmet", "notice"})
"""The keys of texts that can have placeholders."""

_MAPPINGS = frozenset({"choices", "activities"})
_RULES = frozenset({"rules", "all", "bounds", "steps", "days"})
_OF_NOBODY = frozenset({"cases", "guidance", "properties", "units"})
"""Kinds of files whose texts are about no patient and no setting, so that braces in them are braces."""


def check_texts(nodes: Iterable[Node], names: Names) -> None:
    """Report placeholders in the texts of documents that are not well-formed, or whose value cannot be shown there."""
    for node in nodes:
        if node.language > 1 and node.document.kind not in _OF_NOBODY:
            resolved(_check_texts, node, names)


def _check_texts(node: Node, names: Names) -> None:
    for text, about_patient in _texts(node, about_patient=False):
        check_text(text, names, about_patient=about_patient)


def check_text(node: Node, names: Names, *, about_patient: bool) -> None:
    """Report mistakes in the placeholders of one text; `about_patient`: it is only shown for a patient."""
    if node.language == 1 or not isinstance(node.value, str):
        return
    try:
        parts = parse(node.value)
    except TemplateError as error:
        node.report_within(error.start, error.width, "bad-placeholder", error.message, error.help)
        return
    for part in parts:
        if isinstance(part, Placeholder):
            _check_name(part, node, names, about_patient=about_patient)


def _texts(node: Node, *, about_patient: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the texts within `node`, each with whether it is only shown for a patient."""
    if isinstance(node.value, list):
        for item in node.items():
            yield from _texts(item, about_patient=about_patient)
    if not isinstance(node.value, dict):
        return
    for key, child in node.entries():
        if key in TEXT_KEYS and isinstance(child.value, str):
            yield child, about_patient
        elif key in _MAPPINGS and isinstance(child.value, dict):
            yield from ((text, False) for _, text in child.entries())
        elif key == "say":
            said = [child] if isinstance(child.value, str) else [text for _, text in child.entries()]
            yield from ((text, not _is_of_criteria(node)) for text in said)
        elif key == "table":
            yield from ((text, True) for text in _reasons_in_table(child))
        else:
            yield from _texts(child, about_patient=about_patient or key in _RULES or _declares_facts(child))


def _is_of_criteria(node: Node) -> bool:
    """Return whether a node says what the result of criteria means, which is the same for everyone."""
    return node.document.kind == "criteria"


def _declares_facts(node: Node) -> bool:
    return node.document.kind == "facts" and node.path == ("facts",)


def _reasons_in_table(table: Node) -> Iterator[Node]:
    header, *rows = table.items()
    if "because" in header.value:
        column = header.value.index("because")
        yield from (row[column] for row in rows if column < len(row.value))


def _check_name(placeholder: Placeholder, node: Node, names: Names, *, about_patient: bool) -> None:
    def report(code: str, message: str, help: AnyHelp, name: str = "") -> None:
        node.report_within(placeholder.start, placeholder.width, code, message, of_part(help, placeholder.name), name)

    name = placeholder.name
    if name in names.parameters or (name == SAYS_VALUE and "say" in node.path and not _is_of_criteria(node)):
        return

    def report_name(code: str, message: str, help: AnyHelp, subject: str) -> None:
        if code == "unknown-name":
            if names.may_be_in_broken_file(("parameters",)):
                return
            help = suggestion(name, [*names.parameters, *(names.references() if about_patient else ())])
        report(code, message, help, subject)

    subject = resolve_name(name, names, report_name)
    if subject is None:
        return
    ref, domain = subject
    if not about_patient:
        report(
            "placeholder-does-not-fit",
            f"`{name}` depends on the patient, but this text is also shown without one.",
            "Name a parameter here; only the texts of rules, and questions, can show what is known of a patient.",
        )
    elif (ref.kind == "derived" and not domain.is_numeric) or (ref.kind == "output" and domain.type == "string"):
        report(
            "placeholder-does-not-fit",
            f"`{name}` is {TYPE_WORDS[domain.type]}, which cannot be shown within a text.",
            "Name a fact, a number, a choice or a date.",
        )
    elif placeholder.form == "number" and not domain.is_numeric:
        report(
            "placeholder-does-not-fit",
            f"`{name}` is {TYPE_WORDS[domain.type]} and not a number.",
            Help(f"Write `{{{name}}}`.", Write("", ":number", f"Write `{{{name}}}`")),
        )


def new_placeholders(node: Node) -> Iterator[Node]:
    """Yield the texts of a document with a brace, which means something else from version 2 of the language on."""
    if node.document.kind in _OF_NOBODY:
        return
    texts = [text for text, _ in _texts(node, about_patient=False)]
    if node.document.kind == "decision":
        texts += [text for key in ("rules", "table", "otherwise") if key in node.value for text in _strings(node[key])]
    yield from {text.path: text for text in texts if "{" in text.value or "}" in text.value}.values()


def _strings(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    elif isinstance(node.value, dict):
        for _, child in node.entries():
            yield from _strings(child)
    elif isinstance(node.value, list):
        for item in node.items():
            yield from _strings(item)
