"""Rules under a policy that takes the strongest value of each output, as far as they tell what is wanted from the rest.

Neighbouring values that are all wanted, or all not, count as one, and rules that give no more than what comes out
without any rule are left out. So the layout tells only apart what the search for ways has to know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import Node
from hiprun.inference.counterfactuals.target import Wanted
from hiprun.inference.hit_policies import Extreme
from hiprun.inference.hit_policy import Candidate, Ending, Gathered, Policy, Result
from hiprun.model import Number
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class _Steps(ValueObject):
    """Strengths of one output, the weakest first, in steps of which each is wanted as a whole or not at all.

    Step 0 holds also without any rule. `step` has that of each strength, `wanted` whether each step is wanted.
    """

    step: dict[Number, int] = attrs.field(hash=False)
    wanted: tuple[bool, ...]


def merged(
    policy: Policy, hit: Extreme, nodes: Sequence[Node], is_wanted: Wanted
) -> tuple[list[Candidate], Callable[[Gathered], Result]]:
    """Return candidates of the rules that matter, and what is made of the strongest of them: whether it is wanted.

    `nodes` are those of the rules in the order of the policy.
    """
    steps = [
        _steps(policy, hit, place, is_wanted.checks[output.name])
        for place, output in enumerate(policy.outputs)
        if output.name in is_wanted.checks
    ]
    places = [place for place, output in enumerate(policy.outputs) if output.name in is_wanted.checks]
    candidates: list[Candidate] = []
    for node, payload in zip(nodes, policy.payloads, strict=True):
        # step 0 is reached anyway
        row = tuple(each.step.get(payload[place], 0) or None for each, place in zip(steps, places, strict=True))
        if any(row):
            candidates.append((node, row))

    def finish(gathered: Gathered) -> Result:
        if isinstance(gathered, Ending):
            return (False,)
        reached = (None,) * len(steps) if gathered is None else gathered
        return (all(each.wanted[step or 0] for each, step in zip(steps, reached, strict=True)),)

    return candidates, finish


def _steps(policy: Policy, hit: Extreme, place: int, check: Callable[[Any], bool]) -> _Steps:
    output = policy.outputs[place]
    found: dict[Number, int] = {}
    wanted = [policy.otherwise is not None and check(policy.otherwise[place])]
    for strength in sorted({payload[place] for payload in policy.payloads} - {None}):
        is_wanted = check(hit.value(output, strength))
        if is_wanted is not wanted[-1]:
            wanted.append(is_wanted)
        found[strength] = len(wanted) - 1
    return _Steps(found, tuple(wanted))
