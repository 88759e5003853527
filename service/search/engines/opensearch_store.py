"""The indexes of one alias in a cluster, as the searcher follows them."""

from __future__ import annotations

import logging
from pathlib import Path

from indexer.errors import ClusterError, SnapshotError
from indexer.opensearch import catalog, sidedata
from indexer.opensearch.connection import Cluster
from indexer.opensearch.layout import snapshot_of
from service.search.engines.opensearch import OpenSearchEngine

_log = logging.getLogger(__name__)


class ClusterStore:
    """What is published in a cluster. Its files are fetched into ``cache`` and kept there."""

    def __init__(self, cluster: Cluster, cache: Path) -> None:
        self._cluster, self._cache = cluster, cache
        self._told = ""

    @property
    def nothing(self) -> str:
        """What to say where nothing is published, with the remedy."""
        return f"Nothing is published in the cluster as {self._cluster.alias}. Run 'procsearch cluster push'."

    def current_name(self) -> str | None:
        """Return the name of the published snapshot, or None; SnapshotError where the cluster cannot tell."""
        try:
            found = self._cluster.ask("GET", f"/_alias/{self._cluster.alias}", missing=True) or {}
        except ClusterError as error:
            raise self._away(error) from error
        self._told = ""
        names = [snapshot_of(self._cluster.alias, index) for index in found]
        return names[0] if len(names) == 1 else None

    def _away(self, error: ClusterError) -> SnapshotError:
        """Log an error once, as long as it stays the same, and return what clients may know of it."""
        if str(error) != self._told:
            self._told = str(error)
            _log.error("the search cluster cannot tell what is published: %s", error)
        return SnapshotError(
            "expected the OpenSearch cluster to say what is published; got no answer. See the log of the service, or "
            "run 'procsearch cluster status'."
        )

    def names(self) -> list[str]:
        """Return the names of the finished snapshots that this program can search, oldest first."""
        try:
            found = catalog.stored(self._cluster)
        except ClusterError as error:
            raise self._away(error) from error
        return [each.snapshot for each in found if each.is_complete and each.is_readable]

    def open(self, name: str) -> OpenSearchEngine:
        """Open a snapshot; SnapshotError for whatever keeps it from being opened."""
        try:
            stored = catalog.named(self._cluster, name)
            folder = sidedata.fetch(self._cluster, stored.index, stored.about["files"], self._cache)
            return OpenSearchEngine(self._cluster, stored, folder)
        except (ClusterError, OSError) as error:
            raise SnapshotError(str(error)) from error
