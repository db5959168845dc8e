"""The pack's own cases show that somebody exists where formulas have functions, so that nobody has to be sought."""

from __future__ import annotations

from pathlib import Path

from hiprun.verification.verify import verify

from .. import small_packs

FACTS = """\
facts:
  warmth: {ask: How warm?, type: number, range: [1, 100]}
  sun: {ask: How much sun?, type: number, range: [1, 100]}
  planted: {ask: When was it planted?, type: date, range: [2020-01-01, 2030-12-31]}
  today: {ask: What is the date?, type: date, range: [2020-01-01, 2040-12-31]}
"""
CARE = """\
decision: care
outputs: {needed: {type: choice, choices: [none, some, much], worse: later}}
hit: first
rules:
  - {id: fast, when: {growth: {above: 40}}, then: {needed: much}}
  - id: old
    when: {any: [{age: {at_least: oldest}}, {sun: {above: 90}, growth: {below: 2.5}}]}
    then: {needed: some}
otherwise: {needed: none}
"""
DERIVED = """\
derived:
  growth: {title: Growth, formula: ln(warmth) * sqrt(sun), decimals: 1}
  age: {title: Age, formula: "years(planted, today)"}
"""
CASES = """\
cases: Trees
examples:
  - {id: fast, facts: {warmth: 95, sun: 95, planted: 2024-05-01, today: 2025-05-01}, expect: {care: {needed: much}}}
  - {id: old, facts: {warmth: 5, sun: 5, planted: 2022-05-01, today: 2028-05-01}, expect: {care: {needed: some}}}
  - {id: sunny, facts: {warmth: 1, sun: 91, planted: 2024-05-01, today: 2024-05-01}, expect: {care: {needed: some}}}
  - {id: warmer, facts: {warmth: 90, sun: 91}, expect: {care: {needed: much}}}
  - {id: shady, facts: {warmth: 1, sun: 90}, expect: {care: {needed: none}}}
  - {id: unknown, facts: {warmth: {at_least: 5}, planted: 2029-01-01}, expect: {care: {needs: [sun]}}}
"""
REFUSED = """\
cases: Trees
examples:
  - {id: ripe, facts: {warmth: 95, sun: 95, planted: 2024-05-01, today: 2023-05-01}, expect: refused}
  - {id: hot, facts: {warmth: {above: 50, below: 40}, sun: 95, planted: 2024-05-01, today: 2025-05-01}, expect: refused}
"""


def proved(folder: Path, cases: str) -> set[str]:
    """Return what is proved of care with so small a budget that no question of the prover is answered."""
    documents = {
        "facts": FACTS,
        "care": CARE,
        "derived": DERIVED,
        "constraints": "constraints: [{id: planted-by-today, never: {planted: {above: today}}}]\n",
        "parameters": "parameters: {oldest: {value: 4, range: [3, 6]}}\n",
        "cases": cases,
    }
    report = verify(small_packs.load(folder, **documents), ["care"], budget=1)
    assert not report.faults
    return {f"{claim.kind} {claim.subject}" for claim in report.claims if claim.holds}


def test_cases_show_what_can_happen(tmp_path: Path) -> None:
    """Rules that apply, matter and give an answer in some case are proved without the prover, parts of them as well."""
    found = proved(tmp_path, CASES)
    assert found >= {"rule-can-fire care.fast", "value-reachable care.needed: much", "part-can-decide care.old"}


def test_cases_that_cannot_be_show_nothing(tmp_path: Path) -> None:
    """A case that breaks a constraint, or contradicts itself, is nobody, and without cases nothing is proved so."""
    assert not [claim for claim in proved(tmp_path, REFUSED) if claim.startswith("rule-can-fire")]
