"""Which engine answers, and how is it opened? Settings in, a searcher out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from indexer.errors import SnapshotError
from indexer.opensearch.connection import Access, Cluster
from indexer.snapshots import SnapshotStore
from service.config import Config, ConfigError, load_config
from service.search.engines.embedded import EmbeddedEngine
from service.search.searcher import Searcher

#: The folder, below the data folder, of files that were fetched from a cluster; it may be removed at any time.
CACHE = "cluster-cache"


def open_searcher(config: Config, time_limit_ms: int = 0) -> Searcher:
    """Return a searcher over what is published, by the engine that the settings name."""
    if config.engine == "embedded":
        return Searcher(SnapshotStore(config.data), open_embedded, time_limit_ms)
    # Who has no cluster does not wait until this is loaded.
    from service.search.engines.opensearch_store import ClusterStore

    return Searcher(ClusterStore(Cluster(access(config)), config.data / CACHE), ClusterStore.open, time_limit_ms)


def searcher_here(data: Path, time_limit_ms: int = 0) -> Searcher:
    """Return the same for a command: settings are those of the environment, but for the data folder."""
    return open_searcher(load_config(os.environ, data=data), time_limit_ms)


def access(config: Config) -> Access:
    """Return how the cluster is reached; ConfigError where the file of the password cannot be read."""
    found = Access(
        hosts=config.opensearch_hosts,
        alias=config.opensearch_alias,
        user=config.opensearch_user,
        password=config.opensearch_password,
        ca=config.opensearch_ca,
        timeout_seconds=config.opensearch_timeout_ms / 1000,
    )
    if config.opensearch_password_file is None:
        return found
    try:
        lines = config.opensearch_password_file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"PROCSEARCH_OPENSEARCH_PASSWORD_FILE: expected a text file whose first line is the password; got {error}."
        ) from error
    return replace(found, password=lines[0] if lines else "")


def open_embedded(store: SnapshotStore, name: str) -> EmbeddedEngine:
    """Open a snapshot with the embedded engine; SnapshotError for whatever keeps it from being opened."""
    snapshot = store.open(name)
    try:
        return EmbeddedEngine(snapshot)
    except SnapshotError:
        raise
    except Exception as error:
        # Its checksums may fit and Whoosh still stumble over it, with any of a dozen kinds of error.
        raise SnapshotError(
            f"{snapshot.path}: expected a snapshot that can be opened; got {type(error).__name__}: {error}. "
            "Run 'procsearch rollback' or 'procsearch build'."
        ) from error
