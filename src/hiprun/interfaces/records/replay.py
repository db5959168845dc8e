"""A decision log decided again, on the same rules or on others: what is the same, and each decision that differs."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any, Literal, TypeAlias

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.interfaces.exact_json import read_json
from hiprun.language.bounds import MOST_BYTES
from hiprun.language.export.yaml_layout import yaml
from hiprun.model.value_conversion import exact, plain
from hiprun.pack import Pack

ReplayStatus: TypeAlias = Literal["same", "differs", "refused", "masked", "dropped", "unreadable"]
MOST_PACKS = 16
"""How many packs with settings of their own are kept while a log is decided again."""

_LONGEST_NUMBER = 1_000
_ANSWER = ("status", "possible", "safest", "may_not_match", "may_conflict", "criteria", "limits")


@attrs.frozen
class Replayed:
    """One entry of a log, decided again.

    `status` is `same`, `differs`, `refused` (the rules do not accept the facts, or have no such decision), `masked`
    (facts are missing from the entry, so it cannot be decided again), `dropped` (masking had failed) or `unreadable`.
    `before` is the result in the log, `after` the result now; both as data. `problems` says why it is refused or
    unreadable.
    """

    line: int
    status: ReplayStatus
    id: str = ""
    decision: str = ""
    facts: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    before: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    after: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain data for JSON."""
        return {
            "line": self.line,
            "status": self.status,
            "decision_id": self.id,
            "path": self.decision,
            "input": plain(self.facts),
            "before": plain(self.before),
            "after": plain(self.after),
            "problems": [problem.to_dict() for problem in self.problems],
        }


def bounded_lines(log: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a log; of one that is too long for an entry, the beginning."""
    while line := log.readline(MOST_BYTES + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := log.readline(MOST_BYTES)):
            pass
        yield line


def replay(lines: Iterable[bytes], pack: Pack, settings: Mapping[str, Any] | None = None) -> Iterator[Replayed]:
    """Yield what comes of each entry of a log on the rules of `pack`.

    Each is decided under the settings that it was decided under, and those in `settings`. Where the rules are the same
    by their digest, results are compared to the last byte; otherwise what they say, not which rules say it.
    """

    @functools.lru_cache(MOST_PACKS)
    def pack_with(values: tuple[tuple[str, Any], ...]) -> Pack:
        return pack.with_parameters(**dict(values)) if values else pack

    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _replayed(number, line, pack_with, settings or {})


def _replayed(
    number: int,
    line: bytes,
    pack_with: Callable[[tuple[tuple[str, Any], ...]], Pack],
    settings: Mapping[str, Any],
) -> Replayed:
    entry = _entry(line)
    if entry is None:
        message = f"Line {number} is not an entry of a decision log."
        return Replayed(number, "unreadable", problems=(Problem("bad-log-entry", message),))
    named = Replayed(number, "dropped", str(entry.get("decision_id", "")), entry["path"])
    if "error" in entry:
        return named
    before = entry["result"]
    named = attrs.evolve(named, facts=entry["input"], before=before)
    if entry.get("erased") or entry.get("masked"):
        return attrs.evolve(named, status="masked")
    provenance = before.get("provenance", {})
    try:
        pack = pack_with(tuple(sorted({**provenance.get("settings", {}), **settings}.items())))
        after = pack.decide(entry["path"], entry["input"]).to_dict()
    except HiprunError as error:
        return attrs.evolve(named, status="refused", problems=error.problems)
    del after["facts"]
    after.pop("because", None)
    same_rules = provenance.get("digest") == pack.digest
    same = _said(before, whole=same_rules) == _said(after, whole=same_rules)
    return attrs.evolve(named, status="same" if same else "differs", after=after)


def _entry(line: bytes) -> dict[str, Any] | None:
    if len(line) > MOST_BYTES:
        return None
    try:
        entry = read_json(line, _number)
    except HiprunError:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        return None
    return entry if "error" in entry or _is_whole(entry) else None


def _number(digits: str) -> Decimal:
    """Return a number; none that would take gigabytes to write out is in a log."""
    number = Decimal(digits)
    if abs(number.adjusted()) > _LONGEST_NUMBER:
        raise ValueError("too long")
    return number


def _is_whole(entry: Mapping[str, Any]) -> bool:
    """Whether an entry has facts and a result of the right shape, and settings that are numbers, where it has some."""
    result = entry.get("result")
    if not isinstance(entry.get("input"), dict) or not isinstance(result, dict):
        return False
    provenance = result.get("provenance", {})
    settings = provenance.get("settings", {}) if isinstance(provenance, dict) else None
    if not isinstance(settings, dict) or not all(isinstance(value, int | Decimal) for value in settings.values()):
        return False
    return isinstance(result.get("status"), str) and isinstance(result.get("safest") or {}, dict) and _has_parts(result)


_PARTS = {"possible": (), "items": ("rule", "certainty"), "criteria": ("id", "status"), "limits": ()}


def _has_parts(result: Mapping[str, Any]) -> bool:
    """Whether the lists of a result hold mappings with the keys that comparing needs."""
    for name, keys in _PARTS.items():
        part = result.get(name, [])
        if not isinstance(part, list):
            return False
        if not all(isinstance(entry, dict) and entry.keys() >= {*keys} for entry in part):
            return False
    return True


def _said(result: Mapping[str, Any], *, whole: bool) -> str:
    """Return what a result says, as text that is equal for equal results."""
    said = {name: part for name, part in result.items() if name != "provenance"}
    if not whole:
        said = {name: part for name, part in result.items() if name in _ANSWER}
        said["items"] = [{**item, "rule": "", "source": [], "because": ""} for item in result.get("items", ())]
        said["criteria"] = [(entry["id"], entry["status"]) for entry in result.get("criteria", ())]
        limits = result.get("limits", ())
        said["limits"] = [{name: part for name, part in each.items() if name in _LIMIT} for each in limits]
    return json.dumps(said, default=float, sort_keys=True)


_LIMIT = ("quantity", "at_least", "at_most", "safest_at_least", "safest_at_most", "verdict", "possible_verdicts")


def answer_text(result: Mapping[str, Any]) -> str:
    """Return what a result says, in one line: its status, and its answer or the safest one."""
    certain = [item["rule"] for item in result.get("items", ()) if item["certainty"] == "certain"]
    answer = result.get("safest") or (result.get("possible") or [{}])[0]
    parts = [f"{name}={_exact(value)}" for name, value in answer.items()]
    return f"{result.get('status')}, {', '.join(parts or certain) or 'no answer'}"


def case_text(entries: Iterable[Replayed], title: str) -> str:
    """Return a case file that expects of each entry what the log says."""
    cases = [
        {"id": f"line-{entry.line}", "facts": _exact(entry.facts), "expect": {entry.decision: _expected(entry.before)}}
        for entry in entries
    ]
    return yaml({"cases": title, "examples": cases})


def _expected(result: Mapping[str, Any]) -> dict[str, Any]:
    if result["status"] != "decided":
        possible = [] if result.get("safest") else result.get("possible", [])
        known = [answer for answer in possible if not any(isinstance(value, Mapping) for value in answer.values())]
        parts = {"safest": result.get("safest"), "possible": known if known == possible else None}
        return {"status": result["status"], **{name: _exact(part) for name, part in parts.items() if part}}
    if result.get("items"):
        named = {
            certainty: [item["rule"] for item in result["items"] if item["certainty"] == certainty]
            for certainty in ("certain", "excluded")
        }
        return {certainty: rules for certainty, rules in named.items() if rules}
    possible = result.get("possible")
    return dict(_exact(possible[0])) if possible else {"status": "decided"}


def _exact(value: Any) -> Any:
    """Return data with its decimals as exact numbers, and without what a case cannot say: no value, endless numbers."""
    if isinstance(value, Mapping):
        parts = ((name, _exact(part)) for name, part in value.items())
        return {name: part for name, part in parts if part is not None}
    if isinstance(value, list | tuple):
        return [part for part in map(_exact, value) if part is not None]
    return exact(value) if isinstance(value, Decimal | float) else value
