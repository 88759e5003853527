"""A node, or the cluster manager, dies while documents are written: what was acknowledged stays, and a re-index either
completes or leaves everything as it was, with the lock free for the next one."""

from __future__ import annotations

import json
import threading
from contextlib import closing

import orjson
import pytest

from indexer.errors import ClusterError
from indexer.opensearch import catalog
from indexer.opensearch.bulk import send
from indexer.opensearch.connection import Access, Cluster
from indexer.opensearch.push import Shape, push
from tests.cluster.conftest import ALL_KILLS, RECORDS, victim

#: Victim, and the moment of its death: a share of the records sent, or the begin of a phase.
KILLS = [("manager", 0.4)]
if ALL_KILLS:
    KILLS += [("node", 0.1), ("node", 0.7), ("manager", 0.9), ("node", "Verifying"), ("manager", "Verifying")]
SHAPE = Shape(shards=3, replicas="0-1")


@pytest.fixture
def connection(three):
    """Our connection to three nodes."""
    with closing(Cluster(Access(tuple(three.urls), alias="faults", timeout_seconds=10))) as connection:
        yield connection


class _Killer:
    """Progress of a push that kills a node at one moment of it."""

    def __init__(self, kill, moment):
        self._kill, self._moment, self._done = kill, moment, 0
        self.killed = False

    def phase(self, name, steps):
        if name == self._moment:
            self._now()

    def step(self):
        self._done += 1
        if isinstance(self._moment, float) and self._done >= self._moment * RECORDS:
            self._now()

    def _now(self):
        if not self.killed:
            self.killed = True
            self._kill()


@pytest.mark.parametrize(("dying", "moment"), KILLS)
def test_a_push_completes_or_leaves_everything_as_it_was(three, connection, publish_made_up, tmp_path, dying, moment):
    first = push(publish_made_up(tmp_path, 1), connection, shape=SHAPE)
    store = publish_made_up(tmp_path, 2)
    killer = _Killer(victim(three, dying).kill, moment)
    try:
        pushed = push(store, connection, shape=SHAPE, progress=killer)
    except ClusterError as error:
        assert "expected" in str(error)
        assert [each.index for each in catalog.stored(connection)] == [first.index]
        assert catalog.published(connection).index == first.index
        pushed = push(store, connection, shape=SHAPE)
    assert killer.killed
    assert pushed.published
    _check_published(connection, store, pushed.index)


def _check_published(connection, store, index):
    published = catalog.published(connection)
    assert published.index == index
    catalog.verify(connection, index, RECORDS, published.about["checksum"])
    hashes = orjson.loads((store.current().path / "hashes.json").read_bytes())
    assert _codes(connection, index) == set(hashes)


def _codes(connection, index):
    body = {"size": RECORDS + 1, "query": {"match_all": {}}}
    hits = connection.ask("POST", f"/{index}/_search", body, timeout=60, allow_partial_search_results="false")
    return {hit["_id"] for hit in hits["hits"]["hits"]}


@pytest.mark.parametrize("all_dying", [("node", "manager")] if ALL_KILLS else [("manager",)])
def test_no_acknowledged_document_is_lost(three, connection, all_dying):
    settings = {"number_of_shards": 3, "number_of_replicas": 1, **SOON}
    connection.ask("PUT", "/faults-written", {"settings": settings})
    three.wait_until_green("faults-written")
    writer = _Writer(connection, "faults-written")
    for dying in all_dying:
        writer.wait_for_more(300)
        node = victim(three, dying)
        node.kill()
        writer.wait_for_more(300)
        node.start()
        three.wait_until_formed()
        three.wait_until_green("faults-written")
    acknowledged = writer.end()
    connection.ask("POST", "/faults-written/_refresh", timeout=60)
    assert connection.ask("GET", "/faults-written/_count")["count"] >= acknowledged
    found = connection.ask(
        "POST", "/faults-written/_mget", json.dumps({"ids": _names(acknowledged)}).encode(), timeout=60
    )
    assert [each["_id"] for each in found["docs"] if not each["found"]] == []


#: A copy that a lost node had is made anew at once, not after a minute.
SOON = {"index.unassigned.node_left.delayed_timeout": "0s"}


def _names(count):
    return [str(number) for number in range(count)]


class _Writer:
    """Writes numbered documents until it is ended; a failure shows at the end."""

    def __init__(self, connection, index):
        self._acknowledged, self._ended, self._problems = 0, threading.Event(), []
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(connection, index))
        self._thread.start()

    def _run(self, connection, index):
        try:
            while not self._ended.is_set():
                start = self._acknowledged
                ids = [str(number) for number in range(start, start + 20)]
                counts = send(connection, index, [(each, {"number": int(each)}) for each in ids], senders=2)
                assert counts.acknowledged == len(ids)
                with self._more:
                    self._acknowledged += len(ids)
                    self._more.notify_all()
        except Exception as error:
            self._problems.append(error)

    def wait_for_more(self, count, seconds=60):
        """Wait until so many more documents are acknowledged."""
        with self._more:
            wanted = self._acknowledged + count
            assert self._more.wait_for(lambda: self._problems or self._acknowledged >= wanted, seconds), "no progress"

    def end(self):
        """Stop; return how many documents were acknowledged."""
        self._ended.set()
        self._thread.join()
        assert self._problems == []
        return self._acknowledged
