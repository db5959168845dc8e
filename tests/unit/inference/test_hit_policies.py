"""The registry of hit policies: schemas, page and editor know each of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import hiprun
from hiprun.inference.hit_policies import HIT_POLICIES, LIMITS, HitPolicy
from hiprun.language.editor_schema import editor_schema
from hiprun.testing.pack_generation.draft import POLICIES

ROOT = Path(__file__).parent.parent.parent.parent
SCHEMA = json.loads(
    (ROOT / "src" / "hiprun" / "language" / "schemas" / "decision.schema.json").read_text(encoding="utf-8")
)
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8").split("\n## decision\n")[1].split("\n## ")[0]
IN_FILES = [policy for policy in HIT_POLICIES.values() if policy is not LIMITS]
EVERY_POLICY = pytest.mark.parametrize("policy", HIT_POLICIES.values(), ids=HIT_POLICIES)


# where each has to be named


def test_rule_files_may_name_every_policy() -> None:
    """The schema of decisions, which editors read too, allows each policy but limits, which have files of their own."""
    assert SCHEMA["properties"]["hit"]["enum"] == [policy.name for policy in IN_FILES]


def test_editors_offer_every_policy(greenhouse: hiprun.Pack) -> None:
    """The schema for an editor offers each policy behind `hit`."""
    offered = editor_schema(greenhouse.model, "decision")["properties"]["hit"]["enum"]
    assert offered == [policy.name for policy in IN_FILES]


def test_packs_can_be_made_up_under_every_policy() -> None:
    """What tests make up knows each of them."""
    assert {*POLICIES} == {*HIT_POLICIES, "criteria"}


@pytest.mark.parametrize("policy", IN_FILES, ids=lambda policy: policy.name)
def test_the_page_says_what_every_policy_answers(policy: HitPolicy) -> None:
    """Each policy stands in the table on the page about the language."""
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert any(f"`{policy.name}`" in row for row in rows), f"docs/language.md does not explain `{policy.name}`"


def named(words: str) -> set[str]:
    """Return the policies that the page names in the clauses, and rows of tables, that have these words."""
    clauses = [clause for clause in re.split(r"[.;] |\n", PAGE) if words in clause]
    return {name for clause in clauses for name in re.findall(r"`(\w+)`", clause)} & {*HIT_POLICIES}


def test_the_page_says_what_is_asked_of_files_under_every_policy() -> None:
    """Where the page lists policies that need or allow something, these are the ones."""
    without = {policy.name for policy in IN_FILES if policy.always_answers}
    assert named("`otherwise` is not allowed") == without
    assert named("may have a formula") == {policy.name for policy in IN_FILES if policy.takes_formulas}
    assert named("need ordered outputs") == {policy.name for policy in IN_FILES if policy.ranks}
    assert named("(number) output") == {policy.name for policy in IN_FILES if policy.takes == "numbers"}


@EVERY_POLICY
def test_every_trait_is_said(policy: HitPolicy) -> None:
    """Each policy answers whatever can be asked of it."""
    assert policy.gives in ("answer", "items", "limits")
    assert (policy.says, policy.takes) != ("", "")
    assert {policy.adds, policy.may_conflict, policy.ranks, policy.takes_formulas} <= {True, False}
    assert policy.always_answers or policy.gives == "answer"
