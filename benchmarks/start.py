"""From the start of a process to the first decision. Meant for an installed wheel: `python benchmarks/start.py`"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import print_table

from hiprun.language.checked_form_files import build
from hiprun.language.incremental_check import check_files, pack_documents, pack_result
from hiprun.language.resolve.reuse import KeptResults
from hiprun.language.rule_files import read_checked_form, read_files

ROUNDS = 15
IMPORTS = "import yaml, attrs, jsonschema"
DECIDE = ".decide('triage', {'swelling': True})"
OWN_FIRST, OWN_SECOND, OWN_BUILT = "own pack, first start", "own pack, second start", "own pack, built"
PACKAGED = "load the pack and decide"
VERSION, EVAL, CLICK = "hiprun --version", "hiprun eval triage swelling=true", "import click"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        own = copy_of_rules(Path(scratch, "own"))
        built = copy_of_rules(Path(scratch, "built"))
        build(str(built))
        commands = {
            "nothing but Python": ["-c", "pass"],
            IMPORTS: ["-c", IMPORTS],
            "import attrs": ["-c", "import attrs"],
            CLICK: ["-c", CLICK],
            "import hiprun": ["-c", "import hiprun"],
            "load the pack": ["-c", "import hiprun; hiprun.load()"],
            PACKAGED: ["-c", f"import hiprun; hiprun.load(){DECIDE}"],
            OWN_FIRST: ["-c", f"import hiprun; hiprun.load({str(own)!r}, cache=False){DECIDE}"],
            OWN_SECOND: ["-c", f"import hiprun; hiprun.load({str(own)!r}){DECIDE}"],
            OWN_BUILT: ["-c", f"import hiprun; hiprun.load({str(built)!r}, cache=False){DECIDE}"],
            VERSION: ["-m", "hiprun", "--version"],
            EVAL: ["-m", "hiprun", "eval", "triage", "swelling=true"],
        }
        took = medians(commands, {**os.environ, "HIPRUN_CACHE": str(Path(scratch, "cache"))})
        base = took[IMPORTS]
        rows = [(name, f"{ms:.0f}", f"{ms / base:.2f}") for name, ms in took.items()]
        checked = "with" if read_checked_form(None) else "without"
        print_table(f"Start, {checked} the rules in checked form", ("CPU time", "ms", "ratio"), rows)
        targets = [
            (f"{PACKAGED}, to the three imports", took[PACKAGED] / base, 0.5),
            (f"{OWN_SECOND}, to the packaged one", took[OWN_SECOND] / took[PACKAGED], 1.5),
            (f"{OWN_BUILT}, to the packaged one", took[OWN_BUILT] / took[PACKAGED], 1.5),
            (f"{VERSION}, to {CLICK}", took[VERSION] / took[CLICK], 1.3),
            (f"{EVAL}, to load and decide", took[EVAL] / took[PACKAGED], 1.3),
        ]
        rows = [(name, f"{ratio:.2f}", f"{target:.1f}") for name, ratio, target in targets]
        print_table("Ratios", ("", "ratio", "target"), rows)
        print_table("Reading YAML, ms", ("", "median", "slowest"), reading(own))


def copy_of_rules(folder: Path) -> Path:
    """Write the rule files of hiprun, without their checked form, into a folder."""
    for file in read_files(None)[0]:
        path = folder / file.name_in_pack
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


def medians(commands: dict[str, list[str]], environment: dict[str, str]) -> dict[str, float]:
    """Return the median CPU time of each command in ms, all in turn, so that a busy machine is as unfair to each."""
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS + 1):  # the first round fills caches
        for name, words in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *words], check=True, env=environment, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            took[name].append(used * 1e3)
    return {name: statistics.median(times[1:]) for name, times in took.items()}


def reading(folder: Path) -> list[tuple[str, str, str]]:
    """Return how long it takes to check all files, one edited file, and the pack that they make."""
    texts = {file.name: file.content for file in read_files(folder)[0]}
    whole, file_times, pack_times, again_times = [], [], [], []
    for _ in range(3):
        started = time.process_time()
        results = check_files(texts)
        whole.append(time.process_time() - started)
    before = pack_result(pack_documents(results), KeptResults()).kept
    for name, text in texts.items():
        started = time.process_time()
        edited = check_files(texts | {name: text + b"# edited\n"}, results)
        checked = time.process_time()
        assert pack_result(pack_documents(edited)).problems == ()
        file_times.append(checked - started)
        from_all = time.process_time()
        assert pack_result(pack_documents(edited), before).problems == ()
        again_times.append(time.process_time() - from_all)
        pack_times.append(from_all - checked)
    together = [file + again for file, again in zip(file_times, again_times, strict=True)]
    return [
        (name, f"{statistics.median(times) * 1e3:.1f}", f"{max(times) * 1e3:.1f}")
        for name, times in (
            (f"all {len(texts)} files", whole),
            ("one edited file", file_times),
            ("the pack, from checked files", pack_times),
            ("the pack again, where only one has changed", again_times),
            ("an edit to new problems", together),
        )
    ]


if __name__ == "__main__":
    main()
