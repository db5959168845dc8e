"""Texts with placeholders: how they are read, and what is wrong with those that are none."""

from __future__ import annotations

import pytest

from hiprun.model.templates import Placeholder, TemplateError, filled, parse, placeholders


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Stop at {level}.", "Stop at <level amount>."),
        ("{a}{b:number}", "<a amount><b number>"),
        ("{ dose.amount : number }", "<dose.amount number>"),
        ("{{literal}} {{{a}}}", "{literal} {<a amount>}"),
        ("No braces", "No braces"),
        ("", ""),
    ],
)
def test_placeholders_are_filled_in_and_doubled_braces_are_braces(text: str, shown: str) -> None:
    """A placeholder is a name in braces, with a form where only the number is shown."""
    assert filled(text, lambda placeholder: f"<{placeholder.name} {placeholder.form}>") == shown


@pytest.mark.parametrize(
    ("text", "start", "width"),
    [("a {b", 2, 1), ("a} b", 1, 1), ("{A}", 0, 3), ("x {}", 2, 2), ("{a:b}", 0, 5), ("{a\nb}", 0, 1)],
)
def test_other_braces_are_mistakes_with_a_place(text: str, start: int, width: int) -> None:
    """A mistake says which characters it is about, and how to write a brace."""
    with pytest.raises(TemplateError) as raised:
        parse(text)
    assert (raised.value.start, raised.value.width) == (start, width)
    assert raised.value.help


def test_placeholders_know_where_they_are() -> None:
    """So that a name can be pointed out, or exchanged."""
    assert placeholders("At {level}.") == (Placeholder("level", "amount", 3, 7),)
    assert placeholders("At 4.") == ()
