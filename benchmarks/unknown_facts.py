"""What unknown facts cost: times the fully known decision, over many distinct patients, in CPU time.

Run it with `python benchmarks/unknown_facts.py`. Every figure is a ratio of medians measured in one run. "First seen"
is a pack just loaded whose functions exist but which has met no patient with an unknown fact; "seen again" are the
same patients once more.
"""

from __future__ import annotations

import gc
import itertools
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from interview import runners
from measuring import print_table
from tables import KINDS, TEN, pack_folder, patients

import hiprun
from hiprun.language.checked_form_files import build
from hiprun.pack import grounded

Facts = Mapping[str, Any]

PEOPLE = 400
RULES = Path(__file__).parent.parent / "rules"
TARGETS = {
    "one unknown": (60, 4),
    "a tenth unknown": (None, None),
    "half unknown": (100, 6),
    "nothing known": (None, 6),
}


def cpu(call: Callable[[Any], object], given: Sequence[Any]) -> list[float]:
    """Return how many microseconds of CPU time each call took."""
    clock = time.process_time_ns
    gc.collect()
    gc.disable()
    try:
        found = []
        for entry in given:
            started = clock()
            call(entry)
            found.append((clock() - started) / 1000)
    finally:
        gc.enable()
    return found


def steady(call: Callable[[Any], object], given: Sequence[Any], rounds: int = 9) -> float:
    """Return the median over rounds of the mean microseconds of a call, once everything was seen."""
    for entry in given:
        call(entry)
    clock = time.process_time_ns
    found = []
    for _ in range(rounds):
        started = clock()
        for entry in given:
            call(entry)
        found.append((clock() - started) / 1000 / len(given))
    return statistics.median(found)


def without(person: Facts, names: Iterable[str]) -> dict[str, Any]:
    dropped = set(names)
    return {name: value for name, value in person.items() if name not in dropped}


def groups(people: Sequence[Facts], names: Sequence[str], rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Return the same patients with more and more facts unknown."""
    tenth = max(1, len(names) // 10)
    return {
        "one unknown": [without(person, rng.sample(names, 1)) for person in people],
        "a tenth unknown": [without(person, rng.sample(names, tenth)) for person in people],
        "half unknown": [without(person, rng.sample(names, len(names) // 2)) for person in people],
        "nothing known": [{} for _ in people],
    }


def own_facts(pack: hiprun.Pack, decision: str) -> list[str]:
    """Return the facts that can matter to a decision, the most decisive first."""
    return list(pack.decide(decision, {}).needs)


def with_tied(pack: hiprun.Pack, decision: str, names: Sequence[str]) -> list[str]:
    """Return these facts and those that a decision looks at only because constraints tie them to others."""
    return list(dict.fromkeys([*names, *(name for names in grounded(pack, decision).speaking for name in names)]))


def decision_rows(
    title: str, load: Callable[[], hiprun.Pack], decision: str, people: Sequence[Facts]
) -> Iterator[tuple[str, ...]]:
    seen = load()
    names = own_facts(seen, decision)
    people = [{name: person[name] for name in with_tied(seen, decision, names)} for person in people]
    known = steady(partial(seen.decide, decision), people)
    yield f"{title}, all known, µs", f"{known:.2f}", "", "", ""
    for name, given in groups(people, names, random.Random(5)).items():
        pack = load()
        for person in people[:20]:
            pack.decide(decision, person)
        warm(pack, decision, people[0])
        first = statistics.mean(cpu(partial(pack.decide, decision), given))
        again = steady(partial(pack.decide, decision), given)
        target, target_again = TARGETS[name]
        once = "" if name == "nothing known" else f"{first / known:.1f}"
        yield (
            f"{title}, {name}",
            once,
            f"≤ {target}" if target else "",
            f"{again / known:.1f}",
            f"≤ {target_again}" if target_again else "",
        )


def warm(pack: hiprun.Pack, decision: str, person: Facts) -> None:
    """Let a pack make its functions, with one patient."""
    first = next(iter(person))
    pack.decide(decision, without(person, [first]))


def interview_row(pack: hiprun.Pack, decision: str, people: Sequence[Facts]) -> tuple[str, ...]:
    """Return what one step of whole interviews costs on average, first seen."""
    names = own_facts(pack, decision)
    known = steady(
        lambda facts: pack.decide(decision, facts),
        [{name: person[name] for name in with_tied(pack, decision, names)} for person in people],
    )
    fresh = hiprun.load()
    interview = fresh.interview(decision)
    interview.step({names[0]: people[0][names[0]]})
    counted = 0

    def whole(person: Facts) -> None:
        nonlocal counted
        facts: dict[str, Any] = {}
        step = interview.step(facts)
        counted += 1
        while step.question is not None:
            facts[step.question.fact] = person[step.question.fact]
            step = interview.step(facts)
            counted += 1

    took = sum(cpu(whole, people))
    first, steps = took / counted, counted
    counted = 0
    again = sum(cpu(whole, people)) / counted
    title = f"a step of the interview of `{decision}`, {steps / len(people):.1f} steps each"
    return title, f"{first / known:.1f}", "≤ 30", f"{again / known:.1f}", ""


def first_of_nobody(pack: hiprun.Pack, person: Facts) -> float:
    """Return how many microseconds all decisions take of whom nothing is known, of a pack whose functions exist."""
    pack.evaluate(person)
    for name in pack.decisions:
        grounded(pack, name)
    return sum(cpu(pack.evaluate, [{}]))


def together_rows(people: Sequence[Facts]) -> Iterator[tuple[str, ...]]:
    pack = hiprun.load()
    known = steady(pack.evaluate, people[:200], rounds=5)
    yield f"all {len(pack.decisions)} decisions, {len(people[0])} facts known, µs", f"{known:.1f}", "", "", ""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(RULES, Path(folder, "rules"))
        read = hiprun.load(folder + "/rules", cache=False)
        worked_out = statistics.median(first_of_nobody(hiprun.Pack(read.model), people[0]) for _ in range(5))
        build(folder + "/rules")
        built = statistics.median(first_of_nobody(hiprun.load(folder + "/rules"), people[0]) for _ in range(5))
    fresh = hiprun.load()
    again = steady(fresh.evaluate, [{}] * 20)
    yield "all decisions, nothing known, built", f"{built / known:.0f}", "≤ 100", f"{again / known:.1f}", ""
    yield "all decisions, nothing known, worked out", f"{worked_out / known:.0f}", "", "", ""
    tenth = groups(people[:100], list(people[0]), random.Random(3))["a tenth unknown"]
    first = statistics.mean(cpu(fresh.evaluate, tenth))
    yield (
        "all decisions, a tenth unknown",
        f"{first / known:.0f}",
        "",
        f"{steady(fresh.evaluate, tenth, rounds=3) / known:.1f}",
        "",
    )


def chain(count: int) -> dict[str, str]:
    """Return a pack in which each decision uses the one before it."""
    facts = "facts:\n" + "".join(f"  f{index}: {{ask: F{index}?, type: boolean}}\n" for index in range(count))
    files = {"facts": facts, "pack": "pack: chain\nlanguage: 1\nversion: 1.0.0\ntitle: Chain\n"}
    for index in range(count):
        before = f"f{index}: true" if not index else f"any: [{{f{index}: true}}, {{d{index - 1}.level: high}}]"
        files[f"d{index}"] = (
            f"decision: d{index}\ntitle: D\noutputs: {{level: {{type: choice, choices: [low, mid, high]}}}}\n"
            f"hit: first\nrules:\n  - {{id: a, when: {{{before}}}, then: {{level: high}}}}\n"
            f"  - {{id: b, when: {{f{(index + 1) % count}: true}}, then: {{level: mid}}}}\notherwise: {{level: low}}\n"
        )
    return files


def overlapping(rows: int, seed: int = 3) -> dict[str, str]:
    """Return a pack with one table of overlapping rows over ten numbers."""
    rng = random.Random(seed)
    facts = "facts:\n" + "".join(f"  n{i}: {{ask: N?, type: integer, range: [0, 100]}}\n" for i in range(10))
    lines = []
    for index in range(rows):
        tests = []
        for name in rng.sample(range(10), 2):
            low = rng.randint(0, 60)
            tests.append(f"n{name}: {{between: [{low}, {low + rng.randint(5, 40)}]}}")
        lines.append(f"  - {{id: r{index}, when: {{{', '.join(tests)}}}, then: {{level: {rng.choice('abc')}}}}}\n")
    text = (
        "decision: table\ntitle: T\noutputs: {level: {type: choice, choices: [a, b, c], worse: later}}\nhit: worst\n"
        f"rules:\n{''.join(lines)}otherwise: {{level: a}}\n"
    )
    return {"facts": facts, "table": text, "pack": "pack: big\nlanguage: 1\nversion: 1.0.0\ntitle: Big\n"}


def load_files(files: Mapping[str, str]) -> hiprun.Pack:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, f"{name}.yaml").write_text(text, encoding="utf-8")
        return hiprun.load(folder)


def milliseconds(call: Callable[[], object]) -> tuple[float, Any]:
    gc.collect()
    started = time.process_time_ns()
    found = call()
    return (time.process_time_ns() - started) / 1e6, found


def shapes() -> Iterator[tuple[str, ...]]:
    """Yield what packs of unusual shapes cost."""
    pack = load_files(chain(50))
    known = {f"f{index}": index % 7 == 0 for index in range(50)}
    took, _ = milliseconds(lambda: pack.evaluate(known))
    yield "a chain of 50 decisions, first `evaluate`, ms", f"{took:.0f}", "≤ 100"
    took, _ = milliseconds(lambda: pack.evaluate({}))
    yield "a chain of 50 decisions, `evaluate({})`, ms", f"{took:.0f}", "≤ 200"
    big = load_files(overlapping(100))
    took, outcome = milliseconds(lambda: big.decide("table", {}))
    yield (
        f"100 overlapping rows, `decide({{}})`, {'exact' if outcome.exact else 'not exact'}, ms",
        f"{took:.0f}",
        "exact, or quick",
    )


def questions_rows(people: Sequence[Facts]) -> Iterator[tuple[str, ...]]:
    """Yield what else asks decisions again and again costs, times one known decision."""
    pack = hiprun.load()
    known = steady(lambda facts: pack.decide("triage", facts), people[:200])
    undecided = [pack.decide("triage", without(person, own_facts(pack, "triage")[::4])) for person in people[:50]]
    took = statistics.median(cpu(lambda outcome: outcome.why_not(action="none"), undecided))
    yield "`why_not` of `triage`", f"{took / known:.0f}"
    took = statistics.median(cpu(lambda person: pack.ways_to("readiness", {"result": "ready"}, person), people[:20]))
    yield "`ways_to` of `readiness`", f"{took / known:.0f}"
    entries = range(1, 20)
    diary = [{"when": f"2026-03-{day:02}T08:00", "what": "symptoms", "pain": 2, "quality": "dull"} for day in entries]
    took = statistics.median(cpu(lambda _: pack.facts_from(diary, "2026-03-20T12:00"), range(10)))
    yield "`facts_from` of 19 entries", f"{took / known:.0f}"
    facts = pack.facts_from(diary, "2026-03-20T12:00")
    took = statistics.median(cpu(lambda _: pack.decide("today", facts), range(20)))
    yield "`today` of these facts", f"{took / known:.0f}"
    took = statistics.median(cpu(lambda person: pack.plan("run_walk", person, start="2026-03-21"), people[:20]))
    yield "`plan` of twelve weeks", f"{took / known:.0f}"


def main() -> None:
    pack = hiprun.load()
    people = list(itertools.islice(runners(pack, random.Random(1), 0.05), PEOPLE))
    with tempfile.TemporaryDirectory() as folder:
        files = pack_folder(Path(folder), TEN, KINDS)
        rows = [
            *decision_rows("ten rows", lambda: hiprun.load(files), "triage", patients(PEOPLE)),
            *decision_rows("`triage`", hiprun.load, "triage", people),
            *decision_rows("`today`", hiprun.load, "today", people),
            *decision_rows("`care`", hiprun.load, "care", people),
            *(interview_row(pack, name, people[:60]) for name in ("triage", "today", "adjustment")),
            *together_rows(people),
        ]
    head = ("times the same decision with all facts known", "first seen", "target", "seen again", "target")
    print_table(f"Unknown facts, {PEOPLE} distinct patients", head, rows)
    print()
    print_table("Chains and large tables", ("", "", "target"), shapes())
    print()
    print_table("What asks decisions again, times one known decision", ("", ""), questions_rows(people))


if __name__ == "__main__":
    main()
