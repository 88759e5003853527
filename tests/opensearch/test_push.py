"""A snapshot in a cluster.

1. A push is whole and verified before it is searched; on any failure the old index stays and nothing is left behind.
2. Where little changed, only that is sent, and the result finds what a push of everything finds.
3. Two pushes at once never collide; a killed one's lock ends by itself. 4. Roll-back and prune keep what is searched.
"""

from __future__ import annotations

import threading
import time

import pytest

from indexer.errors import ClusterError, ClusterUnreachable, LockHeld, SnapshotError
from indexer.opensearch import catalog, layout, push
from indexer.opensearch.lock import Lease, cluster_lock
from indexer.snapshots import SnapshotStore
from service.search.engines.opensearch_store import ClusterStore
from service.search.model import SearchRequest
from service.search.query.parser import parse_query
from tests.contract.conftest import STEP
from tests.indexer.records import code
from tests.opensearch.conftest import CODES, rebuild
from tests.opensearch.gateway import gateway


def _push(data, cluster, **options):
    return push.push(SnapshotStore(data), cluster, **options)


def _found(cluster, data, q):
    store = ClusterStore(cluster, data / "cache")
    engine = store.open(store.current_name())
    page = engine.search(SearchRequest(q, limit=100), parse_query(q))
    return [(engine.card(match.number)["code"], round(match.score, 2)) for match in page.matches]


def test_a_push_is_searched_and_a_second_one_sends_nothing(data, cluster):
    first = _push(data, cluster)
    assert (first.published, first.records, first.changed, first.copied_from) == (True, 60, 60, None)
    assert len(_found(cluster, data, "insulin")) == 12
    again = _push(data, cluster)
    assert (again.index, again.published, again.changed) == (first.index, False, 0)
    forced = _push(data, cluster, again=True)
    assert (forced.index, forced.changed) == (f"{first.index}-2", 60)
    assert ClusterStore(cluster, data / "cache").current_name() == f"{first.snapshot}-2"


def test_only_what_changed_is_sent_and_finds_the_same(data, cluster, connect, alias):
    first = _push(data, cluster)
    # One record another, one gone, one new: none moves the mean length of a field far.
    changed = [code("A0000", "Infusion pump, insulin, kind 0"), *CODES[1:59], code("A0060", CODES[59].long_descriptor)]
    rebuild(data, *changed)
    second = _push(data, cluster)
    assert (second.copied_from, second.changed, second.records) == (first.index, 3, 60)
    whole = connect(alias=f"{alias}-whole")
    assert _push(data, whole).changed == 60
    for q in ("insulin pump", "kind", "A0060", "type 59", "cushion -type"):
        assert _found(cluster, data, q) == _found(whole, data / "whole", q)
    assert _found(cluster, data, "A0059")[0][0] != "A0059"


def test_much_change_sends_everything(data, cluster):
    _push(data, cluster)
    rebuild(data, *(code(each.code, f"{each.long_descriptor} with a long addition to all") for each in CODES))
    assert _push(data, cluster).copied_from is None


def test_rollback_and_prune(data, cluster):
    names = [_push(data, cluster).snapshot]
    for number in range(3):
        rebuild(data, *CODES[: 50 - number])
        names.append(_push(data, cluster).snapshot)
    assert push.rollback(cluster, None).snapshot == names[2]
    assert push.rollback(cluster, names[0]).snapshot == names[0]
    with pytest.raises(ClusterError, match="older than the one that is searched"):
        push.rollback(cluster, None)
    removed = push.prune(cluster, keep=2)
    assert removed == [layout.index_name(cluster.alias, names[1])]
    assert [each.snapshot for each in catalog.stored(cluster)] == [names[0], *names[2:]]
    with pytest.raises(ClusterError, match="expected a finished index"):
        push.rollback(cluster, names[1])
    # The snapshot lies there still: a push only moves the alias.
    assert (_push(data, cluster).snapshot, _push(data, cluster).published) == (names[3], False)


def test_nothing_published_nothing_pushed(tmp_path, cluster):
    with pytest.raises(SnapshotError, match="procsearch build"):
        _push(tmp_path, cluster)
    assert ClusterStore(cluster, tmp_path).current_name() is None


@pytest.mark.parametrize("refused", ["/_bulk", "/_aliases", "-data/_doc", "/_flush", "/_settings"][: 6 // STEP])
def test_a_failure_leaves_the_old_index_and_no_part_of_a_new_one(data, cluster, connect, opensearch, refused):
    first = _push(data, cluster)
    rebuild(data, *CODES[:20])
    with gateway(opensearch.urls[0]) as gate:
        gate.rule = lambda method, path: (403, b'{"error": {"type": "x"}}') if refused in path else None
        with pytest.raises(ClusterError, match="403"):
            _push(data, connect(gate.url))
    assert [each.index for each in catalog.stored(cluster)] == [first.index]
    assert len(_found(cluster, data, "insulin")) == 12
    assert _push(data, cluster).records == 20


def test_a_lost_document_is_noticed_before_anything_is_published(data, cluster, connect, opensearch):
    with gateway(opensearch.urls[0]) as gate:
        acknowledged = b'{"errors": false, "items": [%s]}' % b",".join([b'{"index": {"_id": "x", "status": 201}}'] * 60)
        gate.rule = lambda method, path: (
            (200, acknowledged)
            if path.startswith(f"/{cluster.alias}") and ("/_bulk" in path and "-data" not in path)
            else None
        )
        with pytest.raises(ClusterError, match=r"expected 60 documents with checksum .*; got 0 with"):
            _push(data, connect(gate.url))
    assert catalog.stored(cluster) == []


def test_what_a_killed_push_left_is_removed_by_the_next(data, cluster):
    snapshot = SnapshotStore(data).current()
    left = layout.index_name(cluster.alias, snapshot.name)
    cluster.ask("PUT", f"/{left}", {"mappings": layout.mapping(), "settings": layout.settings(1, "0-1")})
    assert [each.is_complete for each in catalog.stored(cluster)] == [False]
    assert ClusterStore(cluster, data).names() == []
    assert _push(data, cluster).index == left
    assert ClusterStore(cluster, data).names() == [snapshot.name]


def test_an_index_of_another_version_is_not_searched_and_replaced(data, cluster):
    first = _push(data, cluster)
    about = {**catalog.published(cluster).about, "versions": {"index_version": 0}}
    cluster.ask("PUT", f"/{first.index}/_mapping", {"_meta": about})
    store = ClusterStore(cluster, data / "cache")
    with pytest.raises(SnapshotError, match="Push with this version"):
        store.open(store.current_name())
    assert store.names() == []
    assert _push(data, cluster).index == f"{first.index}-2"
    assert len(_found(cluster, data, "insulin")) == 12


def test_an_alias_that_is_something_else_is_left_alone(data, cluster, alias):
    cluster.ask("PUT", f"/{alias}-other-things", {"aliases": {alias: {}}})
    with pytest.raises(ClusterError, match="Choose another PROCSEARCH_OPENSEARCH_ALIAS"):
        _push(data, cluster)


def test_two_writers_never_collide(data, cluster):
    with cluster_lock(cluster, 0.0), pytest.raises(LockHeld, match="expected no other writer; got process"):
        _push(data, cluster)
    results = []

    def one():
        results.append(_push(data, cluster, wait=60.0))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.changed for each in results) == [0, 0, 60]
    assert len(catalog.stored(cluster)) == 1


def test_the_lock_of_a_killed_writer_ends_and_one_of_the_waiting_takes_it(cluster):
    with cluster_lock(cluster, 0.0):
        dead = Lease(cluster, f"{cluster.alias}-lock", lease_seconds=3.0)
    assert dead.take() is None
    with pytest.raises(LockHeld), cluster_lock(cluster, 0.0):
        pass
    time.sleep(3.1)
    with cluster_lock(cluster, 0.0):
        assert Lease(cluster, f"{cluster.alias}-lock", 1.0).take() is not None
        # Who was only slow, and not dead, finds out before it does harm.
        with pytest.raises(LockHeld, match="another writer took its place"):
            dead.check()
    assert Lease(cluster, f"{cluster.alias}-lock", 1.0).take() is None


def test_a_working_writer_keeps_its_lock(cluster):
    with cluster_lock(cluster, 0.0, lease_seconds=0.4) as lease:
        time.sleep(1.0)
        assert Lease(cluster, f"{cluster.alias}-lock", 1.0).take() is not None
        lease.check()


def test_a_cluster_that_is_away_is_told_of(data, connect):
    with pytest.raises(ClusterUnreachable, match="See that it runs"):
        _push(data, connect("http://127.0.0.1:9"))
