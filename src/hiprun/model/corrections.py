"""What would mend a problem: as data, for programs that change files, and as help, in words for people.

Where a problem is found, both are made from the same values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from hiprun.model.value_objects import ValueObject

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_FRACTION = re.compile(r"\s*([-+]?\d{1,9})\s*/\s*(\d{1,9})\s*", re.ASCII)

_MOST_DECIMALS = 6

MOST_LISTED = 8
"""Of so many words at most, each is offered; more are not shown."""


@attrs.frozen
class Write(ValueObject):
    """Write `text` in place of what is underlined, or in place of `instead_of` in the same line.

    `title` says what this does, where the text itself does not.
    """

    text: str
    instead_of: str = ""
    title: str = ""


@attrs.frozen
class Wrap(ValueObject):
    """Write something around the value at the place; a text stays one value, in quotes if need be."""

    before: str = ""
    after: str = ""
    title: str = ""


@attrs.frozen
class Quote(ValueObject):
    """Put the text at the place in quotes, or the whole that it is part of, from the colon on."""

    whole: bool = False


@attrs.frozen
class Straighten(ValueObject):
    """Write straight quotes in place of the curly ones in the line."""


@attrs.frozen
class Close(ValueObject):
    """Close what is open at the place with a bracket or a quote."""

    sign: str


@attrs.frozen
class Separate(ValueObject):
    """Add a comma after what comes before the place."""


@attrs.frozen
class Indent(ValueObject):
    """Begin the line with so many spaces, and a dash or not."""

    width: int
    dash: bool = False


@attrs.frozen
class Add(ValueObject):
    """Add an entry to the mapping at the place; without a value, its text remains to be written."""

    name: str
    value: bool | int | str | None = None


@attrs.frozen
class Delete(ValueObject):
    """Delete the entry or item at the place, the line of the place, or the whole that what is there belongs to."""

    what: Literal["entry", "line", "owner"] = "entry"


@attrs.frozen
class MakeList(ValueObject):
    """Write the mapping at the place as a list, under another name if one is given."""

    name: str = ""


@attrs.frozen
class MakeGroup(ValueObject):
    """Write the list of conditions at the place as a group of them."""


@attrs.frozen
class Swap(ValueObject):
    """Write the two values at the place in the other order."""


Correction: TypeAlias = (
    Write | Wrap | Quote | Straighten | Close | Separate | Indent | Add | Delete | MakeList | MakeGroup | Swap
)


@attrs.frozen(init=False)
class Help(ValueObject):
    """What to do about a problem: in words, and those parts of it that are edits."""

    words: str
    corrections: tuple[Correction, ...]

    def __init__(self, words: str, *corrections: Correction) -> None:
        self.__attrs_init__(words, corrections)


AnyHelp: TypeAlias = str | Help
"""Help, or only the words of it where no edit would do."""


def as_help(help: AnyHelp) -> Help:
    """Return help as words and edits."""
    return help if isinstance(help, Help) else Help(help)


def of_part(help: AnyHelp, part: str) -> Help:
    """Return help whose words are to be written in place of a part of what is underlined."""
    given = as_help(help)
    return Help(
        given.words,
        *(
            attrs.evolve(correction, instead_of=part)
            if isinstance(correction, Write) and not correction.instead_of
            else correction
            for correction in given.corrections
        ),
    )


def write_one(words: Iterable[str]) -> tuple[Write, ...]:
    """Return the edits that write one of several words; none if there are too many to choose from."""
    written = tuple(map(Write, words))
    return written if len(written) <= MOST_LISTED else ()


def whole_numbers(number: Fraction | int) -> tuple[Write, Write]:
    """Return the edits that write the whole number below another number, and the one above it."""
    below = math.floor(number)
    return Write(str(below)), Write(str(below + 1))


def in_digits(written: object, what: str = "it") -> Help:
    """Return help on a number that was written as a text, with the edit that writes it alone, if there is one in it.

    >>> in_digits("38,5 °C").corrections, in_digits("1/8", "a number").words
    ((Write(text='38.5', instead_of='', title=''),), 'Write a number with decimals: `0.125`.')
    """
    fraction = _FRACTION.fullmatch(written) if isinstance(written, str) else None
    if fraction and int(fraction[2]):
        return _with_decimals(Fraction(int(fraction[1]), int(fraction[2])), what)
    found = _NUMBER.search(written) if isinstance(written, str) else None
    edits = (Write(found[0].replace(",", ".")),) if found else ()
    return Help(f"Write {what} in digits, without quotes and without a unit.", *edits)


def _with_decimals(fraction: Fraction, what: str) -> Help:
    decimals = _MOST_DECIMALS if fraction.denominator > 1 else 0
    digits = f"{float(fraction):.{decimals}f}"
    if Fraction(digits) != fraction:
        return Help(f"Write {what} with as many decimals as matter, such as `{digits}`.")
    written = digits.rstrip("0").rstrip(".") if decimals else digits
    return Help(f"Write {what} with decimals: `{written}`." if decimals else f"Write `{written}`.", Write(written))
