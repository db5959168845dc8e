"""What a change does to every patient and every proof, worked out in a process of its own that can be stopped."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.verification.difference import diff
from hiprun.verification.difference_result import Difference
from hiprun.verification.effect_on_proofs import EffectOnProofs, effect_on_proofs

JobStatus: TypeAlias = Literal["running", "done", "stopped", "failed"]
Part: TypeAlias = Literal["difference", "proofs"]


@attrs.frozen
class JobState:
    """How far a job is: the part that is being worked on, what has come of the parts before, and whether it goes on.

    `done` of `whole` decisions have been looked at in this part.
    """

    status: JobStatus = "running"
    part: Part = "difference"
    done: int = 0
    whole: int = 0
    difference: Difference | None = None
    proofs: EffectOnProofs | None = None


class EffectJob:
    """The comparison of two versions, under way in another process. Nothing of it is left when it is stopped."""

    def __init__(self, old: Model, new: Model) -> None:
        """Start to compare."""
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        self._state = JobState()
        self._process = context.Process(target=work, args=(sender, old, new), daemon=True)
        self._process.start()
        sender.close()
        self._reader = threading.Thread(target=self._read, args=(receiver,), daemon=True)
        self._reader.start()

    @property
    def state(self) -> JobState:
        """How far it is."""
        return self._state

    def stop(self) -> None:
        """Stop it, if it is still under way, and wait until it has ended."""
        if self._state.status == "running":
            self._state = attrs.evolve(self._state, status="stopped")
        self._process.terminate()
        self._process.join()
        self._reader.join()

    def wait(self) -> JobState:
        """Wait for its end, and return what came of it."""
        self._reader.join()
        return self._state

    def _read(self, receiver: Connection) -> None:
        with receiver:
            try:
                while True:
                    values: dict[str, Any] = receiver.recv()
                    self._state = attrs.evolve(self._state, **values)
            except (EOFError, OSError):
                pass
        if self._state.status == "running":
            self._state = attrs.evolve(self._state, status="failed")


def work(sender: Connection, old: Model, new: Model) -> None:
    """Compare two versions, and send every step as values for a `JobState`."""

    def progress(done: int, whole: int) -> None:
        sender.send({"done": done, "whole": whole})

    packs = Pack(old), Pack(new)
    sender.send({"difference": diff(*packs, progress=progress), "part": "proofs", "done": 0, "whole": 0})
    sender.send({"proofs": effect_on_proofs(*packs, progress=progress), "status": "done"})
    sender.close()
