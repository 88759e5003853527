"""Which of our indexes are in a cluster, which one is searched, and how another takes its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.errors import ClusterError
from indexer.opensearch.connection import Cluster
from indexer.opensearch.layout import CHECKS, cluster_versions, data_name, index_name, owner_of, snapshot_of

_VERIFY_SECONDS = 120.0
#: How long a new index may wait for its copies; without them it is filled all the same.
_COPIES_SECONDS = 30.0
_TIMED_OUT = 408


@dataclass(frozen=True, slots=True)
class Stored:
    """One index: its name, the snapshot in it, and what was written about it when it was finished.

    ``about`` is empty where a push is at work on the index, or was killed.
    """

    index: str
    snapshot: str
    about: Mapping[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether all of it was there and verified."""
        return bool(self.about)

    @property
    def is_readable(self) -> bool:
        """Whether this program can search it."""
        return self.about.get("versions") == cluster_versions()


def stored(cluster: Cluster) -> list[Stored]:
    """Return all our indexes, oldest first."""
    found = cluster.ask("GET", f"/{cluster.alias}-*/_mapping", missing=True, allow_no_indices="true") or {}
    named = [(index, snapshot_of(cluster.alias, index), each) for index, each in found.items()]
    kept = [Stored(index, name, _about(index, each)) for index, name, each in named if name is not None]
    return sorted(kept, key=lambda each: _age(each.snapshot))


def published(cluster: Cluster) -> Stored | None:
    """Return the index that the alias points to, or None where it points to none.

    ClusterError where something else has the name of the alias, or it points to several indexes.
    """
    found = cluster.ask("GET", f"/{cluster.alias}/_mapping", missing=True)
    if not found:
        return None
    (index, each), *others = found.items()
    snapshot = snapshot_of(cluster.alias, index)
    if others or snapshot is None:
        raise ClusterError(
            f"{cluster.alias}: expected an alias of one index that 'procsearch cluster push' made; got "
            f"{', '.join(found)}. Choose another PROCSEARCH_OPENSEARCH_ALIAS."
        )
    return Stored(index, snapshot, _about(index, each))


def pointed_to(cluster: Cluster) -> list[str]:
    """Return the names of all indexes that the alias points to, which should be one at most."""
    found = cluster.ask("GET", f"/_alias/{cluster.alias}", missing=True)
    return list(found or ())


def orphans(cluster: Cluster) -> list[str]:
    """Return the indexes of files whose own index is gone: whoever removed it was killed before removing these."""
    found = cluster.ask("GET", f"/{cluster.alias}-*/_mapping", missing=True, allow_no_indices="true") or {}
    lone = [each for each in found if (owner := owner_of(each)) and owner not in found]
    return sorted(each for each in lone if snapshot_of(cluster.alias, str(owner_of(each))))


def named(cluster: Cluster, name: str) -> Stored:
    """Return the finished index of a snapshot; ClusterError where there is none that this program can search."""
    index = index_name(cluster.alias, name)
    found = next((each for each in stored(cluster) if each.index == index), None)
    if found is None or not found.is_complete:
        raise ClusterError(f"{index}: expected a finished index; got none. {_LIST}")
    if not found.is_readable:
        raise ClusterError(
            f"{index}: expected versions {cluster_versions()}; got {found.about.get('versions')}. "
            "Push with this version of procsearch."
        )
    return found


def make(cluster: Cluster, index: str, body: Mapping[str, Any], clone_of: str | None = None) -> None:
    """Make an index of a name that nobody else takes, and wait for its copies, so that no single node is needed."""
    path = f"/{clone_of}/_clone/{index}" if clone_of else f"/{index}"
    try:
        cluster.ask("PUT", path, body, timeout=_VERIFY_SECONDS)
    except ClusterError as error:
        # The node that made it died before it answered, and the request was sent again.
        if "resource_already_exists" not in str(error):
            raise
    _health(cluster, index, _COPIES_SECONDS)


def finish(cluster: Cluster, index: str, about: Mapping[str, Any]) -> None:
    """Close an index for writing and write down what it holds; from here on it counts as finished."""
    for each in (index, data_name(index)):
        cluster.ask("PUT", f"/{each}/_settings", {"index": {"blocks.write": True}})
    cluster.ask("PUT", f"/{index}/_mapping", {"_meta": {**about, "finished": index}})


def switch(cluster: Cluster, index: str) -> None:
    """Let the alias point to an index and to no other, in one step."""
    actions = [{"remove": {"index": each, "alias": cluster.alias}} for each in pointed_to(cluster) if each != index]
    try:
        cluster.ask("POST", "/_aliases", {"actions": [*actions, {"add": {"index": index, "alias": cluster.alias}}]})
    except ClusterError:
        # Its answer may have been lost with a node; sent again, there is nothing left to remove.
        if pointed_to(cluster) != [index]:
            raise


def remove(cluster: Cluster, indexes: Sequence[str]) -> None:
    """Remove indexes with what goes with them, those that exist."""
    for index in indexes:
        for each in (index, data_name(index)):
            cluster.ask("DELETE", f"/{each}", missing=True, timeout=_VERIFY_SECONDS)


def verify(cluster: Cluster, index: str, count: int, checksum: Sequence[int]) -> None:
    """Compare number and checksum of the documents with those expected; ClusterError where they differ."""
    sums = {name: {"sum": {"field": name}} for name in CHECKS}
    body = {"size": 0, "track_total_hits": True, "aggs": sums}
    answer = cluster.ask(
        "POST", f"/{index}/_search", body, timeout=_VERIFY_SECONDS, allow_partial_search_results="false"
    )
    got = answer["hits"]["total"]["value"], [round(answer["aggregations"][name]["value"]) for name in CHECKS]
    if got != (count, list(checksum)):
        raise ClusterError(
            f"{index}: expected {count} documents with checksum {list(checksum)}; got {got[0]} with {got[1]}. "
            "Run 'procsearch cluster push --again'."
        )


def await_health(cluster: Cluster, index: str, seconds: float) -> str:
    """Wait until all copies of an index are there, or the time is up; ClusterError where even one whole copy is not."""
    names = f"{index},{data_name(index)}"
    status = _health(cluster, names, seconds)
    if status == "red":
        raise ClusterError(f"{names}: expected all shards; got status red. Bring the missing nodes back.")
    return status


def _health(cluster: Cluster, names: str, seconds: float) -> str:
    """Wait until indexes are green, or the time is up; return their status."""
    path, patience = f"/_cluster/health/{names}", seconds + cluster.access.timeout_seconds
    try:
        within = f"{max(1, round(seconds))}s"
        answer = cluster.ask("GET", path, timeout=patience, wait_for_status="green", within=within)
    except ClusterError as error:
        if error.status != _TIMED_OUT:
            raise
        answer = cluster.ask("GET", path)
    return str(answer["status"])


_LIST = "Run 'procsearch cluster status' to see what there is."


def _about(index: str, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    about: Mapping[str, Any] = mapping["mappings"].get("_meta", {})
    # A copy that an incremental push began with still has what was written about the original.
    return about if about.get("finished") == index else {}


def _age(snapshot: str) -> tuple[int, str]:
    return int(snapshot.partition("-")[0]), snapshot
