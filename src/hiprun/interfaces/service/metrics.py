"""What the service has done, counted, in the text form of OpenMetrics. No fact of a patient is in it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from hiprun.interfaces.service.published_pack import PublishedPack
from hiprun.version import VERSION

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds up to which requests are counted together."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class Metrics:
    """Counts requests and decisions; threads can share it. What is counted has few labels, so memory is bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._decisions: Counter[tuple[str, str, str, str]] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0

    def request(self, operation: str, status: int, seconds: float) -> None:
        """Count a request, by the name of its operation."""
        bucket = next((end for end in _BUCKETS if seconds <= end), float("inf"))
        with self._lock:
            self._requests[operation, str(status)] += 1
            self._buckets[bucket] += 1
            self._seconds += seconds

    def decision(self, published: PublishedPack, decision: str, status: str) -> None:
        """Count a decision, by the status of its outcome."""
        with self._lock:
            self._decisions[published.pack.name, published.pack.version, decision, status] += 1

    def text(self, packs: Sequence[PublishedPack]) -> str:
        """Return everything as text."""
        with self._lock:
            return "\n".join([*self._lines(packs), "# EOF", ""])

    def _lines(self, packs: Sequence[PublishedPack]) -> Iterator[str]:
        yield from _head("hiprun_pack", "info", "The packs that the service offers.")
        for published in packs:
            pack = published.pack
            labels = {"pack": pack.name, "version": pack.version, "digest": pack.digest, "engine": VERSION}
            yield f"hiprun_pack_info{_labels(labels)} 1"
        yield from _head("hiprun_requests", "counter", "Requests, by operation and status.")
        for (operation, status), number in sorted(self._requests.items()):
            yield f"hiprun_requests_total{_labels({'operation': operation, 'status': status})} {number}"
        yield from _head("hiprun_decisions", "counter", "Decisions, by the status of the outcome.")
        for key, number in sorted(self._decisions.items()):
            labels = dict(zip(("pack", "version", "decision", "status"), key, strict=True))
            yield f"hiprun_decisions_total{_labels(labels)} {number}"
        yield from _head("hiprun_request_seconds", "histogram", "How long requests took.")
        so_far = 0
        for end in (*_BUCKETS, float("inf")):
            so_far += self._buckets[end]
            written = "+Inf" if end == float("inf") else str(end)
            yield f"hiprun_request_seconds_bucket{_labels({'le': written})} {so_far}"
        yield f"hiprun_request_seconds_sum {self._seconds!r}"
        yield f"hiprun_request_seconds_count {so_far}"


def _head(name: str, kind: str, help: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"# HELP {name} {help}"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items()) + "}"
