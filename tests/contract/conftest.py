"""Both engines, opened over the same data folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.opensearch.connection import Cluster
from indexer.opensearch.push import push
from indexer.snapshots import SnapshotStore
from service.config import Config, load_config
from service.opening import access, open_searcher
from service.search.searcher import Searcher

ENGINES = ("embedded", "opensearch")
#: `make test-cluster` compares everything, `make test` every third case.
STEP = 1 if os.environ.get("CLUSTER_REQUIRED") else 6
Configure = Callable[[str, Path], Config]


@pytest.fixture(scope="session")
def configure(request: pytest.FixtureRequest) -> Configure:
    """A function that gives the settings of an engine over the published snapshot of a data folder.

    For a cluster it brings the snapshot there, under an alias of the folder's own.
    """

    def settings(engine: str, data: Path) -> Config:
        if engine == "embedded":
            return load_config({}, data=data)
        alias = "contract-" + hashlib.sha256(str(data).encode()).hexdigest()[:10]
        config = load_config(
            {},
            data=data,
            engine=engine,
            opensearch_hosts=tuple(request.getfixturevalue("opensearch").urls),
            opensearch_alias=alias,
            # Tests share two processors with the cluster.
            opensearch_timeout_ms=60_000,
        )
        push(SnapshotStore(data), Cluster(access(config)))
        return config

    return settings


@pytest.fixture(scope="session")
def opened(configure: Configure) -> Callable[[str, Path], Searcher]:
    """A function that opens the published snapshot of a data folder with an engine."""
    return lambda engine, data: open_searcher(configure(engine, data))
