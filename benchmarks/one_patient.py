"""One ten-row triage table, one patient: hiprun, hand-written Python, and other engines.

Run it with `python benchmarks/one_patient.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Annotated, Any, Literal

from contestants import hiprun_pack, peers
from measuring import print_table, race, shown
from tables import CALM, KINDS, TEN, patients


def by_hand(facts: dict[str, Any]) -> str:
    if facts["swelling"] or facts["numbness"]:
        return "urgent_evaluation"
    if facts["trouble_walking"]:
        return "stop_and_get_checked"
    if facts["pain"] > 0 and facts["quality"] == "sharp":
        return "stop_and_get_checked"
    if facts["pain"] >= 4:
        return "stop_and_get_checked"
    if facts["trend"] == "increasing" or facts["weakness"] or facts["weeks"] >= 3:
        return "see_doctor"
    if facts["clicking"]:
        return "schedule_assessment"
    if facts["hours"] > 48:
        return "rest_and_check_in"
    return "none"


def checked_by_hand() -> Callable[[dict[str, Any]], str] | None:  # noqa: C901 - as by_hand
    """Return the same with its input checked by msgspec: what a careful program costs at least; None without it."""
    try:
        import msgspec
    except ImportError:
        print("msgspec is not installed; the hand-written ifs with checked input are left out.")
        return None

    def kind(said: Any) -> Any:
        if said is bool:
            return bool
        if isinstance(said, list):
            return Literal[tuple(said)]
        return Annotated[float, msgspec.Meta(ge=said[0], le=said[1])]

    patient = msgspec.defstruct("Patient", [(name, kind(said)) for name, said in KINDS.items()])
    convert = msgspec.convert

    def decide(facts: dict[str, Any]) -> str:
        found = convert(facts, patient)
        if found.swelling or found.numbness:
            return "urgent_evaluation"
        if found.trouble_walking:
            return "stop_and_get_checked"
        if found.pain > 0 and found.quality == "sharp":
            return "stop_and_get_checked"
        if found.pain >= 4:
            return "stop_and_get_checked"
        if found.trend == "increasing" or found.weakness or found.weeks >= 3:
            return "see_doctor"
        if found.clicking:
            return "schedule_assessment"
        if found.hours > 48:
            return "rest_and_check_in"
        return "none"

    return decide


def decide_all(call: Callable[[dict[str, Any]], Any], patients: list[dict[str, Any]]) -> None:
    for facts in patients:
        call(facts)


def decide_each(pack: Any, patients: list[dict[str, Any]]) -> None:
    decide = pack.decide
    for facts in patients:
        decide("triage", facts)


def main() -> None:
    pack = hiprun_pack(TEN, KINDS)
    bare = pack.compile("triage")
    decide = pack.decide
    # what is timed, and how its answer is read when all are compared first
    contestants: dict[str, tuple[Callable[[dict[str, Any]], Any], Callable[[Any], str]]] = {
        "hand-written if": (by_hand, str),
        "hiprun, bare function": (bare, lambda answer: answer["action"]),
        "hiprun, decide": (lambda facts: decide("triage", facts), lambda outcome: outcome["action"]),
        "hiprun, decide and read the answer": (lambda facts: decide("triage", facts)["action"], str),
        "hiprun, interpreter": (
            lambda facts: pack.interpret(facts, ["triage"])["triage"],
            lambda found: found["action"],
        ),
    }
    careful = checked_by_hand()
    if careful is not None:
        contestants["hand-written if, input checked by msgspec"] = (careful, str)
    contestants |= {name: (call, str) for name, call in peers(TEN, KINDS).items()}
    for facts in patients(1000):
        answers = {name: read(call(facts)) for name, (call, read) in contestants.items()}
        assert len(set(answers.values())) == 1, (facts, answers)
    mixed = patients(2000, seed=2)
    calm = race({name: partial(call, CALM) for name, (call, _) in contestants.items()})
    loops = {name: partial(decide_all, call, mixed) for name, (call, _) in contestants.items()}
    loops["hiprun, decide"] = partial(decide_each, pack, mixed)  # as others, without a function around it
    others = race(loops)
    measured = {name: (calm[name], others[name] / len(mixed)) for name in contestants}
    hand = measured["hand-written if"]
    rows = [
        (name, shown(calm), f"{calm / hand[0]:,.1f}", shown(other), f"{other / hand[1]:,.1f}")
        for name, (calm, other) in measured.items()
    ]
    head = ("one decision of ten rows", "no row matches, µs", "ratio", "2,000 patients, µs each", "ratio")
    print_table("Ten rows, one patient; all agree on 1,000 patients", head, rows)
    ours = measured["hiprun, decide"]
    fastest = min(
        (found for name, found in measured.items() if not name.startswith("h")), key=itemgetter(1), default=None
    )
    if fastest:
        print(f"\n`decide` is {fastest[1] / ours[1]:.1f} times faster than the fastest of the other engines.")
    if careful is not None:
        floor = measured["hand-written if, input checked by msgspec"]
        print(f"It takes {ours[1] / floor[1]:.1f} times as long as the same by hand with checked input.")


if __name__ == "__main__":
    main()
