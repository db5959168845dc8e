"""Where a fault goes: a symbol of the sources, and text inside it that is found however it is laid out.

And where the list of faults says what notices it.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

_TOKEN = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\#[^\n]*|\w+|[^\w\s]')
_CLOSING = (")", "]", "}")
_WIDTH = 120
_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Token: TypeAlias = tuple[str, int, int]
"""A piece of source text, and where it begins and ends."""


def path_of(sources: Path, symbol: str) -> Path:
    """Return the file that a symbol is in."""
    module = sources / symbol.partition(":")[0].replace(".", "/")
    return module / "__init__.py" if module.is_dir() else module.with_name(f"{module.name}.py")


def with_fault(sources: Path, symbol: str, old: str, new: str) -> str:
    """Return the text of a symbol's file with `new` in place of `old`; raises `LookupError`, which names the symbol."""
    path = path_of(sources, symbol)
    if not path.is_file():
        raise LookupError(f"{symbol}: there is no such module.")
    text = path.read_text(encoding="utf-8")
    start, end = _extent(text, symbol)
    places = list(_places(_tokens(text[start:end]), [token for token, _, _ in _tokens(old)]))
    if len(places) != 1:
        raise LookupError(f"{symbol}: contains {len(places)} times instead of once: {old}")
    first, last = start + places[0][0], start + places[0][1]
    line = text[text.rfind("\n", 0, first) + 1 : first]
    indent = line[: len(line) - len(line.lstrip())]
    return text[:first] + textwrap.indent(textwrap.dedent(new), indent).lstrip() + text[last:]


def recorded(text: str, symbol: str, why: str, test: str) -> str:
    """Return the text of the list of faults with the name of the test that notices one; raises `LookupError`."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(args=[ast.Constant(value=first), ast.Constant(value=second), *_], keywords=[]):
                if (first, second) == (symbol, why) and node.end_lineno is not None:
                    lines = text.split("\n")
                    lines.insert(node.end_lineno - 1, _noticed_by(test.partition("[")[0]))
                    return "\n".join(lines)
            case _:
                pass
    raise LookupError(f"{symbol}: no such fault without a test: {why}")


def _noticed_by(test: str) -> str:
    line = f'        noticed_by="{test}",'
    if len(line) <= _WIDTH:
        return line
    file, _, name = test.partition("::")
    return f'        noticed_by="{file}"\n        "::{name}",'


def _extent(text: str, symbol: str) -> tuple[int, int]:
    """Return where the definition of a symbol begins and ends; without a name, the whole module."""
    name = symbol.partition(":")[2]
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    node: ast.AST = ast.parse(text)
    for part in filter(None, name.split(".")):
        found = [child for child in ast.iter_child_nodes(node) if part in _names(child)]
        if len(found) != 1:
            raise LookupError(f"{symbol}: found {len(found)} definitions of `{part}`, not one.")
        (node,) = found
    if not isinstance(node, ast.stmt):
        return 0, len(text)
    assert node.end_lineno is not None
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    return lines[min([node.lineno, *(entry.lineno for entry in decorators)]) - 1], lines[node.end_lineno]


def _names(node: ast.AST) -> list[str]:
    """Return what a statement defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign(targets=targets):
            return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _tokens(text: str) -> list[Token]:
    """Return the tokens of source text without comments, and without commas that only a line break asks for."""
    found = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text) if not match[0].startswith("#")]
    following = [*(token for token, _, _ in found[1:]), ""]
    return [
        token for token, after in zip(found, following, strict=True) if token[0] != "," or after not in (")", "]", "}")
    ]


def _places(tokens: Sequence[Token], wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the wanted tokens begin and end, each time that they follow each other."""
    names = [token for token, _, _ in tokens]
    for index in range(len(tokens) - len(wanted) + 1):
        if names[index : index + len(wanted)] == list(wanted):
            yield tokens[index][1], tokens[index + len(wanted) - 1][2]
