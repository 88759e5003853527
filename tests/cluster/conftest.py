"""Three nodes that may be killed, and made-up records, enough that a push of them can be hit while it is at work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from benchmarks.speed.corpus import Synthetic, lines_of, vocabulary_of, write_lines
from benchmarks.speed.ours import write_snapshot
from indexer.snapshots import SnapshotStore
from tests.cluster.fixtures import started
from tests.cluster.kit import DEFAULT
from tests.cluster.nodes import Cluster, Node

#: `make test-cluster` names several; all tests run on each.
VERSIONS = os.environ.get("CLUSTER_VERSIONS", DEFAULT).split()
#: Whether every kill is tried, or one.
ALL_KILLS = "CLUSTER_VERSIONS" in os.environ
RECORDS = 1_500


@pytest.fixture(scope="session")
def publish_made_up(documents_data, tmp_path_factory) -> Callable[..., SnapshotStore]:
    """A function ``publish(data, seed, count=RECORDS)`` that publishes made-up records; each seed has other texts."""
    vocabulary = vocabulary_of(lines_of(SnapshotStore(documents_data)))

    def publish(data, seed, count=RECORDS):
        lines = write_lines(tmp_path_factory.mktemp("records") / "lines.jsonl", Synthetic(vocabulary, count, 40, seed))
        write_snapshot(data, lines, with_whoosh=False)
        return SnapshotStore(data)

    return publish


@pytest.fixture(scope="session", params=VERSIONS)
def three_nodes(request, tmp_path_factory) -> Iterator[Cluster]:
    """Three nodes of one release, for all tests that kill some."""
    with started(tmp_path_factory.mktemp("three"), 3, request.param) as cluster:
        yield cluster


@pytest.fixture
def three(three_nodes) -> Iterator[Cluster]:
    """Three nodes that are all there at the begin; what is killed comes back at the end, and all indexes go."""
    yield three_nodes
    for node in three_nodes.nodes:
        if not node.alive:
            node.start()
    three_nodes.wait_until_formed()
    names = three_nodes.request("GET", "/_all/_settings")
    if names:
        three_nodes.request("DELETE", "/" + ",".join(names))


def victim(cluster: Cluster, name: str) -> Node:
    """Return the node to kill: the ``manager`` of the cluster, or another ``node``."""
    return cluster.manager() if name == "manager" else cluster.others()[0]
