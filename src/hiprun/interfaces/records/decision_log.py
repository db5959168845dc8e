"""A decision log in JSON Lines, with the fields that Open Policy Agent gives its own; named facts are masked first."""

from __future__ import annotations

import datetime
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hiprun.errors import FactError, HiprunError, Problem, did_you_mean
from hiprun.inference.displayed_texts import has_placeholders
from hiprun.inference.outcome import Outcome
from hiprun.inference.outcome_pack_link import pack_behind
from hiprun.model import Decision, Model

Mask = Callable[[Any], Any]
"""Turns the value of a fact, as plain data, into what may be written instead of it."""

_ONLY_OWNER = 0o600


class DecisionLog:
    """Appends one line for each decision to a file. Threads and processes can share the file.

    The file is opened for each entry, so that other programs can rotate it, and is created for its owner alone. `erase`
    names facts that are never written, `mask` maps facts to functions that return what is written instead of their
    values. Texts of rules that can show values are left out of entries with such facts. What follows from a fact can
    still give it away: the answer itself is written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        erase: Iterable[str] = (),
        mask: Mapping[str, Mask] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.path = os.fspath(path)
        self.erase = frozenset(erase)
        self.mask = dict(mask or {})
        self.labels = dict(labels or {})
        self.dropped = 0
        """How many entries were dropped because a fact could not be masked."""
        self._lock = threading.Lock()

    def record(
        self, outcome: Outcome, *, time: datetime.datetime | str, id: str | None = None, requested_by: str = ""
    ) -> Mapping[str, Any]:
        """Write an entry for an outcome and return it.

        `time` is when it was decided, with its offset: hiprun reads no clock. `id` is made up if it is not given. If a
        fact cannot be masked, the facts and the answer are dropped: the entry has an `error` instead, and `dropped`
        counts it. Raises `FactError` for a time without an offset, OSError if the file cannot be written.
        """
        entry: dict[str, Any] = {"labels": self.labels} if self.labels else {}
        entry |= {"decision_id": id or str(uuid.uuid4()), "path": outcome.decision, "timestamp": _moment(time)}
        if requested_by:
            entry["requested_by"] = requested_by
        try:
            entry |= self._contents(outcome)
        except _MaskError as failed:
            self.dropped += 1
            entry["error"] = {"code": "mask-failed", "message": str(failed)}
        line = json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n"
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)
            with open(descriptor, "ab", buffering=0) as file:
                file.write(line.encode("utf-8", "surrogatepass"))
        return entry

    def _contents(self, outcome: Outcome) -> dict[str, Any]:
        data = outcome.to_dict()
        facts: dict[str, Any] = data.pop("facts")
        data.pop("because", None)  # the same for everyone, or told from facts that may be masked
        provenance = data.get("provenance", {})
        contents: dict[str, Any] = {}
        if provenance:
            contents["bundles"] = {provenance["pack"]: {"revision": provenance["digest"]}}
        erased = [f"/input/{name}" for name in facts if name in self.erase]
        masked = [f"/input/{name}" for name in facts if name in self.mask and name not in self.erase]
        if self.erase or self.mask:
            model = self._checked_names(outcome)
            facts = {name: self._masked(name, value) for name, value in facts.items() if name not in self.erase}
            decision = model.decisions[outcome.decision]
            if (erased or masked) and model.language > 1 and has_placeholders(decision):
                erased += _without_texts(data, decision)
        contents |= {"input": facts, "result": data}
        return contents | {name: paths for name, paths in (("erased", erased), ("masked", masked)) if paths}

    def _checked_names(self, outcome: Outcome) -> Model:
        try:
            model = pack_behind(outcome).model
        except HiprunError as error:
            raise _MaskError(str(error.problems[0].message)) from None
        for name in sorted({*self.erase, *self.mask} - model.facts.keys()):
            help = did_you_mean(name, model.facts)
            raise _MaskError(f"`{name}` is to be masked, but is not a fact of this pack. {help}")
        return model

    def _masked(self, name: str, value: Any) -> Any:
        if name not in self.mask:
            return value
        try:
            replaced = self.mask[name](value)
            json.dumps(replaced, allow_nan=False)
        except Exception as error:  # a caller's function can fail in any way; its message may hold the value
            raise _MaskError(f"`{name}` could not be masked: {type(error).__name__}.") from None
        return replaced


class _MaskError(Exception):
    """A fact that must not be written could not be masked."""


def _moment(time: datetime.datetime | str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(time) if isinstance(time, str) else time
        if moment.utcoffset() is not None:
            return moment.isoformat()
    except ValueError:
        pass
    message = "The time of a decision needs a date, a time and an offset."
    help = "Pass `datetime.datetime.now(datetime.UTC)`, or text such as 2026-03-01T12:00:00+00:00."
    raise FactError([Problem("bad-when", message, help=help)])


def _without_texts(data: dict[str, Any], decision: Decision) -> list[str]:
    """Leave out of `data` every text that may show the value of a fact, and return where they were."""
    texts = {output.name for output in decision.outputs if output.domain.type == "string"}

    def cut(answer: dict[str, Any]) -> Iterator[str]:
        yield from (name for name in [*answer] if name in texts and answer.pop(name) is not None)

    places = [f"/result/possible/{number}/{name}" for number, each in enumerate(data["possible"]) for name in cut(each)]
    places += [f"/result/safest/{name}" for name in cut(data["safest"] or {})]
    for number, item in enumerate(data.get("items", ())):
        del item["because"]
        places += [f"/result/items/{number}/because"]
        places += [f"/result/items/{number}/outputs/{name}" for name in cut(item["outputs"])]
    for number, criterion in enumerate(data.get("criteria", ())):
        del criterion["title"], criterion["unmet"]
        places += [f"/result/criteria/{number}/title", f"/result/criteria/{number}/unmet"]
    return places
