"""One writer at a time, over all machines: a lock that is a document in the cluster.

It is made by ``op_type=create``, which one of several writers succeeds in, and says until when it holds; a thread
lengthens that. A writer that was killed lengthens nothing, and after `LEASE_SECONDS` another may take its place: by a
write that names the version it has seen, in which again one succeeds. Clocks must agree within some seconds.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from indexer.errors import ClusterError, LockHeld
from indexer.opensearch.connection import Cluster

LEASE_SECONDS = 60.0
_BEATS = 4
_LOOK_SECONDS = 0.5
_ID = "writer"
_CONFLICT = 409


class Lease:
    """The lock, while it is held; `check` says whether it still is."""

    def __init__(self, cluster: Cluster, index: str, lease_seconds: float) -> None:
        self._cluster, self._path = cluster, f"/{index}/_doc/{_ID}"
        self._create, self._seconds = f"/{index}/_create/{_ID}", lease_seconds
        self._me = {"owner": uuid.uuid4().hex, "host": socket.gethostname(), "pid": os.getpid()}
        self._version: dict[str, Any] = {}
        self._writing = threading.Lock()
        self._lost: str | None = None

    def take(self) -> dict[str, Any] | None:
        """Try to take the lock; return None, or else who holds it."""
        try:
            self._written(self._cluster.ask("PUT", self._create, self._entry()))
            return None
        except ClusterError as error:
            if error.status != _CONFLICT:
                raise
        found = self._cluster.ask("GET", self._path, missing=True)
        if found is None or not found["found"]:
            return self.take()
        holder: dict[str, Any] = found["_source"]
        if self._is_mine(found):
            return None
        if holder["until"] > time.time():
            return holder
        try:
            self._written(self._put({"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}))
            return None
        except ClusterError as error:
            if error.status != _CONFLICT:
                raise
            return holder

    def check(self) -> None:
        """Lengthen the lock; LockHeld where another has taken it, or it could not be lengthened in time."""
        with self._writing:
            if self._lost is None:
                try:
                    self._written(self._put(self._version))
                except ClusterError as error:
                    if error.status != _CONFLICT:
                        raise
                    if not self._is_still_mine():
                        self._lost = "another writer took its place"
        if self._lost:
            raise LockHeld(f"{self._path}: expected to hold the lock to the end; got: {self._lost}. Push again.")

    def beat(self, ended: threading.Event) -> None:
        """Lengthen the lock again and again until ``ended``."""
        while not ended.wait(self._seconds / _BEATS):
            # What is wrong shows at the next check; until then the cluster may come back.
            with suppress(ClusterError, LockHeld):
                self.check()

    def release(self) -> None:
        """Give the lock free; where the cluster is away, it ends by itself."""
        with self._writing, suppress(ClusterError):
            try:
                self._cluster.ask("DELETE", self._path, missing=True, **self._version)
            except ClusterError as error:
                if error.status == _CONFLICT and self._is_still_mine():
                    self._cluster.ask("DELETE", self._path, missing=True, **self._version)

    def _is_still_mine(self) -> bool:
        found = self._cluster.ask("GET", self._path, missing=True)
        return bool(found and found["found"] and self._is_mine(found))

    def _is_mine(self, found: dict[str, Any]) -> bool:
        """Whether the cluster has an entry of ours that it did not acknowledge; then its version is the one to name.

        A node that dies between writing and answering leaves one: the request is sent again, and conflicts with itself.
        """
        mine: bool = found["_source"]["owner"] == self._me["owner"]
        if mine:
            self._written(found)
        return mine

    def _put(self, version: dict[str, Any]) -> Any:
        return self._cluster.ask("PUT", self._path, self._entry(), **version)

    def _entry(self) -> dict[str, Any]:
        return {**self._me, "until": time.time() + self._seconds}

    def _written(self, answer: Any) -> None:
        self._version = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}


def holder(cluster: Cluster) -> dict[str, Any] | None:
    """Return who took the lock last and did not give it free: ``host``, ``pid`` and ``until``; None where nobody."""
    found = cluster.ask("GET", f"/{_index(cluster)}/_doc/{_ID}", missing=True)
    return found["_source"] if found and found["found"] else None


@contextmanager
def cluster_lock(cluster: Cluster, wait: float, lease_seconds: float = LEASE_SECONDS) -> Iterator[Lease]:
    """Hold the lock of an alias; LockHeld where another does after ``wait`` seconds."""
    index, deadline = _index(cluster), time.monotonic() + wait
    _make_index(cluster, index)
    lease = Lease(cluster, index, lease_seconds)
    while (other := lease.take()) is not None:
        if time.monotonic() >= deadline:
            raise LockHeld(
                f"{index}: expected no other writer; got process {other['pid']} on {other['host']}, at work for "
                f"{max(0, round(other['until'] - time.time()))} more seconds or longer. Wait for it, or use --wait."
            )
        time.sleep(min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
    ended = threading.Event()
    heart = threading.Thread(target=lease.beat, args=(ended,), name="cluster-lock", daemon=True)
    heart.start()
    try:
        yield lease
    finally:
        ended.set()
        heart.join()
        lease.release()


def _index(cluster: Cluster) -> str:
    return f"{cluster.alias}-lock"


def _make_index(cluster: Cluster, index: str) -> None:
    settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
    try:
        cluster.ask("PUT", f"/{index}", {"settings": settings, "mappings": {"dynamic": "false"}})
    except ClusterError as error:
        if "resource_already_exists" not in str(error):
            raise
