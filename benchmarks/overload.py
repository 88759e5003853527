"""Asks a running service for more than it can answer, and tells how much is answered all the same.

    python -m benchmarks.overload http://127.0.0.1:8000 --factor 4 --seconds 120

First as many clients as keep the service busy ask one question after the other: that is its capacity. Then questions
come at a fixed pace of so many times the capacity, whether earlier ones are answered or not. Goodput is what is
answered with 200 before a client loses its patience. Every question is another one, so that no kept answer counts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from collections import Counter, deque
from urllib.parse import urlsplit

CLIENTS = 8
#: As long as a person looks at an empty page.
PATIENCE_SECONDS = 2.0
#: Seconds that are told of together.
_SLICE = 10
_WORDS = "insulin pump wheelchair oxygen walker splint catheter dressing infusion orthosis".split()


class Clients:
    """Connections to a service, which are used again; every question is another one."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._numbers = itertools.count(int(time.time() * 1000) % 10**9 * 1000)
        self._free: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self.statuses: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.good = self.unread = 0
        self.told_to_wait = True

    def _question(self) -> bytes:
        number = next(self._numbers)
        words = "+".join((_WORDS[number % 10], _WORDS[number // 10 % 10], _WORDS[number // 100 % 10], f"x{number}"))
        path = f"/api/v1/search?q={words}&limit=100&explain=true&facets=kind"
        return f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: application/json\r\n\r\n".encode()

    async def ask(self) -> None:
        """Ask one question, and count how it ended."""
        started = time.monotonic()
        try:
            status = await asyncio.wait_for(self._exchange(), PATIENCE_SECONDS)
        except TimeoutError:
            status = "no patience"
        except (OSError, asyncio.IncompleteReadError) as error:
            status = type(error).__name__
        self.statuses[status] += 1
        if status == "200":
            self.good += 1
            self.seconds.append(time.monotonic() - started)

    async def _exchange(self) -> str:
        reader, writer = self._kept() or await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(self._question())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
            await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        status = head[9:12]
        self.told_to_wait &= status != "503" or "retry-after:" in head
        self._free.append((reader, writer))
        return status

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Return a connection that is free and that the service has not closed meanwhile."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    def close(self) -> None:
        """Close the connections that are free."""
        while self._free:
            self._free.pop()[1].close()


async def capacity(url: str, seconds: float) -> float:
    """Return how many questions a second are answered where each client waits for its answer."""
    clients = Clients(url)
    ends = time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < ends:
            await clients.ask()

    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    clients.close()
    return clients.good / seconds


async def overload(url: str, pace: float, seconds: float) -> tuple[Clients, list[int]]:
    """Ask ``pace`` questions a second; return how they ended, and the goodput of each slice of time."""
    clients = Clients(url)
    tasks: set[asyncio.Task[None]] = set()
    started = time.monotonic()
    slices = [0] * (int(seconds) // _SLICE + 1)
    asked = 0
    while (passed := time.monotonic() - started) < seconds:
        for _ in range(int(passed * pace) - asked):
            task = asyncio.create_task(clients.ask())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            asked += 1
        slices[int(passed) // _SLICE] = clients.good
        await asyncio.sleep(0.005)
    await asyncio.gather(*tasks)
    clients.close()
    totals = [0, *(each for each in slices if each)]
    return clients, [after - before for before, after in itertools.pairwise(totals)]


def report(url: str, factor: float, seconds: float, warm_up: float = 10) -> dict[str, object]:
    """Measure capacity, then goodput at ``factor`` times as many questions; return both with what else came."""
    able = asyncio.run(capacity(url, warm_up))
    clients, slices = asyncio.run(overload(url, able * factor, seconds))
    times = sorted(clients.seconds) or [0.0]
    return {
        "capacity_per_second": round(able, 1),
        "asked_per_second": round(able * factor, 1),
        "seconds": seconds,
        "goodput_per_second": round(clients.good / seconds, 1),
        "goodput_share": round(clients.good / seconds / able, 3) if able else 0.0,
        "goodput_by_slice": [round(each / _SLICE, 1) for each in slices],
        "outcomes": dict(clients.statuses.most_common()),
        "every_503_says_when_to_return": clients.told_to_wait,
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
    }


def main() -> None:
    """Read the command line and print the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--factor", type=float, default=4.0, help="how many times the capacity is asked for")
    parser.add_argument("--seconds", type=float, default=120.0, help="for how long")
    given = parser.parse_args()
    print(json.dumps(report(given.url, given.factor, given.seconds), indent=2))


if __name__ == "__main__":
    main()
