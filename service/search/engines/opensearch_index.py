"""One index of a cluster as the engine reads it: searches, and records by number."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from indexer.compiled.reader import TermIndex
from indexer.errors import ClusterError
from indexer.opensearch.connection import Cluster
from service.search.errors import Unavailable

_log = logging.getLogger(__name__)

#: Records that are fetched in one request, and cards that are kept for who asks again.
AT_ONCE = 500
_CARDS_KEPT = 8_192
#: How long a request may take beyond the time that the cluster was given for it, in seconds.
_GRACE_SECONDS = 1.0
_SHOWN = ("card", "held", "dates.added", "dates.ends")


class Hit(NamedTuple):
    """One record as the cluster gives it: number, card as JSON, what it holds, dates, score there, and sort values."""

    number: int
    card: bytes
    held: Mapping[str, Any]
    added: int
    ends: int
    score: float
    sort: list[Any]


class Answer(NamedTuple):
    """Hits in order, how many there are in all, whether some may be missing, and what was counted."""

    hits: list[Hit]
    total: int
    partial: bool
    counts: Mapping[str, Any]


class ClusterIndex:
    """Reads one index, which never changes; safe for many threads.

    Whatever keeps the cluster from answering is `Unavailable` here; the log says what it was.
    """

    def __init__(self, cluster: Cluster, name: str, terms: TermIndex) -> None:
        self._cluster, self._name, self._terms = cluster, name, terms
        self._cards: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def search(self, body: dict[str, Any], deadline: int = 0, *, held: bool = True) -> Answer:
        """Answer a search in all parts of the index; at ``deadline`` with what was found until then.

        Without ``held`` hits have no card, nothing that they hold, and no dates.
        """
        asked = {**body, "_source": False, "track_total_hits": True, "docvalue_fields": list(_SHOWN) if held else []}
        answer = self._ask(asked, deadline)
        shards, hits = answer["_shards"], answer["hits"]
        found = [self._hit(each) for each in hits["hits"]]
        with self._lock:
            for each in found if held else ():
                self._keep(each.number, each.card)
        partial = bool(answer["timed_out"]) or shards["failed"] > 0
        return Answer(found, hits["total"]["value"], partial, answer.get("aggregations", {}))

    def any(self, clause: dict[str, Any], deadline: int = 0) -> bool:
        """Say whether any record meets a clause."""
        body = {"size": 0, "terminate_after": 1, "track_total_hits": 1, "query": {"constant_score": {"filter": clause}}}
        return bool(self._ask(body, deadline)["hits"]["total"]["value"])

    def counted(self, clauses: Sequence[dict[str, Any]], deadline: int = 0) -> tuple[list[int], bool]:
        """Return how many records meet each of some clauses, and whether some may be missing."""
        filters = {str(at): clause for at, clause in enumerate(clauses)}
        body = {"size": 0, "track_total_hits": False, "aggs": {"counts": {"filters": {"filters": filters}}}}
        answer = self._ask(body, deadline)
        buckets = answer["aggregations"]["counts"]["buckets"]
        partial = bool(answer["timed_out"]) or answer["_shards"]["failed"] > 0
        return [buckets[name]["doc_count"] for name in filters], partial

    def cards(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the cards of records."""
        return list(map(orjson.loads, self.lines(numbers)))

    def lines(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the cards of records as JSON."""
        with self._lock:
            known = {number: self._cards[number] for number in numbers if number in self._cards}
        missing = [number for number in numbers if number not in known]
        for start in range(0, len(missing), AT_ONCE):
            known |= {each.number: each.card for each in self.hits(missing[start : start + AT_ONCE])}
        return [known[number] for number in numbers]

    def hits(self, numbers: Sequence[int]) -> list[Hit]:
        """Return records, `AT_ONCE` of them at most, in any order; Unavailable where the index has lost one."""
        codes = [self._terms.codes[number] for number in numbers]
        body = {"size": len(codes), "query": {"constant_score": {"filter": {"terms": {"code": codes}}}}}
        found = self.search(body).hits if codes else []
        if len(found) != len(set(codes)):
            raise self._lost(len(set(codes)), len(found))
        return found

    def records(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield whole records, fetched some hundred at a time."""
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            ids = [self._terms.codes[number] for number in part]
            answer = self._asked("POST", f"/{self._name}/_mget", {"ids": ids}, stored_fields="record")
            found = {each["_id"]: each["fields"]["record"][0] for each in answer["docs"] if each.get("found")}
            if len(found) != len(set(ids)):
                raise self._lost(len(set(ids)), len(found))
            yield from (orjson.loads(_decoded(found[code])) for code in ids)

    def _keep(self, number: int, card: bytes) -> None:
        self._cards[number] = card
        self._cards.move_to_end(number)
        if len(self._cards) > _CARDS_KEPT:
            self._cards.popitem(last=False)

    def _ask(self, body: dict[str, Any], deadline: int) -> Any:
        timeout = self._cluster.access.timeout_seconds
        if deadline:
            left = max(0.001, min((deadline - time.monotonic_ns()) / 1e9, timeout))
            body = {**body, "timeout": f"{max(1, round(left * 1000))}ms"}
            timeout = left + _GRACE_SECONDS
        return self._asked("POST", f"/{self._name}/_search", body, timeout=timeout)

    def _asked(self, method: str, path: str, body: Any, *, timeout: float | None = None, **params: Any) -> Any:
        try:
            return self._cluster.ask(method, path, body, timeout=timeout, **params)
        except ClusterError as error:
            _log.error("the search cluster did not answer: %s", error)
            raise Unavailable(
                "expected an answer of the search cluster; got none. Try again in some seconds."
            ) from error

    def _hit(self, hit: Mapping[str, Any]) -> Hit:
        fields, number = hit.get("fields", {}), self._terms.codes.find(hit["_id"])
        if number < 0:
            raise self._lost(1, 0)
        score, sort = hit["_score"] or 0.0, hit.get("sort", [])
        if not fields:
            return Hit(number, b"", {}, 0, 0, score, sort)
        held = orjson.loads(_decoded(fields["held"][0]))
        added, ends = fields["dates.added"][0], fields["dates.ends"][0]
        return Hit(number, _decoded(fields["card"][0]), held, added, ends, score, sort)

    def _lost(self, expected: int, got: int) -> Unavailable:
        _log.error("%s: expected %d records by their codes; got %d", self._name, expected, got)
        return Unavailable("expected the records of the index; got others. Run 'procsearch cluster push --again'.")


def _decoded(text: str) -> bytes:
    """Decode base64, which comes from doc values without its padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4))
