"""What is said of a value to the person: one text for all values, or a text for each."""

from __future__ import annotations

from collections.abc import Iterable

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.model import Domain
from hiprun.model.corrections import Add, Help, Wrap, Write
from hiprun.model.templates import SAYS_NOTHING, SAYS_VALUE, TemplateError, placeholders


def say(node: Node, name: str, domain: Domain) -> dict[str, str]:
    """Return the texts of `say` at the declaration of `name`, by what they are for; none after a mistake."""
    declared = node.get("say")
    if declared is None:
        return {}
    before = len(node.findings.problems)
    if node.language == 1:
        declared.report(
            "needs-language-2",
            "`say` needs version 2 of the language.",
            "Write `language: 2` in the pack file; `hiprun check --upgrade` says what else that changes.",
            key=True,
        )
    elif isinstance(declared.value, str):
        _check_one_text(declared, name, domain)
    else:
        _check_texts(declared, name, domain)
    if len(node.findings.problems) > before:
        return {}
    return {SAYS_VALUE: declared.value} if isinstance(declared.value, str) else dict(declared.value)


_SHOW_VALUE = Wrap(after=f" {{{SAYS_VALUE}}}", title=f"Add `{{{SAYS_VALUE}}}` at the end")


def _check_one_text(declared: Node, name: str, domain: Domain) -> None:
    if domain.type == "boolean":
        declared.report(
            "say-incomplete",
            f"`{name}` is true or false, and what is said has to differ.",
            "Write a text for each: `say: {true: it is so, false: it is not so}`.",
        )
    else:
        _check_shows_value(declared, name, domain)


def _check_shows_value(text: Node, name: str, domain: Domain) -> None:
    try:
        shown = [placeholder for placeholder in placeholders(text.value) if placeholder.name == SAYS_VALUE]
    except TemplateError:
        return  # reported where all placeholders are checked
    if not shown:
        or_each = ", or write a text for each choice" if domain.choices else ""
        text.report(
            "say-without-value",
            f"This is said of every value of `{name}`, but does not show which one it is.",
            Help(f"Put `{{{SAYS_VALUE}}}` where the value belongs{or_each}.", _SHOW_VALUE),
        )
    for placeholder in shown:
        if placeholder.form == "number" and not domain.is_numeric:
            text.report_within(
                placeholder.start,
                placeholder.width,
                "placeholder-does-not-fit",
                f"`{name}` is {message_wording.TYPE_WORDS[domain.type]} and not a number.",
                Help(f"Write `{{{SAYS_VALUE}}}`.", Write("", ":number", f"Write `{{{SAYS_VALUE}}}`")),
            )


def _check_texts(declared: Node, name: str, domain: Domain) -> None:
    required, optional = _keys(declared, domain)
    known = [*required, *optional]
    for key, child in declared.entries():
        if key not in known:
            child.report(
                "unknown-key",
                f"`{key}` has no meaning in what is said of {message_wording.TYPE_WORDS[domain.type]}.",
                suggestion(key, known),
                key=True,
            )
        elif key == SAYS_VALUE and key not in domain.choices:
            _check_shows_value(child, name, domain)
    missing = [key for key in required if key not in declared.value]
    if missing:
        declared.report(
            "say-incomplete",
            f"`say` has no text for {message_wording.name_list(missing)}.",
            Help(f"Add one: `{missing[0]}: …`.", Add(missing[0], "{value}" if missing[0] == SAYS_VALUE else None)),
            key=True,
        )


def _keys(declared: Node, domain: Domain) -> tuple[Iterable[str], Iterable[str]]:
    """Return the keys that texts by value need, and those that they may have besides."""
    match domain.type:
        case "boolean":
            return ("true", "false"), ()
        case "choice":
            return domain.choices, ()
        case "set" if SAYS_VALUE not in declared.value or SAYS_VALUE in domain.choices:
            return domain.choices, (SAYS_NOTHING,)
        case "set" | "integer" | "number":
            return (SAYS_VALUE,), (SAYS_NOTHING,)
        case _:
            return (SAYS_VALUE,), ()
