"""What a change does to the cases and the proofs of a pack."""

from __future__ import annotations

from pathlib import Path

import attrs

import hiprun
from hiprun.verification.effect_on_cases import effect_on_cases
from hiprun.verification.effect_on_proofs import effect_on_proofs

from .. import small_packs

WET = small_packs.rule("{dry: false}")
EXAMPLES = """\
cases: Cases
examples:
  - {id: dry, facts: {dry: true}, expect: {care: {needed: true}}}
  - {id: wet, facts: {dry: false}, expect: {care: {needed: true}}}
  - {id: ONLY, facts: {dry: false}, expect: {care: {needed: 1}}}
"""


def versions(folder: Path, old: str, new: str) -> list[hiprun.Pack]:
    """Return two versions of a pack with this decision, each with a case of its own."""
    facts = "facts:\n  dry: {ask: Is it dry?, type: boolean, worse: true}\n"
    cases = EXAMPLES.replace("needed: 1", "needed: false")
    return [
        small_packs.load(folder / name, facts=facts, care=care, cases=cases.replace("ONLY", name))
        for name, care in (("old", old), ("new", new))
    ]


def test_cases_before_and_after(tmp_path: Path) -> None:
    """Cases that fail, failed before, hold again, are new or gone are told apart."""
    effect = effect_on_cases(*versions(tmp_path, WET, small_packs.rule("{dry: true}")))
    assert (effect.ran, effect.failed, effect.failed_before) == (3, ("wet",), ())
    assert (effect.mended, effect.new, effect.gone) == (("dry",), ("new",), ("old",))
    assert [cause.rule and cause.rule.rule.id for cause in effect.causes] == ["it"]
    assert effect.to_dict()["failed"] == ["wet"]


def test_a_case_that_failed_before_is_no_news(tmp_path: Path) -> None:
    """Where nothing changes, the cases that fail are those that failed."""
    effect = effect_on_cases(*versions(tmp_path, WET, WET))
    assert (effect.failed, effect.failed_before) == (("dry", "new"), ("dry",))


def test_proofs_that_are_lost_and_regained(tmp_path: Path) -> None:
    """A claim that held and holds no longer is told apart from one that is new, and from one that never held."""
    whole = "decision: care\noutputs: {needed: {type: boolean}}\nrules:\n"
    half = "  - {id: it, when: {dry: true}, then: {needed: false}}\n"
    wet = "  - {id: wet, when: {dry: false}, then: {needed: true}}\n"
    old, new = versions(tmp_path, whole + half + wet, whole + half)
    lost = effect_on_proofs(old, new)
    assert [claim.kind for claim in lost.lost] == ["always-an-answer", "value-reachable"]
    assert not lost.ok
    regained = effect_on_proofs(new, old)
    assert regained.ok
    same = effect_on_proofs(new, new)
    assert {claim.kind for claim in same.remaining} == {claim.kind for claim in (*lost.lost, *lost.unproved)}
    assert same.to_dict()["lost"] == []
    without = hiprun.Pack(attrs.evolve(old.model, decisions={}, examples=()))
    assert "always-an-answer" in {claim.kind for claim in effect_on_proofs(without, new).unproved}
