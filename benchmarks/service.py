"""How much the service does on one machine: requests a second, slow and rude clients, and memory over time.

Run it with `python benchmarks/service.py [SECONDS]`. The server runs in a process of its own, on loopback. CPU time is
that of the server alone.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import hiprun
from hiprun.model.value_conversion import plain

ROOT = Path(__file__).parent.parent
PACK = "/packs/hip-return-to-run/1.1.0"


def runner() -> dict[str, Any]:
    """Return the facts of a runner for a plan."""
    diary = hiprun.read_diary(ROOT / "examples" / "diary.csv")
    facts = hiprun.load().facts_for_plan("run_walk", diary, datetime.date(2026, 3, 2))
    return dict(plain(facts))


CALM = {"swelling": False, "numbness": False, "pain_while_running": 2.5, "pain_quality": "dull"}
REQUESTS = {
    "decide, settled": ("decisions/triage", {"facts": {"swelling": True}}),
    "decide, open": ("decisions/triage", {"facts": CALM}),
    "evaluate all": ("evaluate", {"facts": CALM}),
    "advice": ("decisions/triage/advice", {"facts": CALM}),
    "interview": ("decisions/triage/interview", {"facts": CALM}),
    "plan, 12 weeks": ("plans/run_walk", {"facts": runner(), "start": "2026-03-02"}),
}
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """The service in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "hiprun", "serve", "--port", "0", "--seconds", "2"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        address = self.process.stdout.readline().split("//")[1]
        self.host, _, port = address.partition("/")[0].partition(":")
        self.port = int(port)

    def megabytes(self) -> float:
        """Return its resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * _PAGE / 1e6

    def seconds(self) -> float:
        """Return the CPU time that it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def connections(self) -> int:
        """Return how many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def post(
    server: Server, path: str, body: object, until: Callable[[int], bool]
) -> tuple[int, Counter[int], list[float]]:
    """Send one request after another over one connection."""
    connection = HTTPConnection(server.host, server.port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    content, statuses, times, sent = json.dumps(body), Counter[int](), list[float](), 0
    while not until(sent):
        started = time.perf_counter()
        connection.request("POST", f"{PACK}/{path}", content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        times.append(time.perf_counter() - started)
        statuses[response.status] += 1
        sent += 1
    connection.close()
    return sent, statuses, times


def costs(server: Server, number: int) -> None:
    """Print what one request of each kind costs."""
    print(f"{'request':18}{'CPU ms':>8}{'a second':>10}   of the server, one connection")
    for name, (path, body) in REQUESTS.items():
        post(server, path, body, lambda sent: sent == 20)
        before = server.seconds()
        amount = number // 10 if name.startswith("plan") else number
        _, statuses, _ = post(server, path, body, lambda sent, amount=amount: sent == amount)
        cost = (server.seconds() - before) / amount
        assert set(statuses) == {200}, statuses
        print(f"{name:18}{cost * 1000:8.2f}{1 / cost:10.0f}")


def rude(server: Server, stop: threading.Event) -> Counter[str]:
    """Behave badly until stopped: half a request, bytes one by one, nonsense, bodies without an end."""
    head = f"POST {PACK}/evaluate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
    manners = {
        "half a request": (head, 0.0),
        "one byte at a time": (head + b"Content-Length: 10\r\n\r\n", 0.2),
        "nonsense": (b"\x00\xff" * 2000 + b"\r\n\r\n", 0.0),
        "too large": (head + b"Content-Length: 900000000\r\n\r\n" + b"x" * 1_000_000, 0.0),
        "broken off": (head + b"Content-Length: 100\r\n\r\n{", -1.0),
        "deep": (head + b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000, 0.0),
    }
    seen: Counter[str] = Counter()
    while not stop.is_set():
        for name, (content, pause) in manners.items():
            try:
                with socket.create_connection((server.host, server.port), timeout=6) as connection:
                    connection.sendall(content)
                    for _ in range(3 if pause > 0 else 0):
                        time.sleep(pause)
                        connection.sendall(b" ")
                    if pause >= 0:
                        reply = connection.recv(100)
                        seen[f"{name}: {reply[9:12].decode('ascii', 'replace') or 'cut off'}"] += 1
                    else:
                        seen[f"{name}: left"] += 1
            except OSError as error:
                seen[f"{name}: {type(error).__name__}"] += 1
    return seen


def sustained(server: Server, seconds: float) -> None:
    """Print what four polite clients get while eight rude ones are there, and what memory does."""
    stop, results, rudeness = threading.Event(), [], Counter[str]()
    ends = time.monotonic() + seconds

    def polite() -> None:
        path, body = REQUESTS["decide, open"]
        results.append(post(server, path, body, lambda sent: time.monotonic() > ends))

    def impolite() -> None:
        rudeness.update(rude(server, stop))

    threads = [threading.Thread(target=polite) for _ in range(4)]
    others = [threading.Thread(target=impolite) for _ in range(8)]
    for thread in (*threads, *others):
        thread.start()
    memory = []
    while time.monotonic() < ends:
        time.sleep(seconds / 8)
        memory.append(f"{server.megabytes():.0f}")
    for thread in threads:
        thread.join()
    stop.set()
    for thread in others:
        thread.join()
    times = sorted(time for _, _, found in results for time in found)
    statuses = sum((found for _, found, _ in results), Counter[int]())
    print(f"\n{seconds:.0f} s, four polite clients beside eight rude ones")
    print(f"  polite: {sum(statuses.values())} requests, {dict(statuses)}")
    print(
        f"  {len(times) / seconds:.0f} a second; median {times[len(times) // 2] * 1000:.1f} ms, "
        f"99 of 100 within {times[len(times) * 99 // 100] * 1000:.1f} ms"
    )
    for name, number in sorted(rudeness.items()):
        print(f"  rude: {name} ({number})")
    print(f"  memory of the server in MB: {', '.join(memory)}")
    time.sleep(6)
    print(f"  files and sockets open afterwards: {server.connections()}")


def main() -> None:
    """Measure."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    server = Server()
    try:
        print(f"memory at the start: {server.megabytes():.0f} MB; open: {server.connections()}\n")
        costs(server, 300)
        sustained(server, seconds)
    finally:
        server.process.terminate()
        server.process.wait(20)


if __name__ == "__main__":
    main()
