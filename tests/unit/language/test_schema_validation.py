"""The published schemas are valid and documented, and the mistakes they find are put in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from hiprun.language.file_kinds import KINDS
from hiprun.language.published_schemas import ADDRESS, schema
from hiprun.language.schema_validation import check
from hiprun.language.syntax import MOST_PROBLEMS, parse
from hiprun.model.places import SourceText

HOST_WORDS = re.compile(r"\b(dict|list\[|str|int|NoneType|None|Fraction|object|array|string|schema|JSON)\b")


def found(text: str) -> list[Any]:
    """Return the mistakes that the schema finds in valid YAML."""
    document, problems = parse(SourceText("x.yaml", text))
    assert document is not None
    assert problems == []
    return check(document)


def inner(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a schema."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from inner(value)
    elif isinstance(node, list):
        for value in node:
            yield from inner(value)


@pytest.mark.parametrize("kind", [*KINDS, "common"])
def test_a_schema_is_valid_and_says_where_it_is_published(kind: str) -> None:
    """Each schema follows draft 2020-12 and has its own address."""
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$id"] == f"{ADDRESS}{kind}.schema.json"


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_serves_as_documentation(kind: str) -> None:
    """Each schema has a title, a description for itself and every name, and valid examples."""
    described = schema(kind)
    assert described["title"]
    assert described["description"]
    assert described["examples"]
    common = schema("common")["$defs"]
    for node in inner(described):
        names = node.get("properties", {})
        for name, value in names.items() if "$ref" not in names and isinstance(names, dict) else ():
            reference = value.get("$ref", "").rpartition("/")[2]
            assert (
                value.get("description")
                or common.get(reference, {}).get("description")
                or name == "id"
                or "not" in value
            )
    for example in described["examples"]:
        document, problems = parse(SourceText("x.yaml", "kind: x\n"))
        assert document is not None
        assert problems == []
        assert check(attrs.evolve(document, data=example)) == []


def test_every_reference_leads_somewhere() -> None:
    """Every reference of a schema exists in the common one."""
    names = set(schema("common")["$defs"])
    for kind in [*KINDS, "common"]:
        for node in inner(schema(kind)):
            if isinstance(node.get("$ref"), str):
                assert node["$ref"].rpartition("/")[2] in names


def test_the_files_of_a_pack_have_the_right_shape(greenhouse_folder: Any, root: Any) -> None:
    """The files of the packs in this project are valid."""
    for folder in (greenhouse_folder, root / "rules"):
        for file in folder.rglob("*.yaml"):
            assert found(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("fact: {}", "unknown-kind", "`fact` is not a kind of rule file."),
        ("title: x\nfacts: {}", "kind-not-first", "`facts` says what this file contains, so it must come first."),
        ("{}", "empty", "This file has no content."),
        ("facts: {}", "empty", "`facts` is empty."),
        ("facts: {a: {type: boolean}}", "missing-key", "`a` lacks `ask`."),
        ("facts: {a: {ask: '', type: boolean}}", "empty", "`ask` is empty."),
        ("facts: {a: {ask: A, type: boolean, colour: red}}", "unknown-key", "`colour` has no meaning in `a`."),
        ("facts: {A: {ask: A, type: boolean}}", "bad-name", "`A` cannot be a name."),
        ("facts: {a: {ask: A, type: yes or no}}", "unknown-word", "`type` cannot be the text `yes or no`."),
        ("facts: {a: {ask: A, type: [boolean]}}", "unknown-word", "`type` cannot be a list."),
        ("facts: {a: {ask: A, type: number, range: 4}}", "wrong-type", "`range` must be a list, not `4`."),
        (
            "facts: {a: {ask: A, type: number, range: [1, 2, 3]}}",
            "wrong-length",
            "`range` needs exactly 2 entries and has 3.",
        ),
        (
            "facts: {a: {ask: A, type: choice, choices: [1, b]}}",
            "wrong-type",
            "Entry 1 of `choices` must be text, not `1`.",
        ),
        ("facts: {a: {ask: A, type: choice, choices: {B: b}}}", "bad-name", "`B` cannot be a name."),
        (
            "facts: {a: {ask: A, type: choice, choices: b}}",
            "wrong-type",
            "`choices` must be a list or a mapping (`name: value`), not the text `b`.",
        ),
        ("facts: {a: {ask: A, type: boolean, because: ''}}", "empty", "`because` is empty."),
        ("facts: a", "wrong-type", "`facts` must be a mapping (`name: value`), not the text `a`."),
        ("facts: ''", "wrong-type", "`facts` must be a mapping (`name: value`), not an empty text."),
        (
            "pack: a\nlanguage: 1.5\nversion: 1.0.0\ntitle: A",
            "wrong-type",
            "`language` must be a whole number, not `1.5`.",
        ),
        ("pack: a\nversion: 1.0.0\ntitle: A", "missing-key", "This file lacks `language`."),
        ("pack: a\nlanguage: 1\nversion: one\ntitle: A", "bad-form", "`one` is not allowed here."),
        ("constraints: [{id: x}]", "missing-key", "`x` lacks `never`."),
        ("constraints: [{never: {a: 1}}]", "missing-key", "Entry 1 of `constraints` lacks `id`."),
        ("constraints: [{id: 'x\n\n', never: {a: 1}}]", "bad-name", "`x\n` cannot be an id."),
        (
            "constraints: [{id: x, never: {count: {of: [{a: 1}], at_least: a}}}]",
            "wrong-type",
            "`at_least` must be a whole number, not the text `a`.",
        ),
        (
            "constraints: [{id: x, never: {a: {between: [1]}}}]",
            "wrong-length",
            "`between` needs exactly 2 entries and has 1.",
        ),
        (
            "constraints: [{id: x, never: {a: {is_not: {b: 1}}}}]",
            "wrong-type",
            "`is_not` must be `true` or `false`, a number, text or a list, not a mapping.",
        ),
        (
            "decision: a\noutputs: {b: {type: boolean}}\ntable: [[b]]",
            "wrong-length",
            "`table` needs at least 2 entries and has 1.",
        ),
        (
            "decision: a\noutputs: {b: {type: boolean}}\ntable: [[c, b], [1, {of: 1}]]",
            "unknown-key",
            "`of` has no meaning in entry 2 of entry 2 of `table`.",
        ),
        ("decision: a\noutputs: {b: {type: boolean}}", "missing-key", "This file lacks `rules`."),
        ("guidance: a\nstatements: {a..b: x}", "bad-name", "`a..b` cannot be an id."),
    ],
)
def test_a_wrong_shape_is_explained(text: str, code: str, message: str) -> None:
    """Each mistake is reported with its code and sentence, and nothing else is reported."""
    (problem,) = found(text)
    assert (problem.code, problem.message) == (code, message)
    assert not HOST_WORDS.search(re.sub("`[^`]*`", "", f"{problem.message} {problem.help}"))
    assert problem.place.file == "x.yaml"
    assert problem.line or text == "{}"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("fact: {}", "Did you mean `facts`?"),
        ("zebra: {}", "A file begins with one of `pack`, `units`, `facts`,"),
        ("facts: {My-Fact: {ask: A, type: boolean}}", "Write `my_fact`."),
        ("facts: {'?': {ask: A, type: boolean}}", "begin with a letter."),
        (f"facts: {{{'A' * 90}: {{ask: A, type: boolean}}}}", "begin with a letter."),
        ("constraints: [{id: My Rule, never: {a: 1}}]", "Write `my-rule`."),
        ("facts: {a: {ask: 4, type: boolean}}", 'Put it in quotes: `"4"`.'),
        ("facts: {a: {ask: A, type: boolean, ordered: 'true'}}", "without quotes"),
        ("facts: {a: {ask: A, type: boolean, ordered: 1}}", "without quotes"),
        ("facts: {a: {ask: A, type: boolean, worse: 1}}", "`later`, `earlier`."),
        ("facts: {a: {ask: [A], type: boolean}}", "Write a single value."),
        ("parameters: {a: {value: '4'}}", "Write it in digits"),
        ("parameters: {a: {value: 1/8}}", "Write it with decimals: `0.125`."),
        ("parameters: {a: {value: 8/2}}", "Write `4`."),
        ("parameters: {a: {value: 1/3}}", "Write it with as many decimals as matter, such as `0.33"),
        ("derived: {a: {title: A, when: [{b: 1}]}}", "list them under `any:`"),
        ("derived: {a: {title: A, when: 4}}", "two spaces further in"),
        ("facts: [a]", "without dashes or brackets"),
        ("constraints: {a: b}", "Begin each entry with a dash"),
    ],
)
def test_help_guesses_what_was_meant(text: str, help: str) -> None:
    """The help says what to write instead."""
    (problem,) = found(text)
    assert help in problem.help


def test_a_misspelt_key_is_not_called_missing_as_well() -> None:
    """A misspelt required key is not reported as missing."""
    assert [problem.code for problem in found("facts: {a: {asc: A, type: boolean}}")] == ["unknown-key"]


def test_mistakes_come_in_the_order_of_the_file() -> None:
    """Mistakes are in the order of the file, whatever order the checks run in."""
    problems = found("facts:\n  a: {ask: 1, type: x}\n  b: {asks: 1}\n  c: 1\n")
    assert [str(problem.place) for problem in problems] == sorted(str(problem.place) for problem in problems)
    assert len(problems) == 5


def test_a_flood_of_mistakes_is_cut_off() -> None:
    """The number of mistakes shown for a file is bounded."""
    assert len(found("facts: {" + ", ".join(f"A{number}: 1" for number in range(500)) + "}")) == MOST_PROBLEMS
    assert len(found("facts: {a: {" + ", ".join(f"A{number}: 1" for number in range(500)) + "}}")) == MOST_PROBLEMS
