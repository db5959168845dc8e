"""What a pack costs as a JavaScript module in node: its size, its start, and the CPU time of an outcome.

Run it with `python -m benchmarks.javascript [PACK]`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.unit.interfaces.javascript.patients import value

import hiprun
from hiprun.interfaces.javascript import javascript_module

_SCRIPT = """
const began = process.cpuUsage();
const { decide, decisions } = await import("./pack.mjs");
const started = process.cpuUsage(began);
const { complete, partly } = JSON.parse((await import("node:fs")).readFileSync("patients.json"));
const milliseconds = ({ user, system }) => (user + system) / 1000;
console.log("start", milliseconds(started).toFixed(1), "ms");
// of several rounds the shortest is told, which other programs disturb least
function measure(words, names, patients, rounds, times) {
  let least = Infinity;
  for (let index = 0; index < rounds; index += 1) {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) {
      for (const facts of patients) for (const name of names) decide(name, facts);
    }
    least = Math.min(least, milliseconds(process.cpuUsage(before)) / (times * patients.length * names.length));
  }
  console.log(words, (1000 * least).toFixed(1), "us");
}
measure("triage, all facts of the pack", ["triage"], complete, 30, 20);
measure("triage, half of them", ["triage"], partly, 10, 2);
measure("a decision, all facts", decisions, complete, 10, 2);
measure("a decision, half of them", decisions, partly, 4, 1);
"""


def main(path: str | None = None) -> None:
    """Measure a pack, the one of hiprun if none is named."""
    pack, rng = hiprun.load(path), random.Random(1)
    complete: list[dict[str, object]] = []
    partly: list[dict[str, object]] = []
    while len(complete) < 100:
        facts = {name: value(rng, fact.domain) for name, fact in pack.facts.items()}
        some = {name: fact for name, fact in facts.items() if rng.random() < 0.5}
        try:
            pack.decide(next(iter(pack.decisions)), facts)
        except hiprun.FactError:
            continue
        complete.append(facts)
        partly.append(some)
    module = javascript_module(pack)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pack.mjs").write_text(module, encoding="utf-8")
        Path(folder, "patients.json").write_text(json.dumps({"complete": complete, "partly": partly}), encoding="utf-8")
        Path(folder, "measure.mjs").write_text(_SCRIPT, encoding="utf-8")
        print(f"size {len(module) / 1000:.0f} kB", flush=True)
        subprocess.run(["node", "measure.mjs"], cwd=folder, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
