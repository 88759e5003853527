"""Bulk requests to a cluster that is too busy: what it refuses for now is sent again, slower, and only that."""

from __future__ import annotations

import orjson
import pytest

from indexer.errors import ClusterError, ClusterUnreachable
from indexer.opensearch import bulk
from indexer.opensearch.connection import Cluster


class Busy(Cluster):
    """A cluster that gives each document's statuses in turn, then 201; None stands for a request without an answer."""

    def __init__(self, statuses):
        self.statuses, self.held, self.requests = statuses, {}, []

    def ask(self, method, path, body=None, **_):
        lines = [orjson.loads(line) for line in body.splitlines()]
        self.requests.append(len(lines))
        items, at = [], 0
        while at < len(lines):
            ((action, each),) = lines[at].items()
            left = self.statuses.get(each["_id"], [])
            status = left.pop(0) if left else 201
            if status is None:
                raise ClusterUnreachable("no answer")
            if status < 300 and action == "index":
                self.held[each["_id"]] = lines[at + 1]
            items.append({action: {"_id": each["_id"], "status": status, "error": {"type": "x", "reason": "y"}}})
            at += 1 + (action == "index")
        return {"items": items}


def _operations(count):
    return [(str(number), {"value": number}) for number in range(count)]


def test_only_what_was_too_much_is_sent_again():
    cluster, pauses = Busy({"3": [429, 503, 429], "7": [429]}), []
    counts = bulk.send(cluster, "any", _operations(10), pause=pauses.append)
    assert len(cluster.held) == counts.acknowledged == 10
    assert cluster.requests == [20, 4, 2, 2]
    assert counts.retries == len(pauses) == 3
    # Each pause is from half of its bound to all of it, and the bound doubles.
    assert [0.125 <= pauses[0] <= 0.25, 0.25 <= pauses[1] <= 0.5, 0.5 <= pauses[2] <= 1.0] == [True] * 3


def test_a_request_without_an_answer_is_sent_again():
    cluster = Busy({"0": [None, None]})
    assert bulk.send(cluster, "any", _operations(5), pause=lambda _: None).acknowledged == 5


def test_it_gives_up_in_the_end():
    pauses = []
    with pytest.raises(ClusterUnreachable, match="too many requests"):
        bulk.send(Busy({"0": [429] * 100}), "any", _operations(5), pause=pauses.append)
    assert len(pauses) == 9
    assert max(pauses) <= 20.0


def test_a_document_that_is_refused_stops_all():
    cluster = Busy({"4": [400]})
    with pytest.raises(ClusterError, match="expected document 4 to be taken; got 400 x: y"):
        bulk.send(cluster, "any", _operations(5))


def test_removing_what_is_gone_is_no_error(cluster):
    cluster.ask("PUT", f"/{cluster.alias}-1")
    counts = bulk.send(cluster, f"{cluster.alias}-1", [("a", {"x": 1}), ("b", None)])
    assert counts.acknowledged == 2


def test_requests_are_cut_by_size_and_number():
    cluster, told = Busy({}), []
    operations = [(str(number), {"text": "x" * 1_000_000}) for number in range(9)]
    bulk.send(cluster, "any", operations, each=told.append)
    assert max(cluster.requests) == 8
    assert sum(told) == 9
    cluster = Busy({})
    bulk.send(cluster, "any", _operations(2_500), senders=1)
    assert cluster.requests == [2_000, 2_000, 1_000]
