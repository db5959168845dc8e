"""The table of tests: what each fits, when it holds, and how unknown truths combine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from hiprun.inference.operators import (
    OPERATORS,
    Compare,
    Operator,
    Truth,
    code,
    every,
    holds,
    leaves,
    meaning,
    negate,
    some,
)
from hiprun.model import Domain

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "src" / "hiprun" / "language" / "schemas"
MOODS = Domain("choice", {"calm": "", "tense": "", "wild": ""}, ordered=True)
COLOURS = Domain("choice", {"red": "", "green": ""})
SETS = [frozenset(), frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"})]
TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(
    ("operator", "operands", "held"),
    [
        ("is", [3], [3]),
        ("is_not", [3], [1, 2, 4, 5]),
        ("at_least", [3], [3, 4, 5]),
        ("at_most", [3], [1, 2, 3]),
        ("above", [3], [4, 5]),
        ("below", [3], [1, 2]),
        ("between", [2, 4], [2, 3, 4]),
        ("between", [4, 2], []),
        ("one_of", [5, 1], [1, 5]),
        ("one_of", [], []),
        ("none_of", [5, 1], [2, 3, 4]),
        ("none_of", [], [1, 2, 3, 4, 5]),
    ],
)
def test_a_test_of_a_number_holds_for_these(operator: str, operands: list[int], held: list[int]) -> None:
    """Each test holds for the numbers that its name says, ends included where it says so."""
    assert [value for value in range(1, 6) if holds(meaning(operator, operands), value)] == held


@pytest.mark.parametrize(
    ("operator", "operands", "held"),
    [
        ("is", [frozenset({"a"})], [1]),
        ("is_not", [frozenset({"a"})], [0, 2, 3]),
        ("is", [frozenset()], [0]),
        ("includes", ["a"], [1, 3]),
        ("includes_any", ["a", "b"], [1, 2, 3]),
        ("includes_any", [], []),
        ("includes_all", ["a", "b"], [3]),
        ("includes_none", ["a"], [0, 2]),
        ("includes_none", ["a", "b"], [0]),
    ],
)
def test_a_test_of_a_set_holds_for_these(operator: str, operands: list[Any], held: list[int]) -> None:
    """Each test of a set looks at all of its members, and `is` at those it lacks as well."""
    sense = meaning(operator, operands, ("a", "b"))
    assert [index for index, value in enumerate(SETS) if holds(sense, value)] == held


@pytest.mark.parametrize(
    ("domain", "fitting"),
    [
        (Domain("boolean"), "is is_not"),
        (Domain("string"), "is is_not one_of none_of"),
        (Domain("number"), "is is_not at_least at_most above below between one_of none_of"),
        (Domain("date"), "is is_not at_least at_most above below between one_of none_of"),
        (MOODS, "is is_not at_least at_most above below between one_of none_of"),
        (COLOURS, "is is_not one_of none_of"),
        (Domain("set", {"a": ""}), "is is_not includes includes_any includes_all includes_none"),
    ],
    ids=lambda value: value.type if isinstance(value, Domain) else "",
)
def test_tests_fit_values(domain: Domain, fitting: str) -> None:
    """Only comparable values can be compared by size, and only sets have members."""
    assert [operator.name for operator in OPERATORS.values() if operator.fits(domain)] == fitting.split()


def test_unknown_truths_combine_as_kleene_says() -> None:
    """A combination is known exactly when the known parts settle it, whatever the unknown ones turn out to be."""
    for truths in product(TRUTHS, repeat=3):
        completed = list(product(*((True, False) if truth is None else (truth,) for truth in truths)))
        for combined, outcomes in ((every(truths), set(map(all, completed))), (some(truths), set(map(any, completed)))):
            assert combined is (outcomes.pop() if len(outcomes) == 1 else None)
    assert (every(()), some(())) == (True, False)
    assert [negate(truth) for truth in TRUTHS] == [False, True, None]


def test_values_are_compared_by_their_codes() -> None:
    """Choices are compared by their place, booleans as 0 and 1, anything else by itself."""
    assert [code(MOODS, choice) for choice in MOODS.choices] == [0, 1, 2]
    assert (code(Domain("boolean"), True), code(Domain("boolean"), False)) == (1, 0)
    assert code(Domain("number"), 2.5) == 2.5


def in_a_rule(operator: Operator) -> Any:
    """Return the schema of what may stand behind a test in a rule file."""
    one: Any = {"type": "string"} if operator.takes == "member" else {"$ref": "#/$defs/operand"}
    if "set" in operator.types and operator.takes == "value":
        one = {"type": ["boolean", "number", "string", "array"], "items": {"type": "string"}}
    behind: dict[str, Any] = {
        "one": one,
        "two": {"type": "array", "minItems": 2, "maxItems": 2, "items": one},
        "many": {"type": "array", "minItems": 1, "items": one},
    }
    return {**behind[operator.operands], "description": operator.description}


def in_an_outcome(operator: Operator) -> Any:
    """Return the schema of what may stand behind a test of what a fact may be, in an outcome."""
    one: Any = {"type": "string"} if operator.takes == "member" else {"type": ["number", "string"]}
    if "set" in operator.types and operator.takes == "value":
        one = {"type": ["boolean", "number", "string", "array"]}
    behind: dict[str, Any] = {
        "one": one,
        "two": {"type": "array", "items": one, "minItems": 2, "maxItems": 2},
        "many": {"type": "array", "items": one},
    }
    return behind[operator.operands]


@pytest.mark.parametrize(
    ("name", "part", "behind"), [("common", "test", in_a_rule), ("outcome", "partial", in_an_outcome)]
)
def test_published_schemas_have_every_test(name: str, part: str, behind: Callable[[Operator], Any]) -> None:
    """The published schemas take exactly the tests there are; HIPRUN_UPDATE_EXPECTED=1 writes them."""
    path = SCHEMAS / f"{name}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    known, wanted = schema["$defs"][part]["properties"], {name: behind(each) for name, each in OPERATORS.items()}
    if "has_value" in known:  # asks about a decision, not about a value
        wanted["has_value"] = known["has_value"]
    if os.environ.get("HIPRUN_UPDATE_EXPECTED"):
        schema["$defs"][part]["properties"] = {name: wanted[name] for name in (*known, *wanted) if name in wanted}
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    assert known == wanted


def test_the_page_of_the_language_has_every_test() -> None:
    """The table of tests in docs/language.md names each test there is, for what it fits, and no other."""
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    table = page.partition("| test | for |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z_]+)", row.split("|")[1])]
    assert sorted(named) == sorted([*OPERATORS, "has_value"])


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_what_is_said_of_a_test_is_what_it_means(operator: Operator) -> None:
    """A test that is called exact asks for nothing but its operands; the others of numbers go by order."""
    behind = [3] if operator.operands == "one" else [3, 5]
    if operator.fits(Domain("number")):
        found = [leaf.signs for leaf in leaves(meaning(operator.name, behind)) if isinstance(leaf, Compare)]
        assert operator.exact is all(signs in ({0}, {-1, 1}) for signs in found)
        assert operator.needs_order is not operator.exact
    assert operator.phrase.count("{}") == 1
    assert operator.description.endswith((".", ": a list."))
