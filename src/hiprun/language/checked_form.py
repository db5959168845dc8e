"""The checked form of a pack: rules that have been checked need not be read and checked again.

The form is JSON, so reading it can only create values, and only of the model's own classes. It begins with a digest of
all that follows, and names the engine and the digest of the rule files that it was made from; if any of these differs,
it does not fit and is ignored. Places are stored without the name of the pack's folder, so a pack can be moved.

The first line after the digest holds the model. What few decisions use is on lines of its own, each of which becomes
values when it is first used: a program that asks for one decision never creates the others, nor cases, translations or
what a diary tells. With it may come what each decision concludes while nothing is known, which takes longest to work
out.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.inference.conclusion import Answer, Conclusion
from hiprun.language.engine_digest import engine
from hiprun.language.rule_files import RuleFile, files_digest
from hiprun.model import Model
from hiprun.model.lazy_mapping import LazyMapping
from hiprun.model.places import Place
from hiprun.model.value_objects import Entity, ValueObject

_SEPARATORS = (",", ":")
_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, ImportError, RecursionError)
"""What decoding can raise; only a form that was forged fits its digest and is damaged all the same."""

_ROOMS = ("hiprun.model.", "hiprun.inference.conclusion")
_LATER_AS_A_WHOLE = frozenset({"examples", "properties"})
_AT_ONCE = frozenset({"facts", "parameters", "derived", "constraints"})
"""Parts of a model that almost every decision looks at; of the others, each named entry waits for its first use."""

_NOTHING: Mapping[str, Conclusion] = MappingProxyType({})


@attrs.frozen
class Precompiled(ValueObject):
    """What is in a checked form: a model, and what some of its decisions conclude while nothing is known."""

    model: Model
    nothing_known: Mapping[str, Conclusion]


def precompiled_form(
    model: Model, files: Sequence[RuleFile], nothing_known: Mapping[str, Conclusion] = _NOTHING
) -> bytes:
    """Return the checked form of `model`, which was read from `files`, and of what decisions conclude about nobody."""
    encoder = _Encoder()
    fields = {field.name: encoder.field(field.name, getattr(model, field.name)) for field in attrs.fields(Model)}
    nobody = encoder.later(nothing_known)
    header = {
        "engine": engine(),
        "files": files_digest(files),
        "classes": list(encoder.classes),
        "names": list(encoder.names),
        "fields": fields,
        "nothing_known": nobody,
    }
    content = "\n".join([json.dumps(header, separators=_SEPARATORS), *encoder.lines]).encode("ascii")
    return hashlib.sha256(content).hexdigest().encode("ascii") + b"\n" + content


def precompiled(form: bytes, files: Sequence[RuleFile]) -> Precompiled | None:
    """Return what is in a checked form; None if it does not fit these files or this engine, or is damaged."""
    try:
        expected_digest, content = form.split(b"\n", 1)
        if hashlib.sha256(content).hexdigest().encode("ascii") != expected_digest:
            return None
        first_line, *lines = content.split(b"\n")
        header = json.loads(first_line)
        if header["engine"] != engine() or header["files"] != files_digest(files):
            return None
        folder = files[0].name.partition("/")[0]
        names = [f"{folder}/{name}" if name else "" for name in header["names"]]
        decoder = _Decoder(header["classes"], names, lines)
        fields = {name: decoder.decode(value) for name, value in header["fields"].items()}
        return Precompiled(Model(**fields), decoder.decode(header["nothing_known"]))
    except _DAMAGE:
        return None


class _LazySequence(Sequence[Any]):
    """Entries that are created on first access, which in most programs never happens; equal to a tuple."""

    def __init__(self, line: bytes, decoder: _Decoder) -> None:
        self._line, self._decoder = line, decoder

    @functools.cached_property
    def _entries(self) -> tuple[Any, ...]:
        return tuple(self._decoder.decode_line(self._line))

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return self._entries == (other._entries if isinstance(other, _LazySequence) else other)

    def __hash__(self) -> int:
        return hash(self._entries)

    def __repr__(self) -> str:
        return repr(self._entries)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._entries,)


# Lists encode values that JSON does not have; their first entry is the number of a class, or one of these.
_TUPLE, _LIST, _SET, _MAPPING, _FRACTION, _PLACE = "(", "[", "{", ":", "/", "@"
_ANSWER, _DECIMAL, _DATE = "=", ".", "-"
_LATER_SEQUENCE, _LATER_MAPPING = "*", "&"
"""What is on other lines, by their numbers."""


def _mapping(parts: list[Any]) -> dict[str, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


_MAKERS: Mapping[str, Callable[[list[Any]], Any]] = {
    _TUPLE: tuple,
    _LIST: list,
    _SET: frozenset,
    _MAPPING: _mapping,
    _ANSWER: lambda parts: Answer(_mapping(parts)),
    _FRACTION: lambda parts: Fraction(parts[0], parts[1]),
    _DECIMAL: lambda parts: Decimal(parts[0]),
    _DATE: lambda parts: datetime.date.fromisoformat(parts[0]),
}


@attrs.define(eq=False)
class _Encoder(Entity):
    """Encodes values as JSON, and collects their classes, the names of files, and lines with what is used later."""

    classes: dict[tuple[str, str, tuple[str, ...]], int] = attrs.field(factory=dict)
    names: dict[str, int] = attrs.field(factory=dict)
    lines: list[str] = attrs.field(factory=list)

    def field(self, name: str, value: Any) -> Any:
        """Encode a part of a model, or have it decoded later."""
        if name in _LATER_AS_A_WHOLE:
            return [_LATER_SEQUENCE, self._line(tuple(value))]
        if name in _AT_ONCE:
            return self.encode(value)
        return self.later(value)

    def later(self, value: Any) -> Any:
        """Encode a value so that what its mappings have, unless these are mere texts, is decoded later."""
        if isinstance(value, Mapping) and not all(isinstance(entry, str) for entry in value.values()):
            return [_LATER_MAPPING, *(part for name, entry in value.items() for part in (name, self._line(entry)))]
        if attrs.has(type(value)) and not isinstance(value, Place):
            number, names = self._class(type(value))
            return [number, *(self.later(getattr(value, name)) for name in names)]
        return self.encode(value)

    def _line(self, value: Any) -> int:
        self.lines.append(json.dumps(self.encode(value), separators=_SEPARATORS))
        return len(self.lines) - 1

    def encode(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, Place):
            number = self.names.setdefault(value.file.partition("/")[2], len(self.names))
            return [_PLACE, number, value.line, value.column, value.width]
        if isinstance(value, Fraction):
            return [_FRACTION, value.numerator, value.denominator]
        if isinstance(value, Decimal):
            return [_DECIMAL, str(value)]
        if isinstance(value, datetime.date):
            return [_DATE, value.isoformat()]
        if isinstance(value, tuple | list):
            return [_TUPLE if isinstance(value, tuple) else _LIST, *map(self.encode, value)]
        if isinstance(value, frozenset):
            return [_SET, *sorted(value)]
        if isinstance(value, Mapping):
            return [
                _ANSWER if isinstance(value, Answer) else _MAPPING,
                *(self.encode(entry) for pair in value.items() for entry in pair),
            ]
        number, names = self._class(type(value))
        return [number, *(self.encode(getattr(value, name)) for name in names)]

    def _class(self, cls: type) -> tuple[int, tuple[str, ...]]:
        key = (cls.__module__, cls.__qualname__, _fields(cls))
        return self.classes.setdefault(key, len(self.classes)), key[2]


def _fields(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls) if field.init)


class _Decoder:
    """Creates values from JSON. Constructors of the model's classes are looked up when they are first needed."""

    def __init__(self, classes: Sequence[Sequence[Any]], names: Sequence[str], lines: Sequence[bytes]) -> None:
        self._classes, self._names, self._lines = classes, names, lines
        self._of_lines = _Decoder(classes, names, ()) if lines else self
        """Decodes lines, on which nothing waits in turn."""
        self._constructors: dict[int, Callable[[list[Any]], Any]] = {}

    def decode_line(self, line: bytes) -> Any:
        """Return the value on a line, long after the rest was decoded; raises `RuleError` if it is damaged."""
        try:
            return self.decode(json.loads(line))
        except _DAMAGE:
            message = "The checked form of these rules fits its digest but is damaged, so it was tampered with."
            help = "Delete it, and find out where it came from."
            raise RuleError([Problem("forged-form", message, help=help)]) from None

    def decode(self, value: Any) -> Any:
        if type(value) is not list:
            return value
        kind = value[0]
        if kind == _PLACE:
            return Place(self._names[value[1]], *value[2:])
        if kind == _LATER_MAPPING:
            lines = {name: self._lines[number] for name, number in _mapping(value[1:]).items()}
            return LazyMapping(lines, self._of_lines.decode_line)
        if kind == _LATER_SEQUENCE:
            return _LazySequence(self._lines[value[1]], self._of_lines)
        parts = [self.decode(part) if type(part) is list else part for part in value[1:]]
        if type(kind) is int:
            return (self._constructors.get(kind) or self._constructor(kind))(parts)
        return _MAKERS[kind](parts)

    def _constructor(self, number: int) -> Callable[[list[Any]], Any]:
        module, name, fields = self._classes[number]
        if not module.startswith(_ROOMS):
            raise ValueError(module)
        cls = getattr(importlib.import_module(module), name)
        if list(_fields(cls)) != fields:
            raise ValueError(name)
        keywords = [field.name for field in attrs.fields(cls) if field.kw_only]
        count = len(fields) - len(keywords)

        def construct(parts: list[Any]) -> Any:
            return cls(*parts[:count], **dict(zip(keywords, parts[count:], strict=True)))

        self._constructors[number] = construct
        return construct
