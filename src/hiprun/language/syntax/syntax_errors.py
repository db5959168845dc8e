"""Where YAML gives up → what was probably meant, judged by what the parser expected and by the lines around."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs
from yaml import MarkedYAMLError

from hiprun.errors import Problem
from hiprun.language.syntax import scalars
from hiprun.model.places import Place, SourceText

_DASHES = re.compile(r"\A(?:- +)*")
_ENTRY = re.compile(r"(?:- +)*(?P<name>\"[^\"]*\"|'[^']*'|[^\s\"'\[{#][^:#]*):(?: |$)")
_BRACKETS = {"[": "]", "{": "}"}
_QUOTED_OR_BRACKET = re.compile(r"\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'[^']*(?:'|\Z)|#[^\n]*|[\[\]{}]", re.DOTALL)
_CURLY = re.compile("[“”„‘’‚«»]")
_USE_STRAIGHT_QUOTES = 'Replace the curly quotes by straight ones, `"`.'
_ALIGN = "Lines that belong together begin in the same column; lines that belong to a name stand two spaces further in."


@attrs.frozen
class Scalar:
    """The last value that was read before the trouble: its quotes and its first line and column."""

    style: str = ""
    line: int = 1
    column: int = 1


@attrs.frozen
class _Trouble:
    source: SourceText
    problem: str
    line: int
    column: int
    begun: Place
    last: Scalar

    @property
    def text(self) -> str:
        return self.source.line(self.line)

    @property
    def rest(self) -> str:
        return self.text[self.column - 1 :]

    @property
    def before(self) -> str:
        return self.text[: self.column - 1]

    @property
    def indentation(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))

    def above(self) -> tuple[int, str]:
        """Return the number and text of the nearest line above that says something; 0 when there is none."""
        number = self.line - 1
        while number > 0 and self.source.line(number).strip()[:1] in ("", "#"):
            number -= 1
        return number, self.source.line(number)

    def say(self, code: str, message: str, help: str, *, at: Place | None = None, width: int = 1) -> Problem:
        place = at or Place(self.source.file, self.line, self.column, width)
        return Problem(code, message, place, help, self.source.line(place.line))

    def at(self, line: int, column: int, width: int = 1) -> Place:
        return Place(self.source.file, line, column, width)


def explain(source: SourceText, error: MarkedYAMLError, last: Scalar) -> Problem:
    """Return the mistake behind an error of the YAML parser; `last` is the last value it understood."""
    mark, context = error.problem_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    begun = Place(source.file, context.line + 1, context.column + 1) if context else Place(source.file, line, column)
    trouble = _Trouble(source, error.problem or "", line, column, begun, last)
    said = f"{error.context or ''}: {trouble.problem}"
    for words, reason in _REASONS:
        if words in said:
            return reason(trouble)
    return _unreadable(trouble)


def _unreadable(trouble: _Trouble) -> Problem:
    return trouble.say(
        "yaml-syntax",
        "This cannot be read.",
        "Check the indentation and the colons here and in the line above, and put text with special signs in quotes.",
    )


def _cannot_start(trouble: _Trouble) -> Problem:
    if trouble.rest[:1] in (">", "|"):
        return _block_text(trouble)
    return trouble.say("unquoted-sign", "Text cannot begin with this sign.", "Put the text in quotes.")


def _block_text(trouble: _Trouble) -> Problem:
    place = trouble.begun
    rest = trouble.source.line(place.line)[place.column - 1 :].split(" #")[0].rstrip(" ]}")
    mistake = scalars.comparison(rest.replace("\t", " "))
    if mistake:
        return trouble.say(mistake.code, mistake.message, mistake.help, at=attrs.evolve(place, width=len(rest)))
    return trouble.say(
        "unquoted-sign",
        f"`{rest[:1]}` begins a block of text here, and such a block starts on the next line.",
        "Put text that begins with this sign in quotes.",
        at=place,
    )


def _colon(trouble: _Trouble) -> Problem:
    number, above = trouble.above()
    start = trouble.before.lstrip("- ")
    if _CURLY.search(start):
        return trouble.say("curly-quotes", "Curly quotes do not mark text here.", _USE_STRAIGHT_QUOTES)
    if _ENTRY.match(start):
        return trouble.say(
            "colon-in-text",
            "A colon followed by a space cannot stand in text without quotes.",
            "Put the text in quotes; if this begins a new entry, write it on a line of its own.",
        )
    indentation = len(above) - len(above.lstrip(" "))
    entry = above[indentation:]
    unspaced = _unspaced(trouble, trouble.line) or _unspaced(trouble, number)
    if unspaced:
        return unspaced
    if number and _ENTRY.match(entry):
        return trouble.say(
            "wrong-indentation",
            f"This line stands further in than line {number}, which has its value already.",
            _ALIGN,
            at=trouble.at(trouble.line, 1, max(trouble.indentation, 1)),
        )
    return _no_colon(trouble, number or trouble.line, indentation, entry or trouble.text)


def _unspaced(trouble: _Trouble, line: int) -> Problem | None:
    """Return the mistake of line `line` when its name is followed by a colon without a space."""
    text = trouble.source.line(line)
    indentation = len(text) - len(text.lstrip(" "))
    start = indentation + len(text[indentation:]) - len(_DASHES.sub("", text[indentation:], 1))
    mistake = scalars.unspaced(text[start:])
    if mistake is None:
        return None
    place = trouble.at(line, start + 1, len(text[start:].split(" ")[0]))
    return trouble.say(mistake.code, mistake.message, mistake.help, at=place)


def _no_colon(trouble: _Trouble, line: int, indentation: int, entry: str) -> Problem:
    return trouble.say(
        "missing-colon",
        "This line is neither `name: value` nor an entry of a list.",
        "Write a colon and a space after the name, or begin a list entry with `- `.",
        at=trouble.at(line, indentation + 1, max(len(entry.rstrip()), 1)),
    )


def _simple_key(trouble: _Trouble) -> Problem:
    place = trouble.begun
    entry = trouble.source.line(place.line)[place.column - 1 :]
    return _unspaced(trouble, place.line) or _no_colon(trouble, place.line, place.column - 1, entry)


def _dash(trouble: _Trouble) -> Problem:
    return trouble.say(
        "list-in-line",
        "A list with dashes begins on a line of its own.",
        "Write each entry on its own line below, or the whole list in brackets: `[one, another]`.",
    )


def _unclosed_quote(trouble: _Trouble) -> Problem:
    quote = trouble.source.line(trouble.begun.line)[trouble.begun.column - 1 :][:1]
    return trouble.say(
        "unclosed-quote", "This quote is not closed.", f"Add `{quote}` where the text ends.", at=trouble.begun
    )


def _flow(trouble: _Trouble) -> Problem:
    opening = trouble.source.line(trouble.begun.line)[trouble.begun.column - 1]
    if trouble.begun.line == trouble.line and trouble.rest:
        return trouble.say(
            "missing-comma",
            f"Here a comma or `{_BRACKETS[opening]}` is expected.",
            "Separate entries with commas, and put text with a colon, a quote or a bracket in quotes.",
        )
    return _unclosed_bracket(trouble, trouble.begun)


def _unclosed_bracket(trouble: _Trouble, at: Place) -> Problem:
    opening = trouble.source.line(at.line)[at.column - 1]
    return trouble.say(
        "unclosed-bracket",
        f"This `{opening}` is not closed.",
        f"Add `{_BRACKETS[opening]}` after its last entry, and commas between its entries.",
        at=at,
    )


def _content(trouble: _Trouble) -> Problem:
    opening = _open_bracket(trouble)
    if opening and not trouble.rest:
        return _unclosed_bracket(trouble, opening)
    sign = trouble.rest[:1]
    if sign == "-":
        return _dash(trouble)
    if sign in ("]", "}") and not opening:
        return _stray_bracket(trouble)
    if sign == ":":
        return _no_name(trouble)
    return trouble.say("missing-value", f"A value is expected before `{sign}`.", "Write the value, or delete the sign.")


def _open_bracket(trouble: _Trouble) -> Place | None:
    text = "\n".join([*trouble.source.text.split("\n")[: trouble.line - 1], trouble.before])
    opened: list[int] = []
    for match in _QUOTED_OR_BRACKET.finditer(text):
        if match[0] in _BRACKETS:
            opened.append(match.start())
        elif match[0] in ("]", "}") and opened:
            opened.pop()
    if not opened:
        return None
    start = opened[-1]
    return trouble.at(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _stray_bracket(trouble: _Trouble) -> Problem:
    return trouble.say(
        "stray-bracket", f"`{trouble.rest[:1]}` closes nothing.", "Delete it, or add the bracket that it should close."
    )


def _block_end(trouble: _Trouble) -> Problem:
    sign = trouble.rest[:1]
    quoted = trouble.last.style in ("'", '"')
    if quoted and trouble.last.line < trouble.line and trouble.before.strip():
        at = trouble.at(trouble.last.line, trouble.last.column)
        return _unclosed_quote(attrs.evolve(trouble, begun=at))
    if sign in ("]", "}"):
        return _stray_bracket(trouble)
    if sign == ":":
        return _no_name(trouble)
    if trouble.before.strip(" -"):
        return _goes_on(trouble, quoted)
    if "found '?'" in trouble.problem or "<block mapping start>" in trouble.problem:
        if trouble.begun.column == trouble.column:
            return trouble.say(
                "missing-dash",
                "The lines above are entries of a list; this line is none.",
                f"Begin it with `- `. {_ALIGN}",
            )
    elif sign == "-" and trouble.begun.column == trouble.column:
        return trouble.say("stray-dash", "A list entry stands here among names.", f"Delete the dash. {_ALIGN}")
    return trouble.say(
        "wrong-indentation",
        "This line begins in a column where no line above it begins.",
        _ALIGN,
        at=trouble.at(trouble.line, 1, max(trouble.indentation, 1)),
    )


def _no_name(trouble: _Trouble) -> Problem:
    return trouble.say("missing-name", "A name is missing before the colon.", "Write `name: value`.")


def _goes_on(trouble: _Trouble, quoted: bool) -> Problem:
    if trouble.rest.startswith(","):
        return trouble.say(
            "missing-bracket",
            "Several values stand here without brackets.",
            "Write lists in brackets: `[one, another]`.",
        )
    after = "the closing quote" if quoted else "its end"
    return trouble.say(
        "text-after-end",
        f"The value goes on after {after}.",
        'Put the whole value in quotes; inside `"…"` an apostrophe is fine.',
        width=len(trouble.rest.rstrip()),
    )


def _document_start(trouble: _Trouble) -> Problem:
    return _unspaced(trouble, trouble.line) or trouble.say(
        "text-after-end",
        "The file goes on after its content has ended.",
        "Delete this, or close the brackets only at the end.",
    )


def _anchor(trouble: _Trouble) -> Problem:
    return trouble.say(
        "anchor",
        "Text cannot begin with `&` or `*`.",
        "Put the text in quotes; values cannot be shared between places.",
        at=trouble.begun,
    )


def _tag(trouble: _Trouble) -> Problem:
    return trouble.say("tag", "Text cannot begin with `!`.", "Put the text in quotes.", at=trouble.begun)


def _escape(trouble: _Trouble) -> Problem:
    return trouble.say(
        "bad-escape",
        "In double quotes a backslash `\\` begins a special sign, and this is none.",
        "Write `\\\\` for a backslash, or use single quotes, `'`.",
        at=trouble.at(trouble.line, max(trouble.column - 1, 1), 2),
    )


def _directive(trouble: _Trouble) -> Problem:
    return trouble.say(
        "directive",
        "Lines that begin with `%` have no meaning here.",
        "Delete the line.",
        at=trouble.at(trouble.line, 1),
    )


_REASONS: tuple[tuple[str, Callable[[_Trouble], Problem]], ...] = (
    ("directive", _directive),
    ("found incompatible YAML document", _directive),
    ("cannot start any token", _cannot_start),
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", _simple_key),
    ("sequence entries are not allowed", _dash),
    ("found unexpected end of stream", _unclosed_quote),
    ("found unexpected document separator", _unclosed_quote),
    ("expected ',' or", _flow),
    ("while scanning a block scalar", _block_text),
    ("while scanning an alias", _anchor),
    ("while scanning an anchor", _anchor),
    ("tag", _tag),
    ("escape", _escape),
    ("expected the node content", _content),
    ("expected <block end>", _block_end),
    ("expected '<document start>'", _document_start),
)
