"""The layout of rule files does not change their meaning, and formulas follow the rules of arithmetic."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hiprun.language.reader.pack_reader import read_documents
from hiprun.language.resolve.formula_parser import FormulaError, FormulaTree, parse
from hiprun.language.resolver import resolve
from hiprun.language.syntax import Document
from hiprun.language.syntax import parse as parse_document
from hiprun.model import Model
from hiprun.model.places import SourceText
from hiprun.model.value_conversion import text as decimal_text

GREENHOUSE = Path(__file__).parent.parent.parent / "packs" / "greenhouse"
DOCUMENTS = read_documents(GREENHOUSE).documents
PLAIN = re.compile(r"(?!(?:true|false|null|yes|off)$)[a-z_]{3,}$")


def model_of(documents: list[Document] | tuple[Document, ...]) -> Model:
    """Return the model of documents without mistakes."""
    model, problems = resolve(documents)
    assert problems == []
    assert model is not None
    return model


class Writer:
    """Writes data as YAML in one of many equivalent layouts, chosen at random."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def either(self) -> bool:
        """Return true or false at random."""
        return self.draw(st.booleans())

    def scalar(self, value: Any) -> str:
        """Return a single value."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            if PLAIN.match(value) and self.either():
                return value
            quoted = "'" + value.replace("'", "''") + "'"
            return quoted if self.either() else json.dumps(value, ensure_ascii=self.either())
        return decimal_text(value)

    def flow(self, value: Any) -> str:
        """Return a value on one line."""
        space = " " * self.draw(st.integers(0, 2))
        if isinstance(value, Mapping):
            return (
                "{" + f",{space} ".join(f"{self.scalar(key)}: {self.flow(part)}" for key, part in value.items()) + "}"
            )
        if isinstance(value, list):
            return f"[{space}" + f"{space}, ".join(self.flow(part) for part in value) + f"{space}]"
        return self.scalar(value)

    def block(self, value: Any, indent: int) -> str:
        """Return a mapping or a list over several lines, each with a line break before it."""
        lines = []
        entries = value.items() if isinstance(value, Mapping) else ((None, part) for part in value)
        for key, part in entries:
            head = "-" if key is None else f"{self.scalar(key)}:"
            if isinstance(part, Mapping | list) and part and self.either():
                body = self.block(part, indent + self.draw(st.integers(1, 4)))
            else:
                body = f" {self.flow(part)}{'   # a remark' if self.either() else ''}"
            remark = "\n\n# another remark" if self.either() else ""
            lines.append(f"{remark}\n{' ' * indent}{head}{body}")
        return "".join(lines)


@st.composite
def rewritten(draw: st.DrawFn, document: Document) -> Document:
    """Return the same document in another layout."""
    text = Writer(draw).block(document.data, 0).lstrip("\n") + "\n"
    found, problems = parse_document(SourceText(document.source.file, text))
    assert found is not None
    assert problems == []
    return found


@given(st.data())
def test_layout_quotes_and_remarks_change_nothing(data: st.DataObject) -> None:
    """The same data in another layout gives the same model."""
    number = data.draw(st.integers(0, len(DOCUMENTS) - 1))
    changed = list(DOCUMENTS)
    changed[number] = data.draw(rewritten(DOCUMENTS[number]))
    assert model_of(changed) == model_of(DOCUMENTS)


@given(st.permutations(DOCUMENTS))
def test_the_order_in_which_files_are_read_changes_nothing(documents: list[Document]) -> None:
    """Files are read in the order of their names, which determines the order of their content."""
    # Mappings are equal in any order, what they print is not.
    assert repr(model_of(documents)) == repr(model_of(DOCUMENTS))


def value_of(tree: FormulaTree) -> Fraction:
    """Return the value of a formula without names."""
    match tree.__class__.__name__:
        case "NumberLiteral":
            return Fraction(tree.value)  # type: ignore[union-attr]
        case _:
            return join(tree.operator, value_of(tree.left), value_of(tree.right))  # type: ignore[union-attr]


def join(operator: str, left: Fraction, right: Fraction) -> Fraction:
    """Return two numbers joined by an operator."""
    return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[operator](right)


def python_value(node: ast.expr, text: str) -> Fraction:
    """Return the value of a Python expression, exactly."""
    match node:
        case ast.BinOp(left, operator, right):
            symbol = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(operator)]
            return join(symbol, python_value(left, text), python_value(right, text))
        case ast.UnaryOp(ast.USub(), operand):
            return -python_value(operand, text)
        case ast.UnaryOp(_, operand):
            return python_value(operand, text)
        case _:
            return Fraction(ast.get_source_segment(text, node) or "")


NUMBERS = st.sampled_from(["1", "2", "0.5", "1.25", "10", "3e1"])
SPACE = st.sampled_from(["", " ", "  "])
FORMULAS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.builds("{}{}{}{}{}".format, inner, SPACE, st.sampled_from("+-*"), SPACE, inner),
        st.builds("{}{}/ {}".format, inner, SPACE, NUMBERS),
        st.builds("({}{})".format, SPACE, inner),
        st.builds("{}{}".format, st.sampled_from(["-", "+", "- "]), inner),
    ),
    max_leaves=12,
)


@given(FORMULAS)
def test_formulas_mean_what_arithmetic_means(text: str) -> None:
    """Precedence, parentheses and signs work as in arithmetic."""
    assert value_of(parse(text)) == python_value(ast.parse(text, mode="eval").body, text)


@given(st.one_of(st.text(max_size=40), st.text("0123456789.+-*/() abe_", max_size=40)))
def test_no_text_breaks_the_reading_of_formulas(text: str) -> None:
    """Any text in place of a formula is parsed or rejected with a place inside it."""
    try:
        parse(text)
    except FormulaError as error:
        found = error
    else:
        return
    assert 0 <= found.start <= len(text)
    assert found.message
    assert found.help
