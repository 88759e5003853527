"""The one object that the edges hold: answers searches from the published snapshot, and follows its pointer.

A new snapshot is opened aside and then takes the place of the old one in one assignment; a request keeps the engine it
began with, and the old engine is closed when its last request has ended. Where the published snapshot is damaged, the
last good one goes on serving, and `status` says so. Where files of the snapshot that is served are changed, the newest
one that is whole takes its place; where they are only removed, it is served on from the files that are open.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import orjson

from indexer.errors import SnapshotError
from service.search.engines.base import Engine
from service.search.errors import Unavailable
from service.search.model import SearchRequest, SearchResult
from service.search.reading import Reading

_log = logging.getLogger(__name__)

#: How often the pointer is looked at, in seconds. A new snapshot has to be served within two.
POLL_SECONDS = 0.5
#: How long a snapshot that could not be opened is left alone; the cause may have been a passing one.
_RETRY_SECONDS = 10.0


class Store(Protocol):
    """Where snapshots are published: a folder, or a cluster. SnapshotError where it cannot be told what is."""

    @property
    def nothing(self) -> str:
        """What to say where nothing is published, with the remedy."""

    def current_name(self) -> str | None:
        """Return the name of the published snapshot, or None where there is none."""

    def names(self) -> list[str]:
        """Return the names of all finished snapshots, oldest first."""


AnyStore = TypeVar("AnyStore", bound=Store)


@dataclass(frozen=True, slots=True)
class Status:
    """What is served, what the pointer names, and what is wrong where these differ (else None)."""

    serving: str | None
    published: str | None
    problem: str | None


class _Shared:
    """An engine with a count of its users; closed when the last one leaves after it was retired."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._users = 1
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Add a user; False where the engine is closed already."""
        with self._lock:
            self._users += self._users > 0
            return self._users > 0

    def leave(self) -> None:
        """Remove a user, and close the engine if it was the last."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self.engine.close()


class Searcher:
    """Searches the published snapshot of a store; safe for many threads."""

    def __init__(self, store: AnyStore, open_engine: Callable[[AnyStore, str], Engine], time_limit_ms: int = 0) -> None:
        """``time_limit_ms``: after so many milliseconds a search answers with what it has; 0: there is no limit."""
        self._store: Store = store
        self._time_limit_ms = time_limit_ms
        self._open_engine = partial(open_engine, store)
        self._shared: _Shared | None = None
        self._status = Status(None, None, "No snapshot was looked for yet.")
        self._reloading = threading.Lock()
        self._stopped = threading.Event()
        #: How often a snapshot, or its pointer, could not be taken over.
        self.reload_failures = 0
        self._failed: str | None = None
        self._retry_at = 0.0
        self.reload()

    @property
    def status(self) -> Status:
        """What is served now."""
        return self._status

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Hold the snapshot that is served, whatever is published meanwhile. Unavailable where there is none."""
        with self._engine() as engine:
            yield Reading(engine, self._time_limit_ms)

    def search(self, request: SearchRequest, *, ready: bool = False) -> SearchResult:
        """Answer one request, all of it from one snapshot; see `Reading.search`. Unavailable where there is none."""
        with self._engine() as engine:
            return Reading(engine, self._time_limit_ms).search(request, ready=ready)

    def suggest(self, text: str, limit: int) -> tuple[bytes, str]:
        """Return suggestions for what was typed so far, as a JSON object, and the name of their snapshot.

        The object holds completions, codes, and procedures by their marked names. It is put together from JSON that
        lies ready in the snapshot.
        """
        started = time.perf_counter()
        with self._engine() as engine:
            found = engine.suggest(text, limit)
            snapshot = engine.snapshot
        took = round((time.perf_counter() - started) * 1000, 3)
        head = orjson.dumps({"query": text, "took_ms": took, "snapshot": snapshot, "completions": found.completions})
        return b'%b,"codes":[%b],"names":[%b]}' % (head[:-1], found.codes, found.names), snapshot

    def document(self, code: str) -> tuple[dict[str, Any], str]:
        """Return the record of ``code``, in any case, and the name of its snapshot; NotFound where there is none."""
        with self.reading() as reading:
            return reading.document(code), reading.snapshot

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the snapshot that is served, with its name."""
        with self._engine() as engine:
            return {"snapshot": engine.snapshot, **engine.manifest}

    def reload(self) -> bool:
        """Open the published snapshot if it is another than the one served; say whether that happened.

        After `close` nothing is opened any more.
        """
        with self._reloading:
            # The follower may have been about to look when it was told to stop.
            if self._stopped.is_set():
                return False
            damage = self._look_at_files()
            name, problem = self._published_name()
            serving = self._shared.engine.snapshot if self._shared else None
            if name and name == self._failed and time.monotonic() < self._retry_at:
                problem = self._status.problem
            elif name and name != serving:
                problem = self._switch(name)
                serving = self._shared.engine.snapshot if self._shared else None
                self._failed, self._retry_at = name if problem else None, time.monotonic() + _RETRY_SECONDS
                damage = None if problem is None else damage
            changed = serving != self._status.serving
            self._status = Status(serving, name, problem or damage)
            return changed

    def follow(self, after_look: Callable[[], None] = lambda: None) -> None:
        """Start a thread that reloads whenever the pointer changes, and calls ``after_look`` after each look at it; it
        ends with the process or with `close`."""
        threading.Thread(target=self._poll, args=(after_look,), name="snapshot-follower", daemon=True).start()

    def close(self) -> None:
        """Stop following and close the engine once its last request has ended."""
        self._stopped.set()
        with self._reloading:
            shared, self._shared = self._shared, None
            self._status = Status(None, self._status.published, "The service is stopping.")
        if shared:
            shared.leave()

    def _published_name(self) -> tuple[str | None, str | None]:
        try:
            name = self._store.current_name()
        except SnapshotError as error:
            return None, str(error)
        return name, None if name else self._store.nothing

    def _switch(self, name: str) -> str | None:
        try:
            fresh = _Shared(self._open_engine(name))
        except SnapshotError as error:
            _log.error("snapshot %s cannot be served: %s", name, error)
            self.reload_failures += 1
            if self._shared is None:
                self._replace(self._fallback())
            return str(error)
        self._replace(fresh)
        _log.info("serving snapshot %s", name)
        return None

    def _look_at_files(self) -> str | None:
        """Say what is wrong with the files of the snapshot that is served; where it harms, serve another."""
        shared = self._shared
        damage = shared.engine.damage() if shared else None
        if shared is None or damage is None:
            return None
        if damage.problem != self._status.problem:
            _log.error("snapshot %s is damaged: %s", shared.engine.snapshot, damage.problem)
        if not damage.readable:
            self._failed, self._retry_at = shared.engine.snapshot, time.monotonic() + _RETRY_SECONDS
            self._replace(self._fallback())
        return damage.problem

    def _replace(self, fresh: _Shared | None) -> None:
        old, self._shared = self._shared, fresh
        if old:
            old.leave()

    def _fallback(self) -> _Shared | None:
        """Open the newest snapshot that is whole, None where there is none."""
        for name in self._newest_first():
            try:
                fresh = _Shared(self._open_engine(name))
            except SnapshotError:
                continue
            _log.warning("serving the older snapshot %s instead", name)
            return fresh
        return None

    def _newest_first(self) -> list[str]:
        try:
            return self._store.names()[::-1]
        except SnapshotError:
            return []

    def _poll(self, after_look: Callable[[], None]) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                self.reload()
                after_look()
            except Exception:
                # The follower must outlive anything that a broken disk can raise; the next round tries again.
                _log.exception("the snapshot pointer could not be followed")
                self.reload_failures += 1

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        shared = self._entered()
        try:
            yield shared.engine
        finally:
            shared.leave()

    def _entered(self) -> _Shared:
        while True:
            shared = self._shared
            if shared is None:
                raise Unavailable(self._status.problem or "The service is stopping.")
            if shared.enter():
                return shared


def is_active(record: dict[str, Any], today: datetime.date) -> bool:
    """Say whether a record's code may be used on ``today``."""
    day, added = today.isoformat(), (record["official"] or {}).get("added")
    return (added is None or added <= day) and (record["ends"] is None or record["ends"] >= day)
