"""Many documents into one index: several requests at a time, and slower where the cluster says that it is too much.

Every document has an ``_id`` of its own, so that sending it twice does no harm. A document that the cluster is too busy
for is sent again after a pause, which doubles with each try; as long as a sender pauses, it takes nothing new.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import orjson

from indexer.errors import ClusterError, ClusterUnreachable
from indexer.opensearch.connection import Cluster

#: Identifier, and the document; None removes it.
Operation = tuple[str, dict[str, Any] | None]

SENDERS = 4
_MOST_BYTES = 4 * 1024 * 1024
_MOST_OPERATIONS = 1_000
_TRIES = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 20.0
_REQUEST_SECONDS = 60.0
#: How long the cluster itself waits for a shard that was lost with its node, each time.
_PRIMARY_WAIT = "15s"
_BUSY = (429, 503)


@dataclass(slots=True)
class Counts:
    """What was sent: documents that the cluster has acknowledged, requests, and how often it was too busy."""

    acknowledged: int = 0
    requests: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """The lines of one request: identifiers, and the lines of each."""

    ids: list[str]
    lines: list[bytes]


def send(
    cluster: Cluster,
    index: str,
    operations: Iterable[Operation],
    *,
    each: Callable[[int], None] = lambda _: None,
    senders: int = SENDERS,
    pause: Callable[[float], None] = time.sleep,
) -> Counts:
    """Send all; return what came of it. ``each`` is told how many more documents were acknowledged.

    ClusterError where a document is refused, ClusterUnreachable where the cluster stays too busy, or away, over ten
    tries. Then no more are sent, and what was acknowledged stays.
    """
    counts, lock = Counts(), threading.Lock()
    sender = _Sender(cluster, index, counts, lock, pause)
    with ThreadPoolExecutor(senders, "bulk") as pool:
        waiting: set[Future[int]] = set()
        try:
            for piece in _pieces(operations):
                if len(waiting) >= senders:
                    waiting = _collect(waiting, each)
                waiting.add(pool.submit(sender.send, piece))
            while waiting:
                waiting = _collect(waiting, each)
        except BaseException:
            sender.stopped.set()
            raise
    return counts


def _collect(waiting: set[Future[int]], each: Callable[[int], None]) -> set[Future[int]]:
    done, rest = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        each(future.result())
    return rest


def _pieces(operations: Iterable[Operation]) -> Iterator[_Piece]:
    ids: list[str] = []
    lines: list[bytes] = []
    size = 0
    for identifier, document in operations:
        line = _lines(identifier, document)
        if ids and (size + len(line) > _MOST_BYTES or len(ids) == _MOST_OPERATIONS):
            yield _Piece(ids, lines)
            ids, lines, size = [], [], 0
        ids.append(identifier)
        lines.append(line)
        size += len(line)
    if ids:
        yield _Piece(ids, lines)


def _lines(identifier: str, document: dict[str, Any] | None) -> bytes:
    if document is None:
        return orjson.dumps({"delete": {"_id": identifier}}) + b"\n"
    return b"%b\n%b\n" % (orjson.dumps({"index": {"_id": identifier}}), orjson.dumps(document))


class _Sender:
    """Sends pieces until each of their documents is acknowledged."""

    def __init__(
        self,
        cluster: Cluster,
        index: str,
        counts: Counts,
        lock: threading.Lock,
        pause: Callable[[float], None],
    ) -> None:
        self._cluster, self._index, self._counts, self._lock, self._pause = cluster, index, counts, lock, pause
        self.stopped = threading.Event()

    def send(self, piece: _Piece) -> int:
        """Send one piece; return how many documents it has."""
        size, seconds = len(piece.ids), _FIRST_PAUSE
        for attempt in range(_TRIES):
            if self.stopped.is_set():
                return 0
            problem: Exception | None = None
            try:
                rest = self._try(piece)
            except ClusterUnreachable as error:
                rest, problem = piece, error
            if not rest.ids:
                return size
            if attempt + 1 == _TRIES:
                raise problem or _too_busy(self._index, len(rest.ids))
            piece = rest
            with self._lock:
                self._counts.retries += 1
            self._pause(seconds * random.uniform(0.5, 1.0))  # noqa: S311
            seconds = min(2 * seconds, _LONGEST_PAUSE)
        raise AssertionError("unreachable")

    def _try(self, piece: _Piece) -> _Piece:
        """Send a piece once; return what of it the cluster was too busy for."""
        path, data = f"/{self._index}/_bulk", b"".join(piece.lines)
        answer = self._cluster.ask(
            "POST", path, data, timeout=_REQUEST_SECONDS, within=_PRIMARY_WAIT, require_alias="false"
        )
        results = [next(iter(item.values())) for item in answer["items"]]
        busy = [at for at, result in enumerate(results) if result["status"] in _BUSY]
        self._refuse_others(results)
        with self._lock:
            self._counts.requests += 1
            self._counts.acknowledged += len(results) - len(busy)
        return _Piece([piece.ids[at] for at in busy], [piece.lines[at] for at in busy])

    def _refuse_others(self, results: Sequence[dict[str, Any]]) -> None:
        for result in results:
            status = result["status"]
            if status >= 300 and status not in _BUSY and not (status == 404 and result.get("result") == "not_found"):
                error = result.get("error", {})
                raise ClusterError(
                    f"{self._index}: expected document {result['_id']} to be taken; got {status} {error.get('type')}: "
                    f"{str(error.get('reason'))[:200]}. See the log of the cluster.",
                    status,
                )


def _too_busy(index: str, count: int) -> ClusterUnreachable:
    return ClusterUnreachable(
        f"{index}: expected {count} more documents to be taken; got 'too many requests' {_TRIES} times. "
        "Push again when the cluster has less to do, or give it more nodes."
    )
