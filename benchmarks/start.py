"""From the start of a process to the first decision. Meant for an installed wheel: `python benchmarks/start.py`"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from measuring import print_table

import hiprun.language.precompiled

ROUNDS = 15
CASES = {
    "import yaml, attrs, jsonschema": "import yaml, attrs, jsonschema",
    "nothing but Python": "pass",
    "import yaml, attrs": "import yaml, attrs",
    "import attrs": "import attrs",
    "import hiprun": "import hiprun",
    "load the pack": "import hiprun; hiprun.load()",
    "load the pack and decide": "import hiprun; hiprun.load().decide('triage', {'swelling': True})",
    "the same, from the YAML files": (
        "import hiprun.loading as l; l.stored_model = lambda: None; l.load().decide('triage', {'swelling': True})"
    ),
}


def main() -> None:
    best = dict.fromkeys(CASES, float("inf"))
    for _ in range(ROUNDS):  # in turn, so that a busy machine is as unfair to one as to the other
        for name, code in CASES.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=os.path.dirname(__file__))
            best[name] = min(best[name], time.perf_counter() - started)
    base = best["import yaml, attrs, jsonschema"]
    rows = [(name, f"{took * 1e3:.0f}", f"{took / base:.2f}") for name, took in best.items()]
    checked = "with" if hiprun.language.precompiled.load_precompiled() is not None else "without"
    print_table(f"Start, {checked} the rules in checked form", ("", "ms", "ratio"), rows)


if __name__ == "__main__":
    main()
