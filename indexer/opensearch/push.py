"""A published snapshot becomes the index that is searched: filled aside, verified, then switched to in one step.

Where the index before it is at hand and little has changed, it is copied by the cluster, which takes no time, and only
the records that changed are sent. Their impacts are those of the new snapshot, those of the others stay: mean lengths
of fields, which all impacts depend on, may have moved by `_DRIFT` at most since the last push of everything.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from indexer.compiled.layout import Container
from indexer.contents import HASHES
from indexer.errors import ClusterError, ClusterUnreachable, IndexerError, SnapshotError
from indexer.opensearch import catalog, layout, sidedata
from indexer.opensearch.bodies import Bodies
from indexer.opensearch.bulk import Counts, Operation, send
from indexer.opensearch.catalog import Stored
from indexer.opensearch.connection import Cluster
from indexer.opensearch.lock import Lease, cluster_lock
from indexer.progress import Progress, Silent
from indexer.snapshots import Snapshot, SnapshotStore, verify_files

#: Records whose postings are laid out at a time.
_AT_A_TIME = 4_096
#: Where more than this share of the records changed, all are sent.
_MOST_CHANGED = 0.2
#: By how much of itself the mean length of a field may move before all impacts are sent anew.
_DRIFT = 0.005
#: How many indexes are kept unless somebody says otherwise.
KEPT = 3
_GREEN_SECONDS = 60.0
_SLOW = 120.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How an index is spread: parts, and copies of each as ``0-1`` (one where there is a second node)."""

    shards: int = 1
    replicas: str = "0-1"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did. ``changed`` is how many documents were sent, ``copied_from`` the index that the others are of.

    ``retries`` counts requests that had to be sent again. Where all was there already, only the alias may have moved.
    """

    index: str
    snapshot: str
    records: int
    published: bool
    changed: int = 0
    retries: int = 0
    copied_from: str | None = None
    health: str = ""


def push(
    store: SnapshotStore,
    cluster: Cluster,
    *,
    shape: Shape | None = None,
    again: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> Pushed:
    """Bring the published snapshot of ``store`` into the cluster and let the alias point to it.

    Nothing is sent where it lies there already; with ``again`` everything is. LockHeld where another writer is at work
    after ``wait`` seconds. On any failure the index that is searched stays, and what was begun is removed.
    """
    snapshot = store.current()
    if snapshot is None:
        raise SnapshotError(f"{store.data}: expected a published snapshot; got none. Run 'procsearch build'.")
    with cluster_lock(cluster, wait) as lease:
        remove_leftovers(cluster)
        before, there = catalog.published(cluster), catalog.stored(cluster)
        own = [each for each in there if _is_of(each, snapshot)]
        if own and not again and own[-1].is_readable:
            return _publish_again(cluster, lease, own[-1], before)
        index = _new_name(cluster, snapshot, there)
        verify_files(snapshot)
        base = None if again else _base(store, snapshot, before)
        return _Push(cluster, lease, snapshot, index, shape or Shape(), progress or Silent()).run(base)


def rollback(cluster: Cluster, name: str | None, wait: float = 0.0) -> Stored:
    """Let the alias point to the index of another snapshot, by default the one before, after verifying it."""
    with cluster_lock(cluster, wait) as lease:
        target = catalog.named(cluster, name or _older(cluster))
        catalog.await_health(cluster, target.index, 1.0)
        catalog.verify(cluster, target.index, target.about["count"], target.about["checksum"])
        lease.check()
        catalog.switch(cluster, target.index)
    return target


def prune(cluster: Cluster, keep: int, wait: float = 0.0) -> list[str]:
    """Remove all but the newest ``keep`` indexes, and never the one that is searched; return their names."""
    with cluster_lock(cluster, wait) as lease:
        removed = remove_leftovers(cluster)
        before = catalog.published(cluster)
        old = [each.index for each in catalog.stored(cluster)[: -keep or None]]
        old = [index for index in old if before is None or index != before.index]
        lease.check()
        catalog.remove(cluster, old)
    return [*removed, *old]


def remove_leftovers(cluster: Cluster) -> list[str]:
    """Remove what killed pushes left behind. The lock has to be held."""
    left = [each.index for each in catalog.stored(cluster) if not each.is_complete]
    catalog.remove(cluster, left)
    lone = catalog.orphans(cluster)
    catalog.remove(cluster, lone)
    return [*left, *lone]


class _Push:
    """One push of one snapshot into one new index."""

    def __init__(
        self, cluster: Cluster, lease: Lease, snapshot: Snapshot, index: str, shape: Shape, progress: Progress
    ) -> None:
        self._cluster, self._lease, self._snapshot, self._index = cluster, lease, snapshot, index
        self._shape, self._progress = shape, progress
        self._hashes: dict[str, str] = _hashes(snapshot)
        self._bodies = Bodies(snapshot.path)

    def run(self, base: tuple[Stored, dict[str, str]] | None) -> Pushed:
        """Fill, verify and publish the index; remove it where anything fails."""
        try:
            if base is None:
                counts, changed, averages = *self._fill(), _averages(self._snapshot)
            else:
                counts, changed, averages = *self._copy(*base), base[0].about["averages"]
            health = self._seal(averages, base[0] if base else None)
            self._lease.check()
        except BaseException:
            self._clean_up()
            raise
        finally:
            self._bodies.close()
        self._switch()
        copied_from = base[0].index if base else None
        return Pushed(
            self._index, self._snapshot.name, len(self._hashes), True, changed, counts.retries, copied_from, health
        )

    def _switch(self) -> None:
        try:
            catalog.switch(self._cluster, self._index)
        except ClusterUnreachable:
            # The finished index stays: the cluster may have switched to it, or yet do so, though its answer was lost.
            raise
        except ClusterError:
            self._clean_up()
            raise

    def _clean_up(self) -> None:
        """Remove what was begun; where the cluster is away, the next push does it."""
        try:
            catalog.remove(self._cluster, [self._index])
        except IndexerError:
            return

    def _fill(self) -> tuple[Counts, int]:
        body = {
            "settings": layout.settings(self._shape.shards, self._shape.replicas),
            "mappings": layout.mapping(),
        }
        catalog.make(self._cluster, self._index, body)
        return self._send(range(len(self._hashes)), [])

    def _copy(self, base: Stored, before: Mapping[str, str]) -> tuple[Counts, int]:
        """Let the cluster copy an index, whose files it shares, and send what differs."""
        settings = {"index.blocks.write": None, "index.auto_expand_replicas": self._shape.replicas}
        catalog.make(self._cluster, self._index, {"settings": settings}, clone_of=base.index)
        changed = [at for at, (code, each) in enumerate(self._hashes.items()) if before.get(code) != each]
        return self._send(changed, [code for code in before if code not in self._hashes])

    def _send(self, numbers: range | list[int], removed: list[str]) -> tuple[Counts, int]:
        self._progress.phase("Sending", len(numbers) + len(removed))
        counts = send(self._cluster, self._index, self._operations(numbers, removed), each=self._stepped)
        return counts, len(numbers) + len(removed)

    def _stepped(self, count: int) -> None:
        for _ in range(count):
            self._progress.step()

    def _operations(self, numbers: range | list[int], removed: list[str]) -> Iterator[Operation]:
        yield from ((code, None) for code in removed)
        for start, end in _runs(numbers):
            yield from self._bodies.between(start, end)

    def _seal(self, averages: list[float], base: Stored | None) -> str:
        """Send the files, verify everything, and finish the index; return its health."""
        cluster, index = self._cluster, self._index
        self._progress.phase("Verifying", 1)
        with tempfile.TemporaryDirectory(prefix="procsearch-push-") as name:
            folder = Path(name)
            files = sidedata.files_of(self._snapshot.path, folder)
            entries = sidedata.entries(files)
            body = {"settings": _DATA_SETTINGS, "mappings": layout.DATA_MAPPING}
            catalog.make(cluster, layout.data_name(index), body)
            send(cluster, layout.data_name(index), sidedata.parts(files), senders=1)
            for each in (index, layout.data_name(index)):
                cluster.ask("POST", f"/{each}/_flush", timeout=_SLOW)
                cluster.ask("POST", f"/{each}/_refresh", timeout=_SLOW)
            # Read back whole, and compared with their checksums.
            sidedata.fetch(cluster, index, entries, folder / "again")
        health = catalog.await_health(cluster, index, _GREEN_SECONDS)
        checksum = _checksum(self._hashes)
        catalog.verify(cluster, index, len(self._hashes), checksum)
        about = {
            "snapshot": self._snapshot.name,
            "content_hash": self._snapshot.content_hash,
            "versions": layout.cluster_versions(),
            "count": len(self._hashes),
            "checksum": checksum,
            "files": entries,
            "averages": averages,
            "copied_from": base.index if base else None,
            "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
        catalog.finish(cluster, index, about)
        self._progress.step()
        return health


_DATA_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1"}


def _is_of(each: Stored, snapshot: Snapshot) -> bool:
    return each.is_complete and each.about["content_hash"] == snapshot.content_hash


def _publish_again(cluster: Cluster, lease: Lease, there: Stored, before: Stored | None) -> Pushed:
    about = there.about
    if before is None or before.index != there.index:
        catalog.verify(cluster, there.index, about["count"], about["checksum"])
        lease.check()
        catalog.switch(cluster, there.index)
    moved = before is None or before.index != there.index
    return Pushed(there.index, about["snapshot"], about["count"], moved)


def _new_name(cluster: Cluster, snapshot: Snapshot, there: list[Stored]) -> str:
    taken = {each.index for each in there}
    name = layout.index_name(cluster.alias, snapshot.name)
    candidates = (name if at == 1 else f"{name}-{at}" for at in range(1, len(taken) + 2))
    return next(each for each in candidates if each not in taken)


def _base(store: SnapshotStore, snapshot: Snapshot, before: Stored | None) -> tuple[Stored, dict[str, str]] | None:
    """Return the index to copy and the hashes of its records; None where everything has to be sent.

    That is so where the snapshot of the index is no longer at hand, or too much has changed.
    """
    if before is None or not before.is_readable:
        return None
    try:
        old = _hashes(store.open(before.about["snapshot"]))
    except (SnapshotError, OSError, ValueError):
        return None
    new, checksum = _hashes(snapshot), _checksum(old)
    if checksum != before.about["checksum"]:
        return None
    changed = len(new.items() ^ old.items())
    then, now = np.array(before.about["averages"]), np.array(_averages(snapshot))
    drifted = bool((np.abs(now - then) > _DRIFT * np.maximum(then, 1e-9)).any())
    return None if drifted or changed > _MOST_CHANGED * len(new) else (before, old)


def _runs(numbers: range | list[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of runs of neighbouring numbers, none longer than some thousand."""
    start = previous = None
    for number in numbers:
        if start is None or previous is None:
            start = number
        elif number != previous + 1 or number - start >= _AT_A_TIME:
            yield start, previous + 1
            start = number
        previous = number
    if start is not None and previous is not None:
        yield start, previous + 1


def _hashes(snapshot: Snapshot) -> dict[str, str]:
    hashes: dict[str, str] = orjson.loads((snapshot.path / HASHES).read_bytes())
    return hashes


def _checksum(hashes: Mapping[str, str]) -> list[int]:
    sums = [0] * len(layout.CHECKS)
    for code, each in hashes.items():
        for at, value in enumerate(layout.checks(code, each)):
            sums[at] += value
    return sums


def _averages(snapshot: Snapshot) -> list[float]:
    container = Container(snapshot.path)
    return layout.averages(container["text.before"], container["text.first"])


def _older(cluster: Cluster) -> str:
    """Return the name of the finished index before the one that is searched."""
    before = catalog.published(cluster)
    complete = [each for each in catalog.stored(cluster) if each.is_complete]
    at = next((at for at, each in enumerate(complete) if before and each.index == before.index), len(complete))
    if not at:
        raise ClusterError(
            f"{cluster.alias}: expected a finished index older than the one that is searched; got none. "
            "Run 'procsearch cluster status' to see what there is."
        )
    return complete[at - 1].snapshot
