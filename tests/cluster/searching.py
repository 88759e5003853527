"""Constant search load on the real service, which notes every answer that was not right."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.cluster.nodes import wait_for
from tests.live.server import Server

#: What a client that was told to try again waits before it does, in seconds.
_PAUSE = 0.5


@dataclass
class Load:
    """What searchers saw: answers, those that needed a second try, failures, and what each snapshot answered."""

    server: Server
    queries: Sequence[str]
    answers: int = 0
    retried: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)
    #: Total and codes by query and snapshot; one snapshot that answers a query in two ways has two.
    seen: dict[tuple[str, str], set[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def once(self, query: str) -> None:
        """Ask one query, a second time where the first answer is none, and note what came."""
        found, took, why = self._try(query)
        retried = found is None
        if retried:
            time.sleep(_PAUSE)
            found, again, why_again = self._try(query)
            took, why = max(took, again), f"{why}; then {why_again}"
        with self._lock:
            self.answers += 1
            self.retried += retried
            self.slowest = max(self.slowest, took)
            if found is None:
                self.failures.append(f"{query}: {why}")
            else:
                self.seen.setdefault((query, found[0]), set()).add(found[1:])

    def _try(self, query: str) -> tuple[tuple[Any, ...] | None, float, str]:
        """Return snapshot, total and codes, or None and why; and how long it took."""
        started = time.monotonic()
        try:
            status, body, _ = self.server.get(f"/api/v1/search?q={quote(query)}&limit=20", timeout=30)
        except OSError as error:
            return None, time.monotonic() - started, repr(error)
        took = time.monotonic() - started
        if status != 200 or body["partial"]:
            return None, took, f"{status} {body}"[:300]
        return (body["snapshot"], body["total"], tuple(hit["code"] for hit in body["hits"])), took, ""

    def wait_for_more(self, count: int, seconds: float = 120) -> None:
        """Wait until so many more searches were answered."""
        wanted = self.answers + count
        wait_for(lambda: self.answers >= wanted, seconds, f"{count} more answers", lambda: str(self.failures[-3:]))

    def mixed(self) -> list[tuple[str, str]]:
        """Return the queries that one snapshot answered in more than one way."""
        return [key for key, answers in self.seen.items() if len(answers) > 1]

    def check(self) -> None:
        """Fail unless all searches were answered, and each the same way as long as one snapshot was served."""
        assert self.failures == []
        assert self.mixed() == []
        assert self.answers > 0


@contextmanager
def searching(server: Server, queries: Sequence[str], searchers: int = 2) -> Iterator[Load]:
    """Search without pause while the block runs, then check that nothing failed."""
    load, ended = Load(server, queries), threading.Event()

    def search(first: int) -> None:
        at = first
        while not ended.is_set():
            load.once(queries[at % len(queries)])
            at += 1

    with ThreadPoolExecutor(searchers) as pool:
        tasks = [pool.submit(search, first) for first in range(searchers)]
        try:
            yield load
        finally:
            ended.set()
        for task in tasks:
            task.result()
    load.check()
