"""Removes drafts that repeat: one draft often notices several surviving mutants, so the others refer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import attrs

from hiprun.inference.change_impact import Uses
from hiprun.inference.facts import check_facts
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.operators import Truth
from hiprun.inference.partial_assignment import situation
from hiprun.model import Rule
from hiprun.pack import Pack
from hiprun.testing.case_generation import CaseDraft, probe, unused_id
from hiprun.testing.mutation.mutant_run import MutantPack
from hiprun.testing.mutation.mutants import Mutant
from hiprun.testing.mutation.report import MutantResult

_MOST_TRIES = 6
"""How many drafts for other subjects are tried on a surviving mutant."""


def without_repeated_drafts(
    pack: Pack, mutants: Sequence[Mutant], results: Sequence[MutantResult]
) -> Iterator[MutantResult]:
    """Yield the results with unique ids for drafts, each draft only with the first surviving mutant that it notices.

    `mutants` that follow each other and have the same subject may share a draft.
    """
    uses = Uses(pack.model)
    used_ids = {example.id for example in pack.model.examples}
    ids: dict[tuple[str, str], str] = {}
    drafts: list[CaseDraft] = []
    translated = Decisions(pack.model)
    concerned = _concerned(pack, mutants, results)
    for number, (mutant, result) in enumerate(zip(mutants, results, strict=True)):
        if result.draft is None:
            yield result
            continue
        key = mutant.subject, result.draft.id
        if key in ids:
            yield attrs.evolve(result, draft=None, by=ids[key])
            continue
        affected_decisions = set(uses.leaning_on(mutant.decisions))
        mutated = MutantPack(mutant, translated)
        candidates = (
            draft
            for draft in drafts
            if (mutant.constrains or not affected_decisions.isdisjoint(draft.decisions)) and concerned(number, draft)
        )
        for draft in islice(candidates, _MOST_TRIES):
            if mutated.notices(draft.example):
                yield attrs.evolve(result, draft=None, by=draft.id)
                break
        else:
            draft = attrs.evolve(result.draft, id=unused_id(result.draft.id, used_ids))
            used_ids.add(draft.id)
            ids[key] = draft.id
            drafts.append(draft)
            yield attrs.evolve(result, draft=draft)


def _concerned(
    pack: Pack, mutants: Sequence[Mutant], results: Sequence[MutantResult]
) -> Callable[[int, CaseDraft], bool]:
    """Return a function that says whether a mutant, by its number, may make a difference for the patient of a draft."""
    survivors = [number for number, result in enumerate(results) if result.draft is not None]
    program = probe(pack.model, [Rule(str(number), mutants[number].concerns) for number in survivors])
    nodes = dict(zip(survivors, program.rules, strict=True))
    truths: dict[str, Sequence[Truth]] = {}

    def concerned(number: int, draft: CaseDraft) -> bool:
        if draft.id not in truths:
            truths[draft.id] = situation(pack.model, program, check_facts(pack.model, draft.example.facts)).truths
        return truths[draft.id][nodes[number]] is not False

    return concerned
