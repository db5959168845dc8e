"""Events of the YAML parser → plain data with places, built on an explicit stack with bounds."""

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
from hiprun.model.corrections import Delete, Help, Quote
from hiprun.model.places import Place, SourceText

_INDENTATION = re.compile("[ -]*")
_WHOLE_BEFORE_COMMA = re.compile(r"(?<![\w.])-?[0-9]+(?=,\Z)")
_COMMENT_TOO_CLOSE = re.compile("[|>][-+0-9]*#")

QUESTION_MARK = "\uf8fe"
"""The substitute for `?` in texts given to the parser: only its version in C can read a `?` in brackets."""

MOST_DEPTH = 40
MOST_VALUES = 75_000
MOST_PROBLEMS = 50


_TOO_MANY_PROBLEMS = Mistake(
    "too-many-problems",
    f"Reading stops here: this file has {MOST_PROBLEMS} mistakes so far.",
    "Correct these first; any others will be shown after that.",
)


class UnreadableError(Exception):
    """Nothing more can be reported about this file."""


@attrs.define
class _OpenNode:
    """A mapping or list that is not complete yet. `path` is None if its content cannot be kept."""

    value: dict[str, Any] | list[Any]
    path: Path | None
    start: Place
    flow: bool
    key: str | None = None
    key_place: Place | None = None
    keeps_value: bool = True
    is_silenced: bool = False
    """Whether reports about its content would only repeat what has been reported about the whole."""

    def expects_name(self) -> bool:
        return isinstance(self.value, dict) and self.key is None


class TreeBuilder:
    """Builds the data of one text, event by event, with `root` as the result."""

    def __init__(self, source: SourceText, text: str, problems: list[Problem], texts: Collection[str] = ()) -> None:
        self.source, self.text, self.problems, self._texts = source, text, list(problems), texts
        self.root: dict[str, Any] | None = None
        self.places: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self._file = source.file
        self._last_scalar: tuple[str, Place] | None = None
        self._lines_with_problems = {problem.place.line for problem in problems if problem.place}
        self._lines = text.split("\n")
        self._stack: list[_OpenNode] = []
        self._value_count = 0
        self._document_count = 0

    @property
    def last_scalar(self) -> syntax_errors.LastScalar:
        """The last value that the parser understood."""
        if self._last_scalar is None:
            return syntax_errors.LastScalar()
        style, place = self._last_scalar
        return syntax_errors.LastScalar(style, place.line, place.column)

    def handle(self, event: Any) -> None:
        """Process the next event of the parser."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if QUESTION_MARK in event.value:
                event.value = event.value.replace(QUESTION_MARK, "?")
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._start_node(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end_node(event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._start_document(event)

    def check_not_empty(self) -> None:
        """Report an empty text."""
        if not self._document_count:
            self._report(
                Mistake("empty-file", "There is nothing in this file.", "Write what it should contain, or delete it."),
                Place(self.source.file),
            )

    def _report(self, mistake: Mistake, place: Place) -> None:
        if self._stack and self._stack[-1].is_silenced:
            return
        is_full = len(self.problems) >= MOST_PROBLEMS
        reported = _TOO_MANY_PROBLEMS if is_full else mistake
        line = self.source.line(place.line)
        self.problems.append(Problem.with_help(reported.code, reported.message, place, reported.help, line))
        if is_full:
            raise UnreadableError

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column
        width = (end.column if end.line == line else len(self._lines[line].rstrip())) - column
        return Place(self._file, line + 1, column + 1, width if width > 0 else 1)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._document_count += 1
        if self._document_count > 1:
            place = self._place(event)
            self._report(
                Mistake(
                    "several-documents",
                    "`---` begins a second document here; one file contains only one.",
                    "Delete the line, or move what follows to a file of its own.",
                ),
                place,
            )
            raise UnreadableError

    def _count_value(self, place: Place) -> None:
        self._value_count += 1
        if self._value_count > MOST_VALUES:
            self._report(
                Mistake(
                    "too-many-values",
                    f"This file contains more than {MOST_VALUES:,} values.",
                    "Split it into several files of the same kind, in the same folder; a large decision into several,"
                    " each for some of the patients.",
                ),
                place,
            )
            raise UnreadableError

    def _start_node(self, event: Any) -> None:
        start = event.start_mark
        place = Place(self._file, start.line + 1, start.column + 1)
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._count_value(place)
        self._check_no_anchor_or_tag(event, place)
        if len(self._stack) == MOST_DEPTH:
            self._report(
                Mistake(
                    "too-deep",
                    f"Lists and names are nested more than {MOST_DEPTH} deep here.",
                    "Split it up, for example into derived facts.",
                ),
                place,
            )
            raise UnreadableError
        path, is_silenced = None, False
        if self._stack and self._stack[-1].expects_name():
            self._report(
                Mistake(
                    "bracket-before-colon",
                    "A list or a mapping cannot come before a colon.",
                    "Write a name before the colon; put text that begins with a bracket in quotes.",
                ),
                place,
            )
            self._stack[-1].key, self._stack[-1].keeps_value = "", False
            is_silenced = True
        elif self._stack:
            is_silenced = self._stack[-1].is_silenced
            path = self._add_value(value, place)
        else:
            path = self._start_root(value, place)
        self._stack.append(_OpenNode(value, path, place, bool(event.flow_style), is_silenced=is_silenced))

    def _start_root(self, value: dict[str, Any] | list[Any], place: Place) -> Path:
        if isinstance(value, list):
            self._report(
                Mistake(
                    "not-a-mapping",
                    "The file begins with a list; its first line should say what it contains.",
                    "Begin with a line such as `facts:` or `decision: name`, and indent the list under a name.",
                ),
                place,
            )
            raise UnreadableError
        self.root = value
        self.places[()] = place
        return ()

    def _end_node(self, event: Any) -> None:
        node = self._stack.pop()
        end = event.end_mark
        if node.flow and node.path is not None and end.line + 1 == node.start.line:
            start = node.start
            self.places[node.path] = Place(self._file, start.line, start.column, end.column + 1 - start.column)

    def _add_value(self, value: Any, place: Place) -> Path | None:
        """Add a value to the current mapping or list; return its path, or None if it cannot be kept."""
        parent = self._stack[-1]
        if isinstance(parent.value, list):
            step: str | int = len(parent.value)
            parent.value.append(value)
            path = None if parent.path is None else (*parent.path, step)
        else:
            assert parent.key is not None
            path = None if parent.path is None or not parent.keeps_value else (*parent.path, parent.key)
            if path is not None:
                parent.value[parent.key] = value
                assert parent.key_place is not None
                self.keys[path] = parent.key_place
            parent.key, parent.key_place, parent.keeps_value = None, None, True
        if path is not None:
            self.places[path] = place
        return path

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        self._last_scalar = event.style or "", place
        self._count_value(place)
        self._check_no_anchor_or_tag(event, place)
        if event.style in ("|", ">") and _COMMENT_TOO_CLOSE.search(self._lines[place.line - 1], place.column - 1):
            raise UnreadableError  # only the parser in C accepts this; the other one reports it
        if not self._stack:
            self._report_single_text(event, place)
        elif self._stack[-1].expects_name():
            self._set_key(event, place)
        else:
            missing = not event.value and not event.style
            self._add_value(self._scalar_value(event, place), self._stack[-1].key_place or place if missing else place)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        self._check_no_anchor_or_tag(event, place)
        if not self._stack:
            raise UnreadableError
        parent = self._stack[-1]
        if parent.expects_name():
            parent.key, parent.keeps_value = "", False
        else:
            self._add_value("", place)

    def _report_single_text(self, event: yaml.ScalarEvent, place: Place) -> None:
        mistake = None if event.style else scalars.missing_space_mistake(event.value)
        self._report(
            mistake
            or Mistake(
                "not-a-mapping",
                "The file contains a single piece of text; its first line should say what it contains.",
                "Begin with a line such as `facts:` or `decision: name`.",
            ),
            place,
        )
        raise UnreadableError

    def _set_key(self, event: yaml.ScalarEvent, place: Place) -> None:
        parent, name = self._stack[-1], event.value
        assert isinstance(parent.value, dict)
        if parent.flow and not event.style and self._reports_decimal_comma(name, place):
            parent.key, parent.key_place, parent.keeps_value = "", place, False
            return
        says_truth = parent.path is not None and parent.path[-1:] == ("say",) and name in ("true", "false")
        mistake = scalars.name_mistake(name, plain=not event.style and not says_truth)
        if mistake:
            self._report(mistake, place)
        if not parent.value and not parent.flow and parent.path is not None:
            self.places[parent.path] = place
        parent.key, parent.key_place, parent.keeps_value = name, place, name not in parent.value
        if not parent.keeps_value:
            line = "" if parent.path is None else f", on line {self.keys[(*parent.path, name)].line}"
            self._report(
                Mistake(
                    "duplicate-name",
                    f"`{scalars.shortened(name)}` is already here{line}.",
                    Help("Delete one of the two, or give it another name.", Delete("line"), Delete()),
                ),
                place,
            )

    def _reports_decimal_comma(self, name: str, place: Place) -> bool:
        """Report a name that is the second half of a number, as in `{at_least: 1,5}`; False if it is not."""
        before = _WHOLE_BEFORE_COMMA.search(self._lines[place.line - 1][: place.column - 1])
        if before is None or not name.isdecimal():
            return False
        width = len(before[0]) + 1 + place.width
        number_place = attrs.evolve(place, column=before.start() + 1, width=width)
        self._report(scalars.decimal_comma_mistake(before[0], name), number_place)
        return True

    def _scalar_value(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        """Return the value of a scalar; after a mistake, its text."""
        value: Scalar | Mistake
        if event.style in ("'", '"'):
            value = scalars.quoted_text(event.value)
        elif event.style:
            value = self._block_scalar(event, place)
        elif event.value:
            value = self._plain_scalar(event, place)
        else:
            return self._missing_value(place)
        if isinstance(value, Mistake):
            self._report(value, place)
            return str(event.value)
        return value

    def _missing_value(self, place: Place) -> str:
        parent = self._stack[-1]
        if parent.key == "" or place.line in self._lines_with_problems:
            return ""  # what is written in place of the name, or of the value, has been reported
        mistake = None
        if parent.flow and parent.key:
            mistake = scalars.missing_space_mistake(parent.key) or (
                scalars.COMMA_IN_TEXT if any(sign in parent.key for sign in " ()") else None
            )
        self._report(mistake or scalars.NOTHING, parent.key_place or place)
        return ""

    def _block_scalar(self, event: yaml.ScalarEvent, place: Place) -> str | Mistake:
        first_line = self._lines[place.line - 1][place.column - 1 :].rstrip()
        mistake = scalars.comparison_mistake(first_line) if event.style == ">" else None
        return mistake or (event.value if event.value.strip() else scalars.NOTHING)

    def _plain_scalar(self, event: Any, place: Place) -> Scalar | Mistake:
        if self._is_text() and not scalars.is_null(event.value):
            return str(event.value)
        lines = self._lines[place.line : event.end_mark.line + 1] if event.end_mark.line >= place.line else ()
        if any(line.lstrip(" ").startswith("- ") for line in lines):
            return Mistake(
                "stray-dash",
                "A list entry follows on the lines below, but all of this is read as one long text.",
                Help("Delete the text before the list, or put all of it in quotes if it is meant as text.", Quote()),
            )
        if ":" not in event.value and "-" not in event.value:
            return scalars.read_plain(event.value)
        # Only text that begins its line can be a name without a space; `time: 10:30` and `see: a:b` are fine.
        indentation = _INDENTATION.match(self._lines[place.line - 1])
        begins_line = indentation is not None and indentation.end() >= place.column - 1
        mistake = scalars.missing_space_mistake(event.value) if begins_line else None
        return mistake or scalars.read_plain(event.value)

    def _is_text(self) -> bool:
        """Whether the current value is text because of the name that it is under."""
        if not self._texts:
            return False
        path = (*(self._stack[-1].path or ()), self._stack[-1].key)
        return path[0] in self._texts

    def _check_no_anchor_or_tag(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            anchor = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{scalars.shortened(event.anchor)}"
            self._report(
                Mistake(
                    "anchor",
                    f"`{anchor}` shares a value between places, which is not allowed here.",
                    Help("Write the value out, or put text that begins with this character in quotes.", Quote()),
                ),
                attrs.evolve(place, width=len(event.anchor) + 1),
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            rest = self._lines[place.line - 1][place.column - 1 :]
            self._report(
                scalars.comparison_mistake(rest.rstrip(" ]}"))
                or Mistake(
                    "tag",
                    "A word that begins with `!` is not text.",
                    Help("Delete the word, or put the whole text in quotes.", Quote()),
                ),
                attrs.evolve(place, width=max(len(rest.split(" ")[0]), 1)),
            )
