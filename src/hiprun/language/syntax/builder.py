"""Events of the YAML parser → plain data with places, put together on a stack of our own, with bounds."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import attrs
import yaml

from hiprun.errors import Problem
from hiprun.language.syntax import scalars, syntax_errors
from hiprun.language.syntax.document import Path
from hiprun.language.syntax.scalars import Mistake, Scalar
from hiprun.model.places import Place, SourceText

_LEAD = re.compile("[ -]*")
_WHOLE_BEFORE_COMMA = re.compile(r"(?<![\w.])-?[0-9]+(?=,\Z)")
_COMMENT_TOO_CLOSE = re.compile("[|>][-+0-9]*#")

QUESTION_MARK = "\uf8fe"
"""What stands for `?` in texts given to the parser: of its two versions, only the one in C can read it in brackets."""

MOST_DEPTH = 40
MOST_VALUES = 75_000
MOST_PROBLEMS = 50


_ENOUGH = Mistake(
    "too-many-problems",
    f"Reading stops here: this file has {MOST_PROBLEMS} mistakes so far.",
    "Correct these first; any others are shown then.",
)


class UnreadableError(Exception):
    """Nothing more can be said about this file."""


@attrs.define
class _Open:
    """A mapping or list that is not closed yet. `path` is None where its content cannot be kept."""

    value: dict[str, Any] | list[Any]
    path: Path | None
    start: Place
    flow: bool
    key: str | None = None
    key_place: Place | None = None
    kept: bool = True
    silent: bool = False
    """Whether more words about its content would only repeat what has been said about the whole."""

    def expects_name(self) -> bool:
        return isinstance(self.value, dict) and self.key is None


class Tree:
    """The data of one text, growing event by event. `root` is the whole of it."""

    def __init__(self, source: SourceText, text: str, problems: list[Problem], texts: Collection[str] = ()) -> None:
        self.source, self.text, self.problems, self._texts = source, text, list(problems), texts
        self.root: dict[str, Any] | None = None
        self.places: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.last = syntax_errors.Scalar()
        self._blamed = {problem.place.line for problem in problems if problem.place}
        self._lines = text.split("\n")
        self._stack: list[_Open] = []
        self._values = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add what the parser found next."""
        match event:
            case yaml.ScalarEvent():
                event.value = event.value.replace(QUESTION_MARK, "?")
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._document(event)

    def check_not_empty(self) -> None:
        """Report a text that holds nothing."""
        if not self._documents:
            self._report(
                Mistake("empty-file", "There is nothing in this file.", "Write what it should hold, or delete it."),
                Place(self.source.file),
            )

    def _report(self, mistake: Mistake, place: Place) -> None:
        if self._stack and self._stack[-1].silent:
            return
        enough = len(self.problems) >= MOST_PROBLEMS
        said = _ENOUGH if enough else mistake
        self.problems.append(Problem(said.code, said.message, place, said.help, self.source.line(place.line)))
        if enough:
            raise UnreadableError

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        last = end.column if end.line == start.line else len(self._lines[start.line].rstrip())
        return Place(self.source.file, start.line + 1, start.column + 1, max(last - start.column, 1))

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            place = self._place(event)
            self._report(
                Mistake(
                    "several-documents",
                    "`---` begins a second document here; one file holds one.",
                    "Delete the line, or put what follows into a file of its own.",
                ),
                place,
            )
            raise UnreadableError

    def _count(self, place: Place) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            self._report(
                Mistake(
                    "too-many-values",
                    f"This file holds more than {MOST_VALUES:,} values.",
                    "Split it into several files of the same kind, in the same folder; one decision into several,"
                    " each for a part of the patients.",
                ),
                place,
            )
            raise UnreadableError

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        place = attrs.evolve(self._place(event), width=1)
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._count(place)
        self._check_unshared(event, place)
        if len(self._stack) == MOST_DEPTH:
            self._report(
                Mistake(
                    "too-deep",
                    f"Lists and names are nested more than {MOST_DEPTH} deep here.",
                    "Split it up, for instance into derived facts.",
                ),
                place,
            )
            raise UnreadableError
        path, silent = None, False
        if self._stack and self._stack[-1].expects_name():
            self._report(
                Mistake(
                    "bracket-before-colon",
                    "A list or a mapping cannot stand before a colon.",
                    "Write a name before the colon; put text that begins with a bracket in quotes.",
                ),
                place,
            )
            self._stack[-1].key, self._stack[-1].kept = "", False
            silent = True
        elif self._stack:
            silent = self._stack[-1].silent
            path = self._value(value, place)
        else:
            path = self._begin(value, place)
        self._stack.append(_Open(value, path, place, bool(event.flow_style), silent=silent))

    def _begin(self, value: dict[str, Any] | list[Any], place: Place) -> Path:
        if isinstance(value, list):
            self._report(
                Mistake(
                    "not-a-mapping",
                    "The file begins with a list; its first line should say what it holds.",
                    "Begin with a line such as `facts:` or `decision: name`, and indent the list under a name.",
                ),
                place,
            )
            raise UnreadableError
        self.root = value
        self.places[()] = place
        return ()

    def _close(self, event: Any) -> None:
        closed = self._stack.pop()
        end = event.end_mark
        if closed.flow and closed.path is not None and end.line + 1 == closed.start.line:
            self.places[closed.path] = attrs.evolve(closed.start, width=end.column + 1 - closed.start.column)

    def _value(self, value: Any, place: Place) -> Path | None:
        """Put a value into the mapping or list that is open; return its path, or None where it cannot be kept."""
        parent = self._stack[-1]
        if isinstance(parent.value, list):
            step: str | int = len(parent.value)
            parent.value.append(value)
            path = None if parent.path is None else (*parent.path, step)
        else:
            assert parent.key is not None
            path = None if parent.path is None or not parent.kept else (*parent.path, parent.key)
            if path is not None:
                parent.value[parent.key] = value
                assert parent.key_place is not None
                self.keys[path] = parent.key_place
            parent.key, parent.key_place, parent.kept = None, None, True
        if path is not None:
            self.places[path] = place
        return path

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        self.last = syntax_errors.Scalar(event.style or "", place.line, place.column)
        self._count(place)
        self._check_unshared(event, place)
        if event.style in ("|", ">") and _COMMENT_TOO_CLOSE.search(self._lines[place.line - 1], place.column - 1):
            raise UnreadableError  # only the parser in C takes this; the other one has words for it
        if not self._stack:
            self._alone(event, place)
        elif self._stack[-1].expects_name():
            self._name(event, place)
        else:
            missing = not event.value and not event.style
            self._value(self._read(event, place), self._stack[-1].key_place or place if missing else place)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        self._check_unshared(event, place)
        if not self._stack:
            raise UnreadableError
        parent = self._stack[-1]
        if parent.expects_name():
            parent.key, parent.kept = "", False
        else:
            self._value("", place)

    def _alone(self, event: yaml.ScalarEvent, place: Place) -> None:
        mistake = None if event.style else scalars.unspaced(event.value)
        self._report(
            mistake
            or Mistake(
                "not-a-mapping",
                "The file holds a single text; its first line should say what it holds.",
                "Begin with a line such as `facts:` or `decision: name`.",
            ),
            place,
        )
        raise UnreadableError

    def _name(self, event: yaml.ScalarEvent, place: Place) -> None:
        parent, name = self._stack[-1], event.value
        assert isinstance(parent.value, dict)
        if parent.flow and not event.style and self._decimal_comma(name, place):
            parent.key, parent.key_place, parent.kept = "", place, False
            return
        mistake = scalars.name_mistake(name, plain=not event.style)
        if mistake:
            self._report(mistake, place)
        if not parent.value and not parent.flow and parent.path is not None:
            self.places[parent.path] = place
        parent.key, parent.key_place, parent.kept = name, place, name not in parent.value
        if not parent.kept:
            line = "" if parent.path is None else f", in line {self.keys[(*parent.path, name)].line}"
            self._report(
                Mistake(
                    "duplicate-name",
                    f"`{scalars.brief(name)}` stands here already{line}.",
                    "Delete one of the two, or give it another name.",
                ),
                place,
            )

    def _decimal_comma(self, name: str, place: Place) -> bool:
        """Report a name that is the second half of a number, as in `{at_least: 1,5}`; False when it is none."""
        before = _WHOLE_BEFORE_COMMA.search(self._lines[place.line - 1][: place.column - 1])
        if before is None or not name.isdecimal():
            return False
        width = len(before[0]) + 1 + place.width
        at = attrs.evolve(place, column=before.start() + 1, width=width)
        self._report(scalars.decimal_comma(before[0], name), at)
        return True

    def _read(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        """Return what a value says; its text, after a mistake."""
        found: Scalar | Mistake
        if event.style in ("'", '"'):
            found = scalars.quoted(event.value)
        elif event.style:
            found = self._block(event, place)
        elif event.value:
            found = self._plain(event, place)
        else:
            return self._nothing(place)
        if isinstance(found, Mistake):
            self._report(found, place)
            return str(event.value)
        return found

    def _nothing(self, place: Place) -> str:
        parent = self._stack[-1]
        if parent.key == "" or place.line in self._blamed:
            return ""  # what stands in place of the name, or of the value, has been reported
        mistake = None
        if parent.flow and parent.key:
            mistake = scalars.unspaced(parent.key) or (scalars.COMMA_IN_TEXT if " " in parent.key else None)
        self._report(mistake or scalars.NOTHING, parent.key_place or place)
        return ""

    def _block(self, event: yaml.ScalarEvent, place: Place) -> str | Mistake:
        first = self._lines[place.line - 1][place.column - 1 :].rstrip()
        sign = scalars.comparison(first) if event.style == ">" else None
        return sign or (event.value if event.value.strip() else scalars.NOTHING)

    def _plain(self, event: Any, place: Place) -> Scalar | Mistake:
        if self._is_text() and not scalars.says_nothing(event.value):
            return str(event.value)
        lines = self._lines[place.line : event.end_mark.line + 1]
        if any(line.lstrip(" ").startswith("- ") for line in lines):
            return Mistake(
                "stray-dash",
                "An entry of a list follows in the lines below, but this is read as one long text.",
                "Delete the text before the list, or put all of it in quotes if it is meant as text.",
            )
        # Only what begins its line can be a name that lost its space; `time: 10:30` and `see: a:b` are fine.
        lead = _LEAD.match(self._lines[place.line - 1])
        begins_line = lead is not None and lead.end() >= place.column - 1
        mistake = scalars.unspaced(event.value) if begins_line else None
        return mistake or scalars.read(event.value)

    def _is_text(self) -> bool:
        """Whether what stands here is text, since a name above it says so."""
        path = (*(self._stack[-1].path or ()), self._stack[-1].key)
        return path[0] in self._texts

    def _check_unshared(self, event: yaml.NodeEvent, place: Place) -> None:
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._report(
                Mistake(
                    "anchor",
                    f"`{sign}{scalars.brief(event.anchor)}` shares a value between places, which is not possible here.",
                    "Write the value out, or put text that begins with this sign in quotes.",
                ),
                attrs.evolve(place, width=len(event.anchor) + 1),
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            rest = self._lines[place.line - 1][place.column - 1 :]
            self._report(
                scalars.comparison(rest.rstrip(" ]}"))
                or Mistake(
                    "tag",
                    "A word that begins with `!` is no text.",
                    "Delete the word, or put the whole text in quotes.",
                ),
                attrs.evolve(place, width=max(len(rest.split(" ")[0]), 1)),
            )
