"""A node may die after it did what was asked and before it says so; the request is then sent again. Here that happens
to every single request that changes something."""

from __future__ import annotations

from contextlib import suppress

import pytest

from indexer.errors import ClusterError, ClusterUnreachable, LockHeld
from indexer.opensearch import catalog
from indexer.opensearch.connection import Access, Cluster
from indexer.opensearch.lock import cluster_lock
from indexer.opensearch.push import push

FEW = 200


class _Forgetful(Cluster):
    """A connection on which the first answer to every change is lost."""

    def ask(self, method, path, *arguments, **options):
        if method != "GET" and "_search" not in path:
            with suppress(ClusterError):
                super().ask(method, path, *arguments, **options)
        return super().ask(method, path, *arguments, **options)


@pytest.fixture
def forgetful(opensearch):
    """Such a connection, to a cluster without indexes of its alias."""
    connection = _Forgetful(Access(tuple(opensearch.urls), alias="forgetful", timeout_seconds=10))
    yield connection
    connection.close()
    opensearch.request("DELETE", "/" + ",".join(opensearch.request("GET", "/forgetful*/_settings")))


def test_the_lock_is_held_and_released(forgetful):
    for _ in range(2):
        with cluster_lock(forgetful, 0) as lease:
            lease.check()
            with pytest.raises(LockHeld, match="expected no other writer"), cluster_lock(forgetful, 0):
                raise AssertionError("two have it")
            lease.check()


def test_a_lock_that_another_took_is_lost(forgetful):
    with cluster_lock(forgetful, 0, lease_seconds=0.5) as lease:
        # Its heart waits for this, as in a process that is stopped.
        with lease._writing, cluster_lock(forgetful, 10):
            pass
        with pytest.raises(LockHeld, match="another writer took its place"):
            lease.check()


def test_a_push_and_the_next_one_complete(forgetful, publish_made_up, tmp_path):
    first = push(publish_made_up(tmp_path, 1, FEW), forgetful)
    second = push(publish_made_up(tmp_path, 2, FEW), forgetful)
    assert first.published
    assert second.published
    assert catalog.published(forgetful).index == second.index
    catalog.switch(forgetful, first.index)
    assert catalog.published(forgetful).index == first.index


def test_a_switch_that_fails_leaves_the_finished_index(opensearch, forgetful, publish_made_up, tmp_path, monkeypatch):
    first = push(publish_made_up(tmp_path, 1, FEW), forgetful)

    def unreachable(cluster, index):
        raise ClusterUnreachable("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(catalog, "switch", unreachable)
        with pytest.raises(ClusterUnreachable, match="no answer"):
            push(publish_made_up(tmp_path, 2, FEW), forgetful)
    assert catalog.published(forgetful).index == first.index
    again = push(publish_made_up(tmp_path, 2, FEW), forgetful)
    assert again.published
    assert again.changed == 0
    assert catalog.published(forgetful).index == again.index
