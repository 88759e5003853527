"""Checks of what lies in an OpenSearch cluster: the searched index, its health, leftovers, the lock of writers."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from indexer.errors import ClusterError
from indexer.opensearch import catalog, lock, sidedata
from indexer.opensearch.catalog import Stored
from indexer.opensearch.connection import Cluster
from indexer.opensearch.layout import cluster_versions, data_name
from indexer.opensearch.push import KEPT
from indexer.snapshots import Snapshot
from service.commands.checks.finding import Finding, from_error, ok, problem, warning

_SHOWN = 5
_NO_RIGHT = 403
_PUSH = "Run 'procsearch cluster push'."
_AGAIN = "Run 'procsearch cluster push --again', or 'procsearch cluster rollback' until then."
#: By how much the clocks of machines that push may differ, in seconds.
_CLOCKS = 10.0

Part = Callable[[], Iterator[Finding]]


def findings(cluster: Cluster, here: Snapshot | None) -> Iterator[Finding]:
    """Yield what is found in a cluster that answers. ``here`` is the snapshot published on this machine."""
    parts: dict[str, Part] = {
        "cluster health": lambda: _health(cluster),
        "cluster alias": lambda: _alias(cluster, here),
        "cluster leftovers": lambda: _leftovers(cluster),
        "cluster lock": lambda: _lock(cluster),
    }
    for name, part in parts.items():
        try:
            yield from part()
        except ClusterError as error:
            # Each is asked for by itself: a right that is missing for one must not hide the others.
            yield from_error(name, error)


def _health(cluster: Cluster) -> Iterator[Finding]:
    """Are all parts of the searched index there, and all copies? Of the whole cluster, where nothing is searched."""
    names = ",".join(each for index in catalog.pointed_to(cluster) for each in _parts(cluster, index))
    try:
        found = cluster.ask("GET", f"/_cluster/health/{names}" if names else "/_cluster/health")
    except ClusterError as error:
        if error.status != _NO_RIGHT:
            raise
        remedy = "Give the user cluster:monitor/health, as docs/how-to/opensearch.md says."
        yield warning("cluster health", "this user may not ask for it", remedy)
        return
    nodes, missing = found["number_of_nodes"], found["unassigned_shards"]
    told = f"{found['status']}: {nodes} nodes, {missing} shards that no node holds"
    if found["status"] == "red":
        remedy = f"Bring the missing nodes back; where they are lost: {_AGAIN[0].lower()}{_AGAIN[1:]}"
        yield problem("cluster health", told, remedy)
    elif found["status"] != "green":
        remedy = "Bring missing nodes back, or add one; PROCSEARCH_OPENSEARCH_REPLICAS=0-1 asks one node for no copy."
        yield warning("cluster health", told, f"{remedy} Searches are answered; another lost node may end that.")
    else:
        yield ok("cluster health", told)


def _alias(cluster: Cluster, here: Snapshot | None) -> Iterator[Finding]:
    """Does the alias lead to one index of ours, and is all in it that was brought there?"""
    names = catalog.pointed_to(cluster)
    ours = [each for each in catalog.stored(cluster) if each.index in names]
    if len(ours) == len(names) > 1:
        yield problem(
            "cluster alias",
            f"{cluster.alias} points to {len(names)} indexes: {_some(sorted(names))}; nothing is searched",
            f"Run 'procsearch cluster rollback {ours[-1].snapshot}', which leaves it at that one.",
        )
        return
    searched = catalog.published(cluster)
    if searched is None:
        yield problem("cluster alias", f"{cluster.alias} points to no index: nothing is searched", _PUSH)
    else:
        yield from _searched(cluster, searched, here)


def _searched(cluster: Cluster, searched: Stored, here: Snapshot | None) -> Iterator[Finding]:
    told = f"{cluster.alias} points to {searched.index}"
    if not searched.is_complete:
        yield problem("cluster alias", f"{told}, which no push has finished", _PUSH)
        return
    if not searched.is_readable:
        versions = f"expected versions {cluster_versions()}; got {searched.about.get('versions')}"
        yield problem("cluster alias", f"{told}, of another version: {versions}", "Push with this procsearch.")
        return
    yield ok("cluster alias", told)
    yield from _contents(cluster, searched)
    if here is not None and here.content_hash != searched.about["content_hash"]:
        found = f"{searched.snapshot} is searched; {here.name}, which has other content, is published here"
        yield warning("cluster alias", found, _PUSH)


def _contents(cluster: Cluster, searched: Stored) -> Iterator[Finding]:
    about = searched.about
    try:
        catalog.verify(cluster, searched.index, about["count"], about["checksum"])
    except ClusterError as error:
        yield from_error("cluster count", error)
    else:
        yield ok("cluster count", f"{about['count']:,} records and their checksum, as they were pushed")
    expected, files = sidedata.part_count(about["files"]), data_name(searched.index)
    answer = cluster.ask("GET", f"/{files}/_count", missing=True)
    got = answer["count"] if answer else "no such index"
    if got != expected:
        found = f"{files}: expected {expected} parts of files, which every service needs; got {got}"
        yield problem("cluster count", found, _AGAIN)


def _leftovers(cluster: Cluster) -> Iterator[Finding]:
    """Did a killed push leave an index behind, and do more old ones lie there than are kept?"""
    there, searched = catalog.stored(cluster), catalog.pointed_to(cluster)
    holder = lock.holder(cluster)
    pushing = holder is not None and holder["until"] > time.time()
    left = [each.index for each in there if not each.is_complete and each.index not in searched]
    left += catalog.orphans(cluster)
    old = [each.index for each in there[:-KEPT] if each.is_complete and each.index not in searched]
    if left and not pushing:
        remedy = "Run 'procsearch cluster prune', or the next push, which remove them."
        yield warning("cluster leftovers", f"of killed pushes: {_some(left)}", remedy)
    if old:
        remedy = f"Run 'procsearch cluster prune', which keeps the newest {KEPT}."
        yield warning("cluster leftovers", f"old indexes: {_some(old)}", remedy)
    if not old and (pushing or not left):
        yield ok("cluster leftovers", "none")


def _lock(cluster: Cluster) -> Iterator[Finding]:
    """Does the lock of writers stand, and does its holder live?"""
    holder = lock.holder(cluster)
    if holder is None:
        yield ok("cluster lock", "nobody pushes")
        return
    who, seconds = f"process {holder['pid']} on {holder['host']}", holder["until"] - time.time()
    if seconds <= 0:
        found = f"{who} left it behind {-seconds:,.0f} seconds ago: that push was killed"
        yield warning("cluster lock", found, f"Nothing waits for it; the next push takes it. {_PUSH}")
    elif seconds > lock.LEASE_SECONDS + _CLOCKS:
        found = f"{who} holds it for {seconds:,.0f} seconds more, longer than a push may: clocks disagree"
        remedy = f"Set the clocks; if nobody pushes, remove the document 'writer' of the index {cluster.alias}-lock."
        yield warning("cluster lock", found, remedy)
    elif _is_gone(holder):
        found = f"{who}, this machine, held it and is gone"
        yield warning("cluster lock", found, f"Wait {seconds:,.0f} seconds; then the next push takes it. {_PUSH}")
    else:
        yield warning("cluster lock", f"{who} holds it: a push is at work", "Wait for it; if it hangs, end it there.")


def _is_gone(holder: dict[str, Any]) -> bool:
    """Say whether the holder is known to have ended, which is so of processes of this machine only."""
    if holder["host"] != socket.gethostname():
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _parts(cluster: Cluster, index: str) -> list[str]:
    """Return an index and that of its files, where it exists; health waits half a minute for one that does not."""
    files = data_name(index)
    return [index, files] if cluster.ask("GET", f"/{files}/_mapping", missing=True) else [index]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
