"""Errors of the YAML parser → what was probably meant, judging by what the parser expected and by nearby lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

import attrs
from yaml import MarkedYAMLError

from hiprun.errors import Problem
from hiprun.language.syntax import scalars
from hiprun.model.corrections import (
    MOST_LISTED,
    AnyHelp,
    Close,
    Delete,
    Help,
    Indent,
    Quote,
    Separate,
    Straighten,
    Write,
)
from hiprun.model.places import Place, SourceText

_DASHES = re.compile(r"\A(?:- +)*")
_ENTRY = re.compile(r"(?:- +)*(?P<name>\"[^\"]*\"|'[^']*'|[^\s\"'\[{#][^:#]*):(?: |$)")
_BRACKETS = {"[": "]", "{": "}"}
_QUOTED_OR_BRACKET = re.compile(r"\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'[^']*(?:'|\Z)|#[^\n]*|[\[\]{}]", re.DOTALL)
_CURLY = re.compile("[“”„‘’‚«»]")
_USE_STRAIGHT_QUOTES = Help('Replace the curly quotes with straight ones, `"`.', Straighten())
_ALIGN = (
    "Lines that belong together start in the same column; lines that belong to a name are indented two more spaces."
)
_QUOTE_IT = Help("Put the text in quotes.", Quote())


@attrs.frozen
class LastScalar:
    """The last value that was read before the error: its quotes, and its first line and column."""

    style: str = ""
    line: int = 1
    column: int = 1


@attrs.frozen
class _SyntaxError:
    source: SourceText
    problem: str
    line: int
    column: int
    context_start: Place
    last_scalar: LastScalar

    @property
    def text(self) -> str:
        return self.source.line(self.line)

    @property
    def rest_of_line(self) -> str:
        return self.text[self.column - 1 :]

    @property
    def start_of_line(self) -> str:
        return self.text[: self.column - 1]

    @property
    def indentation(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))

    def previous_line(self) -> tuple[int, str]:
        """Return the number and text of the nearest line above with content; 0 if there is none."""
        number = self.line - 1
        while number > 0 and self.source.line(number).strip()[:1] in ("", "#"):
            number -= 1
        return number, self.source.line(number)

    def to_problem(self, code: str, message: str, help: AnyHelp, *, at: Place | None = None, width: int = 1) -> Problem:
        place = at or Place(self.source.file, self.line, self.column, width)
        return Problem.with_help(code, message, place, help, self.source.line(place.line))

    def place(self, line: int, column: int, width: int = 1) -> Place:
        return Place(self.source.file, line, column, width)


def explain(source: SourceText, parser_error: MarkedYAMLError, last_scalar: LastScalar) -> Problem:
    """Return the mistake behind an error of the YAML parser; `last_scalar` is the last value it understood."""
    mark, context = parser_error.problem_mark, parser_error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    context_start = (
        Place(source.file, context.line + 1, context.column + 1) if context else Place(source.file, line, column)
    )
    error = _SyntaxError(source, parser_error.problem or "", line, column, context_start, last_scalar)
    parser_message = f"{parser_error.context or ''}: {error.problem}"
    for fragment, explanation in _EXPLANATIONS:
        if fragment in parser_message:
            return explanation(error)
    return _unreadable(error)


def _unreadable(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "yaml-syntax",
        "This cannot be read.",
        "Check the indentation and colons here and on the line above, and put text with special characters in quotes.",
    )


def _cannot_start(error: _SyntaxError) -> Problem:
    if error.rest_of_line[:1] in (">", "|"):
        return _block_text(error)
    return error.to_problem("unquoted-sign", "Text cannot begin with this character.", _QUOTE_IT)


def _block_text(error: _SyntaxError) -> Problem:
    place = error.context_start
    rest = error.source.line(place.line)[place.column - 1 :].split(" #")[0].rstrip(" ]}")
    mistake = scalars.comparison_mistake(rest.replace("\t", " "))
    if mistake:
        return error.to_problem(mistake.code, mistake.message, mistake.help, at=attrs.evolve(place, width=len(rest)))
    return error.to_problem(
        "unquoted-sign",
        f"`{rest[:1]}` begins a block of text here, and such a block starts on the next line.",
        Help("Put text that begins with this character in quotes.", Quote()),
        at=place,
    )


def _colon(error: _SyntaxError) -> Problem:
    number, above = error.previous_line()
    start = error.start_of_line.lstrip("- ")
    if _CURLY.search(start):
        return error.to_problem("curly-quotes", "Curly quotes do not work as quotes here.", _USE_STRAIGHT_QUOTES)
    if _ENTRY.match(start):
        return error.to_problem(
            "colon-in-text",
            "Text without quotes cannot contain a colon followed by a space.",
            Help("Put the text in quotes; if this begins a new entry, write it on a line of its own.", Quote()),
        )
    indentation = len(above) - len(above.lstrip(" "))
    entry = above[indentation:]
    unspaced = _missing_space(error, error.line) or _missing_space(error, number)
    if unspaced:
        return unspaced
    if number and _ENTRY.match(entry):
        return error.to_problem(
            "wrong-indentation",
            f"This line is indented further than line {number}, which already has its value.",
            _aligned(error),
            at=error.place(error.line, 1, max(error.indentation, 1)),
        )
    return _missing_colon(error, number or error.line, indentation, entry or error.text)


def _missing_space(error: _SyntaxError, line: int) -> Problem | None:
    """Return the mistake of line `line` if its name is followed by a colon without a space."""
    text = error.source.line(line)
    indentation = len(text) - len(text.lstrip(" "))
    start = indentation + len(text[indentation:]) - len(_DASHES.sub("", text[indentation:], 1))
    mistake = scalars.missing_space_mistake(text[start:])
    if mistake is None:
        return None
    place = error.place(line, start + 1, len(text[start:].split(" ")[0]))
    return error.to_problem(mistake.code, mistake.message, mistake.help, at=place)


def _missing_colon(error: _SyntaxError, line: int, indentation: int, entry: str) -> Problem:
    return error.to_problem(
        "missing-colon",
        "This line is neither `name: value` nor an entry of a list.",
        "Write a colon and a space after the name, or begin a list entry with `- `.",
        at=error.place(line, indentation + 1, max(len(entry.rstrip()), 1)),
    )


def _simple_key(error: _SyntaxError) -> Problem:
    place = error.context_start
    entry = error.source.line(place.line)[place.column - 1 :]
    return _missing_space(error, place.line) or _missing_colon(error, place.line, place.column - 1, entry)


def _list_in_line(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "list-in-line",
        "A list with dashes begins on a line of its own.",
        "Write each entry on its own line below, or the whole list in brackets: `[one, another]`.",
    )


def _unclosed_quote(error: _SyntaxError) -> Problem:
    quote = error.source.line(error.context_start.line)[error.context_start.column - 1 :][:1]
    return error.to_problem(
        "unclosed-quote",
        "This quote is not closed.",
        Help(f"Add `{quote}` where the text ends.", Close(quote)),
        at=error.context_start,
    )


def _in_brackets(error: _SyntaxError) -> Problem:
    opening = error.source.line(error.context_start.line)[error.context_start.column - 1]
    if error.context_start.line == error.line and error.rest_of_line:
        return error.to_problem(
            "missing-comma",
            f"A comma or `{_BRACKETS[opening]}` is expected here.",
            Help(
                "Separate entries with commas, and put text with a colon, a quote or a bracket in quotes.", Separate()
            ),
        )
    return _unclosed_bracket(error, error.context_start)


def _unclosed_bracket(error: _SyntaxError, at: Place) -> Problem:
    opening = error.source.line(at.line)[at.column - 1]
    return error.to_problem(
        "unclosed-bracket",
        f"This `{opening}` is not closed.",
        Help(
            f"Add `{_BRACKETS[opening]}` after its last entry, and commas between its entries.",
            Close(_BRACKETS[opening]),
        ),
        at=at,
    )


def _missing_content(error: _SyntaxError) -> Problem:
    opening = _open_bracket(error)
    if opening and not error.rest_of_line:
        return _unclosed_bracket(error, opening)
    sign = error.rest_of_line[:1]
    if sign == "-":
        return _list_in_line(error)
    if sign in ("]", "}") and not opening:
        return _stray_bracket(error)
    if sign == ":":
        return _missing_name(error)
    return error.to_problem(
        "missing-value", f"A value is expected before `{sign}`.", "Write the value, or delete what follows."
    )


def _open_bracket(error: _SyntaxError) -> Place | None:
    text = "\n".join([*error.source.text.split("\n")[: error.line - 1], error.start_of_line])
    opened: list[int] = []
    for match in _QUOTED_OR_BRACKET.finditer(text):
        if match[0] in _BRACKETS:
            opened.append(match.start())
        elif match[0] in ("]", "}") and opened:
            opened.pop()
    if not opened:
        return None
    start = opened[-1]
    return error.place(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _stray_bracket(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "stray-bracket",
        f"`{error.rest_of_line[:1]}` closes nothing.",
        Help(
            "Delete it, or add the bracket that it should close.", Write("", title=f"Delete `{error.rest_of_line[:1]}`")
        ),
    )


def _block_end(error: _SyntaxError) -> Problem:
    sign = error.rest_of_line[:1]
    quoted = error.last_scalar.style in ("'", '"')
    if quoted and error.last_scalar.line < error.line and error.start_of_line.strip():
        at = error.place(error.last_scalar.line, error.last_scalar.column)
        return _unclosed_quote(attrs.evolve(error, context_start=at))
    if sign in ("]", "}"):
        return _stray_bracket(error)
    if sign == ":":
        return _missing_name(error)
    if error.start_of_line.strip(" -"):
        return _text_after_end(error, quoted)
    if "found '?'" in error.problem or "<block mapping start>" in error.problem:
        if error.context_start.column == error.column:
            widths = dict.fromkeys((error.indentation, max(error.indentation - 2, 0)))
            return error.to_problem(
                "missing-dash",
                "The lines above are entries of a list; this line is not.",
                Help(f"Begin it with `- `. {_ALIGN}", *(Indent(width, dash=True) for width in widths)),
            )
    elif sign == "-" and error.context_start.column == error.column:
        help = Help(f"Delete the dash. {_ALIGN}", Write("", "- ", "Delete the dash"))
        return error.to_problem("stray-dash", "There is a list entry among names here.", help)
    return error.to_problem(
        "wrong-indentation",
        "This line does not line up with any of the lines above.",
        _aligned(error),
        at=error.place(error.line, 1, max(error.indentation, 1)),
    )


def _aligned(error: _SyntaxError) -> Help:
    """Return the help that says where a line may begin, with each column in which a line above it does."""
    above = (error.source.line(number) for number in range(error.line - 1, 0, -1))
    widths = dict.fromkeys(len(line) - len(line.lstrip()) for line in above if line.strip())
    return Help(_ALIGN, *map(Indent, islice(widths, MOST_LISTED)))


def _missing_name(error: _SyntaxError) -> Problem:
    return error.to_problem("missing-name", "A name is missing before the colon.", "Write `name: value`.")


def _text_after_end(error: _SyntaxError, quoted: bool) -> Problem:
    if error.rest_of_line.startswith(","):
        values = error.text.partition(": ")[2].strip()
        return error.to_problem(
            "missing-bracket",
            "There are several values here without brackets.",
            Help(
                "Write lists in brackets: `[one, another]`.",
                Write(f"[{values}]", values, "Put the values in brackets"),
            ),
        )
    after = "the closing quote" if quoted else "its end"
    return error.to_problem(
        "text-after-end",
        f"The value goes on after {after}.",
        Help(
            'Put the whole value in quotes; inside `"…"` an apostrophe is fine.',
            Quote(),
            Write("", title=f"Delete `{error.rest_of_line.rstrip()}`"),
        ),
        width=len(error.rest_of_line.rstrip()),
    )


def _document_start(error: _SyntaxError) -> Problem:
    return _missing_space(error, error.line) or error.to_problem(
        "text-after-end",
        "The file goes on after its content has ended.",
        "Delete this, or close the brackets only at the end.",
    )


def _anchor(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "anchor",
        "Text cannot begin with `&` or `*`.",
        Help("Put the text in quotes; values cannot be shared between places.", Quote()),
        at=error.context_start,
    )


def _tag(error: _SyntaxError) -> Problem:
    return error.to_problem("tag", "Text cannot begin with `!`.", _QUOTE_IT, at=error.context_start)


def _escape(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "bad-escape",
        "In double quotes, a backslash `\\` begins an escape, and this is not a valid one.",
        Help(
            "Write `\\\\` for a backslash, or use single quotes, `'`.",
            Write("\\\\", "\\", "Write the backslash twice"),
        ),
        at=error.place(error.line, max(error.column - 1, 1), 2),
    )


def _directive(error: _SyntaxError) -> Problem:
    return error.to_problem(
        "directive",
        "Lines that begin with `%` have no meaning here.",
        Help("Delete the line.", Delete("line")),
        at=error.place(error.line, 1),
    )


_EXPLANATIONS: tuple[tuple[str, Callable[[_SyntaxError], Problem]], ...] = (
    ("directive", _directive),
    ("found incompatible YAML document", _directive),
    ("cannot start any token", _cannot_start),
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", _simple_key),
    ("sequence entries are not allowed", _list_in_line),
    ("found unexpected end of stream", _unclosed_quote),
    ("found unexpected document separator", _unclosed_quote),
    ("expected ',' or", _in_brackets),
    ("while scanning a block scalar", _block_text),
    ("while scanning an alias", _anchor),
    ("while scanning an anchor", _anchor),
    ("tag", _tag),
    ("escape", _escape),
    ("expected the node content", _missing_content),
    ("expected <block end>", _block_end),
    ("expected '<document start>'", _document_start),
)
