"""What records cost in an OpenSearch cluster: disk, memory and processor time of pushing and searching, by shards.

One node on this machine, without copies, searched in this process by the service's own engine. Seconds of a push are
those of node and pusher on the same cores; processor seconds are what the figures of other machines can be scaled from.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed import queries
from benchmarks.speed.inprocess import Corpus
from benchmarks.speed.measure import megabytes, status_mb, summary
from benchmarks.speed.ours import write_snapshot
from benchmarks.speed.report import Report
from indexer.opensearch.connection import Cluster as Connection
from indexer.opensearch.layout import data_name
from indexer.opensearch.push import Shape, push
from indexer.snapshots import SnapshotStore
from service.config import load_config
from service.opening import access, open_searcher
from service.search.model import SearchRequest
from tests.cluster.nodes import Cluster, Node

_HEAP = "1g"
_PAGE = 20
_MILLION = 1_000_000
_TICKS = os.sysconf("SC_CLK_TCK")


def run(folder: Path, corpus: Corpus, shards: Sequence[int], version: str) -> list[dict[str, Any]]:
    """Push the same snapshot into a new node for each number of shards; return what each cost."""
    data = folder / "data"
    write_snapshot(data, corpus.lines, with_whoosh=False)
    return [_measured(folder, SnapshotStore(data), corpus, each, version) for each in shards]


def _measured(folder: Path, store: SnapshotStore, corpus: Corpus, shards: int, version: str) -> dict[str, Any]:
    with Cluster(folder / f"nodes-{shards}", 1, version, heap=_HEAP, java_options=()) as cluster:
        (node,) = cluster.nodes
        config = load_config(
            {},
            data=store.data,
            engine="opensearch",
            opensearch_hosts=tuple(cluster.urls),
            opensearch_alias=f"measured{shards}",
            opensearch_timeout_ms=60_000,
        )
        found: dict[str, Any] = {"shards": shards, "records": len(corpus.codes), "version": version}
        connection = Connection(access(config))
        before = _seconds(node), time.perf_counter(), time.process_time()
        index = push(store, connection, shape=Shape(shards, "0-1")).index
        found["push_seconds"] = time.perf_counter() - before[1]
        found["node_seconds"], found["pusher_seconds"] = _seconds(node) - before[0], time.process_time() - before[2]
        found["pushed"] = _sizes(cluster, index)
        found["search"] = _searches(config, corpus, node)
        found["heap_mb"] = _heap(cluster)
        found["node_rss_mb"] = status_mb("VmRSS", node.pid)
        connection.close()
        return found


def _seconds(node: Node) -> float:
    """Return the processor seconds that a node has used."""
    fields = Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _sizes(cluster: Cluster, index: str) -> dict[str, float]:
    """Return MB on disk and number of segments of the index, and MB of the files beside it."""
    stats = cluster.request("GET", f"/{index},{data_name(index)}/_stats/store,segments")["indices"]
    own, beside = stats[index]["primaries"], stats[data_name(index)]["primaries"]
    return {
        "mb": megabytes(own["store"]["size_in_bytes"]),
        "segments": own["segments"]["count"],
        "files_mb": megabytes(beside["store"]["size_in_bytes"]),
    }


def _heap(cluster: Cluster) -> float:
    """Return MB of the heap that live objects take at most: the old generation after searching."""
    (stats,) = cluster.request("GET", "/_nodes/stats/jvm")["nodes"].values()
    return megabytes(stats["jvm"]["mem"]["pools"]["old"]["used_in_bytes"])


def _searches(config: Any, corpus: Corpus, node: Node) -> dict[str, Any]:
    """Ask all queries twice; of the second round return milliseconds, and processor milliseconds a query."""
    searcher = open_searcher(config)
    try:
        for query in corpus.log:
            _ask(searcher, query)
        times, before, own = [], _seconds(node), time.process_time()
        for query in corpus.log:
            started = time.perf_counter()
            _ask(searcher, query)
            times.append(time.perf_counter() - started)
        count = len(corpus.log) / 1000
        used = {"node_ms": (_seconds(node) - before) / count, "service_ms": (time.process_time() - own) / count}
        return {**summary(times), **used}
    finally:
        searcher.close()


def _ask(searcher: Any, query: queries.Query) -> None:
    searcher.search(SearchRequest(query.text.partition(" family:")[0], limit=_PAGE))


def show(report: Report, found: Sequence[Mapping[str, Any]]) -> None:
    """Add the table of what a million records would cost at the same rate, and of what a search takes."""
    rows = []
    for each in found:
        scale = _MILLION / each["records"]
        rows.append(
            (
                str(each["shards"]),
                f"{each['pushed']['mb'] * scale / 1024:.1f}",
                f"{each['pushed']['files_mb'] * scale:,.0f}",
                f"{each['node_seconds'] * scale / 60:,.0f}",
                f"{each['pusher_seconds'] * scale / 60:,.0f}",
                f"{each['push_seconds'] * scale / 60:,.0f}",
            )
        )
    head = ("shards", "GB", "MB files beside", "node CPU min", "pusher CPU min", "minutes here")
    report.table(f"A million records, from {found[0]['records']:,}", head, rows)
    rows = []
    for each in found:
        figures = (each["search"][key] for key in ("p50", "p95", "p99", "node_ms", "service_ms"))
        rows.append((str(each["shards"]), *(f"{value:.1f}" for value in figures)))
    report.table("One search, in ms", ("shards", "p50", "p95", "p99", "node CPU", "service CPU"), rows)
    heaps = ", ".join(f"{each['heap_mb']:.0f} MB with {each['shards']}" for each in found)
    report.say(f"Old generation of the heap of {_HEAP} after searching: {heaps} shards.")
