"""A single value as written → a boolean, an exact number or text; or a mistake that says what to write instead."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TypeAlias

import attrs

from hiprun.language.syntax import infix_hints
from hiprun.model import Number
from hiprun.model.corrections import AnyHelp, Delete, Help, Quote, Straighten, Write
from hiprun.model.hidden_characters import character_name, first_hidden_character
from hiprun.model.value_conversion import MOST_DIGITS, from_notation

Scalar: TypeAlias = bool | Number | str

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_LOOSE_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?=\.?[0-9])0*(?P<whole>[0-9]*)(?:\.(?P<rest>[0-9]*))?(?P<exponent>(?:[eE][+-]?[0-9]+)?)\Z"
)
_OTHER_BASE = re.compile(r"[+-]?0[xXoObB][0-9a-fA-F_]+\Z")
_GROUPED = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)+(?:\.[0-9]+)?\Z")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+\Z")
_NOT_FINITE = re.compile(r"[+-]?\.?(?:inf|nan|infinity)\Z", re.IGNORECASE)
_COMPARISON = re.compile(r"(?P<sign><=|>=|=<|=>|==|!=|<>|[<>=≤≥≠]) *(?P<amount>-?[0-9][\w.]*|[a-z]\w*)\Z")
_BOOLEANS = {
    "yes": "true",
    "on": "true",
    "y": "true",
    "true": "true",
    "no": "false",
    "off": "false",
    "n": "false",
    "false": "false",
}
_CURLY_QUOTES = re.compile(r"[“„”].*[“”]\Z|[‘‚’].*[‘’]\Z|[«»].*[«»]\Z", re.DOTALL)
_CURLY_QUOTE = re.compile("[“”„‘’‚«»]")
_NO_SPACE_AFTER_COLON = re.compile(r"(?P<name>[\"']?[A-Za-z_][\w.-]{0,99}[\"']?):(?!//|$)\S")
_NO_SPACE_AFTER_DASH = re.compile(r"-[A-Za-z_]")
_WORDS_WITH_ANOTHER_MEANING = frozenset({*_BOOLEANS, "null", "inf", "nan", "infinity"})
_PLAIN_WORDS = re.compile(r"[A-Za-z][ -~]*\Z")
"""Text that begins with a letter is neither a number nor a comparison nor in curly quotes."""

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")
_LONGEST_LOOKALIKE = 100
_LONGEST_SHOWN = 60


@attrs.frozen
class Mistake:
    """A mistake in a value, without its place."""

    code: str
    message: str
    help: AnyHelp


NOTHING = Mistake(
    "no-value",
    "A value is missing here.",
    Help("Write a value after the colon or dash, or delete the line.", Delete("line"), Delete()),
)


COMMA_IN_TEXT = Mistake(
    "comma-in-text",
    "Inside braces, a comma ends the text, so this is read as another name.",
    Help("Put the whole text in quotes; or delete this if it is not part of the text.", Quote(whole=True)),
)


def read_plain(text: str) -> Scalar | Mistake:
    """Return the value of a scalar without quotes.

    >>> read_plain("1.5e2"), read_plain("true"), read_plain("2026-03-01"), read_plain("yes").code
    (150, True, '2026-03-01', 'not-true-or-false')
    """
    if text in ("true", "false"):
        return text == "true"
    if _PLAIN_WORDS.match(text) and text.lower() not in _WORDS_WITH_ANOTHER_MEANING:
        return text
    if _NUMBER.match(text):
        return _number(text)
    if len(text) > _LONGEST_LOOKALIKE:
        return _curly_quotes_mistake(text) or text
    return (
        _boolean_mistake(text)
        or _null_mistake(text)
        or _number_mistake(text)
        or comparison_mistake(text)
        or _curly_quotes_mistake(text)
        or text
    )


def shortened(text: str) -> str:
    """Return `text` for a message, shortened if necessary."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def decimal_comma_mistake(whole: str, decimals: str) -> Mistake:
    """Return the mistake of a number whose decimal comma was read as the end of a value."""
    number = f"{whole}.{decimals}"
    return _not_a_number(f"{whole},{decimals}", Help(f"Decimals are written with a point: `{number}`.", Write(number)))


def comparison_mistake(text: str) -> Mistake | None:
    """Return the mistake of a comparison with a sign, such as `>= 4`; None for other text."""
    match = _COMPARISON.match(text)
    if match is None:
        return None
    suggestion = f"{{{infix_hints.TEST_FOR[match['sign']]}: {match['amount']}}}"
    return Mistake(
        "comparison-sign",
        f"Comparisons are written as words here, not as `{match['sign']}`.",
        Help(f"Write `{suggestion}`; text that begins with such a sign goes in quotes.", Write(suggestion), Quote()),
    )


def quoted_text(text: str) -> str | Mistake:
    """Return quoted text, with characters that were written as two escapes joined."""
    if text.isascii() and text.isprintable():
        return text
    try:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return Mistake("bad-escape", "An escape in this text is not a valid character.", "Write the character itself.")
    hidden = first_hidden_character(text)
    if hidden:
        return Mistake(
            "hidden-character",
            f"This text contains an invisible character ({character_name(hidden)}).",
            "Delete its escape.",
        )
    return text


def name_mistake(name: str, *, plain: bool) -> Mistake | None:
    """Return the mistake in how a name is written; None if there is none."""
    if _PLAIN_NAME.match(name) and name.lower() not in _WORDS_WITH_ANOTHER_MEANING:
        return None
    if not name.strip():
        return Mistake("missing-name", "A name is missing before the colon.", "Write `name: value`.")
    if name != name.strip() or "\n" in name or first_hidden_character(name):
        return Mistake("bad-name", "This name contains a space or an invisible character.", "Retype the name.")
    if not plain:
        return None
    if name == "<<":
        return Mistake(
            "merge",
            "`<<` copies names from another place, which is not allowed here.",
            "Write the names and values out.",
        )
    if _CURLY_QUOTE.search(name):
        return Mistake(
            "curly-quotes",
            "Curly quotes do not work as quotes here.",
            Help('Use the straight quotes on the keyboard, `"`.', Straighten()),
        )
    if not isinstance(read_plain(name), str):
        return Mistake(
            "name-not-text",
            f"`{name}` is not a name.",
            Help(f'If it is meant as one, put it in quotes: `"{name}"`.', Write(f'"{name}"')),
        )
    return missing_space_mistake(name) if name.startswith("-") else None


def missing_space_mistake(text: str) -> Mistake | None:
    """Return the mistake of a colon or dash without a space after it; None for other text.

    >>> missing_space_mistake("swollen:true").help.words
    'Write `swollen: …` with a space after the colon.'
    """
    if _NO_SPACE_AFTER_DASH.match(text):
        word = text[1:20].split(" ")[0]
        return Mistake(
            "missing-space",
            "There is no space after the dash.",
            Help(f"Write `- {word}` with a space after the dash.", Write(f"- {word}", f"-{word}")),
        )
    match = _NO_SPACE_AFTER_COLON.match(text)
    if match is None:
        return None
    name = match["name"]
    return Mistake(
        "missing-space",
        f"There is no space after the colon of `{name}`.",
        Help(
            f"Write `{name}: …` with a space after the colon.",
            Write(f"{name}: ", f"{name}:", "Write a space after the colon"),
        ),
    )


def _number(text: str) -> Number | Mistake:
    value = from_notation(text)
    if value is None:
        return Mistake(
            "number-too-long",
            f"This number is too long; at most {MOST_DIGITS} digits are allowed.",
            "Write a shorter number.",
        )
    return value


def _boolean_mistake(text: str) -> Mistake | None:
    suggestion = _BOOLEANS.get(text.lower())
    if suggestion is None:
        return None
    return Mistake(
        "not-true-or-false",
        f"`{text}` is neither `true` nor `false`.",
        Help(
            f'Write `{suggestion}`; if the word itself is meant, put it in quotes: `"{text}"`.',
            Write(suggestion),
            Write(f'"{text}"'),
        ),
    )


def is_null(text: str) -> bool:
    """Whether a scalar without quotes means that there is no value."""
    return text.lower() in ("null", "~")


def _null_mistake(text: str) -> Mistake | None:
    if not is_null(text):
        return None
    return Mistake(
        "no-value",
        f"`{text}` means no value, which rule files do not allow.",
        Help(
            f'Write a value, or leave out the whole line; if the word itself is meant, put it in quotes: `"{text}"`.',
            Write(f'"{text}"'),
            Delete(),
        ),
    )


def _number_mistake(text: str) -> Mistake | None:
    if _NOT_FINITE.match(text):
        return _not_a_number(text, "Write the number in digits, or leave the bound out.")
    if _OTHER_BASE.match(text):
        help = "Write it with the digits 0 to 9; if text is meant, put it in quotes."
        return _not_a_number(text, Help(help, *_usual_digits(text), Quote()))
    normalized = text.replace("_", "") if _GROUPED.match(text) else text
    normalized = text.replace(",", ".") if _DECIMAL_COMMA.match(text) else normalized
    match = _LOOSE_NUMBER.match(normalized)
    if match is None:
        return None
    sign = "-" if match["sign"] == "-" else ""
    decimals = f".{match['rest']}" if match["rest"] else ""
    number = f"{sign}{match['whole'] or '0'}{decimals}{match['exponent']}"
    help = f'Write `{number}`; if text is meant, put it in quotes: `"{text}"`.'
    return _not_a_number(text, Help(help, Write(number), Write(f'"{text}"')))


def _usual_digits(text: str) -> Iterator[Write]:
    with contextlib.suppress(ValueError):  # `0b12` is no number in any base
        yield Write(str(int(text, 0)))


def _not_a_number(text: str, help: AnyHelp) -> Mistake:
    return Mistake("not-a-number", f"`{text}` is not a number in the notation of these files.", help)


def _curly_quotes_mistake(text: str) -> Mistake | None:
    if not _CURLY_QUOTES.match(text):
        return None
    return Mistake(
        "curly-quotes",
        "Curly quotes do not work as quotes here; they would become part of the text.",
        Help(
            'Use the straight quotes on the keyboard, `"`; to keep the curly ones, put straight quotes around them.',
            Straighten(),
        ),
    )
