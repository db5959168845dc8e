"""A Python function written line by line: constants are bound under made-up names, nothing is ever quoted in code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

import attrs

from hiprun.model.value_objects import Entity, ValueObject


@attrs.define(eq=False)
class Writer(Entity):
    """Lines of a function body, and the constants they speak of by made-up names."""

    lines: list[str] = attrs.field(factory=list)
    constants: dict[str, Any] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)
    _names: dict[Any, str] = attrs.field(factory=dict)

    def bind(self, value: Any) -> str:
        """Return the name of a constant; equal texts and the same objects share one."""
        if type(value) is str:
            value = sys.intern(value)  # texts in programs are interned, and the same text is found sooner
        key = value if isinstance(value, str) else id(value)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"k{len(self._names)}"
            self.constants[name] = value
        return name

    def write(self, line: str, *, indent: int = 1) -> None:
        """Add a line."""
        self.lines.append("    " * indent + line)

    def function(self, name: str, parameters: str, file: str) -> Written:
        """Return the function of these lines. `file` is shown in tracebacks, with the line itself."""
        source = "\n".join([f"def {name}({parameters}):", *self.lines, ""])
        namespace: dict[str, Any] = {"__name__": file, "__loader__": _Loader(source), **self.constants}
        exec(compile(source, file, "exec", dont_inherit=True), namespace)
        return Written(namespace[name], source, self.constants, tuple(self.notes))


@attrs.frozen
class Written(ValueObject):
    """A function made from source, the source, and what the names in it stand for."""

    call: Callable[..., Any]
    source: str
    constants: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the source line by line, then what the names and numbers in it stand for."""
        yield from self.source.splitlines()
        yield ""
        for name, value in self.constants.items():
            yield f"# {name} is {_shown(value)}"
        for note in self.notes:
            yield f"# {note}"


def _shown(value: Any) -> str:
    match value:
        case str():
            return repr(value)
        case type():
            return f"the type {value.__name__}"
        case frozenset():
            return f"any of {sorted(value)}"
        case itemgetter():
            return f"what reads {', '.join(map(repr, value.__reduce__()[1]))}"
        case dict() if value and all(isinstance(key, str) for key in value):
            return ", ".join(f"{key!r}: {entry}" for key, entry in value.items())
        case dict():
            return "what was concluded before, by key"
        case _:
            return "a function of hiprun"


@attrs.frozen
class _Loader(ValueObject):
    """What `linecache` asks for the lines of a traceback; lives as long as the function does."""

    source: str

    def get_source(self, name: str) -> str:
        """Return the source of the module called `name`, of which there is only one here."""
        return self.source
