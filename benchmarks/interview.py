"""How many questions an interview asks until the decision stands, and how long it takes to choose one.

Beside the order that hiprun chooses: asking in the order of the file (leaving out what cannot matter any more), and on
small packs the best order there is, found by trying all of them. Run: `python benchmarks/interview.py`.
"""

from __future__ import annotations

import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import hiprun

Order = Callable[[Sequence[str]], str]

SMALL = {
    "signs": """\
decision: it
title: The worst of some signs
outputs: {level: {type: choice, choices: [calm, watch, act], worse: later}}
hit: worst
rules:
  - {id: a, when: {one: true}, then: {level: act}}
  - {id: b, when: {two: true, three: true}, then: {level: act}}
  - {id: c, when: {any: [{three: true}, {four: true}]}, then: {level: watch}}
  - {id: d, when: {grade: {at_least: middle}, one: false}, then: {level: watch}}
otherwise: {level: calm}
""",
    "table": """\
decision: it
title: The first row that fits
outputs: {level: {type: choice, choices: [calm, watch, act], worse: later}}
hit: first
table:
  - [one, two, grade, level]
  - [true, any, {at_least: middle}, act]
  - [any, true, high, act]
  - [true, true, any, watch]
  - [any, any, low, calm]
otherwise: {level: watch}
""",
    "score": """\
decision: it
title: Points
outputs: {points: {type: integer}}
hit: sum
rules:
  - {id: a, when: {one: true, two: true}, then: {points: 1}}
  - {id: b, when: {three: true, one: false}, then: {points: 1}}
  - {id: c, when: {four: true, grade: high}, then: {points: 2}}
""",
    "amounts": """\
decision: it
title: Amounts that matter only sometimes
outputs: {kilograms: {type: number}}
hit: first
rules:
  - {id: a, when: {one: true}, then: {kilograms: 3 * first_amount}}
  - {id: b, when: {two: true, second_amount: {above: 0}}, then: {kilograms: 2 * second_amount + first_amount}}
otherwise: {kilograms: 0}
""",
}
FACTS = """\
facts:
  first_amount: {ask: How much?, type: integer, range: [0, 2]}
  second_amount: {ask: How much more?, type: integer, range: [0, 2]}
  four: {ask: Four?, type: boolean}
  three: {ask: Three?, type: boolean}
  grade: {ask: Which grade?, type: choice, choices: [low, middle, high], worse: later}
  two: {ask: Two?, type: boolean}
  one: {ask: One?, type: boolean}
"""


def main() -> None:
    """Print both tables."""
    print(f"{'decision':<14} {'signs':>8} {'hiprun':>8} {'file order':>11} {'ms a question':>14}")
    pack = hiprun.load()
    for decision, share in itertools.product(("triage", "today", "adjustment"), (0.05, 0.2)):
        people = list(itertools.islice(runners(pack, random.Random(1), share), 40))
        started = time.perf_counter()
        ours = [questions(pack, decision, person, first) for person in people]
        each = (time.perf_counter() - started) / sum(ours) * 1000
        by_file = [questions(pack, decision, person, in_file_order(pack)) for person in people]
        print(f"{decision:<14} {share:>8.0%} {mean(ours):>8.2f} {mean(by_file):>11.2f} {each:>14.2f}")
    started = time.perf_counter()
    for _ in range(20):
        pack.interview("triage").step({})
    print(f"\nthe first question of triage, nothing known: {(time.perf_counter() - started) * 50:.2f} ms")
    print(f"\n{'small pack':<14} {'hiprun':>8} {'file order':>11} {'best possible':>14}")
    for name, text in SMALL.items():
        small = small_pack(text)
        people = list(everyone(small))
        ours = [questions(small, "it", person, first) for person in people]
        by_file = [questions(small, "it", person, in_file_order(small)) for person in people]
        print(f"{name:<14} {mean(ours):>8.2f} {mean(by_file):>11.2f} {best(small, {}, {}):>14.2f}")


def mean(numbers: Sequence[int]) -> float:
    return statistics.fmean(numbers)


def first(needs: Sequence[str]) -> str:
    return needs[0]


def in_file_order(pack: hiprun.Pack) -> Order:
    order = list(pack.facts)
    return lambda needs: min(needs, key=order.index)


def questions(pack: hiprun.Pack, decision: str, person: Mapping[str, Any], choose: Order) -> int:
    """Return how many questions it takes until the decision stands."""
    known: dict[str, Any] = {}
    while needs := pack.decide(decision, known).needs:
        fact = choose(needs)
        known[fact] = person[fact]
    return len(known)


def best(pack: hiprun.Pack, known: dict[str, Any], seen: dict[tuple[tuple[str, Any], ...], float]) -> float:
    """Return the lowest mean number of questions that any order reaches, by trying all of them."""
    key = tuple(sorted(known.items()))
    if key not in seen:
        needs = pack.decide("it", known).needs
        means = [
            1 + statistics.fmean(best(pack, {**known, fact: value}, seen) for value in values(pack, fact))
            for fact in needs
        ]
        seen[key] = min(means, default=0.0)
    return seen[key]


def small_pack(text: str) -> hiprun.Pack:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {
            "facts": FACTS,
            "it": text,
            "pack": "pack: small\nlanguage: 1\nversion: 1.0.0\ntitle: S\n",
        }.items():
            Path(folder, f"{name}.yaml").write_text(content, encoding="utf-8")
        return hiprun.load(folder)


def values(pack: hiprun.Pack, fact: str) -> list[Any]:
    domain = pack.facts[fact].domain
    if domain.type == "integer":
        return list(range(domain.lowest, domain.highest + 1))
    return list(domain.choices) or [False, True]


def everyone(pack: hiprun.Pack) -> Iterator[dict[str, Any]]:
    for chosen in itertools.product(*(values(pack, fact) for fact in pack.facts)):
        yield dict(zip(pack.facts, chosen, strict=True))


def runners(pack: hiprun.Pack, generator: random.Random, share: float) -> Iterator[dict[str, Any]]:
    """Yield patients of whom about `share` of the facts are not at their best."""
    while True:
        person = {name: value(fact.domain, generator, generator.random() < share) for name, fact in pack.facts.items()}
        try:
            pack.decide("triage", person)
        except hiprun.FactError:
            continue
        yield person


def value(domain: Any, generator: random.Random, bad: bool) -> Any:
    if domain.type == "boolean":
        return bad == (domain.worse != "false")
    if domain.type == "set":
        return [choice for choice in domain.choices if bad and generator.random() < 0.5]
    if domain.type == "choice":
        choices = list(domain.choices)
        return generator.choice(choices) if bad or not domain.worse else choices[0]
    if bad or not domain.worse:
        return generator.randint(int(domain.lowest), int(domain.highest))
    return domain.lowest if domain.worse == "higher" else domain.highest


if __name__ == "__main__":
    main()
