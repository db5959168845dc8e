"""Removes drafts that repeat: one draft often notices several surviving mutants, so the others refer to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from hiprun.inference.dependents import Uses
from hiprun.pack import Pack
from hiprun.testing.case_generation import CaseDraft, unused_id
from hiprun.testing.mutation.mutants import Mutant
from hiprun.testing.mutation.report import MutantResult
from hiprun.verification import cases


def without_repeated_drafts(
    pack: Pack, mutants: Sequence[Mutant], results: Sequence[MutantResult]
) -> Iterator[MutantResult]:
    """Yield the results with unique ids for drafts, each draft only with the first surviving mutant that it notices."""
    uses = Uses(pack.model)
    used_ids = {example.id for example in pack.model.examples}
    drafts: list[CaseDraft] = []
    for mutant, result in zip(mutants, results, strict=True):
        if result.draft is None:
            yield result
            continue
        affected_decisions = set(uses.leaning_on(mutant.decisions))
        mutated = Pack(mutant.model)
        for draft in drafts:
            is_affected = mutant.constrains or not affected_decisions.isdisjoint(draft.decisions)
            if is_affected and not cases.run(mutated, draft.example).passed:
                yield attrs.evolve(result, draft=None, by=draft.id)
                break
        else:
            draft = attrs.evolve(result.draft, id=unused_id(result.draft.id, used_ids))
            used_ids.add(draft.id)
            drafts.append(draft)
            yield attrs.evolve(result, draft=draft)
