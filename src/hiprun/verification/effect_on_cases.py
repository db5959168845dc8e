"""What a change of a pack does to its cases: which fail, why, and which hold again.

Whose answers change is in `difference`, what is no longer proved in `effect_on_proofs`.
"""

from __future__ import annotations

from typing import Any

import attrs

from hiprun.pack import Pack
from hiprun.verification import cases
from hiprun.verification.failure_causes import FailureCause, failure_causes
from hiprun.verification.run_bounds import Progress, silent


@attrs.frozen
class EffectOnCases:
    """What comes of the cases of the new version.

    `ran` is how many there are, `causes` why some fail. `failed_before` are those that fail and failed before,
    `mended` those that hold now and failed before; a case is the same if its id is. `new` and `gone` are cases that
    only one of the versions has.
    """

    ran: int
    causes: tuple[FailureCause, ...] = ()
    failed_before: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The ids of the cases that fail."""
        return tuple(result.example.id for cause in self.causes for result in cause.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as plain data for JSON."""
        return {
            "ran": self.ran,
            "failed": list(self.failed),
            "causes": [cause.to_dict() for cause in self.causes],
            "failed_before": list(self.failed_before),
            "mended": list(self.mended),
            "new": list(self.new),
            "gone": list(self.gone),
        }


def effect_on_cases(old: Pack, new: Pack, progress: Progress = silent) -> EffectOnCases:
    """Return what a change does to the cases of a pack; `progress` is told how many have run.

    Ctrl-C raises `Interrupted`, as from `cases.run_all`.
    """
    examples = new.model.examples
    results = cases.run_all(new, examples, progress)
    failed = [result for result in results if not result.passed]
    known = {example.id: example for example in old.model.examples}
    looked_at = [example for example in examples if example.id in known]
    before = {example.id for example in looked_at if not cases.run(old, known[example.id]).passed}
    failing = {result.example.id for result in failed}
    return EffectOnCases(
        len(results),
        failure_causes(new, failed, old),
        tuple(example.id for example in looked_at if example.id in before & failing),
        tuple(example.id for example in looked_at if example.id in before - failing),
        tuple(example.id for example in examples if example.id not in known),
        tuple(id_ for id_ in known if id_ not in {example.id for example in examples}),
    )
