"""How long proofs take: for the pack that comes with hiprun, and for a made-up one of 1,000 rules over 60 facts.

Run it with `python benchmarks/verify.py`; with `--rules 200` the made-up pack is smaller.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter

from hiprun import load
from hiprun.model import All, AnyOf, Condition, Constant, Count, Decision, Domain, Fact, Model, Output, Ref, Rule, Test
from hiprun.pack import Pack
from hiprun.verification.verify import verify

LEVELS = {"none": "", "low": "", "middle": "", "high": "", "highest": ""}
RULES_EACH = 50
LAYER = 7
"""How many decisions stand side by side; each leans on some of the layer below."""


def made_up(rules: int, facts: int, seed: int = 1) -> Model:
    """Return a pack whose decisions grade findings, add up points and lean on one another."""
    rng = random.Random(seed)
    domains = [
        Domain("boolean", worse="true"),
        Domain("number", lowest=0, highest=100, worse="higher"),
        Domain("choice", dict.fromkeys(("well", "so_so", "badly"), ""), worse="later", ordered=True),
        Domain("integer", lowest=0, highest=30, worse="higher"),
        Domain("set", dict.fromkeys(("left", "right", "both"), "")),
    ]
    known = {f"fact_{n}": Fact(f"fact_{n}", domains[(0, 1, 2, 1, 3, 4)[n % 6]], "?") for n in range(facts)}
    decisions: dict[str, Decision] = {}
    for number in range(rules // RULES_EACH):
        name = f"decision_{number}"
        policy = ("worst", "first", "sum", "worst", "priority", "collect")[number % 6]
        near = rng.sample(sorted(known), 24)
        layer = number // LAYER * LAYER
        below = [decisions[f"decision_{lower}"] for lower in range(max(layer - LAYER, 0), layer)]
        decisions[name] = _decision(rng, name, policy, {fact: known[fact] for fact in near}, below)
    return Model("made-up", "1.0.0", "Made up to measure proofs", facts=known, decisions=decisions)


def _decision(rng: random.Random, name: str, policy: str, facts: dict[str, Fact], before: list[Decision]) -> Decision:
    output = Output("level", Domain("choice", LEVELS, worse="later", ordered=True))
    if policy == "sum":
        output = Output("points", Domain("integer", worse="higher"))
    made = []
    for number in range(RULES_EACH):
        value = Constant(rng.randint(1, 3)) if policy == "sum" else rng.choice(list(LEVELS)[1:])
        parts = tuple(_test(rng, facts, before) for _ in range(rng.randint(1, 3)))
        group: Condition = rng.choice(
            (All(parts), All(parts), AnyOf(parts), Count(parts, min(2, len(parts)), len(parts)))
        )
        made.append(Rule(f"rule-{number}", group, ((output.name, value),)))
    if policy == "first":  # the most urgent first, as people write such lists
        made.sort(key=lambda rule: list(LEVELS).index(str(rule.then[0][1])), reverse=True)
    otherwise = None if policy in ("sum", "collect") else ((output.name, "none"),)
    return Decision(name, "rules", "", (output,), policy, tuple(made), otherwise=otherwise)  # type: ignore[arg-type]


def _test(rng: random.Random, facts: dict[str, Fact], before: list[Decision]) -> Test:
    usable = [decision for decision in before if decision.hit != "collect"]
    if usable and rng.random() < 0.1:
        decision = rng.choice(usable)
        if decision.hit == "sum":
            return Test(Ref("output", "points", decision.name), "at_least", (Constant(rng.randint(5, 40)),))
        return Test(Ref("output", "level", decision.name), "at_least", (rng.choice(list(LEVELS)[1:]),))
    name = rng.choice(sorted(facts))
    subject, domain = Ref("fact", name), facts[name].domain
    match domain.type:
        case "boolean":
            return Test(subject, "is", (True,))
        case "choice":
            return Test(subject, "at_least", (rng.choice(("so_so", "badly")),))
        case "set":
            return Test(subject, "includes", (rng.choice(list(domain.choices)),))
        case _:
            assert domain.highest is not None
            return Test(subject, "at_least", (Constant(rng.randint(1, int(domain.highest))),))


def measure(title: str, model: Model, jobs: int, target: str = "") -> None:
    rules = sum(len(decision.rules) for decision in model.decisions.values())
    started, before = time.perf_counter(), os.times()
    report = verify(Pack(model), jobs=jobs)
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.user - before.user + after.children_user - before.children_user
    counts = Counter(claim.status for claim in report.claims)
    said = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    print(
        f"{title}: {rules} rules, {len(model.facts)} facts, {len(report.claims)} claims ({said}):"
        f" {seconds:.1f} s, {cpu:.1f} s CPU{target}"
    )
    assert not report.faults, report.faults[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--facts", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    measure("the rules of hiprun", load().model, 1)
    target = " (target ≤ 30)" if chosen.rules == 1000 else ""
    measure("a made-up pack", made_up(chosen.rules, chosen.facts), chosen.jobs, target)
