"""Each hit policy means one thing everywhere, and nothing but its class says what it means."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import polars
import pytest

import hiprun
from hiprun.inference.hit_policies import HIT_POLICIES, LIMITS, HitPolicy
from hiprun.language.writer import files
from hiprun.testing.coverage import survey
from hiprun.testing.mutation import mutate
from hiprun.verification.difference import diff
from hiprun.verification.verify import verify

SOURCES = sorted((Path(__file__).parent.parent / "src").rglob("*.py"))
EVERY_POLICY = pytest.mark.parametrize("policy", HIT_POLICIES.values(), ids=HIT_POLICIES)
FACTS = ("a", "b", "c", "d")
GIVEN = {"values": ("mild", "bad", "mild"), "ranks": ("mild", "bad", "mild"), "numbers": (1, 5, 3), "nothing": ()}


def pack(folder: Path, policy: HitPolicy, properties: str = "") -> hiprun.Pack:
    """Return a pack in which rules are decided under `policy`, and a second decision asks what came out."""
    documents = {
        "pack": "pack: garden\nlanguage: 1\nversion: 1.0.0\ntitle: A garden\n",
        "facts": "facts:\n"
        + "".join(f"  {name}: {{ask: 'Is {name} so?', type: boolean}}\n" for name in FACTS)
        + "  size: {ask: How large?, type: integer, range: [0, 9]}\n",
        "made": limits() if policy is LIMITS else made(policy),
    }
    if policy.gives != "items":
        documents["seen"] = seen(policy)
    if properties:
        documents["properties"] = properties
    folder.mkdir(exist_ok=True)
    for name, text in documents.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return hiprun.load(folder)


def made(policy: HitPolicy) -> str:
    """Return a decision under `policy` of whose three rules any can match."""
    given = GIVEN[policy.takes]
    numeric = policy.takes in ("numbers", "nothing")
    domain = "type: integer, worse: higher" if numeric else "type: choice, choices: [calm, mild, bad], worse: later"
    rules = [
        f"  - {{id: if-{fact}, when: {{{fact}: true}}{f', then: {{value: {given[place]}}}' if given else ''}}}"
        for place, fact in enumerate(FACTS[:3])
    ]
    otherwise = [] if policy.always_answers else [f"otherwise: {{value: {2 if numeric else 'calm'}}}"]
    lines = ["decision: made", f"outputs: {{value: {{{domain}}}}}", f"hit: {policy.name}", "rules:", *rules, *otherwise]
    return "\n".join(lines) + "\n"


def limits() -> str:
    """Return limits of which any can apply."""
    bounds = [
        f"  - {{id: if-{fact}, when: {{{fact}: true}}, quantity: size, {side}: {limit}}}"
        for fact, side, limit in (("a", "at_most", 7), ("b", "at_most", 4), ("c", "at_least", 3))
    ]
    return "\n".join(["limits: made", "bounds:", *bounds]) + "\n"


def values(policy: HitPolicy) -> tuple[Any, ...]:
    """Return what `made` can come to at most."""
    if policy.gives == "limits":
        return ("below", "within", "above")
    return tuple(range(10)) if policy.takes in ("numbers", "nothing") else ("calm", "mild", "bad")


def subject(policy: HitPolicy) -> str:
    """Return what conditions call the output of `made`."""
    return "made.size" if policy.gives == "limits" else "made.value"


def seen(policy: HitPolicy) -> str:
    """Return a decision that says what came out of `made`."""
    found = values(policy)
    domain = "type: integer" if isinstance(found[0], int) else f"type: choice, choices: [{', '.join(found)}]"
    rules = [
        f"  - {{id: it-is-{value}, when: {{{subject(policy)}: {value}}}, then: {{value: {value}}}}}" for value in found
    ]
    head = ["decision: seen", f"outputs: {{value: {{{domain}}}}}", "rules:"]
    return "\n".join([*head, *rules, "otherwise: no_match"]) + "\n"


def patients(*unknown: Any) -> Iterator[dict[str, Any]]:
    """Yield every patient, with `unknown` among the values of facts."""
    for size, *flags in product((2, 4, 9), *([False, True, *unknown] for _ in FACTS[:3])):
        facts = {**dict(zip(FACTS, flags, strict=False)), "d": False, "size": size}
        yield {name: value for name, value in facts.items() if value is not None}


def came_out(outcome: hiprun.Outcome) -> Any:
    """Return what came out of one decision of someone of whom all is known."""
    if outcome.items:
        return [item.rule for item in outcome.items if item.certainty == "certain"]
    if outcome.limits:
        return outcome.limits[0].verdict
    return outcome["value"] if outcome.status == "decided" else outcome.status


def test_no_file_asks_for_a_policy_by_its_name() -> None:
    """What a policy means is asked of its traits or its class, so that a new one is never taken for another."""
    found = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Compare) and _is_hit(node.left) and any(map(_is_text, node.comparators)))
        or (isinstance(node, ast.Match) and _is_hit(node.subject))
        or (isinstance(node, ast.Call) and any(map(_is_hit, node.args)) and _name(node.func) == "get")
        or (isinstance(node, ast.Subscript) and _is_hit(node.slice) and _name(node.value) != "HIT_POLICIES")
    ]
    assert found == []


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def _is_hit(node: ast.AST) -> bool:
    return _name(node) == "hit"


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node))


@EVERY_POLICY
def test_another_decision_sees_what_comes_out(policy: HitPolicy, tmp_path: Path) -> None:
    """What a second decision is told of an answer is the answer, known or not, by whichever way it is decided."""
    loaded = pack(tmp_path, policy)
    for facts in patients(None):
        for outcomes in (loaded.interpret(facts), loaded.evaluate(facts)):
            if policy.gives == "answer":
                assert outcomes["seen"].possible == outcomes["made"].possible
                assert outcomes["seen"].may_conflict == outcomes["made"].may_conflict
            elif policy.gives == "limits":
                verdicts = outcomes["made"].limits[0].possible_verdicts
                assert {*verdicts} == {answer["value"] for answer in outcomes["seen"].possible}


@EVERY_POLICY
def test_what_is_possible_is_what_some_completion_gives(policy: HitPolicy, tmp_path: Path) -> None:
    """While facts are missing, exactly that is possible which comes out once they are known."""
    loaded = pack(tmp_path, policy)
    for facts in patients(None):
        outcome = loaded.interpret(facts, ["made"])["made"]
        complete = [
            came_out(loaded.interpret(whole, ["made"])["made"])
            for whole in patients()
            if all(whole[name] == value for name, value in facts.items())
        ]
        assert outcome.exact
        match policy.gives:
            case "answer":
                found = {answer["value"] for answer in outcome.possible}
                ends = {"conflict"} if "conflict" in complete else set()
                assert found == {*complete} - ends
                assert (outcome.may_conflict or outcome.status == "conflict") == bool(ends)
            case "items":
                certain = [item.rule for item in outcome.items if item.certainty == "certain"]
                assert certain == [rule for rule in ("if-a", "if-b", "if-c") if all(rule in one for one in complete)]
            case "limits":
                assert {*outcome.limits[0].possible_verdicts} == {*complete}


@EVERY_POLICY
def test_every_way_of_deciding_gives_the_same(policy: HitPolicy, tmp_path: Path) -> None:
    """Compiled functions, columns of a dataframe and the interpreter agree about everyone of whom all is known."""
    loaded = pack(tmp_path, policy)
    everyone = list(patients())
    frame = loaded.evaluate_frame(polars.DataFrame(everyone), on_error="raise")
    for facts, row in zip(everyone, frame.iter_rows(named=True), strict=True):
        outcomes = loaded.interpret(facts)
        assert outcomes == loaded.evaluate(facts)
        for name, outcome in outcomes.items():
            assert row[f"{name}__status"] == outcome.status
            assert _of_row(row, name, outcome) == came_out(outcome)


def _of_row(row: Mapping[str, Any], name: str, outcome: hiprun.Outcome) -> Any:
    if outcome.items:
        return [item.rule for item in outcome.items if row[f"{name}__{item.rule.replace('-', '_')}"] == "certain"]
    if outcome.limits:
        return row[f"{name}__size__verdict"]
    return row[f"{name}__value"] if outcome.status == "decided" else outcome.status


@EVERY_POLICY
def test_proofs_mean_the_same(policy: HitPolicy, tmp_path: Path) -> None:
    """What the interpreter says of each patient is proved of all patients like that, and no claim goes wrong."""
    loaded = pack(tmp_path, policy)
    lines = ["properties: What comes out", "always:"]
    if policy.gives == "items":
        lines.append("  - {id: it, if: {a: true}, then: {a: true}}")
    else:
        for number, facts in enumerate(patients()):
            answer = came_out(loaded.interpret(facts, ["made"])["made"])
            if answer != "conflict":
                asked = ", ".join(f"{name}: {str(value).lower()}" for name, value in facts.items())
                then = f"{{{subject(policy)}: {answer}}}"
                lines.append(f"  - {{id: case-{number}, if: {{{asked}}}, then: {then}}}")
    report = verify(pack(tmp_path / "proved", policy, "\n".join(lines) + "\n"))
    promises = [claim for claim in report.claims if claim.kind == "property"]
    assert len(promises) == len(lines) - 2
    assert {claim.status for claim in promises} == {"proved"}
    assert {claim.status for claim in report.claims} <= {"proved", "refuted"}


@EVERY_POLICY
def test_versions_differ_as_their_answers_do(policy: HitPolicy, tmp_path: Path) -> None:
    """A version in which a rule matches fewer patients is told apart, with a patient who shows it."""
    before = pack(tmp_path, policy)
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8").replace("{a: true}", "{a: true, d: true}", 1)
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    found = diff(before, hiprun.load(tmp_path))
    assert diff(before, before).equivalent
    assert not found.faults
    assert all(decision.complete for decision in found.decisions)
    assert next(decision for decision in found.decisions if decision.decision == "made").changes


@EVERY_POLICY
def test_a_pack_is_the_same_after_export(policy: HitPolicy, tmp_path: Path) -> None:
    """Rule files written from the model say the same."""
    loaded = pack(tmp_path, policy)
    again = tmp_path / "again"
    for name, text in files(loaded.model).items():
        (again / name).parent.mkdir(parents=True, exist_ok=True)
        (again / name).write_text(text, encoding="utf-8")
    assert hiprun.load(again).digest == loaded.digest


@pytest.mark.slow
@EVERY_POLICY
def test_cases_can_be_found_and_faults_noticed(policy: HitPolicy, tmp_path: Path) -> None:
    """Coverage drafts a case for what cases could show, and of each fault it is known whether it shows for anyone."""
    loaded = pack(tmp_path, policy)
    covered = survey(loaded)
    assert {side.state for part in covered.parts for side in part.sides} <= {"missing", "impossible"}
    assert {verdict.fate for _, verdict in mutate(loaded, jobs=1).results} <= {"survived", "equivalent"}
