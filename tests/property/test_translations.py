"""Decisions that were prepared before are taken over into others, which are the same as if prepared alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hiprun
from hiprun.errors import RuleError
from hiprun.inference.circuit import FALSE, LITERAL, NOT, TRUE, Node
from hiprun.inference.grounding import Program, Translations, ground
from hiprun.model import Model
from hiprun.pack import Pack

from ..unit import small_packs
from .random_models import random_model

DEEP = 23
"""Longer than the chains that are prepared at once."""


def described(program: Program) -> Sequence[Any]:
    """Return all that a program says, however its nodes are numbered."""
    circuit = program.circuit
    known: dict[Node, Any] = {FALSE: FALSE, TRUE: TRUE}

    def of(node: Node) -> int:
        if node not in known:
            kind, parts = circuit.kinds[node], circuit.parts[node]
            if kind == NOT:
                parts = of(parts)
            elif kind != LITERAL and len(parts) == 3 and isinstance(parts[1], tuple):
                parts = parts[0], frozenset((weight, of(part)) for weight, part in parts[1]), parts[2]
            elif kind != LITERAL:
                parts = frozenset(map(of, parts))
            known[node] = hash((kind, parts))
        return known[node]

    return (
        program.variables,
        list(map(of, program.rules)),
        [(branch.rule, of(branch.node), branch.values) for branch in program.branches],
        program.policy,
        {name: {verdict: of(node) for verdict, node in nodes.items()} for name, nodes in program.verdicts.items()},
        of(program.allowed),
        of(program.conflict),
        program.formulas,
    )


def check(model: Model, names: Sequence[str]) -> None:
    """Check that each decision, in this order, is the same as when it is prepared alone."""
    translations = Translations()
    for name in names:
        alone = ground(model, model.decisions[name])
        assert described(ground(model, model.decisions[name], translations)) == described(alone)


@given(st.integers(0, 2**32 - 1))
def test_whatever_was_prepared_before(seed: int) -> None:
    """In any order, with formulas, constraints and conflicts."""
    rng = random.Random(seed)
    model = random_model(rng, reals=rng.random() < 0.3)
    names = list(model.decisions)
    rng.shuffle(names)
    check(model, names)


def test_the_pack_that_comes_with_hiprun(hip: hiprun.Pack) -> None:
    """Its decisions use one another."""
    check(hip.model, list(hip.decisions))


@pytest.fixture
def chain(tmp_path: Path) -> Pack:
    """Decisions that each use the one before, and a fact that matters to nobody."""
    files = {}
    for index in range(DEEP):
        before = f"any: [{{d{index - 1}.level: high}}, {{warmth: {{above: {index}}}}}]" if index else "dry: true"
        never = (
            "{rings: {above: 3}, guests: {includes_all: [wasps], includes_none: [wasps]}}"
            if index == 1
            else "{windy: true}"
        )
        files[f"d{index}"] = (
            f"decision: d{index}\noutputs: {{level: {{type: choice, choices: [low, high]}}}}\nrules:\n"
            f"  - {{id: a, when: {{{before}}}, then: {{level: high}}}}\n"
            f"  - {{id: b, when: {never}, then: {{level: high}}}}\notherwise: {{level: low}}\n"
        )
    return small_packs.load(tmp_path, **files)


def test_products_of_facts(tmp_path: Path) -> None:
    """A decision takes over what another asks of a product, asks the same itself, or something else before."""

    def asking(name: str, when: str) -> str:
        return (
            f"decision: {name}\noutputs: {{ok: {{type: boolean}}}}\n"
            f"rules:\n  - {{id: a, when: {when}, then: {{ok: true}}}}\notherwise: {{ok: false}}\n"
        )

    pack = small_packs.load(
        tmp_path,
        first=asking("first", "{product: {above: 10}}"),
        second=asking("second", "{any: [{first.ok: true}, {product: {above: 20}}]}"),
        third=asking("third", "{any: [{product: {above: 30}}, {second.ok: true}, {first.ok: true}]}"),
        derived="derived:\n  product: {title: Product, formula: warmth * rings}\n",
    )
    check(pack.model, list(pack.decisions))


def test_a_long_chain(chain: Pack) -> None:
    """In the order of the pack, and only some of them."""
    check(chain.model, list(chain.decisions))
    check(chain.model, ["d3", "d7", "d22", "d12"])


def test_what_is_too_large_alone_is_too_large_then(chain: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is not can be prepared, though parts that were taken over several times are counted as often."""
    model, translations = chain.model, Translations()
    parts = {name: ground(model, decision).circuit.joined for name, decision in model.decisions.items()}
    for name, decision in model.decisions.items():
        monkeypatch.setattr("hiprun.inference.grounding.MOST_PARTS", parts[name])
        ground(model, decision, translations)
        monkeypatch.setattr("hiprun.inference.grounding.MOST_PARTS", parts[name] - 1)
        with pytest.raises(RuleError, match="cannot be prepared"):
            ground(model, decision, Translations())


def test_a_decision_that_another_thread_prepared_has_its_own_conditions(chain: Pack) -> None:
    """Of what is known already, a program takes over all but its own decision."""
    translations = Translations()
    for decision in chain.model.decisions.values():
        first, second = (ground(chain.model, decision, translations) for _ in range(2))
        assert dict(first.conditions) == dict(second.conditions)
        assert first.rules == second.rules
