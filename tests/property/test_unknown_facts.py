"""What is remembered and prepared for unknown facts gives what working it out anew gives, for random models."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hiprun.backends.compiled.conclusion_cache import Remembered
from hiprun.errors import FactError
from hiprun.inference.decision_diagram import explore
from hiprun.inference.facts import check_facts, facts_of_plain
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Ending, take_first
from hiprun.inference.infer import BUDGET, check_possible, concluded
from hiprun.inference.narrowed_diagram import NarrowedDiagram, everywhere
from hiprun.inference.partial_assignment import Situation, residual, situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import PreparedDiagrams, as_truth
from hiprun.inference.settled_nodes import SettledNodes
from hiprun.pack import Pack, grounded

from .random_models import as_given, random_model, random_patient
from .test_compiled import patients, refusal

SEEDS = st.integers(0, 2**32 - 1)


def partly_known(rng: random.Random, pack: Pack, count: int) -> list[dict[str, Any]]:
    """Return random patients of whom some facts are left out."""
    found = []
    for facts in patients(rng, pack, count):
        found.append({name: value for name, value in facts.items() if rng.random() < 0.6})
    return found


@given(SEEDS)
def test_what_is_remembered_of_one_patient_serves_only_those_alike(seed: int) -> None:
    """However many patients were seen before, each gets what the interpreter gives."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=rng.random() < 0.5))
    if rng.random() < 0.3:
        pack._compiled.memory.most = rng.choice((0, 40, 200))
    for facts in partly_known(rng, pack, 12):
        refused = refusal(pack.interpret, facts)
        if refused:
            assert refusal(pack.evaluate, facts) == refused
            assert {refusal(pack.decide, name, facts) for name in pack.decisions} == {refused}
            continue
        expected, together = pack.interpret(facts), pack.evaluate(facts)
        for name, outcome in expected.items():
            assert together[name] == outcome
            for _ in range(2):  # the second time from memory
                assert pack.decide(name, facts).to_dict() == outcome.to_dict()


def shape(diagram: NarrowedDiagram) -> Any:
    """Return a diagram by its results and branches, however its nodes are numbered."""

    def of(place: int) -> Any:
        if diagram.branches[place]:
            below = frozenset((cells, of(below)) for cells, below in diagram.branches[place])
            return diagram.variables[place], below
        return diagram.results[place - 1] if place else None

    return of(diagram.root)


def situations(pack: Pack, rng: random.Random, program: Program) -> Iterator[Situation]:
    """Yield what random patients, known in part, leave open of a program; they need not be possible."""
    for _ in range(3):
        facts = check_facts(pack.model, as_given(pack.model, random_patient(rng, pack.model, partly=True)))
        yield situation(pack.model, program, facts)


@given(SEEDS)
def test_a_prepared_diagram_is_the_one_that_a_search_finds(seed: int) -> None:
    """Composed once and narrowed down to a patient, or searched for that patient: it is the same diagram."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    for name in pack.decisions:
        program = grounded(pack, name)
        prepared = PreparedDiagrams(program, Remembered())
        for there in situations(pack, rng, program):
            try:
                check_possible(pack.model, grounded(pack, ""), there.facts)
            except FactError:
                continue
            if not prepared.fit(there):
                continue
            left = residual(pack.model, there)
            for node in program.rules:
                if there.truths[node] is not None:
                    continue
                candidates = [(left.nodes[node], (True,))]
                conflict = left.nodes[program.conflict]
                searched = explore(
                    left.circuit,
                    take_first,
                    as_truth,
                    candidates,
                    conflict=conflict,
                    allowed=left.allowed,
                    budget=BUDGET,
                )
                for scored in (False, True):
                    found = prepared.prospects(node, there.masks, conflict=True, scored=scored)
                    assert found is not None
                    assert set(found.results) == set(searched.possible())
                said = [result for result in found.results if not isinstance(result, Ending)]
                assert not prepared.is_open(node, conflict=True) or len(said) != 1
                diagram = prepared.narrowed(node, take_first, as_truth, [(node, (True,))], there.masks, conflict=True)
                assert diagram is not None
                assert set(diagram.possible()) == set(searched.possible())
                if left.nodes[program.allowed] <= 1:
                    assert shape(diagram) == shape(everywhere(searched))
                    assert len(diagram.variables) == len(searched.nodes)


@given(SEEDS)
def test_bits_say_what_three_valued_logic_says(seed: int) -> None:
    """Which nodes are settled, worked out for all of them at once or from node to node: it is the same."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    for name in pack.decisions:
        program = grounded(pack, name)
        nodes = SettledNodes(program, Remembered())
        for there in situations(pack, rng, program):
            assert nodes.settled(there.masks).truths(len(program.circuit.kinds)) == there.truths


class NoRoom(Remembered):
    """A memory in which nothing finds room."""

    def reserve(self, size: int) -> bool:
        """Refuse everything."""
        return False

    def keep(self, table: MutableMapping[Any, Any], key: Hashable, value: Any, size: int) -> None:
        """Forget at once."""


@given(SEEDS)
def test_without_room_for_diagrams_everything_is_searched_for(seed: int) -> None:
    """Diagrams for which there is no room are done without, with the same conclusions; so is what takes too long."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    for name in pack.decisions:
        program = grounded(pack, name)
        all_ways = (
            PreparedDiagrams(program, NoRoom()),
            PreparedDiagrams(program, Remembered()),
            PreparedDiagrams(program, Remembered(), steps_for_needs=0),
        )
        for facts in partly_known(rng, pack, 3):
            if refusal(pack.interpret, facts):
                continue
            there = situation(pack.model, program, check_facts(pack.model, facts))
            expected = pack.interpret(facts, [name])[name]
            for diagrams in all_ways:
                if diagrams.fit(there):
                    found = concluded(Patient(pack.model, there, BUDGET, diagrams=diagrams))
                    assert found == expected._conclusion


@given(SEEDS)
def test_facts_that_were_taken_in_need_no_checks(seed: int) -> None:
    """Facts as compiled functions have them become what checking the given ones makes of them."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=True))
    for facts in patients(rng, pack, 3):
        taken = pack._compiled.taken(facts)
        if taken is not None:
            assert facts_of_plain(pack.model, taken) == check_facts(pack.model, facts)
