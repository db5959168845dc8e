"""One drafted case often notices several survivors: it is shown once, and the others say that it would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from hiprun.inference.dependents import Uses
from hiprun.pack import Pack
from hiprun.testing.case_generation import Draft, unused
from hiprun.testing.mutation.mutants import Mutant
from hiprun.testing.mutation.report import MutantResult
from hiprun.verification import cases


def without_repeats(pack: Pack, made: Sequence[Mutant], verdicts: Sequence[MutantResult]) -> Iterator[MutantResult]:
    """Yield the verdicts with ids that no other case has, and each draft only for the first survivor it notices."""
    uses = Uses(pack.model)
    taken = {example.id for example in pack.model.examples}
    drafts: list[Draft] = []
    for mutant, verdict in zip(made, verdicts, strict=True):
        if verdict.draft is None:
            yield verdict
            continue
        concerned = set(uses.leaning_on(mutant.decisions))
        mutated = Pack(mutant.model)
        for draft in drafts:
            concerns = mutant.constrains or not concerned.isdisjoint(draft.decisions)
            if concerns and not cases.run(mutated, draft.example).passed:
                yield attrs.evolve(verdict, draft=None, by=draft.id)
                break
        else:
            draft = attrs.evolve(verdict.draft, id=unused(verdict.draft.id, taken))
            taken.add(draft.id)
            drafts.append(draft)
            yield attrs.evolve(verdict, draft=draft)
