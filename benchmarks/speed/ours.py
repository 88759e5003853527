"""Procsearch as an engine under measure: a snapshot written from JSON lines, and its engine asked directly."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from benchmarks.speed.corpus import Lines
from benchmarks.speed.texts import DEPTH, Hits, parted
from corpus.store import Corpus
from indexer import build, indexing
from indexer.inputs import Inputs, Read
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.model import SearchRequest
from service.search.reading import Reading

#: Files of a snapshot that hold the records themselves, or serve only builds.
_STORED = ("documents", "cards", "hashes", "manifest")


def write_snapshot(data: Path, lines: Lines, *, with_whoosh: bool) -> None:
    """Write, verify and publish a snapshot by the product's own code, perhaps without Whoosh's index.

    Serving reads nothing of Whoosh's index.
    """
    with ExitStack() as left_out:
        for module, name in () if with_whoosh else ((indexing, "write_index"), (build, "check_index")):
            left_out.enter_context(mock.patch.object(module, name))
        given = Read(lines, [], [], [])
        build.publish(SnapshotStore(data), Inputs(data, Corpus(), "", ""), given, None, progress=build.Silent())


class Ours:
    """The engine behind the service, without cache: the whole ranking, vocabulary and correction included."""

    name = "Procsearch"
    package = "procsearch"
    counts = "counts"
    kinds: frozenset[str] | None = None

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._store = SnapshotStore(folder)
        self._engine = open_embedded(self._store, str(self._store.current_name()))
        self._reading, self._codes = Reading(self._engine, 0), codes

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write a snapshot without Whoosh's index."""
        write_snapshot(folder, lines, with_whoosh=False)

    def search(self, text: str, kind: str) -> Hits:
        """Rank, and where nothing has all words, rank what was probably meant, as `Searcher.search` does."""
        words, family = parted(text, kind)
        request = SearchRequest(words, limit=DEPTH, filters={"family": (family,)} if family else {})
        page = self._reading.matches(request)
        return [(self._codes[match.number], match.score) for match in page.matches]

    def size(self) -> int:
        """Bytes of what searching reads: not the stored records, nor Whoosh's index."""
        folder = self._store.root / str(self._store.current_name())
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file() and path.stem not in _STORED)

    def close(self) -> None:
        """Close its files."""
        self._engine.close()
