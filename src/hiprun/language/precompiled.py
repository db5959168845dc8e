"""Precompiled rules: rules that were checked when the package was built need not be checked again.

The file is next to the rule files. It has a digest of their bytes, another of its own, and the version of the engine;
if any of these differs, it is ignored. It is JSON, so reading it can only create values.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.model import Model
from hiprun.version import VERSION

FILE = ".checked.json"

_OWN_RULES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")


def precompiled_form(model: Model, folder: str) -> bytes:
    """Return the precompiled form of `model`, which was read from `folder`."""
    encoder = _Encoder()
    deferred = [encoder.encode(model.examples), encoder.encode(model.properties)]
    model_data = encoder.encode(attrs.evolve(model, examples=(), properties=()))
    form = {"engine": VERSION, "files": _digest(folder), "classes": list(encoder.classes), "model": model_data}
    lines = [json.dumps(line, separators=(",", ":")) for line in (form, *deferred)]
    content = "\n".join(lines).encode("ascii")
    return hashlib.sha256(content).hexdigest().encode("ascii") + b"\n" + content


def load_precompiled(folder: str | None = None) -> Model | None:
    """Return the model of the rules in `folder` from their precompiled form; None if there is none that fits.

    Without a folder, the rules are those that come with hiprun.
    """
    folder = folder or _OWN_RULES
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            expected_digest, content = file.read().split(b"\n", 1)
        if hashlib.sha256(content).hexdigest().encode("ascii") != expected_digest:
            return None
        first_line, examples, properties = content.split(b"\n")
        form = json.loads(first_line)
        if form["engine"] != VERSION or form["files"] != _digest(folder):
            return None
        constructors = _Constructors(form["classes"])
        model: Model = _decode(form["model"], constructors)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    deferred: Any = _DeferredEntries
    return attrs.evolve(model, examples=deferred(examples, constructors), properties=deferred(properties, constructors))


def _digest(folder: str) -> str:
    """Return the SHA-256 of the names and the bytes of all rule files in a folder."""
    hasher = hashlib.sha256()
    for name in sorted(_files(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        hasher.update(f"{name}\n{len(content)}\n".encode())
        hasher.update(content)
    return hasher.hexdigest()


def _files(folder: str, subfolder: str = "") -> Iterator[str]:
    with os.scandir(os.path.join(folder, subfolder)) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _files(folder, os.path.join(subfolder, entry.name))
            else:
                yield os.path.join(subfolder, entry.name)


class _DeferredEntries(Sequence[Any]):
    """Entries that are created on first access, which in most programs never happens; equal to a tuple."""

    def __init__(self, line: bytes, constructors: _Constructors) -> None:
        self._line, self._makers = line, constructors

    @functools.cached_property
    def _entries(self) -> tuple[Any, ...]:
        return tuple(_decode(json.loads(self._line), self._makers))

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return self._entries == (other._entries if isinstance(other, _DeferredEntries) else other)

    def __hash__(self) -> int:
        return hash(self._entries)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._entries,)


# Lists encode values that JSON does not have; their first entry is the number of a class, or one of these.
_TUPLE, _LIST, _SET, _MAPPING, _FRACTION = "(", "[", "{", ":", "/"


@attrs.define
class _Encoder:
    """Encodes values as JSON, and collects their classes."""

    classes: dict[tuple[str, str, tuple[str, ...]], int] = attrs.field(factory=dict)

    def encode(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, Fraction):
            return [_FRACTION, value.numerator, value.denominator]
        if isinstance(value, tuple | list):
            return [_TUPLE if isinstance(value, tuple) else _LIST, *map(self.encode, value)]
        if isinstance(value, frozenset):
            return [_SET, *sorted(value)]
        if isinstance(value, Mapping):
            return [_MAPPING, *(self.encode(entry) for pair in value.items() for entry in pair)]
        fields = [field.name for field in attrs.fields(type(value)) if field.init]
        key = (type(value).__module__, type(value).__qualname__, tuple(fields))
        number = self.classes.setdefault(key, len(self.classes))
        return [number, *(self.encode(getattr(value, name)) for name in fields)]


class _Constructors:
    """Constructors of the engine's own classes, each looked up when it is first needed."""

    def __init__(self, classes: Sequence[Sequence[Any]]) -> None:
        self._classes = classes
        self._made: dict[int, Callable[[list[Any]], Any]] = {}

    def __getitem__(self, number: int) -> Callable[[list[Any]], Any]:
        if number not in self._made:
            module, name, fields = self._classes[number]
            if not module.startswith("hiprun."):
                raise ValueError(module)
            cls = getattr(importlib.import_module(module), name)
            keywords = [field.name for field in attrs.fields(cls) if field.kw_only]
            count = len(fields) - len(keywords)

            def make(values: list[Any]) -> Any:
                return cls(*values[:count], **dict(zip(keywords, values[count:], strict=True)))

            self._made[number] = make
        return self._made[number]


def _decode(value: list[Any], constructors: _Constructors) -> Any:
    kind, *parts = value
    decoded = [_decode(part, constructors) if type(part) is list else part for part in parts]
    if type(kind) is int:
        return constructors[kind](decoded)
    if kind == _TUPLE:
        return tuple(decoded)
    if kind == _LIST:
        return decoded
    if kind == _MAPPING:
        return dict(zip(decoded[::2], decoded[1::2], strict=True))
    if kind == _SET:
        return frozenset(decoded)
    return Fraction(decoded[0], decoded[1])
