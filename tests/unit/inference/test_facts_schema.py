"""The JSON Schema of facts accepts the data that can be decided on, and nothing else."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import hiprun
from hiprun.inference.operators import OPERATORS
from hiprun.model import Domain

from .. import small_packs

_NOT_IN_A_SCHEMA = {"nothing-left", "impossible-facts"}


def _value(domain: Domain, rng: random.Random) -> Any:
    """Return a value of a type, mostly that of the domain, near its ends or far off."""
    kind = domain.type if rng.random() < 0.85 else rng.choice(["boolean", "number", "choice", "set", "string", "null"])
    match kind:
        case "boolean":
            return rng.random() < 0.5
        case "integer" | "number":
            ends = [end for end in (domain.lowest, domain.highest) if end is not None] or [5]
            return float(rng.choice(ends)) + rng.choice([0, 0, -1, 1, 0.5])
        case "choice":
            return rng.choice([*domain.choices, "elsewhere"])
        case "set":
            return rng.sample([*domain.choices, "elsewhere"], rng.randint(0, len(domain.choices)))
        case "date":
            return rng.choice(["2024-05-01", "1.5.2024", "2024-05-01T10:00"])
        case "string":
            return "text"
    return None


def _data(domain: Domain, rng: random.Random) -> Any:
    if rng.random() < 0.5:
        return _value(domain, rng)
    operators = [name for name, operator in OPERATORS.items() if operator.fits(domain) or rng.random() < 0.1]
    tests: dict[str, Any] = {}
    for name in rng.sample([*operators, "like"], rng.randint(0, 2)):
        operator = OPERATORS.get(name)
        member = operator is not None and operator.takes == "member"
        of = Domain("choice", domain.choices) if member else domain
        many = operator is not None and operator.operands != "one" and rng.random() < 0.9
        tests[name] = [_value(of, rng) for _ in range(2)] if many else _value(of, rng)
    return tests


@pytest.mark.parametrize("folder", [None, "tests/packs/greenhouse", "examples/news2"])
def test_the_schema_accepts_what_can_be_decided_on(
    folder: str | None, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data for every fact is valid exactly if `decide` takes it, apart from what depends on several values at once."""
    monkeypatch.chdir(root)
    pack = hiprun.load(folder)
    schema = pack.input_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    rng = random.Random(5)
    seen = {True: 0, False: 0}
    for name, fact in pack.facts.items():
        for _ in range(40):
            data = {name: _data(fact.domain, rng)}
            try:
                pack.evaluate(copy.deepcopy(data), [])
                codes: set[str] = set()
            except hiprun.FactError as error:
                codes = {problem.code for problem in error.problems}
            if codes & _NOT_IN_A_SCHEMA:
                continue
            if fact.domain.type == "date" and codes == {"out-of-range"}:
                continue
            assert validator.is_valid(data) == (not codes), (data, codes)
            seen[not codes] += 1
    assert min(seen.values()) > 20


def test_the_schema_says_what_is_asked(greenhouse: hiprun.Pack) -> None:
    """A form or a model that reads the schema finds the question, the choices in words, the unit and the dates."""
    schema = greenhouse.input_schema()
    assert schema["title"] == greenhouse.title
    assert list(schema["properties"]) == list(greenhouse.facts)
    for name, fact in greenhouse.facts.items():
        assert schema["properties"][name]["title"] == fact.ask
        assert schema["properties"][name]["anyOf"][2] == {"type": "null"}
    assert schema["properties"]["season"]["anyOf"][0] == {"enum": ["spring", "summer", "autumn", "winter"]}
    assert greenhouse.facts["temperature"].domain.unit in schema["properties"]["temperature"]["description"]


def test_an_unknown_name_is_not_a_fact(greenhouse: hiprun.Pack) -> None:
    """A misspelt name is refused, as by `decide`."""
    assert not jsonschema.Draft202012Validator(greenhouse.input_schema()).is_valid({"temprature": 3})


def test_a_date_says_its_range_in_words(tmp_path: Path) -> None:
    """A schema has no bounds for dates, so the description has them; choices have their texts."""
    facts = """\
facts:
  day: {ask: When?, type: date, range: [2020-01-01, 2030-12-31]}
  other: {ask: When?, type: date}
  tree: {ask: Which?, type: choice, choices: {oak: An oak, elm: An elm}}
"""
    properties = small_packs.load(tmp_path, facts=facts).input_schema()["properties"]
    assert properties["day"]["description"] == "A date from 2020-01-01 to 2030-12-31."
    assert "description" not in properties["other"]
    choices = [{"const": "oak", "title": "An oak"}, {"const": "elm", "title": "An elm"}]
    assert properties["tree"]["anyOf"][0] == {"oneOf": choices}
