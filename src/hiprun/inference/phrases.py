"""What conditions are told in: pieces of text that may name something, and phrases made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias, assert_never

import attrs

from hiprun.catalogue import Catalogue
from hiprun.model import Arithmetic, Call, Constant, Formula, ParameterRef, Ref
from hiprun.model.value_objects import ValueObject

Together: TypeAlias = Literal["one", "all", "any", "none", "count"]
"""How the parts of a phrase go together; `one` is a phrase without parts."""

FormulaLeaf: TypeAlias = Constant | ParameterRef | Ref
"""What formulas are made of."""


@attrs.frozen
class Piece(ValueObject):
    """A piece of text. `kind` and `name` say what it names, such as the `parameter` whose value it is, if anything."""

    text: str
    kind: Literal["", "fact", "derived", "output", "parameter"] = ""
    name: str = ""


Pieces: TypeAlias = tuple[Piece, ...]


@attrs.frozen
class Phrase(ValueObject):
    """A condition in words: a sentence without its end, or `parts` under the words in `lead`, with `between` in a line.

    Parts of `all` and `any` read without their lead in a line, since what is between them says how they go together.
    """

    together: Together = "one"
    pieces: Pieces = ()
    parts: tuple[Phrase, ...] = ()
    lead: str = ""
    between: str = "; "

    @property
    def text(self) -> str:
        """All of it in one line."""
        return "".join(piece.text for piece in self.line())

    def line(self) -> Iterator[Piece]:
        """Yield the pieces of all of it in one line."""
        match self.together:
            case "one":
                yield from self.pieces
                return
            case "all" | "any":
                pass
            case "none" | "count":
                yield Piece(f"{self.lead}: ")
            case _:
                assert_never(self.together)
        for index, part in enumerate(self.parts):
            if index:
                yield Piece(self.between)
            yield from _within(part)


def _within(part: Phrase) -> Iterator[Piece]:
    """Yield a part of a longer line, in brackets where it has parts of its own."""
    is_denied = part.together == "none" and len(part.parts) == 1 and not part.parts[0].parts
    if part.together == "one" or is_denied:
        yield from part.line()
        return
    yield Piece("(")
    yield from part.line()
    yield Piece(")")


def joined(parts: Iterable[Phrase], together: Literal["all", "any"], words: Catalogue) -> Phrase:
    """Return parts as one phrase; one part alone is that phrase."""
    listed = tuple(parts)
    if len(listed) == 1:
        return listed[0]
    return Phrase(
        together, parts=listed, lead=words.text(f"rule.{together}"), between=words.text(f"rule.{together}.between")
    )


def filled_with(template: str, pieces: Pieces) -> Pieces:
    """Return a text with `pieces` where it has `{amount}`."""
    before, _, behind = template.partition("{amount}")
    return tuple(piece for piece in (Piece(before), *pieces, Piece(behind)) if piece.text)


def formula_pieces(formula: Formula, leaf: Callable[[FormulaLeaf], Pieces]) -> Pieces:
    """Return a formula as pieces, in which `leaf` says numbers and names."""
    match formula:
        case Constant() | ParameterRef() | Ref():
            return leaf(formula)
        case Arithmetic("-", Constant(0), right):
            return Piece("-"), *_side(right, "+-", leaf)
        case Call("power", (base, exponent)):
            pieces = formula_pieces(base, leaf)
            before = pieces if isinstance(base, Constant | Ref) else (Piece("("), *pieces, Piece(")"))
            pieces = formula_pieces(exponent, leaf)
            behind = pieces if isinstance(exponent, Constant | ParameterRef) else (Piece("("), *pieces, Piece(")"))
            return *before, Piece(" ^ "), *behind
        case Call(function, arguments):
            return Piece(f"{function}("), *listed((formula_pieces(each, leaf) for each in arguments), ", "), Piece(")")
        case Arithmetic():
            operator = formula.operator
            before = _side(formula.left, "+-" if operator in "*/" else "", leaf)
            behind = _side(formula.right, {"+": "", "-": "+-", "*": "+-", "/": "+-*/"}[operator], leaf)
            return *before, Piece(f" {operator} "), *behind
        case _:
            assert_never(formula)


def listed(entries: Iterable[Pieces], between: str) -> Pieces:
    """Return entries with the same text between each two of them."""
    found: list[Piece] = []
    for index, entry in enumerate(entries):
        found += [Piece(between), *entry] if index else entry
    return tuple(found)


def _side(side: Formula, apart: str, leaf: Callable[[FormulaLeaf], Pieces]) -> Pieces:
    """Return one side of a formula, in parentheses where its operator is one of those in `apart`."""
    pieces = formula_pieces(side, leaf)
    if isinstance(side, Arithmetic) and side.operator in apart:
        return Piece("("), *pieces, Piece(")")
    return pieces
