"""The published schema of an outcome says exactly what `to_dict` gives."""

from __future__ import annotations

import datetime
import gc
import json
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import hiprun
from hiprun.inference.advice import Advice, AdviceReason, AdvisedItem
from hiprun.inference.conclusion import Conclusion, Criterion, Item, Limit, Provenance
from hiprun.inference.outcome import outcome_of, told
from hiprun.language import published_schemas
from hiprun.model import Fact

PATIENTS: list[dict[str, Any]] = [
    {},
    {"temperature": 30, "pests": ["slugs"], "season": "winter"},
    {
        "temperature": {"at_least": 3, "below": 12.5},
        "leaves": {"is_not": "firm"},
        "pests": {"includes_none": ["slugs"]},
    },
    {"last_frost": "2026-04-01", "window_open": True, "leaves": {"one_of": ["firm", "limp"]}, "gardener": "Kim"},
    {"temperature": {"between": [1, 2]}, "pests": {"includes_any": ["slugs"]}, "last_frost": {"above": "2026-01-01"}},
    {"days_since_watering": 2, "water_today": 12, "season": {"none_of": ["winter"]}, "pests": {"includes": "aphids"}},
]


@pytest.fixture(scope="module")
def validator(outcome_schema: dict[str, object]) -> Draft202012Validator:
    """The schema, ready to check with."""
    Draft202012Validator.check_schema(outcome_schema)
    return Draft202012Validator(outcome_schema)


@pytest.mark.parametrize("facts", PATIENTS, ids=str)
def test_outcomes_are_as_the_schema_says(
    greenhouse: hiprun.Pack, validator: Draft202012Validator, facts: dict[str, Any]
) -> None:
    """Outcomes of every kind of decision, on facts of every kind, are valid after a trip through JSON."""
    for outcome in greenhouse.evaluate(facts).values():
        data = json.loads(json.dumps(outcome.to_dict(), allow_nan=False))
        assert [error.message for error in validator.iter_errors(data)] == []


def test_outcomes_of_the_pack_are_as_the_schema_says(hip: hiprun.Pack, validator: Draft202012Validator) -> None:
    """The pack's own cases give valid outcomes."""
    for example in hip.model.examples[:40]:
        if example.expect != "refused":
            for outcome in hip.evaluate(example.facts, example.expect).values():
                assert [
                    error.message for error in validator.iter_errors(json.loads(json.dumps(outcome.to_dict())))
                ] == []


def known(fact: Fact) -> st.SearchStrategy[object]:
    """Return values of `fact`, exact or in part, or None where it stays unknown."""
    domain = fact.domain
    match domain.type:
        case "boolean":
            one: st.SearchStrategy[Any] = st.booleans()
        case "choice":
            one = st.sampled_from(list(domain.choices))
        case "set":
            return st.none() | st.lists(st.sampled_from(list(domain.choices)), unique=True)
        case "date":
            one = st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 12, 31))
        case "string":
            one = st.text(max_size=5)
        case _:
            one = st.integers(int(domain.lowest or 0), int(domain.highest or 0))
    part = st.sampled_from(["at_least", "at_most"]) if domain.is_comparable else st.just("is_not")
    return st.none() | one | st.builds(lambda name, value: {name: value}, part, one)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_is_known_the_schema_holds(
    greenhouse: hiprun.Pack, validator: Draft202012Validator, data: st.DataObject
) -> None:
    """On any facts, exact, in part or unknown, every outcome is valid JSON by the schema."""
    facts = data.draw(st.fixed_dictionaries({name: known(fact) for name, fact in greenhouse.facts.items()}))
    try:
        outcomes = greenhouse.evaluate(facts)
    except hiprun.FactError:
        reject()
    for outcome in outcomes.values():
        found = json.loads(json.dumps(outcome.to_dict(), allow_nan=False))
        assert [error.message for error in validator.iter_errors(found)] == []


def test_advice_is_as_its_schema_says(hip: hiprun.Pack, greenhouse: hiprun.Pack) -> None:
    """Advice of every decision is valid after a trip through JSON, and the schema has every field and no other."""
    schema = published_schemas.schema("advice")
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    patients = [(greenhouse, facts) for facts in PATIENTS] + [(hip, {}), (hip, hip.model.patients["calm"])]
    for pack, facts in patients:
        for outcome in pack.evaluate(facts).values():
            data = json.loads(json.dumps(outcome.advice().to_dict(), allow_nan=False))
            assert [error.message for error in validator.iter_errors(data)] == []
    parts = schema["$defs"]
    for kind, described in ((Advice, schema), (AdvisedItem, parts["item"]), (AdviceReason, parts["reason"])):
        assert (
            {field.name for field in attrs.fields(kind)} == set(described["properties"]) == set(described["required"])
        )
    assert not validator.is_valid({**data, "rule": "triage.swelling"})


def test_an_outcome_says_what_its_decision_says_of_all_answers(greenhouse: hiprun.Pack) -> None:
    """Once, as readers see it, wherever the rules are loaded; a decision that says nothing leaves it out."""
    outcome = greenhouse.decide("alarm", {"temperature": 20})
    assert "because" not in outcome.to_dict()
    model = greenhouse.model
    for text, said in (
        ("Plants stand much.", "Plants stand much."),
        ("They stand {temperature}.", "They stand 20 °C."),
    ):
        alarm = attrs.evolve(model.decisions["alarm"], because=text)
        decisions = {**model.decisions, "alarm": alarm}
        pack = hiprun.Pack(attrs.evolve(model, decisions=decisions, version="7.7.7", language=2))
        outcome = pack.decide("alarm", {"temperature": 20})
        sent = pickle.dumps(outcome)
        found = [outcome, pickle.loads(sent), told(outcome, lambda explanation: explanation)]
        assert [one.to_dict()["because"] for one in found] == [said] * 3
        del pack, outcome, found
        gc.collect()
        assert "because" not in pickle.loads(sent).to_dict()
    assert "because" not in outcome_of(Conclusion("d", "no_match", (), None)).to_dict()


def test_nothing_else_is_let_through(greenhouse: hiprun.Pack, validator: Draft202012Validator) -> None:
    """A field that is missing, misspelt or of another type is refused."""
    data = json.loads(json.dumps(greenhouse.decide("chores", {}).to_dict()))
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "extra": 1})
    assert not validator.is_valid({**data, "status": "maybe"})
    assert not validator.is_valid({**data, "items": [{**data["items"][0], "certainty": "likely"}]})
    for name in ("decision", "status", "possible", "needs", "fired", "facts"):
        assert not validator.is_valid({key: value for key, value in data.items() if key != name}), name


def test_the_schema_names_every_field(outcome_schema: dict[str, Any]) -> None:
    """A field that an outcome gets is not forgotten in the schema."""
    parts = outcome_schema["$defs"]
    renamed = {"sources": "source"}
    for kind, described in (
        (Conclusion, outcome_schema),
        (Item, parts["item"]),
        (Criterion, parts["criterion"]),
        (Limit, parts["limit"]),
        (Provenance, outcome_schema["properties"]["provenance"]),
    ):
        fields = {renamed.get(field.name, field.name) for field in attrs.fields(kind) if not field.name.startswith("_")}
        beside = {"because", "facts", "provenance"} if kind is Conclusion else set()
        assert fields | beside == set(described["properties"]), kind
