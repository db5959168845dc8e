"""Every test of the registry, and four that are not in it, mean the same to all who read the registry."""

from __future__ import annotations

import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
import yaml

from hiprun.inference.operators import OPERATORS, Compare, Every, Has, Meaning, Never, Operator, code, holds, meaning
from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.language.completion_vocabulary import condition_schemas, shared_definitions
from hiprun.language.writer import files
from hiprun.model import Condition, Constant, Domain, Ref, Test
from hiprun.model.value_conversion import internal
from hiprun.pack import Pack
from hiprun.testing.coverage import survey
from hiprun.testing.mutation import mutants
from hiprun.testing.strategies import partial_patients
from hiprun.verification.dependency_cones import Cone
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver_context import Scene, subject_of
from hiprun.verification.verify import verify

from .unit import small_packs
from .unit.drawn import found

DAYS = [datetime.date(2024, 5, day) for day in range(1, 6)]
GUESTS = ("wasps", "birds", "mice")
VALUES: dict[str, list[Any]] = {
    "warmth": [1.0, 2.0, 2.5, 3.0, 4.0],
    "rings": [1, 2, 3, 4],
    "fruit": ["green", "ripe", "rotten"],
    "tree": ["oak", "elm", "ash"],
    "guests": [frozenset(some) for size in range(4) for some in combinations(GUESTS, size)],
    "dry": [True, False],
    "planted": DAYS,
    "owner": ["", "a", "al", "ala", "alb", "am", "bo", "bob", "Al"],
}
OPERANDS: dict[str, list[Any]] = {
    "warmth": [2, 3],
    "rings": [2, 3],
    "fruit": ["ripe", "rotten"],
    "tree": ["oak", "elm"],
    "guests": [frozenset({"wasps", "mice"})],
    "dry": [True],
    "planted": DAYS[1:3],
    "owner": ["al", "bo"],
}


def _begins(prefix: str) -> Meaning:
    """Return the meaning of a test for texts from `prefix` up to what lies behind all that begin so."""
    from_it = Compare(frozenset({0, 1}), prefix)
    return Every((from_it, Compare(frozenset({-1}), prefix[:-1] + chr(ord(prefix[-1]) + 1)))) if prefix else from_it


NEW = {
    "starts_with": Operator(
        name="starts_with",
        types=frozenset({"string"}),
        operands="one",
        takes="value",
        needs_order=False,
        exact=False,
        means=lambda operands, _: _begins(*operands),
        phrase="starts with {}",
        description="The text begins with this one.",
    ),
    "all_of": Operator(
        name="all_of",
        types=frozenset({"set"}),
        operands="many",
        takes="member",
        needs_order=False,
        exact=False,
        means=lambda names, choices: Every(tuple(Never(Has(choice)) for choice in choices if choice not in names)),
        phrase="has nothing but {}",
        description="The set has none but these.",
    ),
    "outside": Operator(
        name="outside",
        types=frozenset({"integer", "number", "date"}),
        operands="two",
        takes="value",
        needs_order=True,
        exact=False,
        means=lambda ends, _: Never(Every((Compare(frozenset({0, 1}), ends[0]), Compare(frozenset({-1, 0}), ends[1])))),
        phrase="is outside {}",
        description="Lies below the first or above the second.",
    ),
    "something": Operator(
        name="something",
        types=frozenset({"boolean", "string"}),
        operands="one",
        takes="value",
        needs_order=False,
        exact=False,
        means=lambda operands, _: Compare(frozenset({-1, 0, 1}), operands[0]),
        phrase="is something, {} or not",
        description="Always holds.",
    ),
}


def domains() -> dict[str, Domain]:
    """Return the facts of the garden with what values they have."""
    return {
        "warmth": Domain("number", lowest=0, highest=100, worse="higher"),
        "rings": Domain("integer", lowest=0, highest=9),
        "fruit": Domain("choice", {"green": "", "ripe": "", "rotten": ""}, worse="later", ordered=True),
        "tree": Domain("choice", {"oak": "", "elm": "", "ash": ""}),
        "guests": Domain("set", dict.fromkeys(GUESTS, "")),
        "dry": Domain("boolean", worse="true"),
        "planted": Domain("date"),
        "owner": Domain("string"),
    }


BOTH = ({"needed": False}, {"needed": True})
EVERY_TEST = [
    pytest.param(operator, name, id=f"{operator.name}-{name}")
    for operator in (*OPERATORS.values(), *NEW.values())
    for name, domain in domains().items()
    if operator.fits(domain)
]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the new tests into the registry, as their authors would."""
    for name, operator in NEW.items():
        monkeypatch.setitem(OPERATORS, name, operator)  # type: ignore[arg-type]


def given(operator: Operator, name: str) -> Any:
    """Return what may stand behind a test in a rule file."""
    whole = OPERANDS[name]
    if operator.takes == "member":
        whole = sorted(whole[0])
    return whole[0] if operator.operands == "one" else whole


def asked(operator: Operator, name: str) -> Test:
    """Return such a test of a fact."""
    domain = domains()[name]
    behind = given(operator, name)
    inside = [behind] if operator.operands == "one" else behind
    values = inside if operator.takes == "member" else [internal(domain, value) for value in inside]
    return Test(Ref("fact", name), operator.name, tuple(map(Constant, values)) if domain.is_numeric else tuple(values))


def garden(folder: Path, condition: Condition) -> Pack:
    """Return the pack whose one rule has this condition."""
    pack = small_packs.load(folder, care=small_packs.rule("{dry: true}"))
    care = pack.model.decisions["care"]
    rules = (attrs.evolve(care.rules[0], condition=condition),)
    facts = {name: attrs.evolve(fact, changeable=True) for name, fact in pack.facts.items()}
    return Pack(attrs.evolve(pack.model, facts=facts, decisions={"care": attrs.evolve(care, rules=rules)}))


def offered(pack: Pack, name: str) -> Any:
    """Return the tests that an editor offers for a fact."""
    here = condition_schemas(pack.model)[name]["anyOf"][1]
    return (shared_definitions(pack.model)[here["$ref"].removeprefix("#/$defs/")] if "$ref" in here else here)[
        "properties"
    ]


def expected(test: Test) -> list[bool]:
    """Return for each value of a fact whether it meets a test."""
    name = test.subject.name
    domain = domains()[name]
    operands = [each.value if isinstance(each, Constant) else each for each in test.operands]
    coded = operands if domain.type == "set" else [code(domain, each) for each in operands]
    sense = meaning(test.operator, coded, domain.choices)
    return [holds(sense, code(domain, internal(domain, value))) for value in VALUES[name]]


@pytest.mark.parametrize(("operator", "name"), EVERY_TEST)
def test_every_way_to_an_answer_gives_the_same(tmp_path: Path, operator: Operator, name: str) -> None:
    """Inference, compiled code, columns and proofs agree with the meaning of a test for every value."""
    test = asked(operator, name)
    pack = garden(tmp_path, test)
    wanted = expected(test)
    compiled = pack.compile("care")
    answers = [compiled({name: value}) for value in VALUES[name]]
    assert [answer["needed"] for answer in answers if answer is not None] == wanted
    assert [pack.decide("care", {name: value}, budget=1000)["needed"] for value in VALUES[name]] == wanted
    columns = [sorted(value) for value in VALUES[name]] if name == "guests" else VALUES[name]
    frame = pack.evaluate_frame(pl.DataFrame({name: columns}), "care")
    assert frame["care__needed"].to_list() == wanted
    scene = Scene(subject_of(pack.model), Cone(facts=frozenset({name})), SolverBudget(10**9, 10**9))
    domain, cells = pack.facts[name].domain, scene.subject.texts
    found = []
    for value in VALUES[name]:
        here = scene.person.has_value(name, domain, cells.get(name, EVERY_TEXT), internal(domain, value))
        found.append(scene.ask_within([here, scene.terms.condition(test)]).verdict == "yes")
    assert found == wanted


@pytest.mark.parametrize(("operator", "name"), EVERY_TEST)
def test_what_is_said_of_a_fact_narrows_it_as_the_rules_read_it(tmp_path: Path, operator: Operator, name: str) -> None:
    """A fact of which exactly what a rule asks is said meets the rule, and the explanation names the fact."""
    test = asked(operator, name)
    pack = garden(tmp_path, test)
    said = pack.decide("care", {name: {operator.name: given(operator, name)}})
    assert (said["needed"], said.exact) == (True, True)
    assert pack.decide("care", {}).possible == (({"needed": True},) if all(expected(test)) else BOTH)
    assert f"({name}: " in " ".join(str(said.explain()).split())


@pytest.mark.parametrize(("operator", "name"), EVERY_TEST)
def test_all_that_reads_rules_reads_every_test(tmp_path: Path, operator: Operator, name: str) -> None:
    """Editors offer a test, export writes it, coverage asks for it, and proofs find who meets it."""
    pack = garden(tmp_path, asked(operator, name))
    assert operator.name in offered(pack, name)
    behind = given(operator, name)
    if operator.takes == "value" and name == "guests":
        behind = sorted(behind)
    written = yaml.safe_load("".join(text for text in files(pack.model).values() if "decision: care" in text))
    assert written["rules"][0]["when"] == {name: behind if operator.name == "is" else {operator.name: behind}}
    (part,) = (part for part in survey(pack).parts if part.kind == "test")
    assert operator.name == "is" or operator.name in part.words
    statuses = {claim.status for claim in verify(pack).claims if claim.kind == "rule-can-fire"}
    assert statuses == {"proved"}


@pytest.mark.parametrize(("operator", "name"), EVERY_TEST)
def test_there_is_a_way_to_the_other_side_of_every_test(tmp_path: Path, operator: Operator, name: str) -> None:
    """Whoever does not meet a test is shown a value that does, and the other way around."""
    test = asked(operator, name)
    pack = garden(tmp_path, test)
    held = expected(test)
    for value, holding in zip(VALUES[name], held, strict=True):
        ways = pack.ways_to("care", {"needed": not holding}, {name: value})
        assert bool(ways) is not all(held)
        for way in ways:
            (change,) = way.changes
            assert pack.decide("care", {name: change.to})["needed"] is not holding


@pytest.mark.parametrize(
    ("operator", "name", "wanted"),
    [
        ("starts_with", "owner", []),
        ("something", "dry", ["{dry: {something: false}}"]),
        (
            "all_of",
            "guests",
            [f"{{guests: {{all_of: [{names}]}}}}" for names in ("birds, wasps", "mice, birds", "wasps", "mice")],
        ),
        (
            "outside",
            "rings",
            [
                *(f"{{rings: {{outside: [{ends}]}}}}" for ends in ("1, 3", "2, 4")),
                *(f"{{not: {{rings: {{{tests}}}}}}}" for tests in ("above: 2, at_most: 3", "at_least: 2, below: 3")),
            ],
        ),
    ],
)
def test_faults_follow_from_the_meaning(tmp_path: Path, operator: str, name: str, wanted: list[str]) -> None:
    """Where the truth of a test changes is read from its meaning, so a new one is put to the same faults as any."""
    pack = garden(tmp_path, asked(NEW[operator], name))
    of_rule = [mutant for mutant in mutants(pack.model) if mutant.subject == "care.it" and mutant.after != "nothing"]
    faults = [mutant.after for mutant in of_rule if mutant.kind != "output"]
    assert faults == wanted


@pytest.mark.parametrize(("operator", "name"), EVERY_TEST)
def test_made_up_patients_know_every_test(tmp_path: Path, operator: Operator, name: str) -> None:
    """Of some made-up patient only that is known which a test says, and it is true of one of the values drawn."""
    pack = garden(tmp_path, asked(operator, name))
    if operator.name == "is":
        assert name in found(partial_patients(pack, "care"), lambda patient: name in patient)
    else:
        patient = found(partial_patients(pack, "care"), lambda patient: operator.name in _tests(patient.get(name)))
        assert pack.decide("care", patient).status in ("decided", "undetermined")


def _tests(value: Any) -> Any:
    return value if isinstance(value, dict) else ()
