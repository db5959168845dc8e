"""Triage in a program of your own: load once, decide often, act on the certain answer or else on the safest one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hiprun

PACK = hiprun.load()  # reads and checks every rule file once; after this, nothing touches the disk


def advice(answers: Mapping[str, Any]) -> str:
    """Return one line of advice for a runner's answers so far."""
    try:
        triage = PACK.decide("triage", answers)
    except hiprun.FactError as error:
        return "Please correct: " + " ".join(f"{problem.message} {problem.help}" for problem in error.problems)
    if triage.status == "decided":
        return f"{triage.label('action')}."
    if triage.status == "undetermined":
        safest = triage.label("action", triage.safest["action"])
        return f"{safest}, unless this rules it out: {PACK.facts[triage.needs[0]].ask}"
    return "The rules have no answer for this; please ask a professional."  # no rule matched, or rules conflict


if __name__ == "__main__":
    print(advice({"swelling": True}))
    print(advice({"swelling": False, "numbness": False, "trouble_walking": True}))
    print(advice({"swelling": False, "pain_while_running": 2, "pain_quality": "dull"}))
    print(advice({"pain_while_runing": 11, "swelling": "no"}))
