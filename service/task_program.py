"""Which program runs builds that were asked for over HTTP, or by a watcher? One that also fills the cluster, if any."""

from __future__ import annotations

import os
from pathlib import Path

from indexer.opensearch import push
from indexer.opensearch.connection import Cluster
from indexer.opensearch.push import Pushed, Shape
from indexer.progress import Progress
from indexer.snapshots import SnapshotStore
from indexer.task_runner import INDEXER, Program
from service.config import Config, load_config
from service.opening import access

#: How long a push waits for another one.
_WAIT_SECONDS = 3600.0


def task_program(config: Config) -> Program:
    """Return the program by which tasks are run under these settings."""
    return _FOR_CLUSTER if config.engine == "opensearch" else INDEXER


def push_published(config: Config, progress: Progress, *, again: bool = False, wait: float = 0.0) -> Pushed:
    """Bring the published snapshot into the cluster; ClusterError where that fails."""
    shape = Shape(config.opensearch_shards, config.opensearch_replicas)
    store = SnapshotStore(config.data)
    return push.push(store, Cluster(access(config)), shape=shape, again=again, wait=wait, progress=progress)


def _push_built(data: Path, progress: Progress) -> None:
    push_published(load_config(os.environ, data=data), progress, wait=_WAIT_SECONDS)


_FOR_CLUSTER = Program(
    "service", ("PROCSEARCH_CONFIG", "PROCSEARCH_ENGINE", "PROCSEARCH_OPENSEARCH_"), finish=_push_built
)
