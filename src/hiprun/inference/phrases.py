"""What conditions are told in: pieces of text that may name something, and phrases made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias, assert_never

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.model import Arithmetic, Call, Constant, Formula, ParameterRef, Ref

Together: TypeAlias = Literal["one", "all", "any", "none", "count"]
"""How the parts of a phrase go together; `one` is a phrase without parts."""

FormulaLeaf: TypeAlias = Constant | ParameterRef | Ref
"""What formulas are made of."""


@attrs.frozen
class Piece:
    """A piece of text. `kind` and `name` say what it names, such as the `parameter` whose value it is, if anything."""

    text: str
    kind: Literal["", "fact", "derived", "output", "parameter"] = ""
    name: str = ""


Pieces: TypeAlias = tuple[Piece, ...]


@attrs.frozen
class Phrase:
    """A condition in words: a sentence without its end, or `parts` that `together` joins under the words in `lead`."""

    together: Together = "one"
    pieces: Pieces = ()
    parts: tuple[Phrase, ...] = ()
    lead: str = ""

    @property
    def text(self) -> str:
        """All of it in one line."""
        return "".join(piece.text for piece in self.line())

    def line(self, words: Catalogue | None = None) -> Iterator[Piece]:
        """Yield the pieces of all of it in one line."""
        words = words or catalogue()
        match self.together:
            case "one":
                yield from self.pieces
            case "all" | "any":
                between = Piece(words.text(f"rule.{self.together}.between"))
                for index, part in enumerate(self.parts):
                    if index:
                        yield between
                    yield from _within(part, words)
            case "none" | "count":
                yield Piece(words.text("rule.lead", lead=self.lead))
                for index, part in enumerate(self.parts):
                    if index:
                        yield Piece("; ")
                    yield from _within(part, words)
            case _:
                assert_never(self.together)


def _within(part: Phrase, words: Catalogue) -> Iterator[Piece]:
    """Yield a part of a longer line, in brackets where it has parts of its own."""
    if part.together == "one" or (part.together == "none" and len(part.parts) == 1 and not part.parts[0].parts):
        yield from part.line(words)
        return
    yield Piece("(")
    yield from part.line(words)
    yield Piece(")")


def joined(parts: Iterable[Phrase], together: Literal["all", "any"], lead: str) -> Phrase:
    """Return parts as one phrase; one part alone is that phrase."""
    listed = tuple(parts)
    return listed[0] if len(listed) == 1 else Phrase(together, parts=listed, lead=lead)


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
            return *before, Piece(" ^ "), *formula_pieces(exponent, leaf)
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
